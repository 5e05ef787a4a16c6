import { seededRandom } from "../math/random.js";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { InternalError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectShape, expectStored, type Matrix, matrix, rowBlock, transpose } from "./matrix.js";
import { gemm, gemmScratchBytes } from "./product.js";

// The blocking of assembly/linalg/tridiagonal.ts, eigen.ts and orthonormal.ts; a test compares them.
const PANEL = 32;
const STRIP = 8;
const SWEEPS = 32;
const BLOCK = 32;

/** Bytes of scratch of the routine `symmetricEigen`. */
export function eigenScratchBytes(n: number): number {
  const widest = Math.max(n, PANEL);
  const reduction = (5 * PANEL * n + 2 * PANEL * PANEL) * 8 + gemmScratchBytes(widest, widest, Math.max(n, 2 * PANEL));
  return 16 * n + Math.max(reduction, SWEEPS * (8 + 16 * n) + 8 * STRIP * n);
}

/** Bytes of scratch of the routine `symmetricEigenvalues`. */
export function eigenvaluesScratchBytes(n: number): number {
  return (5 * n + 1) * 8;
}

/** Bytes of scratch of the routine `orthonormalizeRows`. */
export function orthonormalScratchBytes(rows: number, n: number): number {
  const widest = Math.max(n, rows);
  return BLOCK * rows * 8 + gemmScratchBytes(BLOCK, widest, widest);
}

/**
 * All eigenvalues, ascending, and eigenvectors of a symmetric matrix: `values` f64 [n], row i of `vectors` (n×n) belongs to
 * values[i] and has length 1. Only the upper triangle of A is read; A is overwritten. Residuals are of the order of ε·‖A‖.
 * @throws {NumericalError} when A is not finite
 */
export function symmetricEigen(wasm: Wasm, arena: Arena, a: Matrix, values: Pointer, vectors: Matrix): void {
  expectStored(a, "symmetricEigen");
  expectStored(vectors, "symmetricEigen");
  const n = a.rows;
  expectShape(a, n, n, "symmetricEigen");
  expectShape(vectors, n, n, "symmetricEigen");
  const mark = arena.mark();
  const scratch = arena.allocate(eigenScratchBytes(n));
  try {
    wasm.routines.symmetricEigen(n, a.pointer, a.stride, values, vectors.pointer, vectors.stride, scratch);
  } finally {
    arena.reset(mark);
  }
}

/**
 * Eigenvalues alone of a symmetric matrix that fits into the cache, descending: `values` f64 [n]; otherwise as `symmetricEigen`.
 * @throws {NumericalError} when A is not finite
 */
export function symmetricEigenvalues(wasm: Wasm, arena: Arena, a: Matrix, values: Pointer): void {
  expectStored(a, "symmetricEigenvalues");
  expectShape(a, a.rows, a.rows, "symmetricEigenvalues");
  const mark = arena.mark();
  const scratch = arena.allocate(eigenvaluesScratchBytes(a.rows));
  try {
    wasm.routines.symmetricEigenvalues(a.rows, a.pointer, a.stride, values, scratch);
  } finally {
    arena.reset(mark);
  }
}

/**
 * Overwrites the rows of X (no more rows than columns) with an orthonormal basis of their span; a row that depends on earlier ones
 * becomes a further orthonormal direction.
 * @throws {NumericalError} when X is not finite
 */
export function orthonormalizeRows(wasm: Wasm, arena: Arena, x: Matrix): void {
  expectStored(x, "orthonormalizeRows");
  const mark = arena.mark();
  const scratch = arena.allocate(orthonormalScratchBytes(x.rows, x.columns));
  try {
    wasm.routines.orthonormalizeRows(x.rows, x.columns, x.pointer, x.stride, scratch);
  } finally {
    arena.reset(mark);
  }
}

/** How many eigenvectors, and how exactly. */
export interface LeadingOptions {
  /** Of the random start. */
  readonly seed: number;
  /** Rows of the iterated subspace beyond k; more converge faster. Default: 8 + k/8, at most n − k. */
  readonly oversampling?: number;
  /** Default 12. */
  readonly maximumIterations?: number;
  /** Stop when no leading eigenvalue moves by more than this share of the largest. Default 1e-9. */
  readonly tolerance?: number;
}

/** The largest eigenvalues, descending, with their vectors in rows. */
export interface LeadingResult {
  /** Descending, k numbers. */
  readonly values: Float64Array;
  /** max ‖G·v − λ·v‖ / λ_max over the k vectors: how far they are from converged. */
  readonly residual: number;
  /** That were needed, at most the limit; see `residual` where it was reached. */
  readonly iterations: number;
}

/** Bytes of the arena that `leadingEigenvectors` needs. */
export function leadingScratchBytes(n: number, k: number, oversampling = defaultOversampling(n, k)): number {
  const l = k + oversampling;
  const products = gemmScratchBytes(l, n, n);
  return (2 * l * n + 2 * l * l + l) * 8 + Math.max(products, orthonormalScratchBytes(l, n), eigenScratchBytes(l)) + 1024;
}

function defaultOversampling(n: number, k: number): number {
  return Math.min(n - k, 8 + Math.ceil(k / 8));
}

