// C = alpha·op(A)·op(B) + beta·C, row-major, by the blocking of Goto & van de Geijn (ACM TOMS 34, 12 (2008), doi:10.1145/1356052.1356053):
// a packed block of A stays in the L2 cache, a panel of B in L1, a tile of C in registers.
import { INVALID_ARGUMENT, OK } from "../status";
import { ALL, blockProduct, LOWER } from "./kernel";
import { isSound, isTarget, Matrix } from "./matrix";
import { packPanels, padded, TILE } from "./pack";

/** Depth of a block: one panel of A and one of B take 2 · 12 kB of the L1 cache. */
const BLOCK_K: i32 = 384;
/** Rows of a packed block of A: 0.37 MB, which stays in the L2 cache. */
const BLOCK_M: i32 = 120;
/** Columns of a packed block of B. */
const BLOCK_N: i32 = 1024;
/** One tile of C for the edges. */
const BUFFER_BYTES: i32 = TILE * TILE * 8;

/** Depth of the blocks for this k: equal parts, so that no thin block is left at the end. */
function depthOf(k: i32): i32 {
  const parts = max(1, (k + BLOCK_K - 1) / BLOCK_K);
  return max(1, (k + parts - 1) / parts);
}

/** Bytes of `count` packed lines; never less for a smaller k, so that one scratch serves all products of a blocked algorithm. */
// @ts-ignore: decorator
@inline
function blockBytes(count: i32, k: i32): i32 {
  return padded(count) * min(k, BLOCK_K) * 8;
}

/** Bytes of scratch that a product of this size, or any smaller one, needs. */
export function productScratch(m: i32, n: i32, k: i32): i32 {
  return BUFFER_BYTES + blockBytes(min(m, BLOCK_M), k) + blockBytes(min(n, BLOCK_N), k);
}

/** out: f64 [1], the bytes of scratch of `gemm` and `syrk` (n = 0: of `gemmPackedB`). A test keeps the host's own formula in step. */
export function gemmScratchBytes(m: i32, n: i32, k: i32, out: usize): i32 {
  if (m < 0 || n < 0 || k < 0) return INVALID_ARGUMENT;
  store<f64>(out, <f64>productScratch(m, n, k));
  return OK;
}

/** C = beta·C; beta = 0 clears without reading. */
function scaleBlock(m: i32, n: i32, beta: f64, c: usize, ldc: i32, part: i32): void {
  if (beta == 1) return;
  for (let i = 0; i < m; i++) {
    const width = part == LOWER ? min(n, i + 1) : n;
    const row = c + ((<usize>i * ldc) << 3);
    for (let j = 0; j < width; j++) {
      const target = row + ((<usize>j) << 3);
      store<f64>(target, beta == 0 ? 0 : beta * load<f64>(target));
    }
  }
}

/** Product without checks. `part` LOWER limits work and result to column ≤ row (m = n). */
export function multiply(
  transA: i32, transB: i32, m: i32, n: i32, k: i32, alpha: f64, a: usize, lda: i32, b: usize, ldb: i32,
  beta: f64, c: usize, ldc: i32, part: i32, scratch: usize,
): void {
  if (k == 0 || alpha == 0) {
    scaleBlock(m, n, beta, c, ldc, part);
    return;
  }
  const rowB: usize = (<usize>ldb) << 3;
  const lineB: usize = transB ? rowB : 8;
  const stepB: usize = transB ? 8 : rowB;
  const packedA = scratch + BUFFER_BYTES;
  const packedB = packedA + blockBytes(min(m, BLOCK_M), k);
  const depth = depthOf(k);
  for (let j = 0; j < n; j += BLOCK_N) {
    const columns = min(BLOCK_N, n - j);
    for (let p = 0; p < k; p += depth) {
      const steps = min(depth, k - p);
      packPanels(columns, steps, b + <usize>j * lineB + <usize>p * stepB, lineB, stepB, packedB);
      multiplyRows(transA, m, columns, steps, p, j, alpha, a, lda, packedB, p == 0 ? beta : 1, c, ldc, part, packedA, scratch);
    }
  }
}

/** All rows of A against one packed block of B (steps p…p+steps of k, columns j…j+columns of C). */
function multiplyRows(
  transA: i32, m: i32, columns: i32, steps: i32, p: i32, j: i32, alpha: f64, a: usize, lda: i32, packedB: usize,
  beta: f64, c: usize, ldc: i32, part: i32, packedA: usize, buffer: usize,
): void {
  const rowA: usize = (<usize>lda) << 3;
  const lineA: usize = transA ? 8 : rowA;
  const stepA: usize = transA ? rowA : 8;
  const first = part == LOWER ? j / BLOCK_M * BLOCK_M : 0;
  for (let i = first; i < m; i += BLOCK_M) {
    const rows = min(BLOCK_M, m - i);
    packPanels(rows, steps, a + <usize>i * lineA + <usize>p * stepA, lineA, stepA, packedA);
    const target = c + ((<usize>i * ldc + j) << 3);
    blockProduct(rows, columns, steps, alpha, packedA, packedB, beta, target, ldc, part, i - j, buffer);
  }
}

