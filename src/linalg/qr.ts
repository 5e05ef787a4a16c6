import { InternalError } from "../errors.js";
import type { Arena } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectShape, expectStored, type Matrix } from "./matrix.js";
import { gemmScratchBytes } from "./product.js";

// The blocking of assembly/linalg/qr.ts; a test compares the two.
const PANEL = 64;
const STRIP = 8;
const CHUNK = 1024;

/** Bytes of scratch of the routines `qrUpdate` (rows of A) and `qrMerge` (rows = n). */
export function qrScratchBytes(n: number, rows: number): number {
  const deepest = Math.min(rows, CHUNK);
  const reduction = gemmScratchBytes(PANEL, n, Math.max(deepest, PANEL));
  const update = gemmScratchBytes(deepest, n, PANEL);
  const panels = PANEL * PANEL * 8 + 128 + deepest * STRIP * 8 + 2 * PANEL * Math.max(n, PANEL) * 8;
  return panels + Math.max(reduction, update);
}

/**
 * R ← the triangular factor of [R; A], diag(R) ≥ 0: one step of a sequential QR whose memory does not grow with the rows.
 * R (n×n) starts as zeros; only its upper triangle is read and written. A (rows×n) is overwritten. With the target vector as last
 * column, the last column of R is Qᵀ·target and its last element the norm of the residual.
 * @throws {NumericalError} when a value is not finite; R is then undefined
 */
export function qrUpdate(wasm: Wasm, arena: Arena, r: Matrix, a: Matrix): void {
  expectStored(r, "qrUpdate");
  expectStored(a, "qrUpdate");
  expectShape(r, a.columns, a.columns, "qrUpdate");
  const mark = arena.mark();
  const scratch = arena.allocate(qrScratchBytes(a.columns, a.rows));
  try {
    wasm.routines.qrUpdate(a.columns, a.rows, r.pointer, r.stride, a.pointer, a.stride, scratch);
  } finally {
    arena.reset(mark);
  }
}

/**
 * R ← the triangular factor of [R; S] for two upper triangles, diag(R) ≥ 0; S is overwritten. A step of a tree reduction.
 * @throws {NumericalError} when a value is not finite
 */
export function qrMerge(wasm: Wasm, arena: Arena, r: Matrix, s: Matrix): void {
  expectStored(r, "qrMerge");
  expectStored(s, "qrMerge");
  expectShape(r, r.rows, r.rows, "qrMerge");
  if (s.rows !== r.rows || s.columns !== r.columns) throw new InternalError(`qrMerge: ${r.rows}×${r.columns} with ${s.rows}×${s.columns}`);
  const mark = arena.mark();
  const scratch = arena.allocate(qrScratchBytes(r.rows, r.rows));
  try {
    wasm.routines.qrMerge(r.rows, r.pointer, r.stride, s.pointer, s.stride, scratch);
  } finally {
    arena.reset(mark);
  }
}
