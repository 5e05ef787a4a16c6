import type { Candidate, Parameter, ParameterValues } from "./search-space/search-space.js";
import type { SearchWarning } from "./search-warnings.js";
import type { Point } from "../optimizers/optimizer.js";
import type { KernelHistogram } from "../analysis/kernel-distribution/kernel-histogram.js";

/** What became of one evaluation. */
export interface EvaluationRecord {
  /** Counts up from 0 within the stage, in the order of asking. −1: the values of the user's file, evaluated first. */
  readonly id: number;
  /** From 0; −1 for the start. */
  readonly generation: number;
  /** null for a start that lies outside the ranges. */
  readonly point: Point | null;
  /** By path in the fit file. */
  readonly values: ParameterValues;
  /** Share of the data; below 1 for a candidate that was stopped early. */
  readonly fraction: number;
  /** "stopped": hopeless on a part of the data, its loss is that of the part and cannot be the best. */
  readonly status: "done" | "stopped" | "failed";
  /** why it failed */
  readonly reason?: string;
  /** The penalty where it failed. */
  readonly loss: number;
  /** What was measured beside the loss; empty where it failed. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of kernel values, where the objective looks at them. */
  readonly histogram?: KernelHistogram;
  /** What may ruin the fits, one sentence each; absent: nothing was noticed. */
  readonly warnings?: readonly string[];
  /** wall time */
  readonly seconds: number;
}

/** One stage of a search: its own parameters, objective and optimizer. */
export interface StageResult {
  /** Unique within the search. */
  readonly name: string;
  /** Its type. */
  readonly optimizer: string;
  /** Its type. */
  readonly objective: string;
  /** What was searched, in the order of the dimensions. */
  readonly parameters: readonly Parameter[];
  /** In the order of asking, the start first. */
  readonly records: readonly EvaluationRecord[];
  /** The best completed evaluation; undefined when all failed. */
  readonly best: EvaluationRecord | undefined;
  /** What the caller took in place of the best; absent: the best. */
  readonly chosen?: EvaluationRecord | undefined;
  /** What the chosen or the best evaluation stands for. */
  readonly candidate: Candidate;
}

/** What a search found. */
export interface SearchResult {
  /** In their order; the last one's best is the result. */
  readonly stages: readonly StageResult[];
  /** The fit that came out. */
  readonly candidate: Candidate;
  /** What the fits warn of, each once. */
  readonly warnings: readonly SearchWarning[];
  /** Wall time of all sessions together. */
  readonly seconds: number;
}
