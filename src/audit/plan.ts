import { searchBytes } from "../analysis/blind-spots/search-species.js";
import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import { listEnvironments } from "../environments/collect.js";
import { environmentOf } from "../environments/single-environment.js";
import { seededRandom } from "../math/random.js";
import type { Executor } from "../parallel/executor.js";
import type { Dataset } from "../structures/dataset.js";
import { type AuditOptions, sampleOf } from "./audit-descriptor.js";
import { rowsOfSample } from "./row-parts.js";

/** What an audit will take, about. */
export interface AuditPlan {
  /** Rows that are compared with each other. */
  readonly rows: number;
  /** Of a row. */
  readonly columns: number;
  /** Environments whose atoms are moved; 0 where rows are not those of single atoms. */
  readonly moved: number;
  /** Environments that blind pairs are searched among; likewise. */
  readonly paired: number;
  /** Of numerical memory, at the most at once. */
  readonly bytes: number;
  /** On the clock. */
  readonly seconds: number;
}

/** Of costs, which are timed for a few seconds. */
const COST_SECONDS = 6;
/** FLOP/s that eigenvectors, singular values and products reach together. */
const SPEED = 4e9;
/** Seconds of comparing two environments, of one step of a path and of an environment with few neighbors. */
const COMPARISON = 3e-3;
const STEP = 2e-3;
/** Environments that are listed for a number of neighbors. */
const TRIED = 5;

/**
 * Plans without measuring: times are good to a factor of 2 or 3.
 * @throws {InvalidStructureError} as a search of neighbors
 */
export function planAudit(dataset: Dataset, descriptor: AnyDescriptor, executor: Executor, options: Pick<AuditOptions, "isQuick" | "sample" | "seed"> = {}): AuditPlan {
  const sample = sampleOf(options);
  const columns = descriptor.featureCount(dataset.species());
  const hasCenters = descriptor.describes !== "structures" && descriptor.rows === "center" && descriptor.turns === undefined;
  const rows = Math.min(rowsOfSample(sample.rows, columns), descriptor.rows === "structure" ? dataset.nStructures : dataset.nAtoms);
  const moved = hasCenters ? Math.min(sample.sensitivity, dataset.nAtoms) : 0;
  const paired = hasCenters ? Math.min(sample.pairs, dataset.nAtoms) : 0;
  const directions = Math.min(rows, columns);
  const moves = hasCenters ? 3 * neighborsOf(dataset, descriptor.cutoff, executor, options.seed ?? 1) : 0;
  const rowFlops = 20 * directions ** 3 + 12 * rows * columns * directions + 6 * rows * rows * columns;
  const moveFlops = (moved / 5) * (12 * columns * moves ** 2 + 20 * moves ** 3);
  const pairFlops = 2 * paired ** 2 * 24;
  const serial = (options.isQuick ? 1 : COST_SECONDS) + moved * STEP + moveFlops / SPEED + (hasCenters ? 1200 * STEP : 0);
  const shared = rowFlops / SPEED + pairFlops / SPEED + (paired > 0 ? sample.compared * COMPARISON : 0);
  // the sample, what is made of it, and distances or cosines of all pairs
  const rowBytes = 8 * (4 * rows * columns + 3 * directions ** 2 + 2 * rows * rows);
  return { rows, columns, moved, paired, bytes: Math.max(rowBytes, paired > 0 ? searchBytes(paired, columns, 0, 10) : 0), seconds: serial + shared / executor.threads };
}

/** On average over a few environments. */
function neighborsOf(dataset: Dataset, cutoff: number, executor: Executor, seed: number): number {
  const some = listEnvironments(dataset, null, TRIED, seededRandom(seed));
  return some.reduce((sum, { structure, atom }) => sum + environmentOf(executor, dataset.structure(structure), atom, cutoff).neighbors.length, 0) / Math.max(1, some.length);
}
