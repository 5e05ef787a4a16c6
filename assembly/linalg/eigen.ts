// Eigenvalues and eigenvectors of a symmetric matrix: tridiagonal form, then implicit QL with Wilkinson's shift
// (Dubrulle, Martin & Wilkinson, Numer. Math. 12, 377 (1968), doi:10.1007/BF02165404).
// The rotations of many sweeps are collected and applied to the vectors strip by strip, each strip in the cache.
import { madd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_CONVERGED, NOT_FINITE, OK } from "../status";
import { formTransposedQ, reduceToTridiagonal, tridiagonalScratch } from "./tridiagonal";
import { at, scaleVector } from "./vector";

const STRIP: i32 = 8;
/** Sweeps that are collected before they are applied. */
const SWEEPS: i32 = 32;
/** Sweeps per eigenvalue, on average, after which something must be wrong: fewer than two are usual. */
export const MAXIMUM_SWEEPS: i32 = 30;
export const EPSILON: f64 = 2.220446049250313e-16;

/** Bytes: the rotations (cosine, sine) of one sweep. */
// @ts-ignore: decorator
@inline
function sweepBytes(n: i32): usize {
  return (<usize>n) << 4;
}

/** out: f64 [1], bytes of scratch of `symmetricEigen`. */
export function eigenScratchBytes(n: i32, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const collected = SWEEPS * (8 + 16 * <f64>n) + 8 * STRIP * <f64>n;
  store<f64>(out, 16 * <f64>n + max(<f64>tridiagonalScratch(n), collected));
  return OK;
}

// @ts-ignore: decorator
@inline
function element(x: usize, i: i32): f64 {
  return load<f64>(x + ((<usize>i) << 3));
}

// @ts-ignore: decorator
@inline
function put(x: usize, i: i32, value: f64): void {
  store<f64>(x + ((<usize>i) << 3), value);
}

/** First index ≥ l after which the matrix falls apart. */
function blockEnd(n: i32, l: i32, d: usize, e: usize, floor: f64): i32 {
  let m = l;
  for (; m < n - 1; m++) {
    if (abs(element(e, m)) <= EPSILON * (abs(element(d, m)) + abs(element(d, m + 1))) + floor) break;
  }
  return m;
}

/** One implicit QL sweep over l…m; the rotation of rows i and i+1 goes to `rotations` + 16·i. Returns where it stopped. */
function sweep(l: i32, m: i32, d: usize, e: usize, rotations: usize): i32 {
  let g = (element(d, l + 1) - element(d, l)) / (2 * element(e, l));
  let r = sqrt(g * g + 1);
  g = element(d, m) - element(d, l) + element(e, l) / (g + (g >= 0 ? r : -r));
  let s = 1.0;
  let c = 1.0;
  let p = 0.0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * element(e, i);
    const b = c * element(e, i);
    r = sqrt(f * f + g * g);
    put(e, i + 1, r);
    if (r == 0) {
      // the matrix fell apart inside: the rotations so far count, the next sweep sees two blocks
      put(d, i + 1, element(d, i + 1) - p);
      put(e, m, 0);
      return i + 1;
    }
    s = f / r;
    c = g / r;
    g = element(d, i + 1) - p;
    r = (element(d, i) - g) * s + 2 * c * b;
    p = s * r;
    put(d, i + 1, g + p);
    g = c * r - b;
    const rotation = rotations + ((<usize>i) << 4);
    store<f64>(rotation, c);
    store<f64>(rotation, s, 8);
  }
  put(d, l, element(d, l) - p);
  put(e, l, g);
  put(e, m, 0);
  return l;
}

