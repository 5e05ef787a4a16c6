import { html, type Markup } from "../../markup.js";
import { figureGrid } from "../../page/sections.js";
import type { Figure } from "../../plots/figure.js";
import type { ComparisonView } from "../compared-view.js";

/** What descriptors cost against what they tell. */
export function costSection({ comparison, times }: ComparisonView, figures: readonly Figure[]): Markup {
  const { energies } = comparison.data;
  const mixed = times.per === "atom" ? " Some descriptors are of environments and some of whole structures: times are for each atom." : "";
  const none = energies === 0
    ? " The data hold no energies, so there is no error to judge by; the effective rank says in how many directions the rows of a descriptor vary."
    : "";
  const note = `Down is better for errors, up for the effective rank; left is cheaper.${mixed}${none}`;
  return html`<section><h2>Cost against information</h2>
${figures.length > 0
    ? html`<p class="note">${note}</p>${figureGrid(figures)}`
    : html`<p>No descriptor has both a time and a measure of what it tells: a larger budget of time measures more.</p>`}
</section>`;
}
