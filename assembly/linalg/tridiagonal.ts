// A = Q·T·Qᵀ with T tridiagonal, by blocked Householder reflections: half of the work in matrix–vector products, half in matrix
// products (Dongarra, Sorensen & Hammarling, J. Comput. Appl. Math. 27, 215 (1989), doi:10.1016/0377-0427(89)90367-1).
import { madd } from "../math/simd";
import { ALL } from "./kernel";
import { multiply, productScratch } from "./gemm";
import { at, dotProduct, NEGLIGIBLE_SQUARE, scaleVector, subtractScaled } from "./vector";

const PANEL: i32 = 32;
/** Rows of the trailing matrix that are updated together; what they touch below the diagonal is never read. */
const SLAB: i32 = 120;

/** Bytes of scratch of both functions: the panel V, W, V, then T and G, then two n×PANEL blocks, then products. */
export function tridiagonalScratch(n: i32): i32 {
  return (5 * PANEL * n + 2 * PANEL * PANEL) * 8 + productScratch(max(n, PANEL), max(n, PANEL), max(n, 2 * PANEL));
}

/** y = A·x from the upper triangle of A (m×m): every element is loaded once and used twice. */
function symmetricTimesVector(m: i32, a: usize, lda: i32, x: usize, y: usize): void {
  memory.fill(y, 0, (<usize>m) << 3);
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 4 <= m; i += 4) fourRows(i, m, a, lda, x, y);
  }
  for (; i < m; i++) {
    const xi = load<f64>(x + ((<usize>i) << 3));
    const target = y + ((<usize>i) << 3);
    const rest = m - i - 1;
    const row = at(a, i, i, lda);
    const right = dotProduct(rest, row + 8, x + ((<usize>(i + 1)) << 3));
    store<f64>(target, load<f64>(target) + load<f64>(row) * xi + right);
    subtractScaled(rest, -xi, row + 8, target + 8);
  }
}

/** Rows i…i+4 of the product: the 4×4 triangle on the diagonal, then the columns to the right for all four at once. */
function fourRows(i: i32, m: i32, a: usize, lda: i32, x: usize, y: usize): void {
  for (let p = i; p < i + 4; p++) {
    for (let q = p; q < i + 4; q++) {
      const value = load<f64>(at(a, p, q, lda));
      const left = y + ((<usize>p) << 3);
      const right = y + ((<usize>q) << 3);
      store<f64>(left, load<f64>(left) + value * load<f64>(x + ((<usize>q) << 3)));
      if (p != q) store<f64>(right, load<f64>(right) + value * load<f64>(x + ((<usize>p) << 3)));
    }
  }
  const rowBytes = (<usize>lda) << 3;
  const own = x + ((<usize>i) << 3);
  const f0 = v128.load_splat<f64>(own);
  const f1 = v128.load_splat<f64>(own, 8);
  const f2 = v128.load_splat<f64>(own, 16);
  const f3 = v128.load_splat<f64>(own, 24);
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  let j = i + 4;
  let r0 = at(a, i, j, lda);
  let r1 = r0 + rowBytes;
  let r2 = r1 + rowBytes;
  let r3 = r2 + rowBytes;
  let px = x + ((<usize>j) << 3);
  let py = y + ((<usize>j) << 3);
  for (; j + 2 <= m; j += 2) {
    const xj = v128.load(px);
    let yj = v128.load(py);
    let value = v128.load(r0);
    yj = madd(value, f0, yj);
    s0 = madd(value, xj, s0);
    value = v128.load(r1);
    yj = madd(value, f1, yj);
    s1 = madd(value, xj, s1);
    value = v128.load(r2);
    yj = madd(value, f2, yj);
    s2 = madd(value, xj, s2);
    value = v128.load(r3);
    yj = madd(value, f3, yj);
    s3 = madd(value, xj, s3);
    v128.store(py, yj);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    px += 16;
    py += 16;
  }
  const out = y + ((<usize>i) << 3);
  v128.store(out, f64x2.add(v128.load(out), f64x2.add(i64x2.shuffle(s0, s1, 0, 2), i64x2.shuffle(s0, s1, 1, 3))));
  v128.store(out, f64x2.add(v128.load(out, 16), f64x2.add(i64x2.shuffle(s2, s3, 0, 2), i64x2.shuffle(s2, s3, 1, 3))), 16);
  if (j < m) lastColumn(i, j, a, lda, x, y);
}

