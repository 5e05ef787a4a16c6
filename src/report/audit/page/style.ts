/** What the page of an audit adds to the style sheet of reports. */
export const auditStyle = `
header p:not(.description) { max-width: 60em; }
section > p { max-width: 60em; }
.figures { margin-top: 20px; }
.verdicts th, .verdicts td { vertical-align: top; }
.verdicts tbody th.name:first-child { min-width: 10em; white-space: normal; }
.verdicts td.number { min-width: 9em; font-weight: 620; }
.verdicts td.text { min-width: 15em; }
.verdict { display: inline-block; margin-top: 3px; padding: 0 9px; border-radius: 20px; border: 1px solid var(--line); color: var(--muted); font-size: .75rem; font-weight: 620; line-height: 1.6; }
.verdict.note { border-color: var(--warm); color: var(--warm); }
.verdict.bad { border-color: var(--warm); background: var(--warm); color: var(--ground); }
@media print {
  .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .verdicts tr { break-inside: avoid; }
  .verdicts td.text, .verdicts td.number, .verdicts tbody th.name:first-child { min-width: 0; }
}
`;
