import type { Severity, Verdict } from "../../../audit/audit.js";
import { html, type Markup, unbrokenNumbers } from "../../markup.js";

const words: Readonly<Record<Severity, string>> = { good: "good", note: "note", bad: "act" };

/** Every number with what it means and what to do. */
export function verdictSection(verdicts: readonly Verdict[]): Markup | undefined {
  if (verdicts.length === 0) return undefined;
  const rows = verdicts.map(({ title, value, severity, meaning, advice }) => html`<tr><th scope="row" class="name">${title}<br><span class="verdict ${severity}">${words[severity]}</span></th>
<td class="text number">${unbrokenNumbers(value)}</td><td class="text">${unbrokenNumbers(meaning)}</td><td class="text">${unbrokenNumbers(advice)}</td></tr>
`);
  return html`<section><h2>Every number in a sentence</h2>
<div class="scroll"><table class="wide verdicts"><thead><tr><th scope="col" class="name">what</th><th scope="col" class="name">number</th><th scope="col" class="name">what it means</th><th scope="col" class="name">what to do</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
