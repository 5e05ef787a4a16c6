// Sequential QR: R ← the triangular factor of [R; A], rows of A in any number of calls. Householder reflectors of the form
// e_j + (a part in A only) keep R triangular; panels are factored recursively (Elmroth & Gustavson, IBM J. Res. Dev. 44, 605 (2000),
// doi:10.1147/rd.444.0605) in compact WY form I − V·T·Vᵀ (Schreiber & Van Loan, SIAM J. Sci. Stat. Comput. 10, 53 (1989), doi:10.1137/0910005).
// Each reflector maps a non-negative diagonal element to −norm, and its row of R is then negated: no cancellation, and diag(R) ≥ 0.
import { madd, nmadd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";
import { ALL } from "./kernel";
import { multiply, productScratch } from "./gemm";
import { expandRows, normalizeSigns, packedAt, PANEL, strideAt } from "./packed-triangle";
import { at, copyBlock, NEGLIGIBLE_SQUARE } from "./vector";

/** Columns that are factored one by one: one cache line of each row. */
const STRIP: i32 = 8;
/** Rows of A taken at a time: a strip of them is 64 kB. */
export const CHUNK: i32 = 1024;

/** products[c] = Σ_i strip[i][j]·strip[i][c] for the eight columns c. */
function stripProducts(rows: i32, j: i32, strip: usize, products: usize): void {
  const end = strip + ((<usize>rows) << 6);
  const column = (<usize>j) << 3;
  if (ASC_FEATURE_SIMD) {
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    for (let row = strip; row < end; row += 64) {
      const x = v128.load_splat<f64>(row + column);
      s0 = madd(x, v128.load(row), s0);
      s1 = madd(x, v128.load(row, 16), s1);
      s2 = madd(x, v128.load(row, 32), s2);
      s3 = madd(x, v128.load(row, 48), s3);
    }
    v128.store(products, s0);
    v128.store(products, s1, 16);
    v128.store(products, s2, 32);
    v128.store(products, s3, 48);
  } else {
    for (let c = 0; c < STRIP; c++) {
      let sum = 0.0;
      for (let row = strip; row < end; row += 64) sum += load<f64>(row + column) * load<f64>(row + ((<usize>c) << 3));
      store<f64>(products + ((<usize>c) << 3), sum);
    }
  }
}

/** strip[i][j] becomes v_i = strip[i][j]·scale, and v_i·weights[c] is taken from every column c (weights are 0 up to column j). */
function stripUpdate(rows: i32, j: i32, scale: f64, weights: usize, strip: usize): void {
  const end = strip + ((<usize>rows) << 6);
  const column = (<usize>j) << 3;
  if (ASC_FEATURE_SIMD) {
    const w0 = v128.load(weights);
    const w1 = v128.load(weights, 16);
    const w2 = v128.load(weights, 32);
    const w3 = v128.load(weights, 48);
    for (let row = strip; row < end; row += 64) {
      const v = load<f64>(row + column) * scale;
      const both = f64x2.splat(v);
      v128.store(row, nmadd(both, w0, v128.load(row)));
      v128.store(row, nmadd(both, w1, v128.load(row, 16)), 16);
      v128.store(row, nmadd(both, w2, v128.load(row, 32)), 32);
      v128.store(row, nmadd(both, w3, v128.load(row, 48)), 48);
      store<f64>(row + column, v);
    }
  } else {
    for (let row = strip; row < end; row += 64) {
      const v = load<f64>(row + column) * scale;
      for (let c = j + 1; c < STRIP; c++) {
        const target = row + ((<usize>c) << 3);
        store<f64>(target, load<f64>(target) - v * load<f64>(weights + ((<usize>c) << 3)));
      }
      store<f64>(row + column, v);
    }
  }
}

/** Copies `width` ≤ 8 columns of A to a strip of eight, the missing ones zero. */
function gather(rows: i32, width: i32, a: usize, lda: i32, strip: usize): void {
  const rowBytes = (<usize>lda) << 3;
  for (let i = 0; i < rows; i++) {
    if (width == STRIP) memory.copy(strip, a, 64);
    else {
      memory.fill(strip, 0, 64);
      for (let c = 0; c < width; c++) store<f64>(strip + ((<usize>c) << 3), load<f64>(a + ((<usize>c) << 3)));
    }
    a += rowBytes;
    strip += 64;
  }
}

function scatter(rows: i32, width: i32, strip: usize, a: usize, lda: i32): void {
  const rowBytes = (<usize>lda) << 3;
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < width; c++) store<f64>(a + ((<usize>c) << 3), load<f64>(strip + ((<usize>c) << 3)));
    a += rowBytes;
    strip += 64;
  }
}

