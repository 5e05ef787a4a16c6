import { defineTask } from "../../../parallel/task.js";
import type { ReducedRows } from "./reduced-rows.js";
import { scaledFactor } from "./reduced-rows.js";
import { solutionOfColumns } from "./selected-columns.js";
import type { GreedyStep, LinearSolution } from "./solution.js";

interface GreedyInput {
  readonly rows: ReducedRows;
  readonly scale: Float64Array;
  readonly maximumFunctions: number;
  readonly improvement: number;
}

/** A column that keeps less than this share of its length depends on those that were chosen. */
const DEPENDENT = 1e-10;

/**
 * Orthogonal matching pursuit (Pati, Rezaiifar & Krishnaprasad 1993, doi:10.1109/ACSSC.1993.342465): the column whose direction has the
 * largest product with the residual is added, and all coefficients are solved for anew. Works on R, so that its cost does not depend on the rows.
 */
export const greedySelection = defineTask("fit/linear/greedy", (context, { rows, scale, maximumFunctions, improvement }: GreedyInput): LinearSolution => {
  const pursuit = new Pursuit(rows, scaledFactor(rows, scale));
  const path: GreedyStep[] = [];
  while (path.length < maximumFunctions) {
    const before = pursuit.sumOfSquares;
    const column = pursuit.add();
    if (column === undefined) break;
    path.push({ column, sumOfSquares: pursuit.sumOfSquares });
    if (before - pursuit.sumOfSquares <= improvement * before) break;
  }
  const k = path.length;
  const triangle = context.scratch.f64(k * k);
  const elements = context.wasm.f64(triangle, k * k).fill(0);
  for (const [j, overlaps] of pursuit.overlaps.entries()) for (let i = 0; i <= j; i++) elements[i * k + j] = overlaps[i];
  const columns = Int32Array.from(path, ({ column }) => column);
  const selected = { columns, triangle, target: Float64Array.from(pursuit.target), sumOfSquares: pursuit.sumOfSquares };
  return { ...solutionOfColumns(context, rows, scale, selected), path };
});

/** Grows an orthonormal basis of the chosen columns. */
class Pursuit {
  /** Column j of the triangle of the chosen columns. */
  readonly overlaps: Float64Array[] = [];
  /** Products of the basis with y. */
  readonly target: number[] = [];
  private readonly basis: Float64Array[] = [];
  private readonly n: number;
  private readonly lengths: Float64Array;
  private readonly rest: Float64Array;
  /** Products of all columns with the residual. */
  private readonly products: Float64Array;
  private readonly taken: Uint8Array;

  constructor(
    private readonly rows: ReducedRows,
    private readonly factor: Float64Array,
  ) {
    this.n = rows.nColumns;
    this.rest = rows.target.slice();
    this.products = this.times(this.rest);
    this.taken = new Uint8Array(this.n);
    this.lengths = new Float64Array(this.n);
    for (let i = 0; i < this.n; i++) for (let j = i; j < this.n; j++) this.lengths[j] += factor[i * this.n + j] ** 2;
    this.lengths = this.lengths.map(Math.sqrt);
  }

  get sumOfSquares(): number {
    return this.rest.reduce((sum, value) => sum + value * value, this.rows.residual ** 2);
  }

  /** Adds the best column; undefined when none is left that says something. */
  add(): number | undefined {
    for (;;) {
      const column = this.best();
      if (column === undefined) return undefined;
      this.taken[column] = 1;
      if (this.extend(column)) return column;
    }
  }

  private best(): number | undefined {
    let [best, largest] = [-1, 0];
    for (let j = 0; j < this.n; j++) {
      const merit = this.taken[j] || this.lengths[j] === 0 ? 0 : Math.abs(this.products[j]) / this.lengths[j];
      if (merit > largest) [best, largest] = [j, merit];
    }
    return best < 0 ? undefined : best;
  }

  /** Gram–Schmidt, twice; false for a column that depends on those before. */
  private extend(column: number): boolean {
    const { n, factor, basis } = this;
    const direction = Float64Array.from({ length: n }, (_, i) => (i <= column ? factor[i * n + column] : 0));
    const overlaps = new Float64Array(basis.length + 1);
    for (let pass = 0; pass < 2; pass++) {
      for (const [k, q] of basis.entries()) {
        let overlap = 0;
        for (let i = 0; i < n; i++) overlap += q[i] * direction[i];
        overlaps[k] += overlap;
        for (let i = 0; i < n; i++) direction[i] -= overlap * q[i];
      }
    }
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    if (length <= DEPENDENT * this.lengths[column]) return false;
    overlaps[basis.length] = length;
    for (let i = 0; i < n; i++) direction[i] /= length;
    const share = direction.reduce((sum, value, i) => sum + value * this.rest[i], 0);
    for (let i = 0; i < n; i++) this.rest[i] -= share * direction[i];
    const moved = this.times(direction);
    for (let j = 0; j < n; j++) this.products[j] -= share * moved[j];
    basis.push(direction);
    this.overlaps.push(overlaps);
    this.target.push(share);
    return true;
  }

  /** Rᵀ·x */
  private times(x: Float64Array): Float64Array {
    const { n, factor } = this;
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const [value, first] = [x[i], i * n];
      if (value !== 0) for (let j = i; j < n; j++) out[j] += value * factor[first + j];
    }
    return out;
  }
}
