import type { Descriptor } from "../../descriptors/descriptor.js";
import { InvalidParameterError } from "../../errors.js";
import type { ProgressListener } from "../../parallel/progress.js";

/** How much is looked at. */
export interface BlindSpotOptions {
  /** Chemical symbols of the centers that the model has; default: all atoms. */
  readonly centers?: readonly string[] | undefined;
  /** Most environments of each species; more are a seeded sample. Default 20 000. */
  readonly environments?: number | undefined;
  /** Nearest fingerprints of each environment; default 10. */
  readonly neighbors?: number | undefined;
  /** Most pairs of each species whose structures are compared; default 2000. */
  readonly compared?: number | undefined;
  /** Most pairs that are listed; default 100. */
  readonly listed?: number | undefined;
  /**
   * Å: of pairs whose rows are not equal those with a smaller structural distance do not count; default 0.1. Near symmetric environments rows change with
   * the square of a displacement, so that small displacements have large scores, and atoms at rest move farther.
   */
  readonly leastDifference?: number | undefined;
  /** A descriptor of centers that sees more, such as the overlap matrix, by which pairs to compare are chosen; default: those of the closest fingerprints. */
  readonly reference?: Descriptor | undefined;
  /** Of the samples; default 1. */
  readonly seed?: number | undefined;
  /** Ends the work with a CancelledError. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of the parts of the work. */
  readonly onProgress?: ProgressListener | undefined;
}

/** With defaults filled in. */
export interface SearchLimits {
  readonly environments: number;
  readonly neighbors: number;
  readonly compared: number;
  readonly listed: number;
  readonly leastDifference: number;
  readonly seed: number;
}

/** Defaults of the options. */
export function searchLimits({ environments = 20_000, neighbors = 10, compared = 2000, listed = 100, leastDifference = 0.1, seed = 1 }: BlindSpotOptions): SearchLimits {
  for (const [name, value, least] of [["environments", environments, 2], ["neighbors", neighbors, 1], ["compared", compared, 1], ["listed", listed, 1]] as const) {
    if (!(Number.isInteger(value) && value >= least)) throw new InvalidParameterError(`${name} is ${value}; it must be a whole number of ${least} or more`);
  }
  if (!(leastDifference >= 0 && Number.isFinite(leastDifference))) throw new InvalidParameterError(`leastDifference is ${leastDifference} Å; it must be 0 or more`);
  return { environments, neighbors, compared, listed, leastDifference, seed };
}
