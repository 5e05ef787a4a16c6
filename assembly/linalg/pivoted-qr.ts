// A·P = Q·R with |R_kk| falling, by Householder reflections with column pivoting (Businger & Golub, Numer. Math. 7, 269 (1965),
// doi:10.1007/BF01436084); norms of what is left of the columns are updated as in Drmač & Bujanović, ACM Trans. Math. Softw. 35, 12 (2008),
// doi:10.1145/1377612.1377616. Rows are contiguous, so that every step goes over the rest of the matrix twice, four rows at a time.
import { madd, nmadd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";
import { at, dotProduct, NEGLIGIBLE_SQUARE, subtractScaled } from "./vector";

/** A norm that has lost this share of its square by updates is computed anew: √ε. */
const LOST: f64 = 1.5e-8;

/** out: f64 [1], bytes of scratch of `pivotedQr`. */
export function pivotedQrScratchBytes(m: i32, n: i32, extra: i32, out: usize): i32 {
  if (m < 0 || n < 0 || extra < 0) return INVALID_ARGUMENT;
  store<f64>(out, 8 * (3 * <f64>n + <f64>extra + <f64>m));
  return OK;
}

/** w[0…n) = Σ_i v_i·A[i][0…n) */
function columnSums(m: i32, n: i32, v: usize, a: usize, lda: i32, w: usize): void {
  memory.fill(w, 0, (<usize>n) << 3);
  const rowBytes = (<usize>lda) << 3;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 4 <= m; i += 4) {
      const factors = v + ((<usize>i) << 3);
      const f0 = v128.load_splat<f64>(factors);
      const f1 = v128.load_splat<f64>(factors, 8);
      const f2 = v128.load_splat<f64>(factors, 16);
      const f3 = v128.load_splat<f64>(factors, 24);
      let r0 = at(a, i, 0, lda);
      let r1 = r0 + rowBytes;
      let r2 = r1 + rowBytes;
      let r3 = r2 + rowBytes;
      let target = w;
      let j = 0;
      for (; j + 2 <= n; j += 2) {
        const upper = madd(f1, v128.load(r1), madd(f0, v128.load(r0), v128.load(target)));
        v128.store(target, madd(f3, v128.load(r3), madd(f2, v128.load(r2), upper)));
        r0 += 16;
        r1 += 16;
        r2 += 16;
        r3 += 16;
        target += 16;
      }
      if (j < n) {
        let sum = load<f64>(target) + load<f64>(factors) * load<f64>(r0) + load<f64>(factors, 8) * load<f64>(r1);
        sum += load<f64>(factors, 16) * load<f64>(r2) + load<f64>(factors, 24) * load<f64>(r3);
        store<f64>(target, sum);
      }
    }
  }
  for (; i < m; i++) subtractScaled(n, -load<f64>(v + ((<usize>i) << 3)), at(a, i, 0, lda), w);
}

/** A[i][0…n) −= tau·v_i·w[0…n) */
function rankOneUpdate(m: i32, n: i32, tau: f64, v: usize, w: usize, a: usize, lda: i32): void {
  const rowBytes = (<usize>lda) << 3;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 2 <= m; i += 2) {
      const factors = v + ((<usize>i) << 3);
      const s0 = tau * load<f64>(factors);
      const s1 = tau * load<f64>(factors, 8);
      const f0 = f64x2.splat(s0);
      const f1 = f64x2.splat(s1);
      let r0 = at(a, i, 0, lda);
      let r1 = r0 + rowBytes;
      let from = w;
      let j = 0;
      for (; j + 2 <= n; j += 2) {
        const x = v128.load(from);
        v128.store(r0, nmadd(f0, x, v128.load(r0)));
        v128.store(r1, nmadd(f1, x, v128.load(r1)));
        r0 += 16;
        r1 += 16;
        from += 16;
      }
      if (j < n) {
        store<f64>(r0, load<f64>(r0) - s0 * load<f64>(from));
        store<f64>(r1, load<f64>(r1) - s1 * load<f64>(from));
      }
    }
  }
  for (; i < m; i++) subtractScaled(n, tau * load<f64>(v + ((<usize>i) << 3)), w, at(a, i, 0, lda));
}

function exchangeColumns(m: i32, j: i32, k: i32, a: usize, lda: i32): void {
  for (let i = 0; i < m; i++) {
    const left = at(a, i, j, lda);
    const right = at(a, i, k, lda);
    const value = load<f64>(left);
    store<f64>(left, load<f64>(right));
    store<f64>(right, value);
  }
}

