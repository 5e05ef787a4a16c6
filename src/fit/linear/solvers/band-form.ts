import { type Band } from "../../../linalg/band.js";
import { type Matrix, matrix, rowBlock } from "../../../linalg/matrix.js";
import type { Holdings } from "../../../parallel/holdings.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import type { Pointer } from "../../../wasm/memory.js";
import { columnBlock, columnPanel, leftSlab, type PanelTask, rightSlab, rowPanel, type SlabInput } from "./band-tasks.js";
import type { ReducedRows } from "./reduced-rows.js";

/** Diagonals above the main one; also the rows and columns that are reflected together. */
export const BAND_WIDTH = 32;
/** Rows or columns that one task transforms: by the size of the problem alone, so that the bits do not depend on the threads. */
const SLAB = 256;

/**
 * Reduced rows in coordinates in which they are a band, R·Γ⁻¹ = U·B·Vᵀ (Grösser & Lang, Parallel Comput. 25, 969 (1999),
 * doi:10.1016/S0167-8191(99)00041-1): any ridge follows in O(M·width²), as from bidiagonal form (Eldén, BIT 17, 134 (1977),
 * doi:10.1007/BF01932285). Plain data, and pointers to what the holdings keep.
 */
export interface BandForm {
  /** B */
  readonly band: Band;
  /** f64 [M]: Uᵀ·Qᵀ·y */
  readonly target: Pointer;
  /** M × (M + 1): in the rows of a block and the columns behind it the reflectors of V. */
  readonly reflectors: Matrix;
  /** f64 [blocks × width × width]: T of each block of them. */
  readonly factors: Pointer;
  /** Norm of what no coefficients can describe. */
  readonly residual: number;
  /** n */
  readonly nRows: number;
  /** f64 [M]: Γ */
  readonly scale: Float64Array;
}

/** Bytes of memory that `bandForm` takes from the pool: one dense matrix, and what is small beside it. */
export function bandFormBytes(nColumns: number): number {
  return 8 * nColumns * (nColumns + 2 + 3 * BAND_WIDTH + 3) + 24 * BAND_WIDTH ** 2;
}

/**
 * Brings reduced rows to band form by reflections from both sides: blocks of columns from the left, of rows from the right, what is behind
 * them in slabs on all threads; 8/3·M³ operations, nearly all in products of matrices. Stable for any condition: errors of ε·‖R·Γ⁻¹‖.
 * @param scale f64 [M], Γ > 0
 * @throws {NumericalError} when a value is not finite; {ResourceError}; {CancelledError}
 */
export async function bandForm(rows: ReducedRows, scale: Float64Array, holdings: Holdings, context: WorkContext): Promise<BandForm> {
  const { executor, signal, onProgress } = context;
  const n = rows.nColumns;
  const work = placeRows(rows, scale, holdings);
  const { form, panel, lower, factor } = work;
  const a = form.reflectors;
  const slabs = Math.ceil(n / SLAB);
  executor.announce(2 * (slabs + 1) * Math.ceil(n / BAND_WIDTH));
  const run = (task: PanelTask, input: Parameters<PanelTask["run"]>[1]): Promise<null> => executor.submit(task, input, { signal, label: "the band form" });
  for (let first = 0; first < n; first += BAND_WIDTH) {
    const width = Math.min(BAND_WIDTH, n - first);
    const next = first + width;
    // what stands below the diagonal of the first columns is 0 already
    const height = first === 0 ? width : n - first;
    const columns = columnBlock(rowBlock(a, first, height), first, width);
    const reflected = matrix(panel, width, height);
    await run(columnPanel, { source: columns, panel: reflected, lower, factor, band: form.band, first });
    const behind = columnBlock(rowBlock(a, first, height), next, n + 1 - next);
    await executor.map(leftSlab, columnSlabs(behind).map((target): SlabInput => ({ reflected, factor, target })), { signal });
    if (next < n) {
      const right = columnBlock(rowBlock(a, first, width), next, n - next);
      const own = factorOf(form, first);
      await run(rowPanel, { source: right, panel: right, lower, factor: own, band: form.band, first });
      const below = columnBlock(rowBlock(a, next, n - next), next, n - next);
      await executor.map(rightSlab, rowSlabs(below).map((target): SlabInput => ({ reflected: right, factor: own, target })), { signal });
    }
    onProgress?.({ stage: "solver, band form", done: Math.round(100 * (1 - (1 - next / n) ** 3)), total: 100, unit: "%" });
  }
  const target = executor.wasm.f64(form.target, n);
  for (let i = 0; i < n; i++) target[i] = executor.wasm.f64(a.pointer + 8 * (i * a.stride + n), 1)[0];
  return form;
}

/** Where T of the reflectors of a block of rows stands. */
export function factorOf({ factors, band: { width } }: Pick<BandForm, "factors" | "band">, first: number): Pointer {
  return factors + 8 * first * width;
}

interface BandWork {
  readonly form: BandForm;
  /** f64 [width × M]: columns that are reflected, as rows */
  readonly panel: Pointer;
  readonly lower: Pointer;
  /** T of these columns. */
  readonly factor: Pointer;
}

/** R·Γ⁻¹ with the target as last column, and room for what it becomes. */
function placeRows({ nColumns: n, factor, target, residual, nRows }: ReducedRows, scale: Float64Array, holdings: Holdings): BandWork {
  const { wasm } = holdings.executor;
  const stride = n + 1 + ((n + 1) % 2);
  const allocate = (count: number): Pointer => holdings.allocate(8 * count, `the band form of ${n} columns`).pointer;
  const width = BAND_WIDTH;
  const a = matrix(allocate(n * stride), n, n + 1, stride);
  for (let i = 0; i < n; i++) {
    const row = wasm.f64(a.pointer + 8 * i * stride, n + 1).fill(0, 0, i);
    for (let j = i; j < n; j++) row[j] = factor[i * n + j] / scale[j];
    row[n] = target[i];
  }
  const band = { pointer: allocate(n * (width + 1)), size: n, width };
  wasm.f64(band.pointer, n * (width + 1)).fill(0);
  const factors = allocate(Math.ceil(n / width) * width * width);
  const form = { band, target: allocate(n), reflectors: a, factors, residual, nRows, scale };
  return { form, panel: allocate(width * n), lower: allocate(width * width), factor: allocate(width * width) };
}

function columnSlabs(a: Matrix): Matrix[] {
  return slabStarts(a.columns).map((start) => columnBlock(a, start, Math.min(SLAB, a.columns - start)));
}

function rowSlabs(a: Matrix): Matrix[] {
  return slabStarts(a.rows).map((start) => rowBlock(a, start, Math.min(SLAB, a.rows - start)));
}

function slabStarts(count: number): number[] {
  return Array.from({ length: Math.ceil(count / SLAB) }, (_, slab) => slab * SLAB);
}
