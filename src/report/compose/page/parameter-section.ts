import type { DescribedParameter } from "../../../compose/description.js";
import { formatCounted, formatSignificant, withMinus } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";
import { type SortableCell, type SortableColumn, sortableTable } from "../../page/sortable-table.js";
import type { ComposeReportData } from "../compose-report-data.js";

const columns: readonly SortableColumn[] = [
  { key: "parameter", heading: "parameter" },
  { key: "kind", heading: "kind", isText: true },
  { key: "value", heading: "value" },
  { key: "error", heading: "standard error" },
  { key: "relative", heading: "error/|value|" },
  { key: "sloppiness", heading: "sloppiness" },
];

const kinds: Readonly<Record<DescribedParameter["kind"], string>> = {
  alpha: "α, Å⁻²", beta: "β", weight: "factor of a pair", shift: "shift, eV", coefficient: "coefficient", exponent: "ξ",
};

/** The parameters of the result, how well they are known, and how far each belongs to what the data do not say. */
export function parameterSection({ summary: { parameters } }: ComposeReportData): Markup {
  const loose = parameters.filter(({ error, value }) => error !== null && error > Math.abs(value)).length;
  const rows = parameters.map(({ name, kind, value, error, sloppiness }): SortableCell[] => [
    { text: name, value: name },
    { text: kinds[kind], value: kind },
    numberCell(value),
    numberCell(error),
    numberCell(error === null || value === 0 ? null : error / Math.abs(value)),
    numberCell(sloppiness),
  ]);
  return html`<section><h2>Parameters</h2>
<p class="note">Standard errors are the bound of Cramér and Rao with all parameters free, from the residuals of the training structures; sloppiness is the share of a parameter in the directions below 10⁻¹⁵ of the best determined one: 0 where the data determine it, 1 where they do not. ${
    loose === 0 ? "All parameters are larger than their errors." : `${formatCounted(loose, "parameter")} of ${parameters.length} ${loose === 1 ? "is" : "are"} smaller than the error.`}</p>
${sortableTable("parameters", columns, rows)}</section>`;
}

function numberCell(value: number | null): SortableCell {
  return value === null ? { text: "–" } : { text: withMinus(formatSignificant(value)), value };
}