/** Column j of T: −tau·T·(Vᵀv_j) above the diagonal, tau on it. products[c] holds v_c·v_j. */
function extendT(j: i32, tau: f64, products: usize, t: usize): void {
  for (let i = 0; i < j; i++) {
    let sum = 0.0;
    for (let c = i; c < j; c++) sum += load<f64>(at(t, i, c, PANEL)) * load<f64>(products + ((<usize>c) << 3));
    store<f64>(at(t, i, j, PANEL), -tau * sum);
  }
  store<f64>(at(t, j, j, PANEL), tau);
  for (let i = j + 1; i < STRIP; i++) store<f64>(at(t, i, j, PANEL), 0);
}

/** Factors `width` ≤ 8 columns of [R; A] one by one; V replaces the columns of A, T goes to t (8×8 of a PANEL-wide matrix). */
function factorStrip(rows: i32, width: i32, r: usize, ldr: i32, a: usize, lda: i32, t: usize, scratch: usize): i32 {
  const products = scratch;
  const weights = scratch + 64;
  const strip = scratch + 128;
  gather(rows, width, a, lda, strip);
  for (let j = 0; j < width; j++) {
    stripProducts(rows, j, strip, products);
    const below = load<f64>(products + ((<usize>j) << 3));
    const alpha = load<f64>(at(r, j, j, ldr));
    const square = alpha * alpha + below;
    if (!isFinite<f64>(square)) return NOT_FINITE;
    // a column without anything below is reflected in e_j alone, which the negation undoes: a reflector of what has lost its
    // digits to underflow would not be orthogonal
    const something = below > NEGLIGIBLE_SQUARE;
    const norm = something ? sqrt(square) : alpha;
    const scale = something ? 1 / (alpha + norm) : 0;
    const tau = something ? 1 + alpha / norm : 2;
    memory.fill(weights, 0, 64);
    for (let c = j + 1; c < width; c++) {
      const target = at(r, j, c, ldr);
      const value = load<f64>(target);
      const weight = tau * (value + scale * load<f64>(products + ((<usize>c) << 3)));
      store<f64>(weights + ((<usize>c) << 3), weight);
      store<f64>(target, weight - value);
    }
    store<f64>(at(r, j, j, ldr), norm);
    stripUpdate(rows, j, scale, weights, strip);
    for (let c = 0; c < j; c++) {
      const product = products + ((<usize>c) << 3);
      store<f64>(product, load<f64>(product) * scale);
    }
    extendT(j, tau, products, t);
  }
  scatter(rows, width, strip, a, lda);
  return OK;
}

/** R ← W − R for an m×n block: the update and the negation of its rows in one. */
function negateAndAdd(m: i32, n: i32, w: usize, ldw: i32, r: usize, ldr: i32): void {
  for (let i = 0; i < m; i++) {
    let from = w + ((<usize>i * ldw) << 3);
    let to = r + ((<usize>i * ldr) << 3);
    const end = to + ((<usize>n) << 3);
    while (to < end) {
      store<f64>(to, load<f64>(from) - load<f64>(to));
      from += 8;
      to += 8;
    }
  }
}

/** Applies the transposed block reflector (V: rows×k in A, T) to n columns of [R; A] to the right of it. w: 2·k·n numbers, then scratch. */
export function applyReflectors(
  rows: i32, k: i32, n: i32, v: usize, lda: i32, t: usize, r: usize, ldr: i32, a: usize, w: usize, scratch: usize,
): void {
  const u = w + ((<usize>k * n) << 3);
  copyBlock(k, n, r, ldr, w, n);
  multiply(1, 0, k, n, rows, 1, v, lda, a, lda, 1, w, n, ALL, scratch);
  multiply(1, 0, k, n, k, 1, t, PANEL, w, n, 0, u, n, ALL, scratch);
  negateAndAdd(k, n, u, n, r, ldr);
  multiply(0, 0, rows, n, k, -1, v, lda, u, n, 1, a, lda, ALL, scratch);
}

/** T₁₂ = −T₁·(V₁ᵀV₂)·T₂, and zeros opposite. */
function joinT(rows: i32, left: i32, right: i32, v: usize, lda: i32, t: usize, w: usize, scratch: usize): void {
  const second = v + ((<usize>left) << 3);
  const u = w + ((<usize>left * right) << 3);
  multiply(1, 0, left, right, rows, 1, v, lda, second, lda, 0, w, right, ALL, scratch);
  multiply(0, 0, left, right, left, -1, t, PANEL, w, right, 0, u, right, ALL, scratch);
  multiply(0, 0, left, right, right, 1, u, right, at(t, left, left, PANEL), PANEL, 0, at(t, 0, left, PANEL), PANEL, ALL, scratch);
  for (let i = left; i < left + right; i++) memory.fill(at(t, i, 0, PANEL), 0, (<usize>left) << 3);
}

