import type { KernelHistogram } from "../../analysis/kernel-distribution/kernel-histogram.js";
import type { Executor } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Candidate } from "../search-space/search-space.js";

/** What one evaluation of a candidate found: plain data, kept in the journal. */
export interface Evaluation {
  /** What is minimised: finite. */
  readonly loss: number;
  /** Everything else that was measured: energyRmse (eV/atom), forcesRmse (eV/Å), kernelMean, kernelStd, kernelSkewness, cost (µs/atom) … */
  readonly metrics: Readonly<Record<string, number>>;
  /** of kernel values, where the objective looks at them */
  readonly histogram?: KernelHistogram;
  /** What may ruin the fits, one sentence each; absent: nothing was noticed. */
  readonly warnings?: readonly string[];
}

/** What an objective may use. */
export interface ObjectiveData {
  /** What candidates are fitted to, or judged by where nothing is fitted. */
  readonly train: Dataset;
  /** Absent where the fit file names none. */
  readonly validation?: Dataset;
  /** Absent where the fit file names none. */
  readonly test?: Dataset;
}

/** What an objective evaluates a candidate with. */
export interface EvaluationContext {
  /** Shared by the evaluations in flight. */
  readonly executor: Executor;
  /** Ends the evaluation with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Share of the data that is used, for a first look at low cost; default 1. */
  readonly fraction?: number;
}

/**
 * Judges candidates. Bound to its data by its factory; several evaluations may be in flight at once on one executor. The same
 * candidate and fraction give the same bits, whatever else runs (measured costs excepted).
 */
export interface Objective {
  /** As in the options. */
  readonly type: string;
  /** What the user should know before the search: on which data candidates are judged, what was left out. */
  readonly notes: readonly string[];
  /** @throws any PestleError when the candidate cannot be evaluated: the search logs the reason and goes on with the penalty. */
  evaluate(candidate: Candidate, context: EvaluationContext): Promise<Evaluation>;
  /** Bytes of WebAssembly memory that one evaluation needs, roughly: limits how many run at once. */
  estimateBytes(candidate: Candidate): number;
  /** Gives back what is cached. */
  release(): void;
}
