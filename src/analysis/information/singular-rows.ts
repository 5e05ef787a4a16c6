import { symmetricEigen } from "../../linalg/eigen.js";
import { type Matrix, matrix, rowBlock, transpose } from "../../linalg/matrix.js";
import { gemm, syrk } from "../../linalg/product.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** The singular values of X = Σ u σ vᵀ, descending, with what belongs to them in rows. */
export interface SingularRows {
  readonly values: Float64Array;
  /** m × m: u, of length 1 */
  readonly left: Matrix;
  /** m × p: σ v */
  readonly scaled: Matrix;
}

/** Eigenvectors of X Xᵀ below this share of the largest singular value are not yet those of X: rounding of X Xᵀ is ε σ₁². */
const RESOLVED = 1e-5;
/** Rows below this share of the largest singular value are left as they are: their directions are of no use in a regression. */
const SMALLEST = 1e-11;
const STAGES = 4;
/** Cosine of rows that count as orthogonal. */
const ORTHOGONAL = 1e-8;
const SWEEPS = 6;

/**
 * Singular values of a matrix (m × p, m not above a thousand or so), down to 10⁻¹¹ of the largest: eigenvectors of X Xᵀ turn X into rows that are
 * orthogonal but for rounding; the small rows are turned again among themselves, and what is left is removed by Jacobi rotations
 * (Hestenes, J. SIAM 6, 51 (1958), doi:10.1137/0106005). Everything stays in the arena.
 */
export function singularRows(wasm: Wasm, arena: Arena, x: Matrix): SingularRows {
  const [m, p] = [x.rows, x.columns];
  const left = matrix(arena.f64(m * m), m, m);
  const scaled = matrix(arena.f64(m * p), m, p);
  const identity = wasm.f64(left.pointer, m * m).fill(0);
  for (let i = 0; i < m; i++) identity[i * (m + 1)] = 1;
  copyRows(wasm, x, scaled);
  const mark = arena.mark();
  let norms = rowNorms(wasm, scaled);
  const largest = (): number => norms.reduce((most, norm) => Math.max(most, norm), 0);
  let scale = largest();
  for (let stage = 0, first = 0; stage < STAGES && first < m && largest() > 0; stage++) {
    diagonalize(wasm, arena, rowBlock(left, first, m - first), rowBlock(scaled, first, m - first));
    arena.reset(mark);
    norms = rowNorms(wasm, scaled);
    if (stage === 0) scale = norms[0];
    const start = norms[first];
    while (first < m && norms[first] > RESOLVED * start) first++;
    if (first < m && !(norms[first] > SMALLEST * scale)) break;
  }
  orthogonalize(wasm, arena, left, scaled);
  arena.reset(mark);
  return { values: sortRows(wasm, left, scaled), left, scaled };
}

function copyRows(wasm: Wasm, from: Matrix, to: Matrix): void {
  for (let i = 0; i < to.rows; i++) wasm.f64(to.pointer + 8 * i * to.stride, to.columns).set(wasm.f64(from.pointer + 8 * i * from.stride, to.columns));
}

function rowNorms(wasm: Wasm, a: Matrix): Float64Array {
  return Float64Array.from({ length: a.rows }, (_, i) => {
    const row = wasm.f64(a.pointer + 8 * i * a.stride, a.columns);
    let sum = 0;
    for (let f = 0; f < row.length; f++) sum += row[f] * row[f];
    return Math.sqrt(sum);
  });
}

/** Turns rows by the eigenvectors of their products, largest first. */
function diagonalize(wasm: Wasm, arena: Arena, left: Matrix, rows: Matrix): void {
  const n = rows.rows;
  const norm = rowNorms(wasm, rows).reduce((most, value) => Math.max(most, value), 0);
  if (norm === 0) return;
  const products = matrix(arena.f64(n * n), n, n);
  const vectors = matrix(arena.f64(n * n), n, n);
  syrk(wasm, arena, 1 / norm ** 2, rows, 0, products);
  symmetricEigen(wasm, arena, products, arena.f64(n), vectors);
  for (const target of [left, rows]) {
    const mark = arena.mark();
    const turned = matrix(arena.f64(n * target.columns), n, target.columns);
    gemm(wasm, arena, 1, vectors, target, 0, turned);
    for (let i = 0; i < n; i++) copyRows(wasm, rowBlock(turned, n - 1 - i, 1), rowBlock(target, i, 1));
    arena.reset(mark);
  }
}

