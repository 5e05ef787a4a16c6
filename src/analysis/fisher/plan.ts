import { chainCount } from "../../fit/least-squares/chains.js";
import { splitBlocks } from "../../fit/least-squares/blocks.js";
import { strideOf, triangleBytes } from "../../fit/least-squares/triangle.js";
import { leavesOf } from "../../models/composed/tree.js";
import type { Potential } from "../../models/potential.js";
import { expectedNeighbors } from "../../neighbors/estimate.js";
import type { Executor } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import { requireParametric } from "./fisher-information.js";
import { fisherData } from "./fisher-data.js";
import { type RowWeights, rowWeights } from "./weights.js";

/** What an analysis is about, before it is made. */
export interface FisherPlan {
  /** Of J. */
  readonly rows: number;
  /** Of the potential. */
  readonly parameters: number;
  /** Of these, that the energy is linear in. */
  readonly linear: number;
  /** Of the rows. */
  readonly weights: RowWeights;
  /** Of numerical memory: triangular factors, rows in flight, and the singular values. */
  readonly bytes: number;
  /** s of processor time in high precision, roughly: 256 bits and 512 to tell digits; null where the potential has none. */
  readonly highSeconds: number | null;
}

/** s for each unordered pair and parameter, operands of a composition alone once more: measured for sums of 75 parameters. */
const HIGH_SECONDS = 4e-5;

/** @throws as `fisherInformation`, for potentials and data that it refuses */
export function planFisher(potential: Potential, dataset: Dataset, executor: Pick<Executor, "threads">, options: Pick<RowWeights, "sigma"> | undefined): FisherPlan {
  const { parameters } = requireParametric(potential);
  const weights = rowWeights(potential, options?.sigma);
  const { nRows, rowCounts } = fisherData(dataset, weights.sigma, potential.species);
  const blocks = splitBlocks(rowCounts);
  const n = parameters.length;
  const largest = Math.max(...blocks.map((block) => block.nRows));
  const inFlight = Math.min(blocks.length, executor.threads + 1);
  const bytes = chainCount(n + 1, blocks.length) * triangleBytes(n) + inFlight * 16 * largest * strideOf(n) + 4 * 8 * n * n;
  return { rows: nRows, parameters: n, linear: parameters.filter(({ isLinear }) => isLinear).length, weights, bytes, highSeconds: highSeconds(potential, dataset) };
}

function highSeconds({ parametric, cutoff }: Potential, dataset: Dataset): number | null {
  const form = parametric?.composed?.form;
  if (!form) return null;
  let pairs = 0;
  for (let i = 0; i < dataset.nStructures; i++) {
    const { atomicNumbers, cell, pbc } = dataset.structure(i);
    const nAtoms = atomicNumbers.length;
    pairs += (nAtoms * expectedNeighbors({ nAtoms, cell, pbc, cutoff: Math.min(cutoff, form.cutoff.radius) })) / 2;
  }
  const alone = leavesOf(form.root).length > 1 ? 1.5 : 1;
  return HIGH_SECONDS * alone * pairs * parametric.parameters.length;
}