/** Applies one sweep to a strip: row i+1 ← s·row_i + c·row_(i+1), row i ← c·row_i − s·row_(i+1), for i = m−1 … l. */
function rotateStrip(l: i32, m: i32, rotations: usize, strip: usize): void {
  let row = strip + ((<usize>m) << 6);
  let rotation = rotations + ((<usize>m) << 4);
  const end = strip + ((<usize>l) << 6);
  if (ASC_FEATURE_SIMD) {
    let f0 = v128.load(row);
    let f1 = v128.load(row, 16);
    let f2 = v128.load(row, 32);
    let f3 = v128.load(row, 48);
    while (row > end) {
      rotation -= 16;
      const c = v128.load_splat<f64>(rotation);
      const s = v128.load_splat<f64>(rotation, 8);
      const minus = f64x2.neg(s);
      let x = v128.load(row - 64);
      v128.store(row, madd(s, x, f64x2.mul(c, f0)));
      f0 = madd(minus, f0, f64x2.mul(c, x));
      x = v128.load(row - 64, 16);
      v128.store(row, madd(s, x, f64x2.mul(c, f1)), 16);
      f1 = madd(minus, f1, f64x2.mul(c, x));
      x = v128.load(row - 64, 32);
      v128.store(row, madd(s, x, f64x2.mul(c, f2)), 32);
      f2 = madd(minus, f2, f64x2.mul(c, x));
      x = v128.load(row - 64, 48);
      v128.store(row, madd(s, x, f64x2.mul(c, f3)), 48);
      f3 = madd(minus, f3, f64x2.mul(c, x));
      row -= 64;
    }
    v128.store(row, f0);
    v128.store(row, f1, 16);
    v128.store(row, f2, 32);
    v128.store(row, f3, 48);
  } else {
    while (row > end) {
      rotation -= 16;
      const c = load<f64>(rotation);
      const s = load<f64>(rotation, 8);
      for (let k: usize = 0; k < 64; k += 8) {
        const x = load<f64>(row - 64 + k);
        const f = load<f64>(row + k);
        store<f64>(row + k, s * x + c * f);
        store<f64>(row - 64 + k, c * x - s * f);
      }
      row -= 64;
    }
  }
}

/** Applies `count` sweeps to all columns of the vectors (rows of an n×n matrix). ranges: i32 pairs l, m. */
function applySweeps(n: i32, count: i32, ranges: usize, rotations: usize, vectors: usize, ldv: i32, strip: usize): void {
  if (count == 0) return;
  for (let j = 0; j < n; j += STRIP) {
    const bytes = (<usize>min(STRIP, n - j)) << 3;
    for (let i = 0; i < n; i++) memory.copy(strip + ((<usize>i) << 6), at(vectors, i, j, ldv), bytes);
    for (let q = 0; q < count; q++) {
      const range = ranges + ((<usize>q) << 3);
      rotateStrip(load<i32>(range), load<i32>(range, 4), rotations + <usize>q * sweepBytes(n), strip);
    }
    for (let i = 0; i < n; i++) memory.copy(at(vectors, i, j, ldv), strip + ((<usize>i) << 6), bytes);
  }
}

/** QL on d, e until every e is negligible; the vectors (rows) follow. */
function iterate(n: i32, d: usize, e: usize, floor: f64, vectors: usize, ldv: i32, scratch: usize): i32 {
  const ranges = scratch;
  const rotations = ranges + SWEEPS * 8;
  const strip = rotations + <usize>SWEEPS * sweepBytes(n);
  let collected = 0;
  let left = MAXIMUM_SWEEPS * n;
  for (let l = 0; l < n; l++) {
    for (;;) {
      const m = blockEnd(n, l, d, e, floor);
      if (m == l) break;
      if (left-- == 0) return NOT_CONVERGED;
      const first = sweep(l, m, d, e, rotations + <usize>collected * sweepBytes(n));
      const range = ranges + ((<usize>collected) << 3);
      store<i32>(range, first);
      store<i32>(range, m, 4);
      if (++collected == SWEEPS) {
        applySweeps(n, collected, ranges, rotations, vectors, ldv, strip);
        collected = 0;
      }
    }
  }
  applySweeps(n, collected, ranges, rotations, vectors, ldv, strip);
  return OK;
}

