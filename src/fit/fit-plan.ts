import type { TargetCounts } from "./targets.js";

/** One line about what a fit consists of. */
export interface OutlineLine {
  /** Two words at most: "term 1", "rows". */
  readonly label: string;
  /** Sizes in words. */
  readonly text: string;
}

/** Memory that a fit holds for one purpose. */
export interface PlannedMemory {
  /** "design matrix", "scratch of the threads", … */
  readonly what: string;
  /** At its peak, on all threads together. */
  readonly bytes: number;
}

/** What a prediction takes for an atom, roughly, on one thread. */
export interface PredictionSeconds {
  /** s, of the energy alone */
  readonly energy: number;
  /** s, with forces and virials */
  readonly energyAndForces: number;
}

/** What a fit will take, before it is run: what `--dry-run` prints. */
export interface FitPlan {
  /** Reference values that have a σ. */
  readonly targets: TargetCounts;
  /** What the fit consists of, line by line. */
  readonly outline: readonly OutlineLine[];
  /** By purpose, in the order of its size or of its use. */
  readonly memory: readonly PlannedMemory[];
  /** Sum of the memory. */
  readonly bytes: number;
  /** Of these in the WebAssembly memory, which ends at 4 GiB. */
  readonly wasmBytes: number;
  /** Floating-point operations of the whole fit. */
  readonly flops: number;
  /** Rough estimate of the fit, without reading the data before and predicting them afterwards. */
  readonly seconds: number;
  /** What follows the fit: the model predicts the data. */
  readonly predictionSeconds: PredictionSeconds;
}
