import { InvalidParameterError } from "../errors.js";
import type { Dimension, Point, Problem } from "./optimizer.js";

/** Coordinates between 0 and 1 for every dimension: the levels of a dimension are cells of equal width. */
export type UnitPoint = readonly number[];

export function levelsOf(dimension: Dimension): number {
  return dimension.kind === "continuous" ? Number.POSITIVE_INFINITY : dimension.levels;
}

/** The value of a dimension at a unit coordinate. */
export function valueAt(dimension: Dimension, unit: number): number {
  if (dimension.kind === "continuous") return unit;
  return Math.min(Math.floor(unit * dimension.levels), dimension.levels - 1);
}

/** The unit coordinate of a value: the middle of its cell for a level. */
export function unitOf(dimension: Dimension, value: number): number {
  return dimension.kind === "continuous" ? value : (value + 0.5) / dimension.levels;
}

export function pointAt(dimensions: readonly Dimension[], unit: UnitPoint): Point {
  return dimensions.map((dimension, d) => valueAt(dimension, unit[d]));
}

export function unitPointOf(dimensions: readonly Dimension[], point: Point): UnitPoint {
  return dimensions.map((dimension, d) => unitOf(dimension, point[d]));
}

/** @throws {InvalidParameterError} for a problem without dimensions, a dimension without levels, or a start outside */
export function checkProblem({ dimensions, seed, start }: Problem): void {
  if (dimensions.length === 0) throw new InvalidParameterError("nothing to search: there is no dimension");
  if (!Number.isSafeInteger(seed)) throw new InvalidParameterError(`seed is ${seed}; it must be a whole number`);
  for (const [d, dimension] of dimensions.entries()) {
    if (dimension.kind === "continuous") continue;
    if (!(Number.isSafeInteger(dimension.levels) && dimension.levels >= 1)) {
      throw new InvalidParameterError(`dimension ${d} has ${dimension.levels} levels; it must have 1 or more`);
    }
  }
  if (!start) return;
  if (start.length !== dimensions.length) {
    throw new InvalidParameterError(`the start has ${start.length} coordinates; there are ${dimensions.length} dimensions`);
  }
  for (const [d, dimension] of dimensions.entries()) {
    if (!isValue(dimension, start[d])) {
      const allowed = dimension.kind === "continuous" ? "0 to 1" : `a level from 0 to ${dimension.levels - 1}`;
      throw new InvalidParameterError(`coordinate ${d} of the start is ${start[d]}; it must be ${allowed}`);
    }
  }
}

function isValue(dimension: Dimension, value: number): boolean {
  if (dimension.kind === "continuous") return value >= 0 && value <= 1;
  return Number.isInteger(value) && value >= 0 && value < dimension.levels;
}

/** @throws {InvalidParameterError} unless there is one finite loss per point */
export function checkLosses(losses: readonly number[], nPoints: number): void {
  if (losses.length !== nPoints) throw new InvalidParameterError(`got ${losses.length} losses for ${nPoints} points`);
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) throw new InvalidParameterError(`loss ${bad} is ${losses[bad]}; it must be a finite number`);
}

/** Index of the smallest; the first of equals. */
export function indexOfSmallest(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] < values[best]) best = i;
  return best;
}