function exchangeRows(n: i32, i: i32, k: i32, vectors: usize, ldv: i32, row: usize): void {
  const bytes = (<usize>n) << 3;
  memory.copy(row, at(vectors, i, 0, ldv), bytes);
  memory.copy(at(vectors, i, 0, ldv), at(vectors, k, 0, ldv), bytes);
  memory.copy(at(vectors, k, 0, ldv), row, bytes);
}

function reverse(n: i32, x: usize): void {
  for (let i = 0, k = n - 1; i < k; i++, k--) {
    const value = element(x, i);
    put(x, i, element(x, k));
    put(x, k, value);
  }
}

/** Turns the tridiagonal matrix upside down if it is larger at its top: QL converges well only towards larger elements. */
function turn(n: i32, d: usize, e: usize, vectors: usize, ldv: i32, row: usize): void {
  if (n < 2 || abs(element(d, 0)) <= abs(element(d, n - 1))) return;
  reverse(n, d);
  reverse(n - 1, e);
  for (let i = 0, k = n - 1; i < k; i++, k--) exchangeRows(n, i, k, vectors, ldv, row);
}

/** Ascending order, by exchanges of rows. */
function sortAscending(n: i32, d: usize, vectors: usize, ldv: i32, row: usize): void {
  for (let i = 0; i < n - 1; i++) {
    let k = i;
    for (let j = i + 1; j < n; j++) if (element(d, j) < element(d, k)) k = j;
    if (k == i) continue;
    const value = element(d, i);
    put(d, i, element(d, k));
    put(d, k, value);
    exchangeRows(n, i, k, vectors, ldv, row);
  }
}

/** Largest magnitude in the upper triangle; NaN or infinite if any element is not finite. */
export function largestOf(n: i32, a: usize, lda: i32): f64 {
  let largest = 0.0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const size = abs(load<f64>(at(a, i, j, lda)));
      if (!isFinite<f64>(size)) return size;
      largest = max(largest, size);
    }
  }
  return largest;
}

/** A power of two that brings a matrix this large to where squares neither over- nor underflow; 1 for most. */
export function scaleFor(largest: f64): f64 {
  if (largest == 0 || (largest > 1e-60 && largest < 1e60)) return 1;
  // a reciprocal of 2^1023 would be subnormal, hence the bounds
  return reinterpret<f64>((2046 - max(1, min(2045, <i64>(reinterpret<u64>(largest) >> 52)))) << 52);
}

/**
 * A = Σ_i values[i]·v_i·v_iᵀ, ascending; row i of vectors (n×n) is v_i. Only the upper triangle of A (n×n) is read; A is overwritten.
 * NOT_FINITE for a matrix that is not; scratch: as `eigenScratchBytes(n)` says.
 */
export function symmetricEigen(n: i32, a: usize, lda: i32, values: usize, vectors: usize, ldv: i32, scratch: usize): i32 {
  if (n < 0 || lda < n || ldv < n) return INVALID_ARGUMENT;
  const largest = largestOf(n, a, lda);
  if (!isFinite<f64>(largest)) return NOT_FINITE;
  const factor = scaleFor(largest);
  if (factor != 1) for (let i = 0; i < n; i++) scaleVector(n - i, factor, at(a, i, i, lda));
  const e = scratch;
  const tau = e + ((<usize>n) << 3);
  const rest = tau + ((<usize>n) << 3);
  reduceToTridiagonal(n, a, lda, values, e, tau, rest);
  let norm = 0.0;
  for (let i = 0; i < n; i++) {
    norm = max(norm, abs(element(values, i)) + (i < n - 1 ? abs(element(e, i)) : 0));
  }
  formTransposedQ(n, a, lda, tau, vectors, ldv, rest);
  turn(n, values, e, vectors, ldv, tau);
  // far below what the reduction itself leaves as rounding error
  const status = iterate(n, values, e, 1e-3 * EPSILON * norm, vectors, ldv, rest);
  if (status != OK) return status;
  sortAscending(n, values, vectors, ldv, e);
  if (factor != 1) for (let i = 0; i < n; i++) put(values, i, element(values, i) / factor);
  return OK;
}
