import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { OrthogonalRows } from "./orthogonal-rows.js";
import { type Audience, Turns } from "./turns.js";

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
export async function pruneReal(wasm: Wasm, arena: Arena, points: readonly Derivatives[], order: readonly number[], tolerance?: number, audience: Audience = {}): Promise<RealPruning> {
  const places = points.map((point) => new RealPlace(wasm, arena, point, tolerance));
  const kept = new Uint8Array(order.length);
  let [smallestKept, largestDropped] = [Infinity, -Infinity];
  const turns = new Turns(audience, "independent columns", "columns");
  for (const [done, column] of order.entries()) {
    if (turns.areDue) await turns.take(done, order.length);
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
export function realPruningBytes(points: readonly Pick<Derivatives, "nColumns" | "nVariables">[]): number {
  return points.reduce((sum, { nColumns, nVariables }) => sum + 8 * nVariables * (Math.min(nVariables, nColumns) + 2) + 512, 0);
}
