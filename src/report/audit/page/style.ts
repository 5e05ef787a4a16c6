/** What the page of an audit adds to the style sheet of reports. */
export const auditStyle = `
header p:not(.description) { max-width: 60em; }
section > p { max-width: 60em; }
section > .note b { display: inline-block; color: var(--ink); font-weight: 620; margin-right: .4em; }
section > .note b::first-letter { text-transform: uppercase; }
.figures { margin-top: 20px; }
.verdicts th, .verdicts td { vertical-align: top; }
.verdicts tbody th.name:first-child { min-width: 10em; white-space: normal; }
.verdicts td.number { min-width: 9em; font-weight: 620; }
.verdicts td.text { min-width: 15em; }
.verdict { display: inline-block; margin-top: 3px; padding: 0 9px; border-radius: 20px; border: 1px solid var(--line); color: var(--muted); font-size: .75rem; font-weight: 620; line-height: 1.6; }
.verdict.note { border-color: var(--warm); color: var(--warm); }
.verdict.bad { border-color: var(--warm); background: var(--warm); color: var(--ground); }
[data-motion] .controls { display: flex; gap: 12px; align-items: center; margin-top: 12px; }
[data-motion] .controls[hidden] { display: none; }
[data-motion] input[type="range"] { flex: 1; }
.moves { margin-top: 28px; }
.moves .stage, .path .stage { height: 300px; }
.moves .stage[data-state="fallback"], .path .stage[data-state="fallback"] { height: 90px; }
.moves tr > :first-child { padding-left: 0; }
.path { max-width: 640px; margin-top: 24px; }
.pairs td.text { min-width: 12em; }
@media print {
  .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .verdicts tr { break-inside: avoid; }
  .verdicts td.text, .verdicts td.number, .verdicts tbody th.name:first-child { min-width: 0; }
}
`;
