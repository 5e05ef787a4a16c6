// The register tile and the loops around it that stay inside one packed block.
// A 4×4 tile keeps 8 vector accumulators, 4 broadcasts of A and 1 vector of B in registers: see docs/decisions/0009-gemm-micro-kernel.md.
import { madd } from "../math/simd";
import { TILE } from "./pack";

/** C(4×4) = alpha·a·b + beta·C of two packed panels; beta = 0 never reads C. */
function tile(k: i32, alpha: f64, a: usize, b: usize, beta: f64, c: usize, rowBytes: usize): void {
  if (ASC_FEATURE_SIMD) simdTile(k, alpha, a, b, beta, c, rowBytes);
  else {
    halfTile(k, alpha, a, b, beta, c, rowBytes);
    halfTile(k, alpha, a, b + 16, beta, c + 16, rowBytes);
  }
}

function simdTile(k: i32, alpha: f64, a: usize, b: usize, beta: f64, c: usize, rowBytes: usize): void {
  let c00 = f64x2.splat(0);
  let c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0);
  let c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0);
  let c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0);
  let c31 = f64x2.splat(0);
  const end = a + <usize>k * 32;
  // Not unrolled: V8 then spills accumulators, which costs more than the loop's own instructions.
  while (a < end) {
    const a0 = v128.load_splat<f64>(a);
    const a1 = v128.load_splat<f64>(a, 8);
    const a2 = v128.load_splat<f64>(a, 16);
    const a3 = v128.load_splat<f64>(a, 24);
    let x = v128.load(b);
    c00 = madd(a0, x, c00);
    c10 = madd(a1, x, c10);
    c20 = madd(a2, x, c20);
    c30 = madd(a3, x, c30);
    x = v128.load(b, 16);
    c01 = madd(a0, x, c01);
    c11 = madd(a1, x, c11);
    c21 = madd(a2, x, c21);
    c31 = madd(a3, x, c31);
    a += 32;
    b += 32;
  }
  writeRow(alpha, c00, c01, beta, c);
  writeRow(alpha, c10, c11, beta, c + rowBytes);
  writeRow(alpha, c20, c21, beta, c + 2 * rowBytes);
  writeRow(alpha, c30, c31, beta, c + 3 * rowBytes);
}

// @ts-ignore: decorator
@inline
function writeRow(alpha: f64, low: v128, high: v128, beta: f64, c: usize): void {
  const factor = f64x2.splat(alpha);
  let x = f64x2.mul(factor, low);
  let y = f64x2.mul(factor, high);
  if (beta != 0) {
    const kept = f64x2.splat(beta);
    x = madd(kept, v128.load(c), x);
    y = madd(kept, v128.load(c, 16), y);
  }
  v128.store(c, x);
  v128.store(c, y, 16);
}

/** Four rows, two columns: as much as fits in the scalar registers. */
function halfTile(k: i32, alpha: f64, a: usize, b: usize, beta: f64, c: usize, rowBytes: usize): void {
  let c00: f64 = 0;
  let c01: f64 = 0;
  let c10: f64 = 0;
  let c11: f64 = 0;
  let c20: f64 = 0;
  let c21: f64 = 0;
  let c30: f64 = 0;
  let c31: f64 = 0;
  const end = a + <usize>k * 32;
  while (a < end) {
    const x = load<f64>(b);
    const y = load<f64>(b, 8);
    let left = load<f64>(a);
    c00 += left * x;
    c01 += left * y;
    left = load<f64>(a, 8);
    c10 += left * x;
    c11 += left * y;
    left = load<f64>(a, 16);
    c20 += left * x;
    c21 += left * y;
    left = load<f64>(a, 24);
    c30 += left * x;
    c31 += left * y;
    a += 32;
    b += 32;
  }
  writePair(alpha, c00, c01, beta, c);
  writePair(alpha, c10, c11, beta, c + rowBytes);
  writePair(alpha, c20, c21, beta, c + 2 * rowBytes);
  writePair(alpha, c30, c31, beta, c + 3 * rowBytes);
}

// @ts-ignore: decorator
@inline
function writePair(alpha: f64, x: f64, y: f64, beta: f64, c: usize): void {
  x *= alpha;
  y *= alpha;
  if (beta != 0) {
    x += beta * load<f64>(c);
    y += beta * load<f64>(c, 8);
  }
  store<f64>(c, x);
  store<f64>(c, y, 8);
}

/** Every element of a block. */
export const ALL: i32 = 0;
/** Only elements with column ≤ row. */
export const LOWER: i32 = 1;

/** The part of a tile that exists (rows × columns, and at or below the diagonal when `part` is LOWER), by way of a buffer. */
function edgeTile(
  rows: i32, columns: i32, k: i32, alpha: f64, a: usize, b: usize, beta: f64, c: usize, rowBytes: usize,
  part: i32, diagonal: i32, buffer: usize,
): void {
  tile(k, alpha, a, b, 0, buffer, TILE * 8);
  for (let i = 0; i < rows; i++) {
    const width = part == LOWER ? min(columns, i + diagonal + 1) : columns;
    for (let j = 0; j < width; j++) {
      const target = c + ((<usize>j) << 3);
      const value = load<f64>(buffer + ((<usize>(i * TILE + j)) << 3));
      store<f64>(target, beta == 0 ? value : value + beta * load<f64>(target));
    }
    c += rowBytes;
  }
}

/**
 * C(m×n) = alpha·A·B + beta·C of a packed block of A and a packed block of B, both k deep.
 * With part LOWER only elements with column ≤ row + diagonal are touched, so that a triangle costs half.
 */
export function blockProduct(
  m: i32, n: i32, k: i32, alpha: f64, packedA: usize, packedB: usize, beta: f64, c: usize, ldc: i32,
  part: i32, diagonal: i32, buffer: usize,
): void {
  const rowBytes = (<usize>ldc) << 3;
  const panelBytes = <usize>k * TILE * 8;
  for (let j = 0; j < n; j += TILE) {
    const columns = min(TILE, n - j);
    // first tile that reaches the diagonal
    const first = part == LOWER ? max(0, j - diagonal) & ~(TILE - 1) : 0;
    let a = packedA + <usize>(first / TILE) * panelBytes;
    for (let i = first; i < m; i += TILE) {
      const rows = min(TILE, m - i);
      const target = c + <usize>i * rowBytes + ((<usize>j) << 3);
      const offset = i + diagonal - j;
      const whole = rows == TILE && columns == TILE && (part == ALL || offset >= TILE - 1);
      if (whole) tile(k, alpha, a, packedB, beta, target, rowBytes);
      else edgeTile(rows, columns, k, alpha, a, packedB, beta, target, rowBytes, part, offset, buffer);
      a += panelBytes;
    }
    packedB += panelBytes;
  }
}
