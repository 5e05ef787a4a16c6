import { html, type Markup } from "../markup.js";
import { tableClass } from "./table-class.js";

/** A column of a table that sorts. */
export interface SortableColumn {
  /** Name in saved files. */
  readonly key: string;
  /** Name in the table, with the unit. */
  readonly heading: string;
  /** Left-aligned. */
  readonly isText?: boolean;
}

/** What a cell shows, and what it is sorted and saved by; without a value it comes last. */
export interface SortableCell {
  readonly text: string | Markup;
  readonly value?: number | string | undefined;
}

/** A table whose headings sort it where scripts run (`startSortableTables`); the first column names the row. `name` is that of saved files. */
export function sortableTable(name: string, columns: readonly SortableColumn[], rows: readonly (readonly SortableCell[])[]): Markup {
  const kind = ({ isText = false }: SortableColumn, index: number): string => (index === 0 || isText ? "name" : "");
  const head = columns.map((column, i) => html`<th scope="col" class="${kind(column, i)}" data-key="${column.key}">${column.heading}</th>`);
  const body = rows.map((cells) => html`<tr>${cells.map(({ text, value }, i) => i === 0
    ? html`<th scope="row" class="name" data-value="${valueText(value)}">${text}</th>`
    : html`<td class="${kind(columns[i], i)}" data-value="${valueText(value)}">${text}</td>`)}</tr>
`);
  return html`<div class="scroll"><table class="${tableClass("wide sortable", columns.length)}" data-sortable="${name}">
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

function valueText(value: number | string | undefined): string {
  if (typeof value !== "number") return value ?? "";
  if (Number.isNaN(value)) return "";
  // what a script and a spreadsheet read as a number beyond all others
  return Number.isFinite(value) ? String(value) : value > 0 ? "1e999" : "-1e999";
}
