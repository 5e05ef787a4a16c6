import { ABSENT } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";
import { figureGrid } from "../../page/sections.js";
import { tableClass } from "../../page/table-class.js";
import type { Figure } from "../../plots/figure.js";
import type { ComparisonView } from "../compared-view.js";
import { exponentText, scalingVariables, variableTitle } from "../plots/scaling.js";
import { descriptorName } from "./descriptor-name.js";
import { costDetailTable } from "./table-section.js";
import { joined } from "./summary-section.js";

/** Where the time goes: stages, and the smaller numbers of cost. */
export function timeSection(view: ComparisonView, figures: readonly Figure[]): Markup | undefined {
  if (view.descriptors.length === 0) return undefined;
  const details = costDetailTable(view);
  const without = view.descriptors.filter(({ descriptor }) => descriptor.cost && descriptor.cost.stages.length === 0).map(({ title }) => title);
  const isSilent = without.length === view.descriptors.length;
  const silent = isSilent ? "The stages of the time are not known: they are where the program was compiled with names." : `The stages of ${joined(without)} are not known.`;
  return html`<section><h2>Where the time goes</h2>
${details ? html`${figures.length > 0 && figureGrid(figures)}${without.length > 0 && html`<p class="note after">${silent}</p>`}
<h3>Cost in detail</h3>${details}`
    : html`<p>No time was measured: the budget ended before.</p>`}
</section>`;
}

/** How the time grows with cutoff, sizes of the basis, species, atoms and threads. */
export function scalingSection(view: ComparisonView, figures: readonly Figure[]): Markup | undefined {
  if (view.descriptors.length === 0) return undefined;
  const missing = view.descriptors.filter(({ descriptor }) => descriptor.scaling.length === 0).map(({ title }) => title);
  if (figures.length === 0) {
    return html`<section><h2>Scaling</h2>
<p>How the time grows was not measured: this comes after costs and information, and the budget of time ended before.</p></section>`;
  }
  return html`<section><h2>Scaling</h2>
<p class="note">Exponents p of t ∝ xᵖ with their standard errors, from straight lines through the logarithms of measured times.${
    missing.length > 0 && ` Not measured within the budget of time, or nothing to vary: ${joined(missing)}.`}</p>
${exponentTable(view)}
${figureGrid(figures)}</section>`;
}

function exponentTable(view: ComparisonView): Markup {
  const variables = scalingVariables(view);
  const rows = view.descriptors.filter(({ descriptor }) => descriptor.scaling.length > 0).map((member) => {
    const cells = variables.map((variable) => {
      const scaling = member.descriptor.scaling.find((entry) => entry.variable === variable);
      return html`<td>${scaling ? exponentText(scaling) : ABSENT}</td>`;
    });
    return html`<tr><th scope="row" class="name">${descriptorName(member)}</th>${cells}</tr>
`;
  });
  return html`<div class="scroll"><table class="${tableClass("wide", variables.length + 1)}">
<thead><tr><th scope="col" class="name">descriptor</th>${variables.map((variable) => html`<th scope="col">${variableTitle(variable)}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}
