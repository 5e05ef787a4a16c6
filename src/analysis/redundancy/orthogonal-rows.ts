import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Rows in double precision, orthonormal in scratch memory: those that are independent of the rows before them. */
export class OrthogonalRows {
  /** Independent rows so far. */
  rank = 0;
  private readonly row: Pointer;
  private readonly kept: Pointer;
  private readonly out: Pointer;

  /** @param capacity rows that there will be at most; more than there are columns are never independent */
  constructor(private readonly wasm: Wasm, arena: Arena, readonly columns: number, private readonly capacity: number) {
    this.row = arena.f64(columns);
    this.kept = arena.f64(columns * (Math.min(columns, capacity) + 1));
    this.out = arena.f64(1);
  }

  /** Length of what the kept rows leave of a row; where that is more than the tolerance, the row joins them. */
  insert(row: ArrayLike<number>, tolerance: number): number {
    this.wasm.f64(this.row, this.columns).set(row);
    const isFull = this.rank >= Math.min(this.columns, this.capacity);
    this.wasm.routines.orthogonalInsert(this.columns, this.rank, isFull ? Infinity : tolerance, this.row, this.kept, this.out);
    const [residual] = this.wasm.f64(this.out, 1);
    if (!isFull && residual > tolerance) this.rank++;
    return residual;
  }

  /** The same without joining them. */
  residual(row: ArrayLike<number>): number {
    return this.insert(row, Infinity);
  }
}
