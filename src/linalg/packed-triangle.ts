import { InternalError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectShape, expectStored, type Matrix, matrix, rowBlock } from "./matrix.js";
import { gemm, gemmScratchBytes } from "./product.js";
import { solveTriangular } from "./triangular.js";

/** Rows of a panel, as in assembly/linalg/packed-triangle.ts; a test compares the two. */
const PANEL = 64;

/**
 * An upper triangle (f64, `size` rows) in WebAssembly memory that takes half of what a square does: panels of 64 rows follow each other,
 * each a row-major matrix that begins with the column of its first row. What a panel holds below the diagonal has no meaning.
 */
export interface PackedTriangle {
  /** The first element of the first panel. */
  readonly pointer: Pointer;
  /** Rows, and columns */
  readonly size: number;
  /** Elements from one row of the first panel to the next, at least `size`; those of a later panel are shorter by the rows before it. */
  readonly stride: number;
}

/** A triangle at `pointer`, `packedTriangleBytes(size)` bytes; its stride is `size` rounded up to an even number. */
export function packedTriangle(pointer: Pointer, size: number): PackedTriangle {
  return { pointer, size, stride: packedStride(size) };
}

/** Bytes of a triangle of this size. */
export function packedTriangleBytes(size: number): number {
  return 8 * elementCount({ size, stride: packedStride(size) });
}

function packedStride(size: number): number {
  return size + (size % 2);
}

function elementCount({ size, stride }: Omit<PackedTriangle, "pointer">): number {
  return size === 0 ? 0 : packedIndex(stride, size - 1, size - 1) + stride - size + 1;
}

/** All elements in the order of the memory, see `packedIndex`. */
export function packedElements(wasm: Wasm, triangle: PackedTriangle): Float64Array {
  return wasm.f64(triangle.pointer, elementCount(triangle));
}

/** Where element (i, j) stands among the elements of a triangle with this stride; j may go back to the first column of the panel. */
export function packedIndex(stride: number, i: number, j: number): number {
  const start = i - (i % PANEL);
  // the panels before: Σ PANEL·(stride − PANEL·q)
  return start * stride - (start * (start - PANEL)) / 2 + (i - start) * (stride - start) + (j - start);
}

/** The rows and columns of a triangle from the panel of a column on, in place, and the first of them. */
export function trailingTriangle({ pointer, size, stride }: PackedTriangle, column: number): { readonly triangle: PackedTriangle; readonly first: number } {
  const first = column - (column % PANEL);
  return { triangle: { pointer: pointer + 8 * packedIndex(stride, first, first), size: size - first, stride: stride - first }, first };
}

/** Copies a triangle out of WebAssembly memory: f64 [size × size], zero below the diagonal. */
export function readTriangle(wasm: Wasm, triangle: PackedTriangle): Float64Array {
  const { size, stride } = triangle;
  const values = packedElements(wasm, triangle);
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const first = packedIndex(stride, i, i);
    out.set(values.subarray(first, first + size - i), i * (size + 1));
  }
  return out;
}

/**
 * Copies the upper half of a matrix into a triangle.
 * @param values f64 [size × size], row by row; what is below the diagonal is not read
 */
export function writeTriangle(wasm: Wasm, triangle: PackedTriangle, values: Float64Array): void {
  const { size, stride } = triangle;
  if (values.length !== size * size) throw new InternalError(`writeTriangle: ${values.length} values for ${size}×${size}`);
  const elements = packedElements(wasm, triangle);
  for (let i = 0; i < size; i++) elements.set(values.subarray(i * (size + 1), (i + 1) * size), packedIndex(stride, i, i));
}

/** Bytes of scratch of the routine `packedCholesky`. */
export function packedCholeskyScratchBytes(n: number): number {
  return 8 * (2 * PANEL * PANEL + PANEL * n) + gemmScratchBytes(PANEL, n, PANEL);
}

/**
 * Overwrites rows and columns `first` … `first` + n − 1 of a triangle, the upper half of a symmetric matrix A, with R of A = Rᵀ·R.
 * @throws {NumericalError} when A is not positive definite, or not finite
 */
export function packedCholesky(wasm: Wasm, arena: Arena, { pointer, size, stride }: PackedTriangle, first = 0, n = size - first): void {
  if (!(first >= 0 && n >= 0 && first + n <= size)) throw new InternalError(`packedCholesky: rows ${first} … ${first + n} of ${size}`);
  const mark = arena.mark();
  const scratch = arena.allocate(packedCholeskyScratchBytes(n));
  try {
    wasm.routines.packedCholesky(n, first, pointer, stride, scratch);
  } finally {
    arena.reset(mark);
  }
}

/**
 * Solves R·x = b in place of b for the first n rows and columns of a triangle.
 * @param x f64 [n]
 * @throws {NumericalError} when the diagonal has a zero or a value that is not finite
 */
export function packedSolve(wasm: Wasm, { pointer, size, stride }: PackedTriangle, n: number, x: Pointer): void {
  if (n > size) throw new InternalError(`packedSolve: ${n} of ${size} rows`);
  wasm.routines.packedSolve(n, pointer, stride, x);
}

/**
 * Solves R·X = B in place of B (n × columns) for the first n rows and columns of a triangle, panel by panel.
 * @throws {NumericalError} when the diagonal has a zero or a value that is not finite
 */
export function packedSolveMatrix(wasm: Wasm, arena: Arena, { pointer, size, stride }: PackedTriangle, n: number, x: Matrix): void {
  if (n > size) throw new InternalError(`packedSolveMatrix: ${n} of ${size} rows`);
  expectStored(x, "packedSolveMatrix");
  expectShape(x, n, x.columns, "packedSolveMatrix");
  for (let start = (Math.ceil(n / PANEL) - 1) * PANEL; start >= 0; start -= PANEL) {
    const end = Math.min(n, start + PANEL);
    const panel = matrix(pointer + 8 * packedIndex(stride, start, start), end - start, end - start, stride - start);
    const own = rowBlock(x, start, end - start);
    const behind = { ...panel, pointer: panel.pointer + 8 * (end - start), columns: n - end };
    if (n > end) gemm(wasm, arena, -1, behind, rowBlock(x, end, n - end), 1, own);
    solveTriangular(wasm, arena, "upper", panel, own);
  }
}
