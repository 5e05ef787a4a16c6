import { InternalError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import { placeRecord } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectStored, type Matrix } from "./matrix.js";
import type { PackedTriangle } from "./packed-triangle.js";
import { gemmScratchBytes } from "./product.js";

// The blocking of assembly/linalg/qr.ts; a test compares the two.
const PANEL = 64;
const STRIP = 8;
const CHUNK = 1024;

/** Columns of a panel, which are reflected together. */
export const QR_PANEL = PANEL;
/** Rows of A that are folded into R at a time, at most. */
export const QR_CHUNK = CHUNK;

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

function factorScratchBytes(rows: number): number {
  const depth = Math.max(rows, PANEL);
  return 128 + 8 * rows * STRIP + 16 * PANEL * PANEL + gemmScratchBytes(depth, PANEL, depth);
}

function applyScratchBytes(rows: number, count: number): number {
  const depth = Math.max(rows, PANEL);
  return 16 * PANEL * count + gemmScratchBytes(depth, count, depth);
}

/** Bytes of scratch of the routines of a panel of so many rows, of which each call transforms so many columns. */
export function qrPanelScratchBytes(rows: number, count: number): number {
  return Math.max(factorScratchBytes(rows), applyScratchBytes(rows, count));
}

/** One panel of R and of rows A that are folded into it, for several threads: one factors the panel, then each takes columns behind it. */
export interface QrPanel {
  /** diag(R) ≥ 0 */
  readonly r: PackedTriangle;
  /** First column, a multiple of `QR_PANEL`. */
  readonly column: number;
  /** Up to `QR_CHUNK` rows of A from this column on: those that are not 0 in all columns up to the last one of the panel. Overwritten. */
  readonly a: Matrix;
  /** f64 [QR_PANEL × QR_PANEL], for the reflectors */
  readonly factor: Pointer;
}

function placePanel(wasm: Wasm, arena: Arena, { r, column, a, factor }: QrPanel): Pointer {
  expectStored(a, "qrPanel");
  return placeRecord(wasm, arena, "QrPanel", { r: r.pointer, size: r.size, stride: r.stride, column, a: a.pointer, ld: a.stride, rows: a.rows, t: factor });
}

/**
 * Factors the columns of a panel.
 * @throws {NumericalError} when a value is not finite; R is then undefined
 */
export function qrFactorPanel(wasm: Wasm, arena: Arena, panel: QrPanel): void {
  const mark = arena.mark();
  const record = placePanel(wasm, arena, panel);
  const scratch = arena.allocate(factorScratchBytes(panel.a.rows));
  try {
    wasm.routines.qrFactorPanel(record, scratch);
  } finally {
    arena.reset(mark);
  }
}

/** Applies the reflectors of a factored panel to columns `first` … `first` + `count` − 1 of R and A, all behind it. */
export function qrApplyPanel(wasm: Wasm, arena: Arena, panel: QrPanel, first: number, count: number): void {
  const mark = arena.mark();
  const record = placePanel(wasm, arena, panel);
  const scratch = arena.allocate(applyScratchBytes(panel.a.rows, count));
  wasm.routines.qrApplyPanel(record, first, count, scratch);
  arena.reset(mark);
}