function lastColumn(i: i32, j: i32, a: usize, lda: i32, x: usize, y: usize): void {
  const target = y + ((<usize>j) << 3);
  const xj = load<f64>(x + ((<usize>j) << 3));
  for (let p = i; p < i + 4; p++) {
    const value = load<f64>(at(a, p, j, lda));
    const left = y + ((<usize>p) << 3);
    store<f64>(left, load<f64>(left) + value * xj);
    store<f64>(target, load<f64>(target) + value * load<f64>(x + ((<usize>p) << 3)));
  }
}

/** Overwrites x (m numbers) with the reflector v (v₀ = 1) that maps it to beta·e₁; tau goes to `tau`, beta is returned. */
export function reflector(m: i32, x: usize, tau: usize): f64 {
  const alpha = load<f64>(x);
  const below = dotProduct(m - 1, x + 8, x + 8);
  store<f64>(x, 1);
  if (below <= NEGLIGIBLE_SQUARE) {
    memory.fill(x + 8, 0, (<usize>(m - 1)) << 3);
    store<f64>(tau, 0);
    return alpha;
  }
  const norm = sqrt(alpha * alpha + below);
  const beta = alpha > 0 ? -norm : norm;
  store<f64>(tau, (beta - alpha) / beta);
  scaleVector(m - 1, 1 / (alpha - beta), x + 8);
  return beta;
}

/** w = tau·(A·v − W·(Vᵀv) − V·(Wᵀv)), made orthogonal enough that A − v·wᵀ − w·vᵀ is the two-sided reflection. */
function companion(p: i32, m: i32, n: i32, first: usize, a: usize, lda: i32, tau: f64, panel: usize): void {
  const v = at(panel, p, 0, n) + first;
  const w = at(panel, PANEL + p, 0, n) + first;
  symmetricTimesVector(m, a, lda, v, w);
  for (let q = 0; q < p; q++) {
    const vq = at(panel, q, 0, n) + first;
    const wq = at(panel, PANEL + q, 0, n) + first;
    const byV = dotProduct(m, vq, v);
    const byW = dotProduct(m, wq, v);
    subtractScaled(m, byV, wq, w);
    subtractScaled(m, byW, vq, w);
  }
  scaleVector(m, tau, w);
  subtractScaled(m, 0.5 * tau * dotProduct(m, w, v), v, w);
}

/** Reduces rows j0…j0+width; their reflectors stay in A, V and W in the panel. */
function reducePanel(n: i32, j0: i32, width: i32, a: usize, lda: i32, d: usize, e: usize, tau: usize, panel: usize): void {
  for (let p = 0; p < width; p++) {
    const c = j0 + p;
    const row = at(a, c, c, lda);
    const offset = (<usize>c) << 3;
    for (let q = 0; q < p; q++) {
      const vq = at(panel, q, 0, n) + offset;
      const wq = at(panel, PANEL + q, 0, n) + offset;
      subtractScaled(n - c, load<f64>(vq), wq, row);
      subtractScaled(n - c, load<f64>(wq), vq, row);
    }
    store<f64>(d + offset, load<f64>(row));
    const v = at(panel, p, 0, n);
    const w = at(panel, PANEL + p, 0, n);
    memory.fill(v, 0, offset + 8);
    memory.fill(w, 0, offset + 8);
    const m = n - c - 1;
    if (m == 0) break;
    store<f64>(e + offset, reflector(m, row + 8, tau + offset));
    memory.copy(v + offset + 8, row + 8, (<usize>m) << 3);
    companion(p, m, n, offset + 8, at(a, c + 1, c + 1, lda), lda, load<f64>(tau + offset), panel);
  }
}

