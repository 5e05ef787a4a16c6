import type { BlindPair, BlindSpots } from "../analysis/blind-spots/blind-spots.js";
import { findBlindSpots } from "../analysis/blind-spots/find-blind-spots.js";
import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import { PestleError } from "../errors.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";
import type { Part } from "./audit.js";
import type { AuditPair, BlindPart } from "./row-results.js";

/** How much is looked at. */
export interface BlindOptions {
  /** Most environments of each species. */
  readonly environments: number;
  /** Most pairs of each species whose structures are compared. */
  readonly compared: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressListener | undefined;
}

/** Pairs of a page. */
const LISTED = 20;

/** Pairs of different environments whose rows are close, and the errors that follow. */
export async function blindPart(dataset: Dataset, descriptor: AnyDescriptor, executor: Executor, options: BlindOptions): Promise<Part<BlindPart>> {
  try {
    return partOf(await findBlindSpots(dataset, descriptor, executor, { ...options, listed: LISTED }), dataset);
  } catch (error) {
    // a descriptor that has no environments, or whose rows turn; memory for so many
    if (error instanceof PestleError && (error.code === "INVALID_PARAMETER" || error.code === "RESOURCE")) return { leftOut: error.message };
    throw error;
  }
}

function partOf({ searches, pairs, identical, bound, remarks }: BlindSpots, dataset: Dataset): BlindPart {
  const usual = new Map(searches.map((search) => [search.species, search.usual]));
  return {
    environments: searches.reduce((sum, search) => sum + search.environments, 0),
    distinct: searches.reduce((sum, search) => sum + search.distinct, 0),
    compared: searches.reduce((sum, search) => sum + search.compared, 0),
    identical,
    pairs: pairs.map((pair) => auditPair(pair, dataset, usual.get(speciesOf(dataset, pair))?.distance)),
    bound,
    remarks,
  };
}

function speciesOf({ atomicNumbers, offsets }: Dataset, { a }: BlindPair): string {
  return symbolOf(atomicNumbers[offsets[a.structure] + a.atom]);
}

function auditPair(pair: BlindPair, dataset: Dataset, usualDistance: number | undefined): AuditPair {
  return {
    ...pair,
    species: speciesOf(dataset, pair),
    labels: [dataset.labels[pair.a.structure], dataset.labels[pair.b.structure]],
    share: usualDistance === undefined || !(usualDistance > 0) ? undefined : pair.distance / usualDistance,
  };
}
