/** What the page of a comparison adds to the style sheet of reports. */
export const compareStyle = `
header p:not(.description) { max-width: 60em; }
.dot { display: inline-block; width: .62em; height: .62em; border-radius: 50%; margin-right: .5em; }
.tag { display: inline-block; vertical-align: .15em; margin-left: .4em; padding: 1px 8px; border-radius: 20px; border: 1px solid var(--warm); color: var(--warm); font-size: .75rem; font-weight: 600; letter-spacing: 0; }
.after { margin-top: 16px; }
section > h3 { margin-top: 24px; }
.meanings { display: grid; grid-template-columns: minmax(9em, 16em) minmax(0, 1fr); gap: 14px 28px; margin: 0; }
.meanings dt { font-weight: 620; overflow-wrap: anywhere; padding-left: 1.12em; text-indent: -1.12em; }
.meanings dd { margin: 0; max-width: 60em; }
.meanings dd p { margin: 0 0 2px; }
.meanings .note { overflow-wrap: anywhere; }
.remarks { margin: 0; padding-left: 1.1em; max-width: 60em; font-size: .875rem; }
.remarks small { color: var(--muted); font-size: inherit; }
.sortable thead th { white-space: normal; vertical-align: bottom; min-width: 5.4em; }
.sortable thead th button { text-align: inherit; }
.wide tbody th.name:first-child { min-width: 13em; max-width: 22em; white-space: normal; overflow-wrap: anywhere; }
/* the dot stands before all lines of a name */
.wide tbody th.name:has(> .dot) { padding-left: 1.15em; }
th > .dot { margin-left: -1.15em; margin-right: .53em; }
.predictions thead th[colspan] { padding-left: 1.5em; text-align: right; }
.matrix th, .matrix td { padding: 5px 7px; }
.matrix td { text-align: center; min-width: 3.2em; border: 1px solid var(--ground) !important; background: color-mix(in srgb, var(--accent) calc(var(--share) * .5), var(--panel)); }
.matrix td.empty { background: none; }
.matrix thead th { text-align: center; border: 0 !important; }
.matrix tbody th { border: 0 !important; }
.matrix th.name { position: sticky; left: 0; background: var(--ground); min-width: 9em; max-width: 15em; white-space: normal; overflow-wrap: anywhere; text-align: left; line-height: 1.25; z-index: 1; }
/* as wide as their tables: the texts above these take the width that there is */
.matrices { display: flex; flex-wrap: wrap; gap: 8px 48px; }
.matrices > div { max-width: 100%; min-width: min(100%, 19em); }
.matrices .note { contain: inline-size; }
#map-descriptor { max-width: min(100%, 24em); }
.map { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 12px 32px; align-items: start; }
.map.alone { grid-template-columns: minmax(0, 640px); }
/* screens have the chooser */
.map-title { display: none; margin: 0 0 4px; font-weight: 620; }
.map-plot { min-height: 212px; cursor: pointer; }
.map-plot svg { display: block; width: 100%; height: auto; touch-action: manipulation; }
.map-plot text { fill: var(--muted); font-size: 12px; }
.map-plot .frame { fill: none; stroke: var(--line); }
.map-plot circle { stroke-width: 1.2; fill-opacity: .65; }
.map-plot .chosen { fill: none; stroke: var(--ink); stroke-width: 2; }
.map-legend { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 14px; margin: 8px 0 0; color: var(--muted); font-size: .8125rem; min-height: 1.6em; font-variant-numeric: tabular-nums; }
.map-legend span { display: inline-flex; align-items: center; gap: 6px; }
.map-legend span i { width: 10px; height: 10px; border-radius: 50%; }
.map-legend .ramp { width: 140px; height: 10px; border-radius: 3px; }
.link { min-height: 0; padding: 0; border: 0; background: none; color: var(--accent); text-align: left; font-size: inherit; text-decoration: underline; text-underline-offset: 4px; text-decoration-color: color-mix(in srgb, var(--accent) 45%, transparent); }
.pairs tbody th.name { vertical-align: top; }
.pairs td:first-child { padding-left: 10px; }
.pairs td.name { white-space: normal; overflow-wrap: anywhere; min-width: 16em; }
@media (max-width: 860px) {
  .map { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  .meanings { grid-template-columns: minmax(0, 1fr); gap: 2px; }
  .meanings dd { margin: 0 0 12px; padding-left: 1.12em; }
  .wide tbody th.name:first-child { min-width: 9em; max-width: 11em; }
  .matrix th.name { min-width: 9.5em; max-width: 10em; font-size: .8125rem; }
}
@media print {
  .dot, .map-legend i, .matrix td { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .matrix { font-size: 6.5pt; }
  .matrix th, .matrix td { padding: 2px 3px; min-width: 0; }
  .matrix th.name { position: static; background: none; max-width: 18em; }
  .matrix tr { break-inside: avoid; }
  .matrices > div { break-inside: avoid; }
  .sortable thead th, .many thead th { min-width: 0; }
  .many thead th.name:first-child { writing-mode: horizontal-tb; transform: none; }
  .wide tbody th.name:first-child { min-width: 12em; max-width: none; }
  .sortable tbody th.name:first-child { min-width: 8em; }
  .note { font-size: 8.5pt; }
  .meanings { gap: 6px 20px; font-size: 9pt; }
  .map .status, .map-title { display: block; font-size: 8.5pt; }
  .meanings dd, .meanings dt { break-inside: avoid; }
  .remarks { font-size: 8.5pt; }
  .map { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); break-inside: avoid; }
  .link { color: inherit; text-decoration: none; }
}
`;
