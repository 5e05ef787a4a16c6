import { type Audit, type AuditPartName, type Part } from "../../../audit/audit.js";
import { html, type Markup, unbrokenNumbers } from "../../markup.js";
import { figureGrid } from "../../page/sections.js";
import type { Figure } from "../../plots/figure.js";

/** Names of parts in the text of the page. */
export const partTitles: Readonly<Record<AuditPartName, string>> = {
  cost: "cost",
  variance: "effective rank",
  linear: "linear redundancy",
  kernels: "kernel distribution",
  blind: "blind pairs",
};

/** How each number is measured, for readers who ask. */
const methods: Readonly<Record<AuditPartName, string>> = {
  cost: "Processor time of one core, the median of up to 60 looks in turns with work of known size; derivatives were compared with differences before. The kernel is two products of a row with 1000 sparse points, at the speed that this core multiplies matrices with.",
  variance: "Eigenvalues λ of the covariance of the columns over a seeded sample of rows. Effective rank is the participation ratio (Σλ)² / Σλ², with the standard error of leaving out groups of structures; the rank counts eigenvalues above 10⁻¹⁰ of the largest.",
  linear: "Principal components about the origin, largest first; the error is that of x·x′ over all pairs of rows of the sample, in units of the largest |x|².",
  kernels: "Cosines x·x′ / |x||x′| of all pairs of rows of the sample: the kernel of a Gaussian process on unit vectors with ζ = 1. With another ζ it is their power.",
  blind: "The closest pairs of rows whose environments no rotation, reflection or numbering maps onto each other: the distance of rows in units of the median distance, and how far neighbors are displaced (Å, root mean square).",
};

/** Some parts of an audit: what each number means, what to do, how it was measured, and pictures; nothing where all of them were left out. */
export function partSection({ verdicts, ...audit }: Audit, title: string, parts: readonly AuditPartName[], figures: readonly Figure[], more?: Markup): Markup | undefined {
  const measured = parts.filter((name) => !("leftOut" in (audit[name] as Part<object>)));
  if (measured.length === 0) return undefined;
  const texts = measured.map((name) => {
    const own = verdicts.filter(({ part }) => part === name);
    return html`${own.map(({ meaning, advice }) => html`<p>${unbrokenNumbers(meaning)} ${unbrokenNumbers(advice)}</p>
`)}<p class="note">${methods[name]}</p>
`;
  });
  return html`<section><h2>${title}</h2>
${texts}${figures.length > 0 && figureGrid(figures)}${more}</section>`;
}
