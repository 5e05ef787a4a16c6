// What the functions of a block of triplets are products of: angular and radial factors, a row for each, once for all functions.
import { CutoffFunction, CutoffKind, cutoffRow } from "../../math/cutoff";
import { cosineCutoffOfSquares } from "../../math/cutoff-of-square";
import { broadcast, lanes, larger, minus, over, squareRoot, times, timesPlus, whereLess } from "../../math/lanes";
import { positivePower, smallestBase } from "../../math/positive-power";
import { recordAt } from "../../records";
import { gaussians, wholePower } from "./gaussians";
import { blockRow, BlockRow, ROW } from "./scratch";
import { AcsfTables, AngularStep, AngularStepKind, RadialFactor } from "./tables";

// @ts-ignore: decorator
@inline
export function angularRow(tables: AcsfTables, row: i32, scratch: usize): usize {
  return scratch + tables.angularAt + <usize>row * ROW;
}

/** Powers of 1 + λ cos θ. */
export function angularFactors<T>(tables: AcsfTables, steps: usize, nSteps: i32, count: i32, scratch: usize): void {
  const cosine = blockRow(tables, BlockRow.cosine, scratch);
  // whole groups of four vectors: rows have the room, and what stands behind the triplets is not used
  const bytes = ((<usize>count << 3) + 4 * sizeof<T>() - 1) & ~(4 * sizeof<T>() - 1);
  for (let s = 0; s < nSteps; s++) {
    const step = recordAt<AngularStep>(steps, s);
    const to = angularRow(tables, step.target, scratch);
    const left = angularRow(tables, step.left, scratch);
    const value = step.value;
    if (step.kind == AngularStepKind.product) {
      const right = angularRow(tables, step.right, scratch);
      for (let at: usize = 0; at < bytes; at += 4 * sizeof<T>()) {
        store<T>(to + at, times<T>(load<T>(left + at), load<T>(right + at)));
        store<T>(to + at, times<T>(load<T>(left + at, sizeof<T>()), load<T>(right + at, sizeof<T>())), sizeof<T>());
        store<T>(to + at, times<T>(load<T>(left + at, 2 * sizeof<T>()), load<T>(right + at, 2 * sizeof<T>())), 2 * sizeof<T>());
        store<T>(to + at, times<T>(load<T>(left + at, 3 * sizeof<T>()), load<T>(right + at, 3 * sizeof<T>())), 3 * sizeof<T>());
      }
    } else if (step.kind == AngularStepKind.base) {
      const lambda = broadcast<T>(value);
      const one = broadcast<T>(1);
      const zero = broadcast<T>(0);
      for (let at: usize = 0; at < bytes; at += 4 * sizeof<T>()) {
        store<T>(to + at, larger<T>(timesPlus<T>(lambda, load<T>(cosine + at), one), zero));
        store<T>(to + at, larger<T>(timesPlus<T>(lambda, load<T>(cosine + at, sizeof<T>()), one), zero), sizeof<T>());
        store<T>(to + at, larger<T>(timesPlus<T>(lambda, load<T>(cosine + at, 2 * sizeof<T>()), one), zero), 2 * sizeof<T>());
        store<T>(to + at, larger<T>(timesPlus<T>(lambda, load<T>(cosine + at, 3 * sizeof<T>()), one), zero), 3 * sizeof<T>());
      }
    } else if (step.kind == AngularStepKind.power) {
      const smallest = broadcast<T>(smallestBase(value));
      for (let at: usize = 0; at < <usize>count << 3; at += sizeof<T>()) store<T>(to + at, powerOf<T>(larger<T>(load<T>(left + at), smallest), value));
    } else {
      for (let at: usize = 0; at < bytes; at += sizeof<T>()) store<T>(to + at, broadcast<T>(1));
    }
  }
}

// @ts-ignore: decorator
@inline
function powerOf<T>(x: T, p: f64): T {
  if (isVector<T>()) return positivePower(x, p);
  else return Math.pow(x, p);
}

