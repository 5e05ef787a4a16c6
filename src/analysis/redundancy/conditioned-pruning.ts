import { InvalidParameterError } from "../../errors.js";
import type { Derivatives } from "./real-pruning.js";
import { type Audience, Turns } from "./turns.js";

/** Columns that are as good as independent wherever they are looked at. */
export interface ConditionedPruning {
  /** For each column: 1 where it is kept. */
  readonly kept: Uint8Array;
  /** Columns that are kept, in the order in which they were taken: class by class, the one of which most is left first. */
  readonly order: readonly number[];
  /** 1/Å or the unit of the variables: what is left of the columns in units of their deviations, of those that were kept; 0 of the others. */
  readonly residuals: Float64Array;
}

/**
 * The conditioned form, for noisy data: of the columns of one class the one comes first of which most is left at the point where least is left of
 * it, and the class ends where that is less than τ. Points where the kept columns reach the rank of all have nothing to add and do not count.
 * @param classes columns that stand side by side, classes in their order
 * @param deviations of each column over the data, which its derivatives are divided by; columns of deviation 0 are dropped
 * @param ranks of all columns at each point
 */
export async function pruneConditioned(points: readonly Derivatives[], classes: readonly (readonly number[])[], deviations: ArrayLike<number>, ranks: readonly number[], threshold: number, audience: Audience = {}): Promise<ConditionedPruning> {
  checkThreshold(threshold);
  const nColumns = deviations.length;
  const residuals = new Float64Array(nColumns);
  const order: number[] = [];
  const turns = new Turns(audience, `columns left above ${threshold}`, "columns");
  const bases = points.map((): Float64Array[] => []);
  for (const own of classes) {
    const left = new Map<number, readonly Float64Array[]>();
    for (const column of own.filter((any) => deviations[any] > 0)) {
      if (turns.areDue) await turns.take(order.length);
      left.set(column, points.map((point, k) => without(scaled(point, column, deviations[column]), bases[k])));
    }
    while (left.size > 0) {
      if (turns.areDue) await turns.take(order.length);
      const open = points.flatMap((_, k) => (bases[k].length < ranks[k] ? [k] : []));
      const best = mostLeft(left, open);
      if (!best || !(best.residual >= threshold)) break;
      order.push(best.column);
      residuals[best.column] = best.residual;
      const rows = left.get(best.column)!;
      left.delete(best.column);
      for (const k of open) addDirection(bases[k], rows[k], [...left.values()].map((others) => others[k]), best.residual);
    }
  }
  return listed(order, residuals);
}

/** What a larger threshold keeps of one class, whose columns are taken in the same order for all thresholds. */
export function untilThreshold({ order, residuals }: ConditionedPruning, threshold: number): ConditionedPruning {
  const end = order.findIndex((column) => residuals[column] < threshold);
  const first = end < 0 ? order : order.slice(0, end);
  const own = new Float64Array(residuals.length);
  for (const column of first) own[column] = residuals[column];
  return listed(first, own);
}

function listed(order: readonly number[], residuals: Float64Array): ConditionedPruning {
  const kept = new Uint8Array(residuals.length);
  for (const column of order) kept[column] = 1;
  return { kept, order, residuals };
}

/** @throws {InvalidParameterError} */
export function checkThreshold(threshold: number): void {
  if (!(threshold > 0 && threshold < Infinity)) throw new InvalidParameterError(`the threshold ${threshold} must be greater than 0`);
}

/** Bytes of the copies that `pruneConditioned` works on. */
export function conditionedPruningBytes(points: readonly Pick<Derivatives, "nVariables">[], classes: readonly (readonly number[])[]): number {
  const largest = classes.reduce((most, own) => Math.max(most, own.length), 0);
  return points.reduce((sum, { nVariables }) => sum + 8 * nVariables * (largest + nVariables), 0);
}

function scaled({ nVariables, rows }: Derivatives, column: number, deviation: number): Float64Array {
  return rows.slice(column * nVariables, (column + 1) * nVariables).map((value) => value / deviation);
}

/** Orthogonalizes twice, in place. */
function without(row: Float64Array, basis: readonly Float64Array[]): Float64Array {
  for (let pass = 0; pass < 2; pass++) for (const own of basis) subtract(row, own);
  return row;
}

function subtract(row: Float64Array, unit: Float64Array): void {
  let product = 0;
  for (let i = 0; i < row.length; i++) product += row[i] * unit[i];
  for (let i = 0; i < row.length; i++) row[i] -= product * unit[i];
}

function lengthOf(row: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] * row[i];
  return Math.sqrt(sum);
}

function mostLeft(left: ReadonlyMap<number, readonly Float64Array[]>, open: readonly number[]): { column: number; residual: number } | undefined {
  let best: { column: number; residual: number } | undefined;
  if (open.length === 0) return undefined;
  for (const [column, rows] of left) {
    const residual = Math.min(...open.map((k) => lengthOf(rows[k])));
    if (!best || residual > best.residual) best = { column, residual };
  }
  return best;
}

/** A direction more, which the others lose; what is left after it was orthogonalized once more is not longer than rounding. */
function addDirection(basis: Float64Array[], row: Float64Array, others: readonly Float64Array[], residual: number): void {
  const unit = without(row, basis);
  const length = lengthOf(unit);
  if (!(length > 0.5 * residual)) return;
  for (let i = 0; i < unit.length; i++) unit[i] /= length;
  basis.push(unit);
  for (const other of others) subtract(other, unit);
}
