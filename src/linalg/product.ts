import { InternalError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectShape, expectStored, type Matrix, placeMatrix } from "./matrix.js";

// The blocking of assembly/linalg/gemm.ts; a test compares the two.
const BLOCK_M = 120;
const BLOCK_N = 1024;
const BLOCK_K = 384;
const TILE = 4;

const padded = (count: number): number => Math.ceil(count / TILE) * TILE;

/** Bytes of scratch of the routines `gemm` and `syrk` for an m×k by k×n product or any smaller one; with n = 0, of `gemmPackedB`. */
export function gemmScratchBytes(m: number, n: number, k: number): number {
  return (TILE * TILE + (padded(Math.min(m, BLOCK_M)) + padded(Math.min(n, BLOCK_N))) * Math.min(k, BLOCK_K)) * 8;
}

/** Bytes of a packed k×n matrix. */
export function packedBytes(n: number, k: number): number {
  return padded(n) * k * 8;
}

/** A k×n right factor, packed once for many products. */
export interface PackedMatrix {
  /** `packedBytes(columns, rows)` bytes, in the order that the product reads. */
  readonly pointer: Pointer;
  /** k */
  readonly rows: number;
  /** n */
  readonly columns: number;
}

/**
 * C = alpha·A·B + beta·C; A and B may be transposed views. beta = 0 never reads C. C must not overlap A or B.
 * Scratch comes from the arena and goes back to it.
 * @throws {InternalError} when the shapes do not fit
 */
export function gemm(wasm: Wasm, arena: Arena, alpha: number, a: Matrix, b: Matrix, beta: number, c: Matrix): void {
  expectStored(c, "gemm");
  if (a.columns !== b.rows) throw new InternalError(`gemm: ${a.rows}×${a.columns} times ${b.rows}×${b.columns}`);
  expectShape(c, a.rows, b.columns, "gemm");
  const mark = arena.mark();
  const [left, right, target] = [placeMatrix(wasm, arena, a), placeMatrix(wasm, arena, b), placeMatrix(wasm, arena, c)];
  const scratch = arena.allocate(gemmScratchBytes(c.rows, c.columns, a.columns));
  wasm.routines.gemm(alpha, left, right, beta, target, scratch);
  arena.reset(mark);
}

/** Packs B (k×n, or a transposed view) into `pointer`, `packedBytes(n, k)` bytes, for `gemmPackedB`. */
export function packB(wasm: Wasm, b: Matrix, pointer: Pointer): PackedMatrix {
  wasm.routines.packB(b.columns, b.rows, Number(b.transposed), b.pointer, b.stride, pointer);
  return { pointer, rows: b.rows, columns: b.columns };
}

/** C = alpha·A·B + beta·C with B packed by `packB`: for many small A against one large B. */
export function gemmPackedB(wasm: Wasm, arena: Arena, alpha: number, a: Matrix, b: PackedMatrix, beta: number, c: Matrix): void {
  expectStored(c, "gemmPackedB");
  if (a.columns !== b.rows) throw new InternalError(`gemmPackedB: ${a.rows}×${a.columns} times ${b.rows}×${b.columns}`);
  expectShape(c, a.rows, b.columns, "gemmPackedB");
  const mark = arena.mark();
  const [left, target] = [placeMatrix(wasm, arena, a), placeMatrix(wasm, arena, c)];
  const scratch = arena.allocate(gemmScratchBytes(c.rows, 0, b.rows));
  wasm.routines.gemmPackedB(alpha, left, b.pointer, beta, target, scratch);
  arena.reset(mark);
}

/**
 * C = alpha·A·Aᵀ + beta·C for A n×k (pass `transpose(a)` for AᵀA). The lower triangle is written, and with `part` "full" mirrored.
 * @throws {InternalError} when the shapes do not fit
 */
export function syrk(wasm: Wasm, arena: Arena, alpha: number, a: Matrix, beta: number, c: Matrix, part: "lower" | "full" = "full"): void {
  expectStored(c, "syrk");
  expectShape(c, a.rows, a.rows, "syrk");
  const mark = arena.mark();
  const [factor, target] = [placeMatrix(wasm, arena, a), placeMatrix(wasm, arena, c)];
  const scratch = arena.allocate(gemmScratchBytes(a.rows, a.rows, a.columns));
  wasm.routines.syrk(Number(part === "full"), alpha, factor, beta, target, scratch);
  arena.reset(mark);
}
