import type { FitRequest } from "../../fit/trainer.js";
import type { Dimension, Point } from "../../optimizers/optimizer.js";

/** A value that a parameter of a fit file may take. */
export type ParameterValue = number | string | boolean;

/** One searched parameter, for tables and plots. */
export interface Parameter {
  /** in the fit file: `model.terms[0].kernel.zeta` */
  readonly path: string;
  /** Short and unique: `zeta`, or `terms[1].zeta` where that is ambiguous. */
  readonly label: string;
  /** What optimizers see of it. */
  readonly dimension: Dimension;
  /** log: equal ratios are equal steps. */
  readonly scale: "linear" | "log";
  /** Lowest and highest value; absent for a list of values. */
  readonly range?: readonly [number, number];
  /** The levels; absent for a range of real numbers. */
  readonly values?: readonly ParameterValue[];
}

/** Values by path: of the searched parameters that are active, and of those tied to them. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** What is searched: the parts of a fit file that describe a model and its fit. */
export type Candidate = Required<FitRequest>;

/** What is searched: turns points of an optimizer into candidates and back. */
export interface SearchSpace {
  /** As many as there are dimensions, in the same order. */
  readonly parameters: readonly Parameter[];
  /** As optimizers see them. */
  readonly dimensions: readonly Dimension[];
  /** Values by path, rounded to the steps of their parameters. */
  decode(point: Point): ParameterValues;
  /** The point nearest to the values that a candidate has; undefined where it lies outside the ranges. */
  encode(candidate: Candidate): Point | undefined;
  /** A copy of the base candidate with the values of a point in their places. */
  apply(point: Point): Candidate;
}
