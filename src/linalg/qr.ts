import { InternalError } from "../errors.js";
import type { Arena } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectStored, type Matrix } from "./matrix.js";
import type { PackedTriangle } from "./packed-triangle.js";
import { gemmScratchBytes } from "./product.js";

// The blocking of assembly/linalg/qr.ts; a test compares the two.
const PANEL = 64;
const STRIP = 8;
const CHUNK = 1024;

/** Bytes of scratch of the routine `qrUpdate`. */
export function qrScratchBytes(n: number, rows: number): number {
  const deepest = Math.min(rows, CHUNK);
  const reduction = gemmScratchBytes(PANEL, n, Math.max(deepest, PANEL));
  const update = gemmScratchBytes(deepest, n, PANEL);
  const panels = PANEL * PANEL * 8 + 128 + deepest * STRIP * 8 + 2 * PANEL * Math.max(n, PANEL) * 8;
  return panels + Math.max(reduction, update);
}

/** Bytes of scratch of the routine `qrMerge`, which copies a part of the second triangle. */
export function qrMergeScratchBytes(n: number): number {
  return Math.min(n, CHUNK) * 8 * Math.ceil(n / 8) * 8 + qrScratchBytes(n, n);
}

/**
 * R ← the triangular factor of [R; A], diag(R) ≥ 0: one step of a sequential QR whose memory does not grow with the rows.
 * R starts as zeros; only its upper triangle is read and written. A (rows × size of R) is overwritten. With the target vector as last
 * column, the last column of R is Qᵀ·target and its last element the norm of the residual.
 * @throws {NumericalError} when a value is not finite; R is then undefined
 */
export function qrUpdate(wasm: Wasm, arena: Arena, r: PackedTriangle, a: Matrix): void {
  expectStored(a, "qrUpdate");
  if (a.columns !== r.size) throw new InternalError(`qrUpdate: ${a.columns} columns for a triangle of ${r.size}`);
  const mark = arena.mark();
  const scratch = arena.allocate(qrScratchBytes(a.columns, a.rows));
  try {
    wasm.routines.qrUpdate(a.columns, a.rows, r.pointer, r.stride, a.pointer, a.stride, scratch);
  } finally {
    arena.reset(mark);
  }
}

/**
 * R ← the triangular factor of [R; S] for two upper triangles, diag(R) ≥ 0. A step of a tree reduction.
 * @throws {NumericalError} when a value is not finite
 */
export function qrMerge(wasm: Wasm, arena: Arena, r: PackedTriangle, s: PackedTriangle): void {
  if (s.size !== r.size) throw new InternalError(`qrMerge: triangles of ${r.size} and ${s.size}`);
  const mark = arena.mark();
  const scratch = arena.allocate(qrMergeScratchBytes(r.size));
  try {
    wasm.routines.qrMerge(r.size, r.pointer, r.stride, s.pointer, s.stride, scratch);
  } finally {
    arena.reset(mark);
  }
}
