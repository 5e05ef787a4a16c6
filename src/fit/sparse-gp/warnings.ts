import { kernelScale, kernelValue } from "../../kernels/registry.js";
import { wantedPoints } from "../../select/schema.js";
import type { Dataset } from "../../structures/dataset.js";
import { energyZeroWarnings, type IsolatedAtomEnergies } from "../isolated-atoms.js";
import type { ResolvedFit } from "./schema.js";
import type { SelectedTerm } from "./selection.js";

/** Kernel diagonals that differ from δ² by more than this factor belong to fingerprints that are not normalised. */
const NORMALISED = 1.01;

/** What may ruin the fit, as far as its data and sparse points tell. */
export function fitWarnings({ fit, model }: ResolvedFit, dataset: Dataset, isolated: IsolatedAtomEnergies, terms: readonly SelectedTerm[]): string[] {
  const name = (index: number): string => (terms.length > 1 ? `model.terms[${index}]: ` : "");
  return [
    ...terms.flatMap((term, index) => [...fewerPoints(term), ...absoluteJitter(term, fit.jitter)].map((text) => `${name(index)}${text}`)),
    ...energyZeroWarnings(model.isolatedAtomEnergies, dataset, fit.sigma, isolated),
  ];
}

function fewerPoints({ options: { sparse }, selection }: SelectedTerm): string[] {
  if (sparse.method === "file") return [];
  const wanted = wantedPoints(sparse);
  if (selection.count >= wanted) return [];
  const why =
    selection.choices <= selection.count
      ? "the training data have no more different environments"
      : `of ${selection.choices} different environments no more are independent, or of the species that were asked for`;
  return [`${selection.count} sparse points are taken where sparse.count asks for ${wanted}: ${why}`];
}

/** An absolute jitter is much for short fingerprints, and nothing for long ones. */
function absoluteJitter({ kernel, tables: { nFeatures, weighsRows }, selection, options }: SelectedTerm, ofAll: ResolvedFit["fit"]["jitter"]): string[] {
  const jitter = options.jitter ?? ofAll;
  if (typeof jitter !== "number" || jitter === 0) return [];
  const scale = kernelScale(kernel);
  let [lowest, highest] = [Infinity, 0];
  for (let i = 0; i < selection.count; i++) {
    const point = selection.values.subarray(i * nFeatures, (i + 1) * nFeatures);
    const own = kernelValue(kernel, point, point, weighsRows) / scale;
    lowest = Math.min(lowest, own);
    highest = Math.max(highest, own);
  }
  if (highest <= NORMALISED && lowest >= 1 / NORMALISED) return [];
  return [
    `${options.jitter === undefined ? "fit.jitter" : "its jitter"} is ${jitter} eV², but the fingerprints are not normalised: k(x, x) of the sparse points is ${lowest.toPrecision(2)} to ` +
      `${highest.toPrecision(2)} delta², so that this jitter may be too much for some and nothing for others; write jitter: { relative: 1e-8 }`,
  ];
}
