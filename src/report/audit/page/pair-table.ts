import { type Audit, isMeasured } from "../../../audit/audit.js";
import { displayName, formatSignificant } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";

/** The worst pairs of environments with both distances and what they cost. */
export function pairTable({ blind }: Audit): Markup | undefined {
  if (!isMeasured(blind)) return undefined;
  const { pairs, remarks } = blind;
  const hasEnergies = pairs.some(({ energy }) => energy !== undefined);
  const hasForces = pairs.some(({ forces }) => forces !== undefined);
  const number = (value: number | undefined): string => (value === undefined ? "–" : formatSignificant(value));
  const rows = pairs.map(({ a, b, labels, species, share, isIdentical, structuralDistance, isExact, score, energy, forces }) => html`<tr><th scope="row" class="name">${species}</th>
<td>${isIdentical ? "0" : number(share)}</td><td>${isExact ? "" : "≤ "}${number(structuralDistance)}</td><td>${isIdentical ? "∞" : number(score)}</td>
${hasEnergies && html`<td>${number(energy && Math.abs(energy.difference))}</td>`}${hasForces && html`<td>${number(forces?.difference)}</td>`}<td class="text">${place(a.atom, labels[0])}</td><td class="text">${place(b.atom, labels[1])}</td></tr>
`);
  const table = pairs.length > 0 && html`<div class="scroll"><table class="wide pairs"><thead><tr><th scope="col" class="name">center</th><th scope="col">rows (usual = 1)</th><th scope="col">neighbors (Å)</th><th scope="col">score</th>
${hasEnergies && html`<th scope="col">ΔE (eV)</th>`}${hasForces && html`<th scope="col">ΔF (eV/Å)</th>`}<th scope="col" class="name">one environment</th><th scope="col" class="name">the other</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return html`${table}${remarks.length > 0 && html`<p class="note">${remarks.map((remark) => displayName(remark, 500)).join(" ")}</p>`}`;
}

function place(atom: number, label: string): string {
  return `atom ${atom + 1} of ${displayName(label, 50)}`;
}
