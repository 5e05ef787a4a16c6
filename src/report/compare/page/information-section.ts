import { html, type Markup } from "../../markup.js";
import { figureGrid } from "../../page/sections.js";
import type { Figure } from "../../plots/figure.js";
import type { ComparisonView } from "../compared-view.js";
import { joined } from "./summary-section.js";

/** How rows vary, and how alike they are. */
export function variationSection({ descriptors }: ComparisonView, figures: readonly Figure[]): Markup | undefined {
  if (descriptors.length === 0) return undefined;
  const samples = new Set(descriptors.flatMap(({ descriptor: { information } }) => (information ? [`${information.sampleSize} ${nounOf(information.rows)}`] : [])));
  const turning = descriptors.filter(({ descriptor: { information } }) => information && !information.kernels).map(({ title }) => title);
  return html`<section><h2>How rows vary</h2>
${figures.length > 0
    ? html`<p class="note">On a seeded sample of ${joined([...samples])}.${turning.length > 0 && ` Without kernel values, as their rows turn with the structure or were not compared: ${joined(turning)}.`}</p>
${figureGrid(figures)}`
    : html`<p>Nothing is known of the rows: the budget of time ended before.</p>`}
</section>`;
}

function nounOf(rows: string): string {
  return rows === "structure" ? "structures" : rows === "tuple" ? "tuples" : "environments";
}

/** What a cheap model learns from the rows. */
export function learningSection({ comparison: { data, descriptors } }: ComparisonView, figures: readonly Figure[]): Markup | undefined {
  if (descriptors.length === 0) return undefined;
  const reasons = data.energies === 0 && data.forces === 0 ? "the data hold neither energies nor forces" : "there are too few structures, or the budget of time ended before";
  const missing = [...(data.energies === 0 ? ["energies"] : []), ...(data.forces === 0 ? ["forces"] : [])];
  return html`<section><h2>What a model learns</h2>
${figures.length > 0
    ? html`<p class="note">Ridge regression is a cheap stand-in for better models: it ranks descriptors, and its errors are not those of a potential.${
      missing.length > 0 && ` The data hold no ${missing.join(" and no ")}.`}</p>${figureGrid(figures)}`
    : html`<p>No model was fitted: ${reasons}.</p>`}
</section>`;
}
