import type { FisherInformation, SetSpectra } from "../../../analysis/fisher/result.js";
import { displayName, formatCount, formatCounted, formatSignificant } from "../../formatting.js";
import { html, type Markup, unbrokenNumbers, withPowers } from "../../markup.js";
import { tileMarkup } from "../../page/sections.js";
import type { FisherReportData } from "../fisher-report-data.js";

/** What was analyzed, in two sentences and a few large numbers. */
export function fisherHeader({ title, description, date, information }: FisherReportData): Markup {
  const { precision, spectra, parameters } = information;
  const [linear] = spectra;
  const { log10Kappa, isCertain, significant, eigenvalues } = linear.raw;
  return html`<header>
<div class="kind">pestle fisher</div>
<h1>${displayName(title, 200)}</h1>
<p class="description">${displayName([description, date].filter((text) => text !== undefined && text !== "").join(" · "), 300)}</p>
<p>${unbrokenNumbers(dataText(information))}</p>
<p>${withPowers(unbrokenNumbers(findingText(linear)))}</p>
<dl class="headline">${tileMarkup("parameters", formatCount(parameters.length), "")}${
    log10Kappa !== null && tileMarkup("log₁₀ κ of the linear ones", `${isCertain ? "" : "> "}${log10Kappa.toFixed(2)}`, "")}${
    tileMarkup("significant", `${formatCount(significant.count)} of ${formatCount(eigenvalues.length)}`, "")}${
    tileMarkup("gauge modes", formatCount(linear.raw.gaugeModes), "")}${
    tileMarkup("precision", precision.bits === null ? "double" : String(precision.bits), precision.bits === null ? "" : "bits")}</dl>
</header>`;
}

function dataText({ rows, structures, parameters, residualVariance, weights: { sigma } }: FisherInformation): string {
  const linear = parameters.filter(({ isLinear }) => isLinear).length;
  const sizes = linear === parameters.length ? `${formatCounted(linear, "parameter")}, all linear` : `${formatCounted(parameters.length, "parameter")}, ${formatCount(linear)} of them linear`;
  const weights = [["energy", sigma.energy], ["forces", sigma.forces], ["virial", sigma.virial]].flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])).join(", ");
  const variance = residualVariance === null ? "" : ` Residuals are ${formatSignificant(Math.sqrt(residualVariance))} times as large as that.`;
  return `${formatCounted(rows, "row")} of ${formatCounted(structures, "structure")}, ${sizes}. Expected errors (sigma) are ${weights}${sigma.perAtom ? ", that of energies per atom" : ""}.${variance}`;
}

function findingText({ name, raw: { log10Kappa, isCertain, significant: { count }, eigenvalues } }: SetSpectra): string {
  if (log10Kappa === null) return `Nothing in the data depends on the ${name} parameters.`;
  const loose = eigenvalues.length - count;
  const kappa = `The best determined combination of ${name} parameters is known ${isCertain ? "" : "more than "}10^${(log10Kappa / 2).toFixed(1)} times as well as the worst`;
  return loose === 0 ? `${kappa}; all are in the significant correlation region.` : `${kappa}; ${formatCount(loose)} of ${formatCounted(eigenvalues.length, "direction")} ${loose === 1 ? "is" : "are"} sloppy.`;
}
