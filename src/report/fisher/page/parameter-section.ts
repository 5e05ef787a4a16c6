import type { FisherInformation, FisherSpectrum, ParameterEstimate } from "../../../analysis/fisher/result.js";
import { ABSENT, formatCount, formatCounted, formatSignificant, withMinus } from "../../formatting.js";
import { breakableParameter, html, type Markup } from "../../markup.js";
import { type SortableCell, type SortableColumn, sortableTable } from "../../page/sortable-table.js";

const columns: readonly SortableColumn[] = [
  { key: "parameter", heading: "parameter" },
  { key: "value", heading: "value" },
  { key: "error", heading: "error, all free" },
  { key: "errorLinear", heading: "error, linear" },
  { key: "relative", heading: "error/|value|" },
  { key: "sloppiness", heading: "sloppiness" },
  { key: "scaledSloppiness", heading: "scaled" },
  { key: "note", heading: "", isText: true },
];

/** Rows that a page takes; the JSON file has all. */
const MOST_ROWS = 1000;

/** Parameters with error bars, and how far each belongs to what the data do not say. */
export function parameterSection({ parameters, spectra, residualVariance, truncated }: FisherInformation): Markup {
  const widest = spectra.find(({ name }) => name === "all") ?? spectra[0];
  const places = new Map(widest.parameters.map((name, place) => [name, place]));
  const share = ({ sloppiness }: FisherSpectrum, name: string): number | null => (places.has(name) ? sloppiness[places.get(name)!] : null);
  const unused = new Set(widest.unused);
  const loose = parameters.filter((own) => (relativeError(own) ?? 0) > 1).length;
  const rows = parameters.slice(0, MOST_ROWS).map((own): SortableCell[] => [
    { text: breakableParameter(own.name), value: own.name },
    numberCell(own.value), numberCell(own.error), numberCell(own.errorLinear), numberCell(relativeError(own)),
    shareCell(share(widest.raw, own.name)), shareCell(share(widest.scaled, own.name)),
    noteCell(own, unused.has(own.name)),
  ]);
  const bars = residualVariance === null
    ? "There are too few rows for error bars."
    : `Error bars are the bound of Cramér and Rao, by the residuals of the data. ${loose === 0 ? "All parameters are larger than their errors." : `${formatCounted(loose, "parameter")} of ${formatCount(parameters.length)} ${loose === 1 ? "is" : "are"} smaller than the error.`}`;
  const left = truncated === 0 ? "" : ` ${formatCounted(truncated, "direction")} whose eigenvalue is rounding ${truncated === 1 ? "is" : "are"} left out of them: they are lower bounds.`;
  const more = parameters.length > MOST_ROWS && html`<p class="note">The first ${formatCount(MOST_ROWS)} of ${formatCount(parameters.length)}; the JSON file has all.</p>`;
  return html`<section><h2>Parameters</h2>
<p class="note">${bars}${left} Sloppiness is the share of a parameter in the directions beyond the significant correlation region: 0 where the data determine it, 1 where they do not.</p>
${sortableTable("parameters", columns, rows)}${more}</section>`;
}

/** That of a logarithm is relative already. */
function relativeError({ error, value, isLogarithmic }: ParameterEstimate): number | null {
  if (error === null || (!isLogarithmic && value === 0)) return null;
  return isLogarithmic ? error : error / Math.abs(value);
}

function noteCell({ isLinear, isLogarithmic }: ParameterEstimate, isUnused: boolean): SortableCell {
  const text = isUnused ? "nothing depends on it" : isLogarithmic ? "errors of the logarithm" : isLinear ? "" : "not linear";
  return { text, value: text };
}

function numberCell(value: number | null): SortableCell {
  return value === null ? { text: ABSENT } : { text: withMinus(formatSignificant(value)), value };
}

function shareCell(value: number | null): SortableCell {
  return value === null ? { text: ABSENT } : { text: value.toFixed(3), value };
}
