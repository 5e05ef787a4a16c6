import type { Evaluation } from "./objectives/objective.js";
import type { Candidate } from "./search-space/search-space.js";

/**
 * What a runner is asked for: plain data. It is enough for a worker on another machine that has loaded the same search: the tune file,
 * which says the objective and options of the stage, and data files of the checksums that the head of the journal lists.
 */
export interface RunnerRequest {
  /** Stage of the search, from 0. */
  readonly stage: number;
  /** The fit that is evaluated. */
  readonly candidate: Candidate;
  /** Share of the data that is used. */
  readonly fraction: number;
}

/** How much a runner takes at once. */
export interface RunnerCapacity {
  /** At once. */
  readonly evaluations: number;
  /** Bytes that the estimates of evaluations may add up to; one that needs more runs alone. */
  readonly bytes: number;
}

/** Where the evaluations of a stage are made: in this process, or wherever an implementation takes them. */
export interface EvaluationRunner {
  /** Asked for anew before each generation. */
  readonly capacity: RunnerCapacity;
  /** Bytes of numerical memory that an evaluation needs, roughly. */
  estimateBytes(candidate: Candidate): number;
  /**
   * Evaluates one candidate; the result is plain data. The same request gives the same bits wherever it runs (measured costs excepted).
   * @throws any PestleError when the candidate cannot be evaluated: the search logs the reason and goes on; {CancelledError} when the signal fired
   */
  run(request: RunnerRequest, signal: AbortSignal): Promise<Evaluation>;
}