/** Jacobi rotations of pairs of rows that are not orthogonal; those that are found so by one product of all rows are left alone. */
function orthogonalize(wasm: Wasm, arena: Arena, left: Matrix, rows: Matrix): void {
  const mark = arena.mark();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const norms = rowNorms(wasm, rows);
    const scale = norms.reduce((most, norm) => Math.max(most, norm), 0);
    const n = rows.rows;
    const products = matrix(arena.f64(n * n), n, n);
    syrk(wasm, arena, 1, rows, 0, products, "lower");
    const values = wasm.f64(products.pointer, n * n);
    let rotations = 0;
    for (let i = 1; i < n; i++) {
      if (!(norms[i] > SMALLEST * scale)) continue;
      for (let j = 0; j < i; j++) {
        if (!(norms[j] > SMALLEST * scale) || !(Math.abs(values[i * n + j]) > ORTHOGONAL * norms[i] * norms[j])) continue;
        if (rotate(wasm, left, rows, i, j)) rotations++;
      }
    }
    arena.reset(mark);
    if (rotations === 0) return;
  }
}

function rotate(wasm: Wasm, left: Matrix, rows: Matrix, i: number, j: number): boolean {
  const [x, y] = [i, j].map((row) => wasm.f64(rows.pointer + 8 * row * rows.stride, rows.columns));
  let [xx, xy, yy] = [0, 0, 0];
  for (let f = 0; f < x.length; f++) {
    xx += x[f] * x[f];
    xy += x[f] * y[f];
    yy += y[f] * y[f];
  }
  if (!(Math.abs(xy) > ORTHOGONAL * Math.sqrt(xx * yy))) return false;
  const tau = (yy - xx) / (2 * xy);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  turn(x, y, c, c * t);
  const [u, v] = [i, j].map((row) => wasm.f64(left.pointer + 8 * row * left.stride, left.columns));
  turn(u, v, c, c * t);
  return true;
}

function turn(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let f = 0; f < x.length; f++) {
    const a = x[f];
    x[f] = c * a - s * y[f];
    y[f] = s * a + c * y[f];
  }
}

/** Longest rows first; returns their lengths. */
function sortRows(wasm: Wasm, left: Matrix, rows: Matrix): Float64Array {
  const norms = rowNorms(wasm, rows);
  const order = Int32Array.from(norms.keys()).sort((a, b) => norms[b] - norms[a] || a - b);
  for (const target of [left, rows]) {
    const copies = Array.from(order, (row) => wasm.f64(target.pointer + 8 * row * target.stride, target.columns).slice());
    copies.forEach((copy, i) => wasm.f64(target.pointer + 8 * i * target.stride, target.columns).set(copy));
  }
  return Float64Array.from(order, (row) => norms[row]);
}

/** X⁺ of a matrix in the directions of its largest singular values: X_other X⁺ Y ≈ (X_other v/σ)(uᵀ Y), direction by direction. */
export interface Directions {
  /** σ, descending, those above `floor` */
  readonly values: Float64Array;
  /** rank × p: v/σ */
  readonly over: Matrix;
  /** rank × m: uᵀ */
  readonly of: Matrix;
}

/** @param floor singular values that are not above it are left out */
export function directions(wasm: Wasm, arena: Arena, x: Matrix, floor: number): Directions {
  const [m, p] = [x.rows, x.columns];
  const isWide = m <= p;
  const source = isWide ? x : transposedCopy(wasm, arena, x);
  const { values, left, scaled } = singularRows(wasm, arena, source);
  let rank = 0;
  while (rank < values.length && values[rank] > floor) rank++;
  // v/σ and uᵀ from u and σv, or from v and σu
  const power = isWide ? -2 : -1;
  for (let i = 0; i < rank; i++) {
    scaleRow(wasm, scaled, i, values[i] ** power);
    if (!isWide) scaleRow(wasm, left, i, 1 / values[i]);
  }
  const [over, of] = isWide ? [scaled, left] : [left, scaled];
  return { values: values.slice(0, rank), over: rowBlock(over, 0, rank), of: rowBlock(of, 0, rank) };
}

function scaleRow(wasm: Wasm, a: Matrix, row: number, factor: number): void {
  const values = wasm.f64(a.pointer + 8 * row * a.stride, a.columns);
  for (let f = 0; f < values.length; f++) values[f] *= factor;
}

function transposedCopy(wasm: Wasm, arena: Arena, x: Matrix): Matrix {
  const copy = matrix(arena.f64(x.rows * x.columns), x.columns, x.rows);
  const target = wasm.f64(copy.pointer, x.rows * x.columns);
  for (let i = 0; i < x.rows; i++) {
    const row = wasm.f64(x.pointer + 8 * i * x.stride, x.columns);
    for (let f = 0; f < x.columns; f++) target[f * x.rows + i] = row[f];
  }
  return copy;
}

/** X_other v/σ: n × rank. */
export function project(wasm: Wasm, arena: Arena, other: Matrix, { over }: Directions): Matrix {
  const out = matrix(arena.f64(other.rows * over.rows), other.rows, over.rows);
  if (over.rows > 0) gemm(wasm, arena, 1, other, transpose(over), 0, out);
  return out;
}
