// What the functions of a block of triplets are products of: angular and radial factors, a row for each, once for all functions.
import { CutoffFunction, cutoffRow } from "../../math/cutoff";
import { exponentialOfNegative } from "../../math/decay";
import { broadcast, lanes, larger, minus, over, plus, squareRoot, times, timesPlus, whereLess } from "../../math/lanes";
import { positivePower, smallestBase } from "../../math/positive-power";
import { recordAt } from "../../records";
import { AcsfTables, AngularStep, AngularStepKind, blockRow, BlockRow, RadialFactor, ROW } from "./tables";

// @ts-ignore: decorator
@inline
export function angularRow(tables: AcsfTables, row: i32, scratch: usize): usize {
  return scratch + tables.angularAt + <usize>row * ROW;
}

/** Powers of 1 + λ cos θ. */
export function angularFactors<T>(tables: AcsfTables, steps: usize, nSteps: i32, count: i32, scratch: usize): void {
  const cosine = blockRow(tables, BlockRow.cosine, scratch);
  const bytes = <usize>count << 3;
  for (let s = 0; s < nSteps; s++) {
    const step = recordAt<AngularStep>(steps, s);
    const to = angularRow(tables, step.target, scratch);
    const left = angularRow(tables, step.left, scratch);
    const value = step.value;
    if (step.kind == AngularStepKind.product) {
      const right = angularRow(tables, step.right, scratch);
      for (let at: usize = 0; at < bytes; at += sizeof<T>()) store<T>(to + at, times<T>(load<T>(left + at), load<T>(right + at)));
    } else if (step.kind == AngularStepKind.base) {
      const lambda = broadcast<T>(value);
      for (let at: usize = 0; at < bytes; at += sizeof<T>()) {
        store<T>(to + at, larger<T>(timesPlus<T>(lambda, load<T>(cosine + at), broadcast<T>(1)), broadcast<T>(0)));
      }
    } else if (step.kind == AngularStepKind.power) {
      const smallest = broadcast<T>(smallestBase(value));
      for (let at: usize = 0; at < bytes; at += sizeof<T>()) store<T>(to + at, powerOf<T>(larger<T>(load<T>(left + at), smallest), value));
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

/** Squares of distances become distances. */
export function distancesBetween<T>(tables: AcsfTables, inside: i32, scratch: usize): void {
  const row = blockRow(tables, BlockRow.distance, scratch);
  for (let i = 0; i < inside; i += lanes<T>()) {
    const at = row + (<usize>i << 3);
    store<T>(at, squareRoot<T>(load<T>(at)));
  }
}

/** The cutoff function of the distance between the neighbors, with its derivative if asked for. */
export function cutoffBetween<T>(tables: AcsfTables, cutoff: i32, inside: i32, derivatives: bool, scratch: usize): void {
  const record = recordAt<CutoffFunction>(tables.cutoffs, cutoff);
  const distances = blockRow(tables, BlockRow.distance, scratch);
  const slopes = derivatives ? blockRow(tables, BlockRow.cutoffSlope, scratch) : 0;
  const count = (inside + lanes<T>() - 1) & ~(lanes<T>() - 1);
  cutoffRow<T>(record.kind, record.start, record.end, count, distances, blockRow(tables, BlockRow.cutoff, scratch), slopes, 0);
}

/** What a narrow factor has of the distance between the neighbors: exp(−η (r − r_s)²) f. */
export function narrowFactor<T>(tables: AcsfTables, factor: RadialFactor, inside: i32, scratch: usize): void {
  const minusEta = broadcast<T>(-factor.eta);
  const shift = broadcast<T>(factor.shift);
  const base = blockRow(tables, 0, scratch);
  for (let i = 0; i < inside; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const d = minus<T>(load<T>(at + <usize>BlockRow.distance * ROW), shift);
    const e = exponentialOfNegative<T>(times<T>(minusEta, times<T>(d, d)));
    store<T>(at + <usize>BlockRow.narrow * ROW, times<T>(e, load<T>(at + <usize>BlockRow.cutoff * ROW)));
  }
}

/** The same with its derivative over the distance. */
export function narrowFactorSlope<T>(tables: AcsfTables, factor: RadialFactor, inside: i32, scratch: usize): void {
  const minusEta = broadcast<T>(-factor.eta);
  const twice = broadcast<T>(-2 * factor.eta);
  const shift = broadcast<T>(factor.shift);
  const zero = broadcast<T>(0);
  const base = blockRow(tables, 0, scratch);
  for (let i = 0; i < inside; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const r = load<T>(at + <usize>BlockRow.distance * ROW);
    const d = minus<T>(r, shift);
    const e = exponentialOfNegative<T>(times<T>(minusEta, times<T>(d, d)));
    const f = load<T>(at + <usize>BlockRow.cutoff * ROW);
    const slope = times<T>(e, plus<T>(load<T>(at + <usize>BlockRow.cutoffSlope * ROW), times<T>(times<T>(twice, d), f)));
    store<T>(at + <usize>BlockRow.narrow * ROW, times<T>(e, f));
    store<T>(at + <usize>BlockRow.narrowSlope * ROW, whereLess<T>(zero, r, over<T>(slope, r)));
  }
}
