import type { Candidate, Parameter, ParameterValues } from "./search-space/search-space.js";
import type { Point } from "./optimizers/optimizer.js";
import type { KernelHistogram } from "../analysis/kernel-distribution/kernel-histogram.js";

/** What became of one evaluation. */
export interface EvaluationRecord {
  /** Counts up from 0 within the stage, in the order of asking. −1: the values of the user's file, evaluated first. */
  readonly id: number;
  readonly generation: number;
  readonly point: Point | null;
  readonly values: ParameterValues;
  /** Share of the data; below 1 for a candidate that was stopped early. */
  readonly fraction: number;
  /** "stopped": hopeless on a part of the data, its loss is that of the part and cannot be the best. */
  readonly status: "done" | "stopped" | "failed";
  /** why it failed */
  readonly reason?: string;
  /** The penalty where it failed. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly histogram?: KernelHistogram;
  /** wall time */
  readonly seconds: number;
}

/** One stage of a search: its own parameters, objective and optimizer. */
export interface StageResult {
  readonly name: string;
  readonly optimizer: string;
  readonly objective: string;
  readonly parameters: readonly Parameter[];
  /** In the order of asking, the start first. */
  readonly records: readonly EvaluationRecord[];
  /** The best completed evaluation; undefined when all failed. */
  readonly best: EvaluationRecord | undefined;
  /** What the best evaluation stands for. */
  readonly candidate: Candidate;
}

/** What a search found. */
export interface SearchResult {
  readonly stages: readonly StageResult[];
  /** The fit that came out. */
  readonly candidate: Candidate;
  /** Wall time of all sessions together. */
  readonly seconds: number;
}
