import { errorSummary, type ErrorSummary } from "../../analysis/metrics.js";
import { errorTable, type ErrorTable } from "../error-table.js";
import { displayName } from "../formatting.js";
import { html, type Markup } from "../markup.js";
import type { GroupStyles } from "../plots/group-styles.js";
import type { ReportDataset } from "../report-data.js";
import { pageColor } from "../theme.js";

/** Tables of errors per group and in total, one per data set. */
export function errorSection(datasets: readonly ReportDataset[], styles: GroupStyles): Markup | undefined {
  if (datasets.length === 0) return undefined;
  const summaries = datasets.map(({ records }) => errorSummary(records));
  const tables = datasets.map(
    ({ name, source }, i) => html`<h3>${displayName(name, 60)}${source && html` <small>${displayName(source, 120)}</small>`}</h3>
<div class="scroll">${tableMarkup(errorTable(summaries[i], summaries), summaries[i], styles)}</div>
`,
  );
  return html`<section>
<h2>Errors</h2>
<p class="note">Per group (config_type) and in total. Energy and virial per atom; forces and virials by component (six per virial).
Max is the largest absolute error.</p>
${tables}
</section>`;
}

/** Errors come before counts: on a phone the first columns are those that show. */
function tableMarkup({ names, blocks, sizes }: ErrorTable, { groups }: ErrorSummary, styles: GroupStyles): Markup {
  const columns = [...blocks.flatMap((block) => block.columns), ...sizes];
  const isCount = (index: number): boolean => index >= columns.length - sizes.length || columns[index].heading === "values";
  const swatch = (index: number): Markup | false =>
    index < groups.length && html`<span class="swatch" style="background: ${pageColor(styles.of(groups[index].group).color)}"></span>`;
  const row = (name: string, index: number): Markup => html`<tr class="${index < groups.length ? "group" : "total"}">
<th class="name" scope="row">${swatch(index)}${name}</th>
${columns.map(({ cells }, column) => html`<td class="${isCount(column) ? "count" : "error"}">${cells[index]}</td>`)}</tr>
`;
  return html`<table class="errors" ${tableWidths(names, blocks.length)}
<thead><tr><th class="name"></th>${blocks.map(({ heading }) => html`<th colspan="4" scope="colgroup">${heading}</th>`)}<th></th><th></th></tr>
<tr><th class="name" scope="col">group</th>${columns.map(({ heading }) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${names.map(row)}</tbody>
</table>`;
}

/** Columns of fixed width, the same for every data set, so that tables below each other line up. */
function tableWidths(names: readonly string[], nBlocks: number): Markup {
  const longest = Math.max(...names.map((name) => name.length));
  const nameWidth = Math.min(20, Math.max(9, Math.ceil(0.58 * longest + 2)));
  const blocks = Array.from({ length: nBlocks }, () => html`<col class="first"><col span="2"><col class="values">`);
  return html`style="min-width: ${11 + nameWidth + 18.5 * nBlocks}em">
<colgroup><col class="group" style="width: ${nameWidth}em">${blocks}<col class="size"><col class="values"></colgroup>`;
}
