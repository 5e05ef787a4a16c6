import { remarksOf } from "../../../compare/remarks.js";
import { displayName } from "../../formatting.js";
import { html, type Markup, unbrokenNumbers } from "../../markup.js";
import type { ComparisonView } from "../compared-view.js";
import { descriptorName } from "./descriptor-name.js";
import { joined } from "./summary-section.js";

const TEXT_LENGTH = 1500;
const PARAMETER_LENGTH = 400;

/** One sentence of every descriptor, its parameters, and what was left out of the measurements. */
export function meaningSection(view: ComparisonView): Markup | undefined {
  if (view.descriptors.length === 0) return undefined;
  const entries = view.descriptors.map((member) => html`<dt>${descriptorName(member)}</dt>
<dd>${member.descriptor.sentence !== "" && html`<p>${unbrokenNumbers(displayName(member.descriptor.sentence, TEXT_LENGTH))}</p>`}
<p class="note">${parameterText(member.descriptor.parameters)}</p></dd>
`);
  const remarks = remarksOf(view.descriptors.map(({ descriptor, title }) => ({ ...descriptor, name: title })));
  return html`<section><h2>What the numbers mean</h2>
<dl class="meanings">${entries}</dl>
${remarks.length > 0 && html`<h3>Remarks</h3><ul class="remarks">${remarks.map(({ text, names }) => html`<li>${unbrokenNumbers(displayName(text, TEXT_LENGTH))} <small>(${names.length > 1 && names.length === view.descriptors.length ? "all descriptors" : joined(names)})</small></li>
`)}</ul>`}
</section>`;
}

/** "cutoff: { radius: 5 }, nMax: 8" as YAML writes it in a line. */
function parameterText(parameters: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(parameters).map(([key, value]) => `${key}: ${valueText(value)}`).join(", ");
  return displayName(text === "" ? "no parameters" : text, PARAMETER_LENGTH);
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{ ${Object.entries(value).map(([key, inner]) => `${key}: ${valueText(inner)}`).join(", ")} }`;
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
}
