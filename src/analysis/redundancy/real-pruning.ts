import { setImmediate as nextTurn } from "node:timers/promises";
import { CancelledError, InvalidParameterError } from "../../errors.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { OrthogonalRows } from "./orthogonal-rows.js";

/** Derivatives of all columns at one point, by any variables. */
export interface Derivatives {
  /** Columns of the descriptor. */
  readonly nColumns: number;
  /** Of the point. */
  readonly nVariables: number;
  /** f64 [nColumns × nVariables] */
  readonly rows: Float64Array;
  /** What the point is, for messages and tables. */
  readonly label: string;
}

/** A gap between what was kept and what was dropped below this tells little. */
export const SMALLEST_GAP = 1e3;

/** Tolerances are never below this. */
const SMALLEST_TOLERANCE = 1e-10;

/** ms: signals are not heard for so long. */
const DEAF = 100;

/** What a pruning found at one point. */
export interface PointRank {
  /** What the point is. */
  readonly label: string;
  /** Rank of the columns that are kept. */
  readonly rank: number;
  /** Of the point: no rank is larger. */
  readonly nVariables: number;
}

/** Which columns are independent functions, as far as double precision tells. */
export interface RealPruning {
  /** For each column: 1 where it is kept. */
  readonly kept: Uint8Array;
  /** Of unit rows, at the point that needed the column most: the shortest that was left of one that was kept; undefined where none was. */
  readonly smallestKept: number | undefined;
  /** The longest that was left of one that was dropped; undefined where none was. */
  readonly largestDropped: number | undefined;
  /** smallestKept / largestDropped; below `SMALLEST_GAP` the answer depends on the tolerance. Undefined where one of them is. */
  readonly gap: number | undefined;
  /** In the order in which they were given. */
  readonly points: readonly PointRank[];
}

/**
 * Goes through columns in an order and keeps those whose derivatives are not sums of the derivatives of those before, at one of the points at
 * least: rows have unit length and are orthogonalized twice.
 * @param order all columns, each once
 * @param tolerance of what is left of a unit row; default: from rounding, ε · (largest length / length) · √columns, at least 1e-10
 */
export async function pruneReal(wasm: Wasm, arena: Arena, points: readonly Derivatives[], order: readonly number[], tolerance?: number, { signal, onProgress }: Omit<WorkContext, "executor"> = {}): Promise<RealPruning> {
  const places = points.map((point) => new RealPlace(wasm, arena, point, tolerance));
  const kept = new Uint8Array(order.length);
  let [smallestKept, largestDropped] = [Infinity, -Infinity];
  let heard = performance.now();
  for (const [done, column] of order.entries()) {
    if (performance.now() - heard > DEAF) {
      onProgress?.({ stage: "independent columns", done, total: order.length, unit: "columns" });
      await nextTurn();
      if (signal?.aborted) throw new CancelledError();
      heard = performance.now();
    }
    const found = places.map((place) => place.insert(column));
    const raised = found.filter(({ isNew }) => isNew).map(({ residual }) => residual);
    if (raised.length > 0) {
      kept[column] = 1;
      smallestKept = Math.min(smallestKept, Math.max(...raised));
    } else {
      largestDropped = Math.max(largestDropped, ...found.map(({ residual }) => residual));
    }
  }
  const [shortest, longest] = [smallestKept, largestDropped].map((value) => (Number.isFinite(value) ? value : undefined));
  return {
    kept,
    smallestKept: shortest,
    largestDropped: longest,
    gap: shortest === undefined || longest === undefined ? undefined : shortest / Math.max(longest, Number.EPSILON),
    points: places.map(({ point, rank }) => ({ label: point.label, rank, nVariables: point.nVariables })),
  };
}

class RealPlace {
  private readonly rows: OrthogonalRows;
  private readonly lengths: Float64Array;
  private readonly noise: number;

  constructor(wasm: Wasm, arena: Arena, readonly point: Derivatives, private readonly tolerance: number | undefined) {
    const { nColumns, nVariables, rows } = point;
    this.rows = new OrthogonalRows(wasm, arena, nVariables, nColumns);
    this.lengths = Float64Array.from({ length: nColumns }, (_, column) => Math.hypot(...rows.subarray(column * nVariables, (column + 1) * nVariables)));
    this.noise = Number.EPSILON * this.lengths.reduce((most, own) => Math.max(most, own), 0) * Math.sqrt(nColumns);
  }

  get rank(): number {
    return this.rows.rank;
  }

  /** What is left of a unit row, and whether it is independent. */
  insert(column: number): { residual: number; isNew: boolean } {
    const { nVariables, rows } = this.point;
    const length = this.lengths[column];
    if (length === 0) return { residual: 0, isNew: false };
    const tolerance = this.tolerance ?? Math.max(SMALLEST_TOLERANCE, this.noise / length);
    const before = this.rank;
    const residual = this.rows.insert(rows.subarray(column * nVariables, (column + 1) * nVariables).map((value) => value / length), tolerance);
    return { residual, isNew: this.rank > before };
  }
}

/** Bytes of scratch memory that `pruneReal` takes. */
export function realPruningBytes(points: readonly Derivatives[]): number {
  return points.reduce((sum, { nColumns, nVariables }) => sum + 8 * nVariables * (Math.min(nVariables, nColumns) + 2) + 512, 0);
}

/** Columns that are as good as independent wherever they are looked at. */
export interface ConditionedPruning {
  /** For each column: 1 where it is kept. */
  readonly kept: Uint8Array;
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
export function pruneConditioned(points: readonly Derivatives[], classes: readonly (readonly number[])[], deviations: ArrayLike<number>, ranks: readonly number[], threshold: number): ConditionedPruning {
  if (!(threshold > 0 && threshold < Infinity)) throw new InvalidParameterError(`the threshold ${threshold} must be greater than 0`);
  const nColumns = deviations.length;
  const result = { kept: new Uint8Array(nColumns), residuals: new Float64Array(nColumns) };
  const bases = points.map((): Float64Array[] => []);
  for (const own of classes) {
    const left = new Map(own.filter((column) => deviations[column] > 0).map((column) => [column, points.map((point, k) => without(scaled(point, column, deviations[column]), bases[k]))] as const));
    while (left.size > 0) {
      const open = points.flatMap((_, k) => (bases[k].length < ranks[k] ? [k] : []));
      const best = mostLeft(left, open);
      if (!best || !(best.residual >= threshold)) break;
      result.kept[best.column] = 1;
      result.residuals[best.column] = best.residual;
      const rows = left.get(best.column)!;
      left.delete(best.column);
      for (const k of open) addDirection(bases[k], rows[k], [...left.values()].map((others) => others[k]), best.residual);
    }
  }
  return result;
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
  return Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
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
