import { errorSummary, type ErrorSummary } from "../../analysis/metrics.js";
import { errorTable, type ErrorTable } from "../error-table.js";
import { forceVectorTable } from "../force-vector-table.js";
import { displayName, shortest } from "../formatting.js";
import { breakableName, html, type Markup } from "../markup.js";
import type { GroupStyles } from "../plots/group-styles.js";
import type { ReportData } from "../report-data.js";
import { pageColor } from "../theme.js";
import { factTable } from "./sections.js";

/** Tables of errors per group and in total, one per data set. */
export function errorSection({ datasets, forceThreshold }: Pick<ReportData, "datasets" | "forceThreshold">, styles: GroupStyles): Markup | undefined {
  if (datasets.length === 0) return undefined;
  const summaries = datasets.map(({ records }) => errorSummary(records, { forceThreshold }));
  const nothing = summaries.every(({ total }) => total.energy.count + total.forces.count + total.virial.count === 0);
  if (nothing) {
    return html`<section>
<h2>Errors</h2>
<p class="note">The data hold no reference values: there is nothing to compare the predictions with.</p>
</section>`;
  }
  const errors = summaries.map((summary) => errorTable(summary, summaries));
  const widths = tableWidths(errors);
  const tables = datasets.map(
    ({ name, source }, i) => html`<h3>${displayName(name, 60)}${source && html` <small>${breakableName(displayName(source, 120))}</small>`}</h3>
<div class="scroll">${tableMarkup(errors[i], summaries[i], widths, styles)}</div>
`,
  );
  return html`<section>
<h2>Errors</h2>
<p class="note">Per group (config_type) and in total. Energy and virial per atom; forces and virials by component (six per virial).
Max is the largest absolute error.</p>
${tables}${vectorMarkup(datasets.map(({ name }, i) => ({ name, errors: summaries[i] })))}
</section>`;
}

function vectorMarkup(datasets: Parameters<typeof forceVectorTable>[0]): Markup | false {
  const table = forceVectorTable(datasets);
  if (!table) return false;
  return html`<h3>${table.title}</h3>
<p class="note">Amplitude: |F| − |F⁰|. Angle: between F and F⁰, 0 to π; random directions give 1.713 rad. Over atoms whose reference force is
above ${shortest(datasets[0].errors.forceThreshold, 3)} eV/Å, the others are left out.</p>
${factTable(table)}`;
}

/** Errors come before counts: on a phone the first columns are those that show. */
function tableMarkup({ names, blocks, sizes }: ErrorTable, { groups }: ErrorSummary, widths: Markup, styles: GroupStyles): Markup {
  const columns = [...blocks.flatMap((block) => block.columns), ...sizes];
  const isCount = (index: number): boolean => index >= columns.length - sizes.length || columns[index].heading === "values";
  const swatch = (index: number): Markup | false =>
    index < groups.length && html`<span class="swatch" style="background: ${pageColor(styles.of(groups[index].group).color)}"></span>`;
  const row = (name: string, index: number): Markup => html`<tr class="${index < groups.length ? "group" : "total"}">
<th class="name" scope="row">${swatch(index)}${breakableName(name)}</th>
${columns.map(({ cells }, column) => html`<td class="${isCount(column) ? "count" : "error"}">${cells[index]}</td>`)}</tr>
`;
  return html`<table class="errors" ${widths}
<thead><tr><th class="name"></th>${blocks.map(({ heading }) => html`<th colspan="4" scope="colgroup">${heading}</th>`)}<th></th><th></th></tr>
<tr><th class="name" scope="col">group</th>${columns.map(({ heading }) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${names.map(row)}</tbody>
</table>`;
}

/** em of a digit in bold, in a wide font, and of the room between two numbers. */
const ADVANCE = 0.7;
const GAP = 0.75;
/** em more before the first column of a block. */
const BLOCK_GAP = 0.8;

/** Columns as wide as their longest text in any of the tables, the same in all, so that tables below each other line up. */
function tableWidths(tables: readonly ErrorTable[]): Markup {
  const lengths = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const name = Math.min(20, Math.max(6, 0.64 * lengths(tables.flatMap(({ names }) => names)) + 2));
  const [{ blocks }] = tables;
  const sizeWidths = tables[0].sizes.map((_, i) => ADVANCE * lengths(tables.flatMap(({ sizes }) => [sizes[i].heading, ...sizes[i].cells])) + GAP);
  const widths = [
    ...blocks.flatMap(({ columns }, b) =>
      columns.map((_, i) => {
        const texts = tables.flatMap(({ blocks }) => [blocks[b].columns[i].heading, ...blocks[b].columns[i].cells]);
        return ADVANCE * lengths(texts) + GAP + (i === 0 ? BLOCK_GAP : 0);
      }),
    ),
    ...sizeWidths,
  ];
  const total = widths.reduce((sum, width) => sum + width, name);
  const column = (width: number): Markup => html`<col style="width: ${width.toFixed(1)}em">`;
  return html`style="min-width: ${total.toFixed(1)}em">
<colgroup><col class="group" style="width: ${name.toFixed(1)}em">${widths.map(column)}</colgroup>`;
}
