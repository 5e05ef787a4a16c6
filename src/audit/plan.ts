import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import type { Dataset } from "../structures/dataset.js";
import { type AuditOptions, sampleOf } from "./audit-descriptor.js";
import { rowsOfSample } from "./row-parts.js";

/** What an audit will take, about. */
export interface AuditPlan {
  /** Rows that are compared with each other. */
  readonly rows: number;
  /** Of a row. */
  readonly columns: number;
  /** Of numerical memory. */
  readonly bytes: number;
  /** On the clock, on one thread. */
  readonly seconds: number;
}

/** Of what is done in any case: costs are timed for a few seconds. */
const SECONDS_OF_COSTS = 6;
/** FLOP/s that eigenvectors and products reach together. */
const SPEED = 4e9;

/** Plans without measuring: times are good to a factor of 2 or 3. */
export function planAudit(dataset: Dataset, descriptor: AnyDescriptor, options: Pick<AuditOptions, "isQuick" | "sample"> = {}): AuditPlan {
  const wanted = sampleOf(options);
  const columns = descriptor.featureCount(dataset.species());
  const available = descriptor.rows === "structure" ? dataset.nStructures : dataset.nAtoms;
  const rows = Math.min(rowsOfSample(wanted.rows, columns), available);
  const directions = Math.min(rows, columns);
  const flops = 20 * directions ** 3 + 12 * rows * columns * directions + 6 * rows * rows * columns;
  // the sample, what is made of it, and distances or cosines of all pairs
  const bytes = 8 * (4 * rows * columns + 3 * directions ** 2 + 2 * rows * rows);
  return { rows, columns, bytes, seconds: (options.isQuick ? 1 : SECONDS_OF_COSTS) + flops / SPEED };
}
