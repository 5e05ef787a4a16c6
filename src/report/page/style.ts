import { otherColor, palette, rankColors } from "../theme.js";

/** Colors of marks as the plots have them. */
const lightMarks = [
  "--shade: rgb(31 41 51 / .22);",
  ...rankColors.map((color, i) => `--rank-${i + 1}: ${color};`),
  ...palette.map((color, i) => `--group-${i + 1}: ${color};`),
  `--group-other: ${otherColor}; --least-opacity: 0;`,
].join(" ");

/** The style sheet of a report: light and dark scheme, 390 px phones to wide screens, paper. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f5f7f9; --ink: #1f2933; --muted: #52606d; --line: #9aa5b1; --grid: #e4e7eb; --accent: #0072b2; --warm: #b34700;
  ${lightMarks}
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181d; --panel: #1d232a; --ink: #e6eaee; --muted: #a3afbb; --line: #66727f; --grid: #2d353e; --accent: #56b4e9; --warm: #f0955a;
    --shade: rgb(230 234 238 / .2);
    --rank-1: #d6ecff; --rank-2: #93c6ee; --rank-3: #5f9fcf; --rank-4: #8092a2;
    --group-1: #4aa8e0; --group-2: #ff8a3d; --group-3: #2cc295; --group-4: #e09bc3; --group-5: #8ad0f7; --group-6: #f2b544; --group-7: #d8c94a;
    --group-other: #a3afbb; --least-opacity: .6;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Helvetica, Arial, sans-serif;
  overflow-wrap: break-word;
}
main { max-width: 1160px; margin: 0 auto; padding: 40px 40px 64px; }
header p, section > p { max-width: 46em; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -.015em; margin: 4px 0 6px; font-weight: 650; }
h2 { font-size: 1.3rem; line-height: 1.3; letter-spacing: -.01em; margin: 0 0 12px; font-weight: 620; }
h3 { font-size: 1rem; margin: 0 0 8px; font-weight: 620; }
.scroll + h3, .figures + h3 { margin-top: 32px; }
h3 small { font-weight: 400; color: var(--muted); font-size: .875rem; padding-left: .2em; overflow-wrap: anywhere; }
p { margin: 0 0 14px; }
section { margin-top: 48px; }
.kind { color: var(--accent); font-size: .8125rem; font-weight: 650; letter-spacing: .07em; text-transform: uppercase; }
.description, .note { color: var(--muted); }
.description { margin-bottom: 18px; }
.note { font-size: .875rem; }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0 0; padding: 0; }
.headline div { background: var(--panel); border-radius: 10px; padding: 14px 16px; }
.headline dt { color: var(--muted); font-size: .8125rem; line-height: 1.35; }
.headline dd {
  display: flex; flex-wrap: wrap; column-gap: .3em; align-items: baseline; margin: 2px 0 0; font-size: 1.45rem; line-height: 1.25; font-weight: 600; white-space: nowrap; letter-spacing: -.01em; font-variant-numeric: tabular-nums;
}
.headline dd small { font-size: .875rem; font-weight: 400; color: var(--muted); letter-spacing: 0; white-space: nowrap; }
.scroll {
  overflow-x: auto; margin: 0 0 28px; -webkit-overflow-scrolling: touch;
  /* shades at the edges that have more behind them: the covers move with the table, the shades do not */
  background:
    linear-gradient(to right, var(--ground) 40%, transparent) left / 48px 100% no-repeat local,
    linear-gradient(to left, var(--ground) 40%, transparent) right / 48px 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / 18px 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / 18px 100% no-repeat scroll;
}
.scroll[data-wide]::before {
  content: "more columns: scroll sideways →"; display: block; position: sticky; left: 0; width: max-content; padding-bottom: 4px;
  color: var(--muted); font-size: .8125rem;
}
table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
.wide { width: 100%; }
th, td { padding: 6px 10px; text-align: right; white-space: nowrap; font-weight: 400; }
th { color: var(--muted); }
tr > :first-child { padding-left: 0; }
thead tr:last-child th { border-bottom: 1px solid var(--line); }
thead th[colspan] { text-align: center; color: var(--ink); font-weight: 600; padding: 0 0 2px 3em; }
tbody tr + tr > * { border-top: 1px solid var(--grid); }
th.name, td.name { text-align: left; }
tbody th { color: var(--ink); }
tr.total > * { border-top: 1px solid var(--line) !important; font-weight: 620; }
td.count { color: var(--muted); }
.errors { width: 100%; table-layout: fixed; }
.errors th, .errors td { padding-left: 6px; padding-right: 6px; }
.errors tr > :first-child { padding-left: 0; }
.errors thead th[colspan] { padding-left: 2.3em; }
.errors th.name { position: sticky; left: 0; background: var(--ground); white-space: normal; overflow-wrap: anywhere; }
.errors .group th.name { padding-left: 1.2em; }
.swatch { position: absolute; left: 0; top: 6px; margin-top: .42em; width: .62em; height: .62em; border-radius: 50%; }
.bar { width: 34%; min-width: 110px; }
.bar i { display: block; height: 8px; border-radius: 2px; background: var(--accent); min-width: 1px; }
.place { position: relative; height: 14px; min-width: 130px; margin: 0 7px; }
.place::before { content: ""; position: absolute; left: 0; right: 0; top: 6px; height: 3px; border-radius: 2px; background: var(--grid); }
.place i { position: absolute; top: 1px; width: 13px; height: 13px; margin-left: -6.5px; border-radius: 50%; }
.place .from { border: 2px solid var(--muted); }
.place .to { background: var(--warm); width: 9px; height: 9px; top: 3px; margin-left: -4.5px; }
.warnings { border-left: 4px solid var(--warm); padding: 2px 0 2px 20px; margin-top: 32px; }
.warnings h2 { font-size: 1rem; margin: 0 0 6px; color: var(--warm); }
.warnings ul { margin: 0; padding-left: 1.1em; max-width: 60em; }
.warnings li { overflow-wrap: anywhere; }
td.best { font-weight: 620; }
.warning { color: var(--warm); font-weight: 620; margin-left: .5em; }
.parameters .bar { width: 10%; min-width: 60px; }
.parameters td.name { white-space: normal; min-width: 11em; }
.parameters thead th[colspan] { text-align: left; color: var(--muted); font-weight: 400; padding: 6px 10px; }
.facts tbody th.name:first-child { white-space: normal; min-width: 17em; }
.wide th.name:first-child { position: sticky; left: 0; background: var(--ground); z-index: 1; }
td.text { text-align: left; white-space: normal; min-width: 12em; overflow-wrap: anywhere; }
.sortable th button { min-height: 28px; padding: 2px 0; background: none; border: 0; border-radius: 3px; color: var(--muted); font-size: inherit; }
.sortable th button:hover { color: var(--ink); }
.sortable th[aria-sort="ascending"] button::after { content: " ▲"; }
.sortable th[aria-sort="descending"] button::after { content: " ▼"; }
.copy { position: relative; }
.copy { margin-bottom: 12px; }
.copy pre { min-height: 48px; margin: 12px 0 0; }
.copy button { position: absolute; top: 6px; right: 8px; background: var(--ground); font-size: .875rem; }
.copy pre { padding-right: 96px; }
.figures { display: grid; grid-template-columns: 1fr 1fr; gap: 36px 40px; align-items: start; }
figure { margin: 0; min-width: 0; max-width: 540px; break-inside: avoid; }
figure svg { display: block; width: 100%; height: auto; }
figure svg text { font-family: inherit; }
figcaption { color: var(--muted); font-size: .8125rem; line-height: 1.5; margin-top: 8px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 8px 48px; align-items: start; }
.columns > div { min-width: 0; }
.columns table { width: 100%; }
.viewer { display: grid; grid-template-columns: minmax(0, 1fr) 270px; gap: 12px 32px; align-items: start; }
.viewer > * { min-width: 0; }
.stage { position: relative; width: 100%; height: 440px; border-radius: 10px; background: var(--panel); overflow: hidden; }
.stage[data-state="fallback"] { height: 150px; }
.stage p {
  position: absolute; inset: 0; margin: 0; padding: 24px; display: grid; place-content: center; text-align: center; color: var(--muted);
}
.controls { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin-bottom: 12px; font-size: .875rem; }
.controls select { max-width: 100%; flex: 0 1 auto; min-width: 0; }
select, button {
  font: inherit; color: inherit; min-height: 36px; padding: 6px 10px;
  background: var(--panel); border: 1px solid var(--grid); border-radius: 6px;
}
button { cursor: pointer; }
.scroll:focus-visible, select:focus-visible, button:focus-visible, summary:focus-visible, tr:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.scale { margin: 12px 0 0; font-size: .8125rem; color: var(--muted); font-variant-numeric: tabular-nums; }
.scale i { display: block; height: 10px; border-radius: 3px; margin-bottom: 4px; }
.scale p { text-align: center; margin: 0; line-height: 1.3; }
.scale div { display: flex; justify-content: space-between; }
.status { min-height: 1.5em; margin: 8px 0 0; font-size: .875rem; font-variant-numeric: tabular-nums; }
.atoms table { width: 100%; }
.atoms tr > :first-child { padding-left: 10px; }
.atoms tbody tr { cursor: pointer; }
.atoms tbody tr:hover, .atoms tbody tr[aria-selected="true"] { background: var(--panel); }
details { border-top: 1px solid var(--grid); border-bottom: 1px solid var(--grid); padding: 10px 0; }
summary { cursor: pointer; }
pre {
  font: .8125rem/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--panel); border-radius: 8px;
  padding: 14px 16px; overflow-x: auto; margin: 12px 0 4px; tab-size: 2;
}
.provenance { display: grid; grid-template-columns: minmax(9em, max-content) minmax(0, 1fr); gap: 6px 24px; margin: 0; font-size: .875rem; }
.provenance dt { color: var(--muted); }
.provenance dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
footer { margin-top: 56px; color: var(--muted); font-size: .8125rem; border-top: 1px solid var(--grid); padding-top: 14px; }
@media (max-width: 860px) {
  .viewer { grid-template-columns: minmax(0, 1fr); }
  .figures { gap: 28px 24px; }
  .atoms table { max-width: 360px; }
}
@media (max-width: 680px) {
  .figures { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  main { padding: 24px 16px 48px; }
  h1 { font-size: 1.6rem; }
  section { margin-top: 40px; }
  .headline { grid-template-columns: 1fr 1fr; gap: 8px; }
  .headline div { padding: 12px; }
  .headline dd { font-size: 1.35rem; }
  .headline div:last-child:nth-child(odd) { grid-column: 1 / -1; }
  .stage:not([data-state="fallback"]) { height: 330px; }
  .provenance { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .provenance dd { margin-bottom: 10px; }
  th, td { padding: 6px 8px; }
  .bar { min-width: 60px; }
  .errors col.group { width: 8.6em !important; }
  .errors thead th[colspan] { text-align: left; padding-left: 1.8em; }
  /* a column that stands still leaves room for what scrolls below it */
  .wide tbody th.name:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 6.6em; max-width: 11em; }
  .wide.facts tbody th.name:first-child { min-width: 11em; }
}
@media (max-width: 340px) {
  .headline dd { white-space: normal; }
}
@page { margin: 14mm 15mm 16mm; }
@page sideways { size: landscape; }
@media print {
  :root {
    --ground: #fff; --panel: #f5f7f9; --ink: #1f2933; --muted: #52606d; --line: #9aa5b1; --grid: #e4e7eb; --accent: #0072b2; --warm: #b34700;
    ${lightMarks}
  }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  section { margin-top: 24px; }
  .headline { grid-template-columns: repeat(auto-fit, minmax(26mm, 1fr)); gap: 10px; margin-top: 12px; }
  .headline div { padding: 0; }
  .headline dd { font-size: 1.15rem; }
  .scroll { overflow: visible; background: none; margin-bottom: 16px; }
  .scroll[data-wide]::before { content: none; }
  table { font-size: 8pt; }
  th, td { padding: 3px 5px; }
  .errors { min-width: 0 !important; table-layout: auto; font-size: 7pt; }
  .errors col { width: auto !important; }
  .errors th, .errors td { padding-left: 4px; padding-right: 4px; }
  .errors thead th[colspan] { padding-left: 1em; }
  /* what stands still on screens hides the lines of the table on paper */
  .wide th.name:first-child, .errors th.name { position: relative; background: none; }
  .facts tbody th.name:first-child { min-width: 20em; }
  .swatch { top: 3px; print-color-adjust: exact; }
  /* headings are wider than the numbers below them */
  .wide thead th, .wide th button, .wide td.name { white-space: normal; text-wrap: balance; }
  .wide thead th, .wide th button { vertical-align: bottom; }
  .sortable { font-size: 6pt; }
  .sortable th, .sortable td { padding: 2px 3px; }
  .sortable thead th, .sortable td:last-child { overflow-wrap: anywhere; }
  .sortable thead th.name { overflow-wrap: normal; }
  .sortable th button { min-height: 0; text-align: inherit; }
  .sortable th[aria-sort] button::after { content: none !important; }
  .sortable td.name { vertical-align: baseline; }
  /* headings that stand: the columns are as narrow as their numbers */
  .many { font-size: 6pt; }
  .many th, .many td { padding: 2px 3px; }
  .many thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; white-space: nowrap; padding: 3px; border: 0 !important; }
  .many thead th button { writing-mode: inherit; white-space: nowrap; padding: 0; }
  .many tbody tr:first-child > * { border-top: 1px solid var(--line); }
  .many td:last-child { overflow-wrap: anywhere; }
  section:has(> [data-evaluations] .sideways), h3:has(+ .scroll > .sideways), .scroll:has(> .sideways) { page: sideways; }
  .figures, .columns { grid-template-columns: 1fr 1fr; gap: 16px 32px; }
  .viewer { display: block; }
  .viewer > div:first-child { break-inside: avoid; }
  .stage:not([data-state="fallback"]) { height: 78mm; }
  .stage canvas { width: 100% !important; height: 100% !important; object-fit: contain; }
  .scale { margin: 6px 0 14px; font-size: 8pt; }
  /* paper has no list to choose from: the atoms of all structures, and which of these is drawn */
  .atoms { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px 28px; }
  .atoms > div, .atoms > div[hidden] { display: block; break-inside: avoid; }
  .atoms h3 { font-size: 8.5pt; }
  .atoms > div:not([hidden]) h3::after { content: " (drawn above)"; font-weight: 400; }
  .atoms table { max-width: none; }
  .atoms tr > :first-child { padding-left: 0; }
  .provenance { font-size: 8pt; line-height: 1.4; gap: 3px 20px; grid-template-columns: minmax(9em, 2fr) 3fr; }
  .provenance dd, .provenance dt { break-inside: avoid; overflow-wrap: anywhere; }
  pre { font-size: 7.5pt; line-height: 1.4; orphans: 6; widows: 6; }
  footer { margin-top: 20px; break-before: avoid; }
  figure svg { width: 92%; }
  figcaption { font-size: 7.5pt; line-height: 1.4; margin-top: 4px; }
  .controls, .status, .copy button, #viewer-hint { display: none; }
  h2, h3, .kind, summary { break-after: avoid; }
  section > .note:not(:last-child) { break-after: avoid; }
  thead { display: table-header-group; break-inside: avoid; }
  p, tr, .headline, .columns > div { break-inside: avoid; }
  .bar i, .place i, .place::before, .swatch, .scale i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  pre { white-space: pre-wrap; }
}
`;
