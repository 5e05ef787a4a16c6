import { matrix, type Matrix } from "../../linalg/matrix.js";
import { packedElements, packedIndex, trailingTriangle } from "../../linalg/packed-triangle.js";
import { QR_CHUNK, QR_PANEL, qrApplyPanel, qrFactorPanel, qrMergeScratchBytes, type QrPanel, qrPanelScratchBytes, qrScratchBytes, qrUpdate } from "../../linalg/qr.js";
import { defineTask } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Pointer } from "../../wasm/memory.js";
import { mergeTriangles, strideOf, type Triangle, type UpdateInput, updateTriangle } from "./triangle.js";

/** From this size on the threads share each update of a triangle; of smaller ones there are enough to keep four threads busy. */
export const SHARED_SIZE = 2500;
/** Columns that one task transforms: by the size of the problem alone, so that the bits do not depend on the threads. */
const SLAB = 512;

/**
 * Bytes of scratch of a task that updates a triangle with rows.
 * @param size of the triangle
 */
export function updateScratchBytes(size: number, rows: number): number {
  return size < SHARED_SIZE ? qrScratchBytes(size, rows) : qrPanelScratchBytes(Math.min(rows, QR_CHUNK), SLAB);
}

/** The same for merges. */
export function mergeScratchBytes(size: number): number {
  return size < SHARED_SIZE ? qrMergeScratchBytes(size) : Math.max(updateScratchBytes(size, size), qrScratchBytes(size, 0));
}

/** Bytes that a merge takes besides, for rows of a triangle. */
export function mergedRowsBytes(size: number): number {
  return size < SHARED_SIZE ? 0 : 8 * Math.min(QR_CHUNK, size) * strideOf(size - 1);
}

type Threads = Pick<WorkContext, "executor" | "signal">;

/**
 * R ← triangular factor of [R; A], on one thread or, for many columns, panel after panel on all of them.
 * @param sharedSize columns from which on it is all of them
 */
export async function updateOnThreads(input: UpdateInput, threads: Threads, sharedSize = SHARED_SIZE): Promise<void> {
  const { triangle, design, nRows, firstColumn = 0 } = input;
  if (triangle.size < sharedSize) {
    await threads.executor.submit(updateTriangle, input, { signal: threads.signal });
    return;
  }
  const { triangle: changed, first: column } = trailingTriangle(triangle, firstColumn);
  const rows = matrix(design + 8 * column, nRows, changed.size, strideOf(triangle.size - 1));
  await withFactor(threads, async (factor) => {
    for (let first = 0; first < nRows; first += QR_CHUNK) {
      const chunk = { ...rows, pointer: rows.pointer + 8 * first * rows.stride, rows: Math.min(QR_CHUNK, nRows - first) };
      await foldRows(changed, { rows: chunk, origin: 0, isTriangular: false }, factor, threads);
    }
  });
}

/** R ← triangular factor of [R; S], likewise. */
export async function mergeOnThreads(into: Triangle, from: Triangle, threads: Threads, sharedSize = SHARED_SIZE): Promise<void> {
  const { executor, signal } = threads;
  if (into.size < sharedSize) {
    await executor.submit(mergeTriangles, [into, from], { signal, label: "merging triangles" });
    return;
  }
  const n = into.size;
  const buffer = executor.pool.allocate(8 * Math.min(QR_CHUNK, n) * strideOf(n - 1), "rows of a triangle");
  try {
    await executor.submit(normalizeTriangle, into, { signal });
    await withFactor(threads, async (factor) => {
      for (let first = 0; first < n; first += QR_CHUNK) {
        const rows = matrix(buffer.pointer, Math.min(QR_CHUNK, n - first), n - first, strideOf(n - first - 1));
        await executor.submit(expandRows, { triangle: from, first, rows }, { signal });
        await foldRows(into, { rows, origin: first, isTriangular: true }, factor, threads);
      }
    });
  } finally {
    executor.pool.release(buffer);
  }
}

async function withFactor({ executor }: Threads, work: (factor: Pointer) => Promise<void>): Promise<void> {
  const region = executor.pool.allocate(8 * QR_PANEL ** 2, "reflectors of a panel");
  try {
    await work(region.pointer);
  } finally {
    executor.pool.release(region);
  }
}

interface FoldedRows {
  /** From column `origin` of R on. */
  readonly rows: Matrix;
  readonly origin: number;
  /** Whether row i begins with column `origin` + i; it then takes part from there on. */
  readonly isTriangular: boolean;
}

/** Folds rows into R, panel after panel. */
async function foldRows(r: Triangle, { rows, origin, isTriangular }: FoldedRows, factor: Pointer, { executor, signal }: Threads): Promise<void> {
  for (let column = origin; column < r.size; column += QR_PANEL) {
    const end = Math.min(column + QR_PANEL, r.size);
    const active = isTriangular ? Math.min(rows.rows, end - origin) : rows.rows;
    const panel: QrPanel = { r, column, a: { ...rows, pointer: rows.pointer + 8 * (column - origin), rows: active, columns: r.size - column }, factor };
    await executor.submit(factorPanel, panel, { signal });
    const slabs = Array.from({ length: Math.ceil((r.size - end) / SLAB) }, (_, k): SlabInput => {
      const first = end + k * SLAB;
      return { panel, first, count: Math.min(SLAB, r.size - first) };
    });
    await executor.map(applyPanel, slabs, { signal });
  }
}

interface SlabInput {
  readonly panel: QrPanel;
  readonly first: number;
  readonly count: number;
}

const factorPanel = defineTask("fit/factor-panel", ({ wasm, scratch }, panel: QrPanel): null => {
  qrFactorPanel(wasm, scratch, panel);
  return null;
});

const applyPanel = defineTask("fit/apply-panel", ({ wasm, scratch }, { panel, first, count }: SlabInput): null => {
  qrApplyPanel(wasm, scratch, panel, first, count);
  return null;
});

/** Makes the diagonal of R positive, as an update without rows does. */
const normalizeTriangle = defineTask("fit/normalize-triangle", ({ wasm, scratch }, triangle: Triangle): null => {
  qrUpdate(wasm, scratch, triangle, matrix(triangle.pointer, 0, triangle.size));
  return null;
});

interface ExpandInput {
  readonly triangle: Triangle;
  readonly first: number;
  /** Begins with column `first`. */
  readonly rows: Matrix;
}

/** Rows of a triangle as a matrix, 0 below the diagonal. */
const expandRows = defineTask("fit/expand-rows", ({ wasm }, { triangle: { pointer, size, stride }, first, rows }: ExpandInput): null => {
  const elements = packedElements(wasm, { pointer, size, stride });
  for (let i = 0; i < rows.rows; i++) {
    const start = packedIndex(stride, first + i, first + i);
    const row = wasm.f64(rows.pointer + 8 * i * rows.stride, rows.columns).fill(0, 0, i);
    row.set(elements.subarray(start, start + size - first - i), i);
  }
  return null;
});
