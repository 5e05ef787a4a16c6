import { ABSENT, displayName, formatBytes } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";
import { tableClass } from "../../page/table-class.js";
import type { ComparisonView } from "../compared-view.js";
import { formatHours } from "../number-display.js";
import { descriptorName } from "./descriptor-name.js";

/** What something larger will take, marked as what it is: an extrapolation. */
export function predictionSection({ descriptors }: ComparisonView): Markup | undefined {
  if (descriptors.length === 0) return undefined;
  const kinds = [...new Set(descriptors.flatMap(({ descriptor }) => descriptor.predictions.map(({ what }) => what)))];
  if (kinds.length === 0) {
    return html`<section><h2>What more would cost</h2><p>There are no predictions: they need measured times, and the budget of time ended before.</p></section>`;
  }
  const rows = descriptors.filter(({ descriptor }) => descriptor.predictions.length > 0).map((view) => {
    const cells = kinds.map((kind) => {
      const prediction = view.descriptor.predictions.find(({ what }) => what === kind);
      return prediction ? html`<td>${formatHours(prediction.hours)}</td><td>${formatBytes(prediction.bytes)}</td>` : html`<td>${ABSENT}</td><td>${ABSENT}</td>`;
    });
    return html`<tr><th scope="row" class="name">${descriptorName(view)}</th>${cells}</tr>
`;
  });
  return html`<section><h2>What more would cost <span class="tag">extrapolated</span></h2>
<p class="note">From the times above, as if they grew in proportion to the data: processor time on one core of this machine, and the memory of rows where they are kept, of the work space otherwise.</p>
<div class="scroll"><table class="${tableClass("wide predictions", 2 * kinds.length + 1)}">
<thead><tr><th class="name"></th>${kinds.map((kind) => html`<th colspan="2" scope="colgroup">${displayName(kind, 90)}</th>`)}</tr>
<tr><th scope="col" class="name">descriptor</th>${kinds.map(() => html`<th scope="col">processor time</th><th scope="col">memory</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
