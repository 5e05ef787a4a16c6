import { type Audit, type AuditPartName, type Part } from "../../../audit/audit.js";
import { html, type Markup } from "../../markup.js";
import { figureGrid } from "../../page/sections.js";
import type { Figure } from "../../plots/figure.js";

/** Names of parts in the text of the page. */
export const partTitles: Readonly<Record<AuditPartName, string>> = {
  cost: "cost",
  variance: "effective rank",
  linear: "linear redundancy",
  kernels: "kernel distribution",
  functional: "functional redundancy",
  sensitivity: "sensitivity",
  manifold: "manifold of the worst environments",
  blind: "blind pairs",
};

/** How each number is measured, for readers who ask. */
const methods: Readonly<Record<AuditPartName, string>> = {
  cost: "Processor time of one core, the median of up to 60 looks in turns with work of known size; derivatives were compared with differences before. The kernel is two products of a row with 1000 sparse points, at the speed that this core multiplies matrices with.",
  variance: "Eigenvalues λ of the covariance of the columns over a seeded sample of rows. Effective rank is the participation ratio (Σλ)² / Σλ², with the standard error of leaving out groups of structures; the rank counts eigenvalues above 10⁻¹⁰ of the largest.",
  linear: "Principal components about the origin, largest first; the error is that of x·x′ over all pairs of rows of the sample, in units of the largest |x|².",
  functional: "Singular values of ∂X/∂R at environments of a seeded sample with all their neighbors, the center fixed and rotations taken out (no matrix is squared). J neighbors have 3J − 3 independent moves. The rank counts values above 10⁻¹⁰ of the largest, visible moves those above 10⁻³. Medians.",
  sensitivity: "The same at the center with its nearest neighbors alone, at most 16 and those that show at least a tenth as well as the best seen one: farther ones fade towards the cutoff, and the softest move would always be one of theirs. The number is the smallest singular value by the largest. Where it is 0, the cause is told: symmetry (no smooth invariant descriptor sees a displacement that breaks it), incompleteness (no descriptor of this body order does), truncation (more functions would), range (the neighbor is not seen).",
  manifold: "From the softest environments (at most six) the softest move is followed in steps of 0.01 Å by the midpoint rule, each brought back along stiff directions, until it closes, is 2 Å long, is stiffer than 0.02 of the stiffest, or cannot go on; the one that goes farthest with β below 0.05 is shown. V is the largest change of the row, d how far atoms went after the best rotation, β is V over the median change of 200 random displacements as long as d; a second β has all other neighbors of the environment in place, where they are.",
  kernels: "Cosines x·x′ / |x||x′| of all pairs of rows of the sample: the kernel of a Gaussian process on unit vectors with ζ = 1. With another ζ it is their power.",
  blind: "The nearest rows of every environment, columns over their standard deviations; equal environments count once. The structural distance is the least displacement (Å, of all neighbors together) that makes one environment of the other, over rotations, reflections and numberings. The score is structural distance by distance of rows, both by their medians over random pairs.",
};

/** Some parts of an audit: how each number was measured, and pictures; nothing where all of them were left out. What the numbers mean stands in the table. */
export function partSection(audit: Audit, title: string, parts: readonly AuditPartName[], figures: readonly Figure[], more?: Markup): Markup | undefined {
  const measured = parts.filter((name) => !("leftOut" in (audit[name] as Part<object>)));
  if (measured.length === 0) return undefined;
  const texts = measured.map((name) => html`<p class="note"><b>${partTitles[name]}</b> ${methods[name]}</p>
`);
  return html`<section><h2>${title}</h2>
${texts}${figures.length > 0 && figureGrid(figures)}${more}</section>`;
}