/** Factors `width` columns of [R; A]: the left part, its effect on the right part, the right part. */
export function factorPanel(rows: i32, width: i32, r: usize, ldr: i32, a: usize, lda: i32, t: usize, w: usize, strip: usize, scratch: usize): i32 {
  if (width <= STRIP) return factorStrip(rows, width, r, ldr, a, lda, t, strip);
  let left = STRIP;
  while (2 * left < width) left *= 2;
  const right = width - left;
  const status = factorPanel(rows, left, r, ldr, a, lda, t, w, strip, scratch);
  if (status != OK) return status;
  const next = a + ((<usize>left) << 3);
  applyReflectors(rows, left, right, a, lda, t, at(r, 0, left, ldr), ldr, next, w, scratch);
  const second = factorPanel(rows, right, at(r, left, left, ldr), ldr, next, lda, at(t, left, left, PANEL), w, strip, scratch);
  if (second != OK) return second;
  joinT(rows, left, right, a, lda, t, w, scratch);
  return OK;
}

/** The parts of the scratch memory, in order: T, strip, W and U, then the products. */
const T_BYTES: i32 = PANEL * PANEL * 8;

export function stripBytes(rows: i32): i32 {
  return 128 + min(rows, CHUNK) * STRIP * 8;
}

/** out: f64 [1], bytes of scratch of `qrUpdate`. */
export function qrScratchBytes(n: i32, rows: i32, out: usize): i32 {
  if (n < 0 || rows < 0) return INVALID_ARGUMENT;
  const deepest = min(rows, CHUNK);
  const reduction = productScratch(PANEL, n, max(deepest, PANEL));
  const update = productScratch(deepest, n, PANEL);
  store<f64>(out, <f64>T_BYTES + <f64>stripBytes(rows) + 2 * <f64>PANEL * <f64>max(n, PANEL) * 8 + <f64>max(reduction, update));
  return OK;
}

/** Columns from `first` on of one chunk of rows, which begins with that column; with `triangular`, row i starts at column `first` + i. */
function updateChunk(n: i32, first: i32, rows: i32, triangular: bool, r: usize, stride: i32, a: usize, lda: i32, all: i32, scratch: usize): i32 {
  const strip = scratch + T_BYTES;
  const w = strip + stripBytes(all);
  const products = w + 2 * PANEL * <usize>max(n, PANEL) * 8;
  for (let j = first; j < n; j += PANEL) {
    const width = min(PANEL, n - j);
    const active = triangular ? min(rows, j + width - first) : rows;
    const block = a + ((<usize>(j - first)) << 3);
    const panel = packedAt(r, j, j, stride);
    const ldr = strideAt(j, stride);
    const status = factorPanel(active, width, panel, ldr, block, lda, scratch, w, strip, products);
    if (status != OK) return status;
    const rest = n - j - width;
    if (rest == 0) break;
    const right = (<usize>width) << 3;
    applyReflectors(active, width, rest, block, lda, scratch, panel + right, ldr, block + right, w, products);
  }
  return OK;
}

/**
 * R ← triangular factor of [R; A] with diag(R) ≥ 0. R: n×n in panels (`packed-triangle.ts`), only its upper triangle is read and written
 * (zeros to begin with). A: rows×n, overwritten. A target vector as last column of both leaves the residual norm as last diagonal element.
 * NOT_FINITE when a column is not finite; R and A are then undefined. scratch: as `qrScratchBytes(n, rows)` says.
 */
export function qrUpdate(n: i32, rows: i32, r: usize, stride: i32, a: usize, lda: i32, scratch: usize): i32 {
  if (n < 0 || rows < 0 || stride < n || lda < n) return INVALID_ARGUMENT;
  normalizeSigns(n, r, stride);
  for (let i = 0; i < rows; i += CHUNK) {
    const status = updateChunk(n, 0, min(CHUNK, rows - i), false, r, stride, at(a, i, 0, lda), lda, rows, scratch);
    if (status != OK) return status;
  }
  return OK;
}

/**
 * R ← triangular factor of [R; S] for a second upper triangle S, n×n in panels: the step of a tree reduction, at a third of the cost of
 * a full A. Otherwise as `qrUpdate`; scratch: min(n, 1024)·(n rounded up to a multiple of 8) numbers for rows of S, then as `qrScratchBytes(n, n)` says.
 */
export function qrMerge(n: i32, r: usize, stride: i32, s: usize, strideS: i32, scratch: usize): i32 {
  if (n < 0 || stride < n || strideS < n) return INVALID_ARGUMENT;
  normalizeSigns(n, r, stride);
  const rest = scratch + ((<usize>min(n, CHUNK) * ((n + 7) & ~7)) << 3);
  for (let i = 0; i < n; i += CHUNK) {
    // CHUNK is a multiple of PANEL: row i has its first element in the panel that starts at column i
    const rows = min(CHUNK, n - i);
    const ld = (n - i + 1) & ~1;
    expandRows(n, i, rows, s, strideS, scratch, ld);
    const status = updateChunk(n, i, rows, true, r, stride, scratch, ld, n, rest);
    if (status != OK) return status;
  }
  return OK;
}
