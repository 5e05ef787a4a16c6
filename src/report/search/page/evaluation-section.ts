import type { EvaluationRecord } from "../../../tune/search-result.js";
import { displayName, formatCounted } from "../../formatting.js";
import { html, jsonForScript, type Markup, scriptSource } from "../../markup.js";
import type { StageView } from "../stage-view.js";
import { formatValue, metricDisplay, metricHeading, parameterHeading } from "../value-display.js";
import { tableClass } from "../../page/table-class.js";
import { startEvaluationTables, type CellValue, type EvaluationColumn, type EvaluationTable } from "./evaluation-client.js";

/** Rows that the page holds without its script, and on paper. */
const STATIC_ROWS = 20;

/** Reasons longer than this are cut in the table; the largest part of a page with many failures. */
const REASON_LENGTH = 240;

/** Every evaluation of every stage: the best ones as a table, and all of them by a script that sorts, unfolds and saves. */
export function evaluationSection(views: readonly StageView[]): Markup | undefined {
  const shown = views.filter(({ stage }) => stage.records.length > 0);
  if (shown.length === 0) return undefined;
  const tables = shown.map((view) => evaluationTable(view));
  const stages = tables.map((table, i) => html`${shown.length > 1 && html`<h3>Stage ${displayName(table.name, 60)}</h3>`}
<div data-evaluations="${i}">
<div class="controls"><button type="button" data-command="all" hidden></button> <button type="button" data-command="csv" hidden>Save as CSV</button>
<button type="button" data-command="json" hidden>Save as JSON</button></div>
<div class="scroll"><table class="${tableClass("wide sortable", table.columns.length)}"><thead><tr>${table.columns.map(heading)}</tr></thead>
<tbody>${staticRows(table)}</tbody></table></div>
<p class="status" role="status">The best ${formatCounted(Math.min(STATIC_ROWS, table.rows.length), "evaluation")} of ${table.rows.length}.</p></div>
`);
  return html`<section><h2>All evaluations</h2>
<p class="note">The start and the best come first; a column heading sorts by it. A stopped evaluation was hopeless on a part of the data, and its loss
is that of the part; a failed one has the penalty as its loss.</p>
${stages}
<script type="application/json" id="evaluations">${jsonForScript(tables)}</script>
<script>(${scriptSource(startEvaluationTables.toString())})();</script></section>`;
}

function heading({ heading: text, isText }: EvaluationColumn, index: number): Markup {
  return html`<th scope="col" class="${index === 0 || isText ? "name" : ""}">${text}</th>`;
}

function staticRows({ columns, rows }: EvaluationTable): Markup[] {
  return rows.slice(0, STATIC_ROWS).map((row) => html`<tr>${row.map((value, i) => cell(columns[i], value, i))}</tr>
`);
}

function cell({ isText }: EvaluationColumn, value: CellValue, index: number): Markup {
  const text = typeof value === "number" || value === null ? formatValue(value ?? undefined) : String(value);
  return index === 0 ? html`<th scope="row" class="name">${text}</th>` : html`<td class="${isText ? "name" : ""}">${text}</td>`;
}

function evaluationTable({ stage, completed }: StageView): EvaluationTable {
  const { records, parameters } = stage;
  const metrics = [...new Set(records.flatMap((record) => Object.keys(record.metrics)))];
  const parts = records.some(({ fraction }) => fraction < 1);
  const columns: { column: EvaluationColumn; value: (record: EvaluationRecord) => CellValue }[] = [
    { column: { key: "evaluation", heading: "evaluation" }, value: ({ id }) => (id < 0 ? "start" : id) },
    { column: { key: "status", heading: "status", isText: true }, value: ({ status }) => status },
    { column: { key: "loss", heading: "loss" }, value: ({ loss }) => finite(loss) },
    ...metrics.map((name) => {
      const display = metricDisplay(name);
      return { column: { key: name, heading: metricHeading(display), scale: display.scale }, value: (record: EvaluationRecord) => finite(record.metrics[name]) };
    }),
    ...parameters.map((parameter) => ({
      column: { key: parameter.path, heading: parameterHeading(parameter), isText: parameter.dimension.kind === "categorical" },
      value: ({ values }: EvaluationRecord): CellValue => {
        const value = values[parameter.path];
        return typeof value === "number" ? finite(value) : (value ?? null);
      },
    })),
    { column: { key: "generation", heading: "generation" }, value: ({ generation }) => generation },
    ...(parts ? [{ column: { key: "fraction", heading: "share of data" }, value: ({ fraction }: EvaluationRecord) => fraction }] : []),
    { column: { key: "seconds", heading: "time (s)" }, value: ({ seconds }) => finite(Number(seconds.toPrecision(4))) },
    { column: { key: "reason", heading: "reason", isText: true }, value: ({ reason }) => (reason === undefined ? null : displayName(reason, REASON_LENGTH)) },
  ];
  const rank = new Map(completed.map((record, i) => [record, record.id < 0 ? -1 : i]));
  const order = [...records].sort((a, b) => (rank.get(a) ?? Infinity) - (rank.get(b) ?? Infinity) || a.id - b.id);
  return { name: stage.name, columns: columns.map(({ column }) => column), rows: order.map((record) => columns.map(({ value }) => value(record))) };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