/**
 * The k eigenvectors with the largest eigenvalues of a symmetric positive semidefinite matrix G (n×n, full), as rows of `out` (k×n) in
 * descending order: subspace iteration from a seeded random start with a Rayleigh–Ritz step
 * (Halko, Martinsson & Tropp, SIAM Rev. 53, 217 (2011), algorithm 4.4, doi:10.1137/090771806). Same seed, same bits.
 * Cheaper than `symmetricEigen` when k is well below n; vectors next to the cut converge slowest, see `residual`.
 * @throws {NumericalError} when G is not finite
 */
export function leadingEigenvectors(wasm: Wasm, arena: Arena, g: Matrix, k: number, out: Matrix, options: LeadingOptions): LeadingResult {
  const n = g.rows;
  expectShape(g, n, n, "leadingEigenvectors");
  expectShape(out, k, n, "leadingEigenvectors");
  expectStored(out, "leadingEigenvectors");
  const { oversampling = defaultOversampling(n, k), maximumIterations = 12, tolerance = 1e-9 } = options;
  const l = k + oversampling;
  if (k < 0 || oversampling < 0 || l > n) throw new InternalError(`leadingEigenvectors: ${k} + ${oversampling} vectors of a ${n}×${n} matrix`);
  if (k === 0) return { values: new Float64Array(0), residual: 0, iterations: 0 };
  const mark = arena.mark();
  try {
    const space = new Subspace(wasm, arena, g, l);
    space.randomize(options.seed);
    let previous = space.ritz();
    let iterations = 1;
    for (let moved = Infinity; moved > tolerance && iterations < maximumIterations; iterations++) {
      space.multiply();
      space.multiply();
      const values = space.ritz();
      moved = 0;
      for (let i = l - k; i < l; i++) moved = Math.max(moved, Math.abs(values[i] - previous[i]) / Math.abs(values[l - 1]));
      previous = values;
    }
    const residual = space.leading(previous, out);
    return { values: previous.slice(l - k).reverse(), residual, iterations };
  } finally {
    arena.reset(mark);
  }
}

/** An orthonormal basis (rows of `x`) that is multiplied by G again and again. */
class Subspace {
  private readonly n: number;
  private x: Matrix;
  private y: Matrix;
  private readonly projected: Matrix;
  private readonly rotation: Matrix;
  private readonly values: Pointer;

  constructor(
    private readonly wasm: Wasm,
    private readonly arena: Arena,
    private readonly g: Matrix,
    private readonly l: number,
  ) {
    this.n = g.rows;
    this.x = matrix(arena.f64(l * this.n), l, this.n);
    this.y = matrix(arena.f64(l * this.n), l, this.n);
    this.projected = matrix(arena.f64(l * l), l, l);
    this.rotation = matrix(arena.f64(l * l), l, l);
    this.values = arena.f64(l);
  }

  randomize(seed: number): void {
    const generator = seededRandom(seed);
    const x = this.wasm.f64(this.x.pointer, this.l * this.n);
    for (let i = 0; i < x.length; i++) x[i] = uniformFloat64(generator) - 0.5;
    orthonormalizeRows(this.wasm, this.arena, this.x);
    this.multiply();
  }

  /** X ← orthonormal basis of X·G. */
  multiply(): void {
    gemm(this.wasm, this.arena, 1, this.x, this.g, 0, this.y);
    [this.x, this.y] = [this.y, this.x];
    orthonormalizeRows(this.wasm, this.arena, this.x);
  }

  /** Eigenvalues of X·G·Xᵀ, ascending; the rotation to its eigenvectors is kept, and X·G in y. */
  ritz(): Float64Array {
    gemm(this.wasm, this.arena, 1, this.x, this.g, 0, this.y);
    gemm(this.wasm, this.arena, 1, this.y, transpose(this.x), 0, this.projected);
    symmetricEigen(this.wasm, this.arena, this.projected, this.values, this.rotation);
    return this.wasm.f64(this.values, this.l).slice();
  }

  /** Writes the leading vectors, largest first; returns their worst residual over the largest eigenvalue. */
  leading(values: Float64Array, out: Matrix): number {
    const { wasm, arena, l, n } = this;
    const k = out.rows;
    gemm(wasm, arena, 1, rowBlock(this.rotation, l - k, k), this.x, 0, out);
    const top = matrix(this.x.pointer, k, n);
    gemm(wasm, arena, 1, rowBlock(this.rotation, l - k, k), this.y, 0, top);
    let worst = 0;
    for (let i = 0; i < k; i++) {
      const [v, gv] = [wasm.f64(out.pointer + i * out.stride * 8, n), wasm.f64(top.pointer + i * n * 8, n)];
      let sum = 0;
      for (let j = 0; j < n; j++) sum += (gv[j] - values[l - k + i] * v[j]) ** 2;
      worst = Math.max(worst, Math.sqrt(sum));
    }
    reverseRows(wasm, out);
    return values[l - 1] === 0 ? worst : worst / Math.abs(values[l - 1]);
  }
}

function reverseRows(wasm: Wasm, a: Matrix): void {
  for (let i = 0, j = a.rows - 1; i < j; i++, j--) {
    const [upper, lower] = [i, j].map((row) => wasm.f64(a.pointer + row * a.stride * 8, a.columns));
    const kept = upper.slice();
    upper.set(lower);
    lower.set(kept);
  }
}
