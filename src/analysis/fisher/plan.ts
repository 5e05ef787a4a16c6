import { chainCount } from "../../fit/least-squares/chains.js";
import { splitBlocks } from "../../fit/least-squares/blocks.js";
import { strideOf, triangleBytes } from "../../fit/least-squares/triangle.js";
import { clusterFeatureCount } from "../../descriptors/cluster/basis.js";
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

/** s in 256 bits and in 512 together, as measured on one core. */
const PRECISE_SECONDS = {
  /** For each unordered pair and parameter. */
  column: 6e-6,
  /** The same where there are sums over neighbors of neighbors. */
  neighborColumn: 8e-6,
  /** For each pair and Gaussian. */
  gaussian: 1.1e-5,
  /** For each triplet and feature, α and β among the parameters. */
  triplet: 4e-5,
  /** For each row and element of F. */
  element: 3e-7,
  /** For each parameter, cubed: all spectra. */
  spectra: 6e-6,
} as const;

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
  return { rows: nRows, parameters: n, linear: parameters.filter(({ isLinear }) => isLinear).length, weights, bytes, highSeconds: highSeconds(potential, dataset, nRows) };
}

function highSeconds({ parametric, cutoff }: Potential, dataset: Dataset, nRows: number): number | null {
  const composed = parametric?.composed;
  if (!composed) return null;
  const { form } = composed;
  const { pairs, triplets } = countNeighbors(dataset, Math.min(cutoff, form.cutoff.radius));
  const n = parametric.parameters.length;
  const { column, neighborColumn, gaussian, triplet, element, spectra } = PRECISE_SECONDS;
  const gaussians = form.bases.reduce((sum, { radial, size }) => sum + (radial === "gaussian" ? size : 0), 0);
  const features = form.bases.reduce((sum, basis) => sum + (basis.body === 3 ? clusterFeatureCount(basis, 1) : 0), 0);
  const hasNeighbors = leavesOf(form.root).some(({ op }) => op === "neighborExp");
  const whole = pairs * (gaussian * gaussians + (hasNeighbors ? neighborColumn : column) * n) + triplet * triplets * features + 0.5 * element * nRows * n ** 2;
  // operands of a product alone have rows of their own
  return (form.root.op === "product" ? 2 : 1) * whole + spectra * n ** 3;
}

/** Unordered pairs, and pairs of neighbors of an atom, as far as densities tell. */
function countNeighbors(dataset: Dataset, cutoff: number): { pairs: number; triplets: number } {
  let [pairs, triplets] = [0, 0];
  for (let i = 0; i < dataset.nStructures; i++) {
    const { atomicNumbers, cell, pbc } = dataset.structure(i);
    const nAtoms = atomicNumbers.length;
    const neighbors = expectedNeighbors({ nAtoms, cell, pbc, cutoff });
    pairs += (nAtoms * neighbors) / 2;
    triplets += (nAtoms * neighbors * Math.max(0, neighbors - 1)) / 2;
  }
  return { pairs, triplets };
}
