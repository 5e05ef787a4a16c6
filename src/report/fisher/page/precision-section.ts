import type { FisherInformation } from "../../../analysis/fisher/result.js";
import { ABSENT } from "../../formatting.js";
import { html, type Markup, withPowers } from "../../markup.js";

/** Which precision was needed and why, and what κ would be by the others. */
export function precisionSection({ precision: { bits, reason, log10Kappa } }: FisherInformation): Markup {
  const { eigenvaluesOfJTJ, singularValues, high } = log10Kappa;
  const rows = ([
    ["eigenvalues of a double JᵀJ", eigenvaluesOfJTJ, "right up to κ of about 10¹³; small ones are rounding beyond"],
    ["singular values of a double J", singularValues, "right up to about 10²⁸; rounding of J itself ends it there"],
    ["J and F in high precision", high, bits === null ? "not needed, or not to be had" : `${bits} bits, digits compared with those of ${2 * bits}`],
  ] as const).map(([name, value, remark]) => html`<tr><th scope="row" class="name">${name}</th><td>${value === null ? ABSENT : value.toFixed(2)}</td><td class="text">${remark}</td></tr>
`);
  return html`<section><h2>Precision</h2>
<p>${withPowers(sentence(reason))}</p>
<div class="scroll"><table class="wide"><thead><tr><th scope="col" class="name">linear parameters from</th><th scope="col">log₁₀ κ</th><th scope="col" class="name"></th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

function sentence(reason: string): string {
  return `${reason[0].toUpperCase()}${reason.slice(1)}.`;
}
