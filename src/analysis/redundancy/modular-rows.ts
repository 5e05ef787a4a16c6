import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Bytes of scratch memory of rows with so many columns. */
export function modularRowsBytes(columns: number, largestRank = columns): number {
  const padded = Math.ceil(columns / 4) * 4;
  return 4 * padded * (Math.min(columns, largestRank) + 4) + 4 * (columns + 2) + 512;
}

/** Rows modulo a prime, in reduced echelon form in scratch memory: those that are independent of the rows before them. */
export class ModularRows {
  /** Independent rows so far. */
  rank = 0;
  private readonly nColumns: number;
  private readonly row: Pointer;
  private readonly kept: Pointer;
  private readonly pivots: Pointer;
  private readonly sums: Pointer;
  private readonly out: Pointer;

  /** @param largestRank no more rows are independent */
  constructor(private readonly wasm: Wasm, arena: Arena, private readonly prime: number, readonly columns: number, largestRank = columns) {
    this.nColumns = Math.ceil(columns / 4) * 4;
    this.row = arena.i32(this.nColumns);
    this.kept = arena.i32(this.nColumns * (Math.min(columns, largestRank) + 1));
    this.pivots = arena.i32(columns + 1);
    this.sums = arena.f64(this.nColumns);
    this.out = arena.i32(1);
  }

  /** The row to insert next, all zero; values below the prime. A view that is gone with the next call. */
  clearedRow(): Int32Array {
    return this.wasm.i32(this.row, this.nColumns).fill(0);
  }

  /** Whether the row is independent of those before it; then it joins them. */
  insert(): boolean {
    const { rank } = this;
    this.wasm.routines.echelonInsert(this.nColumns, rank, this.prime, this.row, this.kept, this.pivots, this.sums, this.out);
    this.rank = this.wasm.i32(this.out, 1)[0];
    return this.rank > rank;
  }
}
