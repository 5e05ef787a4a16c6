import type { FisherInformation, FisherSpectrum, ParameterShare } from "../../../analysis/fisher/result.js";
import { ABSENT, displayName, formatCount } from "../../formatting.js";
import { html, type Markup, withPowers } from "../../markup.js";
import { figureGrid } from "../../page/sections.js";
import type { Figure } from "../../plots/figure.js";

/** What sets of parameters are, for readers who ask. */
const meanings: Readonly<Record<string, string>> = {
  linear: "the energy is linear in them; the others fixed",
  all: "all; α and β by their logarithms",
  left: "linear ones of the left operand, the right one in J",
  right: "linear ones of the right operand, the left one in J",
  "left alone": "of the left operand as a potential of its own",
  "right alone": "of the right operand as a potential of its own",
};

/** Ladders, and a table of condition numbers. */
export function spectrumSection({ spectra }: FisherInformation, figures: readonly Figure[]): Markup {
  const kappa = ({ log10Kappa, isCertain }: FisherSpectrum): string => (log10Kappa === null ? ABSENT : `${isCertain ? "" : "> "}${log10Kappa.toFixed(2)}`);
  const rows = spectra.map(({ name, parameters, unused, raw, scaled }) => html`<tr><th scope="row" class="name">${name}</th><td>${formatCount(parameters.length)}</td><td>${
    formatCount(unused.length)}</td><td>${formatCount(raw.gaugeModes)}</td><td>${formatCount(raw.nullModes.length)}</td><td>${kappa(raw)}</td><td>${kappa(scaled)}</td><td>${
    `${raw.significant.count} of ${raw.eigenvalues.length}`}</td><td class="text">${meanings[name]}</td></tr>
`);
  return html`<section><h2>Spectra</h2>
<p class="note">κ is the largest by the smallest eigenvalue of F = JᵀWJ, gauge modes and null modes taken out; scaled: with columns of J of length 1, which no unit of a parameter changes. Eigenvalues of at least ${withPowers("10^-15")} of the largest make up the significant correlation region.</p>
${figures.length > 0 && figureGrid(figures)}
<div class="scroll"><table class="wide"><thead><tr><th scope="col" class="name">parameters</th><th scope="col">number</th><th scope="col">unused</th><th scope="col">gauge modes</th><th scope="col">null modes</th><th scope="col">log₁₀ κ</th><th scope="col">scaled</th><th scope="col">significant</th><th scope="col" class="name">meaning</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

/** Directions that a table lists. */
const LISTED = 12;
/** Parameters of a direction. */
const SHARES = 6;

/** Sloppy and null directions, and who takes part in which. */
export function directionSection({ spectra }: FisherInformation, figures: readonly Figure[]): Markup | undefined {
  const { name, raw } = spectra.find((set) => set.name === "all") ?? spectra[0];
  const nulls = raw.nullModes.map((shares) => html`<tr><th scope="row" class="name">0</th><td class="text">${sharesText(shares)}</td></tr>
`);
  const sloppy = raw.sloppyDirections.map(({ eigenvalue, shares }) => html`<tr><th scope="row" class="name">${withPowers(powerText(eigenvalue))}</th><td class="text">${sharesText(shares)}</td></tr>
`);
  const rows = [...nulls, ...sloppy];
  if (rows.length === 0 && figures.length === 0) return undefined;
  const more = rows.length > LISTED && html`<p class="note">The JSON file has all ${formatCount(rows.length)}.</p>`;
  return html`<section><h2>Directions</h2>
<p class="note">Of F of ${name === "all" ? "all parameters" : "the linear parameters"}, not scaled. A parameter that has a large share in a direction of a small eigenvalue can change together with the others there, and the data hardly notice.</p>
${figures.length > 0 && html`<div class="wide-figures">${figureGrid(figures)}</div>`}
${rows.length > 0 && html`<h3>The sloppiest</h3><div class="scroll"><table class="wide directions"><thead><tr><th scope="col" class="name">eigenvalue</th><th scope="col" class="name">shares of parameters</th></tr></thead>
<tbody>${rows.slice(0, LISTED)}</tbody></table></div>`}${more}</section>`;
}

function sharesText(shares: readonly ParameterShare[]): string {
  const named = shares.slice(0, SHARES).map(({ name, share }) => `${displayName(name, 60)} ${Math.round(100 * share)} %`).join(", ");
  return shares.length > SHARES ? `${named}, …` : named;
}

/** "2.0·10^-35" of a decimal number, which may be too small for a double. */
function powerText(decimal: string): string {
  const [mantissa, exponent = "0"] = decimal.split("e");
  return `${Number(mantissa).toFixed(1)}·10^${Number(exponent)}`;
}