/** d[n], e[n−1]: the tridiagonal matrix. A (its upper triangle) is replaced by the reflectors, row c holding v from column c+1 on. */
export function reduceToTridiagonal(n: i32, a: usize, lda: i32, d: usize, e: usize, tau: usize, scratch: usize): void {
  const panel = scratch;
  const products = scratch + ((5 * PANEL * <usize>n + 2 * PANEL * PANEL) << 3);
  for (let j0 = 0; j0 < n; j0 += PANEL) {
    const width = min(PANEL, n - j0);
    reducePanel(n, j0, width, a, lda, d, e, tau, panel);
    const next = j0 + width;
    if (next == n) break;
    // rows V, W, V of the panel: [V; W]ᵀ·[W; V] is the whole update (all panels but the last have full width)
    memory.copy(at(panel, 2 * PANEL, 0, n), panel, (<usize>PANEL * n) << 3);
    for (let i = next; i < n; i += SLAB) {
      const right = at(panel, PANEL, i, n);
      multiply(1, 0, min(SLAB, n - i), n - i, 2 * PANEL, -1, at(panel, 0, i, n), n, right, n, 1, at(a, i, i, lda), lda, ALL, products);
    }
  }
}

/** T of the compact form of the reflectors in V (width×m), from their Gram matrix. */
function compactFactor(width: i32, gram: usize, tau: usize, t: usize): void {
  memory.fill(t, 0, PANEL * PANEL * 8);
  for (let j = 0; j < width; j++) {
    const factor = load<f64>(tau + ((<usize>j) << 3));
    for (let i = 0; i < j; i++) {
      let sum = 0.0;
      for (let c = i; c < j; c++) sum += load<f64>(at(t, i, c, PANEL)) * load<f64>(at(gram, c, j, PANEL));
      store<f64>(at(t, i, j, PANEL), -factor * sum);
    }
    store<f64>(at(t, j, j, PANEL), factor);
  }
}

/** out (n×n) = Qᵀ of the reflectors that `reduceToTridiagonal` left in A. */
export function formTransposedQ(n: i32, a: usize, lda: i32, tau: usize, out: usize, ldo: i32, scratch: usize): void {
  const v = scratch;
  const t = scratch + ((3 * PANEL * <usize>n) << 3);
  const gram = t + PANEL * PANEL * 8;
  const left = gram + PANEL * PANEL * 8;
  const right = left + ((<usize>(PANEL * n)) << 3);
  const products = right + ((<usize>(PANEL * n)) << 3);
  for (let i = 0; i < n; i++) {
    memory.fill(at(out, i, 0, ldo), 0, (<usize>n) << 3);
    store<f64>(at(out, i, i, ldo), 1);
  }
  if (n < 2) return;
  for (let c0 = (n - 2) / PANEL * PANEL; c0 >= 0; c0 -= PANEL) {
    const width = min(PANEL, n - 1 - c0);
    const m = n - c0 - 1;
    for (let p = 0; p < width; p++) {
      memory.fill(at(v, p, 0, m), 0, (<usize>p) << 3);
      memory.copy(at(v, p, p, m), at(a, c0 + p, c0 + p + 1, lda), (<usize>(m - p)) << 3);
    }
    multiply(0, 1, width, width, m, 1, v, m, v, m, 0, gram, PANEL, ALL, products);
    compactFactor(width, gram, tau + ((<usize>c0) << 3), t);
    const corner = at(out, c0 + 1, c0 + 1, ldo);
    multiply(0, 1, m, width, m, 1, corner, ldo, v, m, 0, left, PANEL, ALL, products);
    multiply(0, 1, m, width, width, 1, left, PANEL, t, PANEL, 0, right, PANEL, ALL, products);
    multiply(0, 0, m, m, width, -1, right, PANEL, v, m, 1, corner, ldo, ALL, products);
  }
}
