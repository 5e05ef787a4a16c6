// Eigenvalues of a symmetric matrix that fits into the cache, without vectors: Householder's reduction in which the update of one step and the
// product of the next go over the matrix together, then QL without square roots
// (Reinsch, Commun. ACM 16, 689 (1973), doi:10.1145/355611.362553; the order of operations is that of Pal, Walker and Kahan:
// Parlett, The Symmetric Eigenvalue Problem, SIAM (1998), section 8.14, doi:10.1137/1.9781611971163).
import { laneSum, madd, nmadd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_CONVERGED, NOT_FINITE, OK } from "../status";
import { EPSILON, largestOf, MAXIMUM_SWEEPS, scaleFor } from "./eigen";
import { reflector } from "./tridiagonal";
import { at, dotProduct, scaleVector, subtractScaled } from "./vector";

/** Bytes of scratch of `symmetricEigenvalues`: squares beside the diagonal, then two reflectors with their companions. */
export function eigenvaluesScratch(n: i32): usize {
  return (<usize>(5 * n + 1)) << 3;
}

/** A −= v·wᵀ + w·vᵀ and y += A·x in rows i and i+1 (the upper triangle) from column i on. */
// @ts-ignore: decorator
@inline
function twoRows(i: i32, n: i32, a: usize, lda: i32, v: usize, w: usize, x: usize, y: usize): void {
  const own = (<usize>i) << 3;
  const v0 = load<f64>(v + own);
  const v1 = load<f64>(v + own, 8);
  const w0 = load<f64>(w + own);
  const w1 = load<f64>(w + own, 8);
  const x0 = load<f64>(x + own);
  const x1 = load<f64>(x + own, 8);
  let upper = at(a, i, i, lda);
  let lower = upper + ((<usize>lda) << 3);
  const a00 = load<f64>(upper) - 2 * v0 * w0;
  const a01 = load<f64>(upper, 8) - (v0 * w1 + w0 * v1);
  const a11 = load<f64>(lower, 8) - 2 * v1 * w1;
  store<f64>(upper, a00);
  store<f64>(upper, a01, 8);
  store<f64>(lower, a11, 8);
  let sum0 = a00 * x0 + a01 * x1;
  let sum1 = a01 * x0 + a11 * x1;
  upper += 16;
  lower += 16;
  let column = own + 16;
  const end = (<usize>n) << 3;
  if (ASC_FEATURE_SIMD) {
    const vv0 = f64x2.splat(v0);
    const vv1 = f64x2.splat(v1);
    const ww0 = f64x2.splat(w0);
    const ww1 = f64x2.splat(w1);
    const xx0 = f64x2.splat(x0);
    const xx1 = f64x2.splat(x1);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (; column + 16 <= end; column += 16) {
      const vj = v128.load(v + column);
      const wj = v128.load(w + column);
      const xj = v128.load(x + column);
      const r0 = nmadd(ww0, vj, nmadd(vv0, wj, v128.load(upper)));
      const r1 = nmadd(ww1, vj, nmadd(vv1, wj, v128.load(lower)));
      v128.store(upper, r0);
      v128.store(lower, r1);
      s0 = madd(r0, xj, s0);
      s1 = madd(r1, xj, s1);
      v128.store(y + column, madd(r1, xx1, madd(r0, xx0, v128.load(y + column))));
      upper += 16;
      lower += 16;
    }
    sum0 += laneSum(s0);
    sum1 += laneSum(s1);
  }
  for (; column < end; column += 8) {
    const vj = load<f64>(v + column);
    const wj = load<f64>(w + column);
    const r0 = load<f64>(upper) - v0 * wj - w0 * vj;
    const r1 = load<f64>(lower) - v1 * wj - w1 * vj;
    store<f64>(upper, r0);
    store<f64>(lower, r1);
    sum0 += r0 * load<f64>(x + column);
    sum1 += r1 * load<f64>(x + column);
    store<f64>(y + column, load<f64>(y + column) + r0 * x0 + r1 * x1);
    upper += 8;
    lower += 8;
  }
  store<f64>(y + own, load<f64>(y + own) + sum0);
  store<f64>(y + own, load<f64>(y + own, 8) + sum1, 8);
}

/** A −= v·wᵀ + w·vᵀ, then y = A·x, in rows and columns first … n − 1. */
function updateAndMultiply(first: i32, n: i32, a: usize, lda: i32, v: usize, w: usize, x: usize, y: usize): void {
  memory.fill(y + ((<usize>first) << 3), 0, (<usize>(n - first)) << 3);
  let i = first;
  for (; i + 2 <= n; i += 2) twoRows(i, n, a, lda, v, w, x, y);
  if (i == n) return;
  const own = (<usize>i) << 3;
  const corner = load<f64>(at(a, i, i, lda)) - 2 * load<f64>(v + own) * load<f64>(w + own);
  store<f64>(at(a, i, i, lda), corner);
  store<f64>(y + own, load<f64>(y + own) + corner * load<f64>(x + own));
}