/**
 * C = alpha·A·B + beta·C for Matrix records a, b, c; A and B may be transposed views.
 * beta = 0 never reads C; alpha = 0 never reads A and B. C must not overlap A or B.
 */
export function gemm(alpha: f64, a: usize, b: usize, beta: f64, c: usize, scratch: usize): i32 {
  const left = changetype<Matrix>(a);
  const right = changetype<Matrix>(b);
  const target = changetype<Matrix>(c);
  const k = left.columns;
  if (!isSound(left) || !isSound(right) || right.rows != k || !isTarget(target, left.rows, right.columns)) return INVALID_ARGUMENT;
  multiply(
    left.transposed, right.transposed, target.rows, target.columns, k, alpha, left.pointer, left.stride, right.pointer, right.stride,
    beta, target.pointer, target.stride, ALL, scratch,
  );
  return OK;
}

/**
 * C = alpha·A·Aᵀ + beta·C for Matrix records a, c; A may be a transposed view.
 * Writes the lower triangle; with full = 1 also mirrors it to the upper one.
 */
export function syrk(full: i32, alpha: f64, a: usize, beta: f64, c: usize, scratch: usize): i32 {
  const factor = changetype<Matrix>(a);
  const target = changetype<Matrix>(c);
  const n = factor.rows;
  if (!isSound(factor) || !isTarget(target, n, n)) return INVALID_ARGUMENT;
  const transposed = factor.transposed;
  multiply(
    transposed, transposed ? 0 : 1, n, n, factor.columns, alpha, factor.pointer, factor.stride, factor.pointer, factor.stride,
    beta, target.pointer, target.stride, LOWER, scratch,
  );
  if (full) mirrorLower(n, target.pointer, target.stride);
  return OK;
}

/** Copies the lower triangle to the upper one, in square blocks that stay in the cache. */
export function mirrorLower(n: i32, c: usize, ldc: i32): void {
  const block = 32;
  const rowBytes = (<usize>ldc) << 3;
  for (let ib = 0; ib < n; ib += block) {
    for (let jb = 0; jb <= ib; jb += block) {
      for (let i = ib; i < min(n, ib + block); i++) {
        for (let j = jb; j < min(i, jb + block); j++) {
          store<f64>(c + <usize>j * rowBytes + ((<usize>i) << 3), load<f64>(c + <usize>i * rowBytes + ((<usize>j) << 3)));
        }
      }
    }
  }
}

/**
 * Packs op(B)(k×n) once for many products. out: f64 [padded(n) × k], n rounded up to a multiple of 4.
 * Blocks of k follow each other; inside a block, panels of four columns.
 */
export function packB(n: i32, k: i32, transB: i32, b: usize, ldb: i32, out: usize): i32 {
  if (n < 0 || k < 0 || (transB ? k : n) > ldb) return INVALID_ARGUMENT;
  const rowB: usize = (<usize>ldb) << 3;
  const lineB: usize = transB ? rowB : 8;
  const stepB: usize = transB ? 8 : rowB;
  const depth = depthOf(k);
  for (let p = 0; p < k; p += depth) {
    packPanels(n, min(depth, k - p), b + <usize>p * stepB, lineB, stepB, out + <usize>p * padded(n) * 8);
  }
  return OK;
}

/** As `gemm` with B packed by `packB`, k being the columns of A. scratch: as `gemmScratchBytes(m, 0, k)` says. */
export function gemmPackedB(alpha: f64, a: usize, packedB: usize, beta: f64, c: usize, scratch: usize): i32 {
  const left = changetype<Matrix>(a);
  const target = changetype<Matrix>(c);
  const m = target.rows;
  const n = target.columns;
  const k = left.columns;
  if (!isSound(left) || !isTarget(target, left.rows, n)) return INVALID_ARGUMENT;
  const to = target.pointer;
  const ldc = target.stride;
  if (k == 0 || alpha == 0) {
    scaleBlock(m, n, beta, to, ldc, ALL);
    return OK;
  }
  const transA = left.transposed;
  const from = left.pointer;
  const lda = left.stride;
  const depth = depthOf(k);
  for (let p = 0; p < k; p += depth) {
    const steps = min(depth, k - p);
    const block = packedB + <usize>p * padded(n) * 8;
    multiplyRows(transA, m, n, steps, p, 0, alpha, from, lda, block, p == 0 ? beta : 1, to, ldc, ALL, scratch + BUFFER_BYTES, scratch);
  }
  return OK;
}