/** Distances between neighbors, with 1 over them where derivatives are asked for, 0 where there is none. */
export function distancesBetween<T>(tables: AcsfTables, inside: i32, derivatives: bool, scratch: usize): void {
  const base = blockRow(tables, 0, scratch);
  for (let i = 0; i < inside; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const r = squareRoot<T>(load<T>(at + <usize>BlockRow.square * ROW));
    store<T>(at + <usize>BlockRow.distance * ROW, r);
    if (derivatives) store<T>(at + <usize>BlockRow.inverse * ROW, whereLess<T>(broadcast<T>(0), r, over<T>(broadcast<T>(1), r)));
  }
}

/** The cutoff function of the distance between the neighbors and, if asked for, its derivative over the distance. */
export function cutoffBetween<T>(tables: AcsfTables, cutoff: i32, inside: i32, derivatives: bool, scratch: usize): void {
  const record = recordAt<CutoffFunction>(tables.cutoffs, cutoff);
  const values = blockRow(tables, BlockRow.cutoff, scratch);
  const slopes = derivatives ? blockRow(tables, BlockRow.cutoffSlope, scratch) : 0;
  const count = (inside + lanes<T>() - 1) & ~(lanes<T>() - 1);
  if (record.kind == CutoffKind.cosine && record.start == 0) {
    return cosineCutoffOfSquares<T>(record.end, count, blockRow(tables, BlockRow.square, scratch), values, slopes);
  }
  cutoffRow<T>(record.kind, record.start, record.end, count, blockRow(tables, BlockRow.distance, scratch), values, slopes, 0);
  if (!derivatives) return;
  const inverses = blockRow(tables, BlockRow.inverse, scratch);
  for (let at: usize = 0; at < <usize>count << 3; at += sizeof<T>()) store<T>(slopes + at, times<T>(load<T>(slopes + at), load<T>(inverses + at)));
}

/** What a narrow factor with a shift has of the distance between the neighbors: exp(−η (r − r_s)²) f. */
export function narrowFactor<T>(tables: AcsfTables, factor: RadialFactor, inside: i32, scratch: usize): void {
  const base = blockRow(tables, 0, scratch);
  if (factor.power == 0) gaussianRow<T>(tables, factor, inside, scratch);
  const power = max(factor.power, 1);
  for (let i = 0; i < inside; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const e = wholePower<T>(load<T>(at + <usize>BlockRow.gaussian * ROW), power);
    store<T>(at + <usize>BlockRow.narrow * ROW, times<T>(e, load<T>(at + <usize>BlockRow.cutoff * ROW)));
  }
}

/** The same with its derivative over the distance. */
export function narrowFactorSlope<T>(tables: AcsfTables, factor: RadialFactor, inside: i32, scratch: usize): void {
  const twice = broadcast<T>(-2 * factor.eta);
  const shift = broadcast<T>(factor.shift);
  const base = blockRow(tables, 0, scratch);
  if (factor.power == 0) gaussianRow<T>(tables, factor, inside, scratch);
  const power = max(factor.power, 1);
  for (let i = 0; i < inside; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const d = times<T>(minus<T>(load<T>(at + <usize>BlockRow.distance * ROW), shift), load<T>(at + <usize>BlockRow.inverse * ROW));
    const e = wholePower<T>(load<T>(at + <usize>BlockRow.gaussian * ROW), power);
    const f = load<T>(at + <usize>BlockRow.cutoff * ROW);
    store<T>(at + <usize>BlockRow.narrow * ROW, times<T>(e, f));
    const slope = timesPlus<T>(times<T>(twice, d), f, load<T>(at + <usize>BlockRow.cutoffSlope * ROW));
    store<T>(at + <usize>BlockRow.narrowSlope * ROW, times<T>(e, slope));
  }
}

/** The Gaussian of the distances between the neighbors. */
function gaussianRow<T>(tables: AcsfTables, factor: RadialFactor, inside: i32, scratch: usize): void {
  gaussians<T>(inside, factor.eta, factor.shift, blockRow(tables, BlockRow.distance, scratch), blockRow(tables, BlockRow.gaussian, scratch));
}