/** d[n] and the squares of the elements beside it, e2[n − 1]; A is overwritten. vectors: f64 [4·n] */
function reduce(n: i32, a: usize, lda: i32, d: usize, e2: usize, vectors: usize): void {
  const bytes = (<usize>n) << 3;
  let v = vectors;
  let w = v + bytes;
  let x = w + bytes;
  let y = x + bytes;
  const tau = vectors + 4 * bytes;
  memory.fill(v, 0, 2 * bytes);
  for (let c = 0; c < n; c++) {
    const own = (<usize>c) << 3;
    const row = at(a, c, c, lda);
    subtractScaled(n - c, load<f64>(v + own), w + own, row);
    subtractScaled(n - c, load<f64>(w + own), v + own, row);
    store<f64>(d + own, load<f64>(row));
    const m = n - c - 1;
    if (m == 0) break;
    const below = own + 8;
    memory.copy(x + below, row + 8, (<usize>m) << 3);
    const beside = reflector(m, x + below, tau);
    store<f64>(e2 + own, beside * beside);
    updateAndMultiply(c + 1, n, a, lda, v, w, x, y);
    const factor = load<f64>(tau);
    scaleVector(m, factor, y + below);
    subtractScaled(m, 0.5 * factor * dotProduct(m, y + below, x + below), x + below, y + below);
    const oldV = v;
    const oldW = w;
    v = x;
    w = y;
    x = oldV;
    y = oldW;
  }
}

/** One QL sweep over l…m of the matrix with the diagonal d and the squares e2 beside it. */
function sweep(l: i32, m: i32, d: usize, e2: usize): void {
  const first = d + ((<usize>l) << 3);
  const start = load<f64>(first);
  const beside = sqrt(load<f64>(e2 + ((<usize>l) << 3)));
  let shift = (load<f64>(first, 8) - start) / (2 * beside);
  const r = sqrt(shift * shift + 1);
  shift = start - beside / (shift + (shift >= 0 ? r : -r));
  let c = 1.0;
  let s = 0.0;
  let gamma = load<f64>(d + ((<usize>m) << 3)) - shift;
  let p = gamma * gamma;
  for (let i = m - 1; i >= l; i--) {
    const at = (<usize>i) << 3;
    const square = load<f64>(e2 + at);
    const sum = p + square;
    if (i != m - 1) store<f64>(e2 + at, s * sum, 8);
    const oldC = c;
    c = p / sum;
    s = square / sum;
    const oldGamma = gamma;
    const alpha = load<f64>(d + at);
    gamma = c * (alpha - shift) - s * oldGamma;
    store<f64>(d + at, oldGamma + (alpha - gamma), 8);
    p = c != 0 ? (gamma * gamma) / c : oldC * square;
  }
  store<f64>(e2 + ((<usize>l) << 3), s * p);
  store<f64>(first, shift + gamma);
}

/** QL until every square is below `negligible`. */
function iterate(n: i32, d: usize, e2: usize, negligible: f64): i32 {
  let left = MAXIMUM_SWEEPS * n;
  for (let l = 0; l < n; l++) {
    for (;;) {
      let m = l;
      while (m < n - 1 && load<f64>(e2 + ((<usize>m) << 3)) > negligible) m++;
      if (m == l) break;
      if (left-- == 0) return NOT_CONVERGED;
      if (m < n - 1) store<f64>(e2 + ((<usize>m) << 3), 0);
      sweep(l, m, d, e2);
    }
  }
  return OK;
}

/** Insertion: short lists, and QL leaves them nearly in order. */
function sortDescending(n: i32, d: usize): void {
  const end = d + ((<usize>n) << 3);
  for (let next = d + 8; next < end; next += 8) {
    const value = load<f64>(next);
    let place = next;
    for (; place > d && load<f64>(place - 8) < value; place -= 8) store<f64>(place, load<f64>(place - 8));
    store<f64>(place, value);
  }
}

/**
 * Eigenvalues of A (n×n), descending, into values (f64 [n]). Only the upper triangle is read; A is overwritten. NOT_FINITE for a matrix that is not;
 * scratch: as `eigenvaluesScratchBytes(n)` says.
 */
export function symmetricEigenvalues(n: i32, a: usize, lda: i32, values: usize, scratch: usize): i32 {
  if (n < 0 || lda < n) return INVALID_ARGUMENT;
  const largest = largestOf(n, a, lda);
  if (!isFinite<f64>(largest)) return NOT_FINITE;
  const factor = scaleFor(largest);
  if (factor != 1) for (let i = 0; i < n; i++) scaleVector(n - i, factor, at(a, i, i, lda));
  const e2 = scratch;
  reduce(n, a, lda, values, e2, e2 + ((<usize>n) << 3));
  let norm = 0.0;
  for (let i: usize = 0; i < <usize>n; i++) {
    norm = max(norm, abs(load<f64>(values + (i << 3))) + (i + 1 < <usize>n ? sqrt(load<f64>(e2 + (i << 3))) : 0));
  }
  // what is left out is no more than rounding errors; below them, two equal elements of the diagonal would stay as they are
  const negligible = EPSILON * norm;
  const status = iterate(n, values, e2, negligible * negligible);
  if (status != OK) return status;
  sortDescending(n, values);
  if (factor != 1) scaleVector(n, 1 / factor, values);
  return OK;
}

/** out: f64 [1], bytes of scratch of `symmetricEigenvalues`. */
export function eigenvaluesScratchBytes(n: i32, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  store<f64>(out, <f64>eigenvaluesScratch(n));
  return OK;
}