/** Squares of the norms of the columns of A[first…m), into both arrays; NOT_FINITE where one is not. */
function squaredNorms(first: i32, m: i32, n: i32, a: usize, lda: i32, squares: usize, known: usize): i32 {
  memory.fill(squares, 0, (<usize>n) << 3);
  for (let i = first; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const value = load<f64>(at(a, i, j, lda));
      const square = squares + ((<usize>j) << 3);
      store<f64>(square, load<f64>(square) + value * value);
    }
  }
  for (let j = 0; j < n; j++) if (!isFinite<f64>(load<f64>(squares + ((<usize>j) << 3)))) return NOT_FINITE;
  memory.copy(known, squares, (<usize>n) << 3);
  return OK;
}

/** What is left of the squares below row k; those that have lost their digits are summed anew. */
function updateNorms(k: i32, m: i32, n: i32, a: usize, lda: i32, squares: usize, known: usize): void {
  for (let j = k + 1; j < n; j++) {
    const offset = (<usize>j) << 3;
    const value = load<f64>(at(a, k, j, lda));
    let square = load<f64>(squares + offset) - value * value;
    if (square <= LOST * load<f64>(known + offset)) {
      square = 0;
      for (let i = k + 1; i < m; i++) {
        const below = load<f64>(at(a, i, j, lda));
        square += below * below;
      }
      store<f64>(known + offset, square);
    }
    store<f64>(squares + offset, square);
  }
}

/** Column k below the diagonal goes to v (v₀ = 1), its place gets beta and zeros; returns tau. */
function takeReflector(k: i32, m: i32, a: usize, lda: i32, v: usize): f64 {
  const count = m - k;
  for (let i = 0; i < count; i++) {
    const element = at(a, k + i, k, lda);
    store<f64>(v + ((<usize>i) << 3), load<f64>(element));
    if (i > 0) store<f64>(element, 0);
  }
  const alpha = load<f64>(v);
  const below = dotProduct(count - 1, v + 8, v + 8);
  store<f64>(v, 1);
  if (below <= NEGLIGIBLE_SQUARE) return 0;
  const norm = sqrt(alpha * alpha + below);
  const beta = alpha > 0 ? -norm : norm;
  const scale = 1 / (alpha - beta);
  for (let i = 1; i < count; i++) {
    const element = v + ((<usize>i) << 3);
    store<f64>(element, scale * load<f64>(element));
  }
  store<f64>(at(a, k, k, lda), beta);
  return (beta - alpha) / beta;
}

/**
 * A·P = Q·R for the first n columns of A (m × (n + extra)): R and zeros below replace them, Qᵀ·(the extra columns) those. Column k of R is
 * column pivots[k] of A. Steps end after `steps` ≤ min(m, n) columns, the rest of the columns is then what is left of them.
 * Entries should be far from over- and underflow of their squares. pivots: i32 [n]; scratch: as `pivotedQrScratchBytes` says.
 */
export function pivotedQr(m: i32, n: i32, extra: i32, steps: i32, a: usize, lda: i32, pivots: usize, scratch: usize): i32 {
  if (m < 0 || n < 0 || extra < 0 || lda < n + extra || steps > min(m, n)) return INVALID_ARGUMENT;
  const squares = scratch;
  const known = squares + ((<usize>n) << 3);
  const sums = known + ((<usize>n) << 3);
  const v = sums + ((<usize>(n + extra)) << 3);
  for (let j = 0; j < n; j++) store<i32>(pivots + ((<usize>j) << 2), j);
  const status = squaredNorms(0, m, n, a, lda, squares, known);
  if (status != OK) return status;
  for (let k = 0; k < steps; k++) {
    let best = k;
    for (let j = k + 1; j < n; j++) if (load<f64>(squares + ((<usize>j) << 3)) > load<f64>(squares + ((<usize>best) << 3))) best = j;
    if (best != k) {
      exchangeColumns(m, k, best, a, lda);
      exchangeColumns(1, k, best, squares, n);
      exchangeColumns(1, k, best, known, n);
      const index = load<i32>(pivots + ((<usize>k) << 2));
      store<i32>(pivots + ((<usize>k) << 2), load<i32>(pivots + ((<usize>best) << 2)));
      store<i32>(pivots + ((<usize>best) << 2), index);
    }
    const tau = takeReflector(k, m, a, lda, v);
    const rest = n + extra - k - 1;
    if (tau != 0 && rest > 0) {
      columnSums(m - k, rest, v, at(a, k, k + 1, lda), lda, sums);
      rankOneUpdate(m - k, rest, tau, v, sums, at(a, k, k + 1, lda), lda);
    }
    updateNorms(k, m, n, a, lda, squares, known);
  }
  return OK;
}
