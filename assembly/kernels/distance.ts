// Kernels of the distance of whole rows, δ² exp(−|x − x′|/ℓ), in the 1-norm (Laplacian) or the 2-norm (Matérn with ν = 1/2). Differences are taken
// feature by feature: from inner products and squares, the root of a small distance would have half of the digits.
import { Matrix, isSound, isTarget } from "../linalg/matrix";
import { expPair } from "../math/exp";
import { laneSum, madd } from "../math/simd";
import { INVALID_ARGUMENT, OK } from "../status";

/** Features that are summed before the next ones, and columns of a block: together half of an L2 cache. */
const FEATURES: i32 = 512;
const COLUMNS: i32 = 64;

// @ts-ignore: decorator
@inline
function addPair(difference: v128, sum: v128, squared: bool): v128 {
  return squared ? madd(difference, difference, sum) : f64x2.add(sum, f64x2.abs(difference));
}

// @ts-ignore: decorator
@inline
function one(difference: f64, squared: bool): f64 {
  return squared ? difference * difference : abs(difference);
}

/** The sum over n features of one pair of rows, in the order that all pairs have. */
// @ts-ignore: decorator
@inline
function pairSum(n: i32, x: usize, y: usize, squared: bool): f64 {
  let sum = 0.0;
  const end = x + (<usize>n << 3);
  if (ASC_FEATURE_SIMD) {
    let both = f64x2.splat(0.0);
    for (; x + 16 <= end; x += 16, y += 16) both = addPair(f64x2.sub(v128.load(x), v128.load(y)), both, squared);
    sum = laneSum(both);
  }
  for (; x < end; x += 8, y += 8) sum += one(load<f64>(x) - load<f64>(y), squared);
  return sum;
}

// @ts-ignore: decorator
@inline
function add(out: usize, sum: f64): void {
  store<f64>(out, load<f64>(out) + sum);
}

/** Adds the sums of four rows with two columns. */
// @ts-ignore: decorator
@inline
function fourByTwo(n: i32, x: usize, xBytes: usize, y: usize, yBytes: usize, out: usize, outBytes: usize, squared: bool): void {
  let a0 = f64x2.splat(0.0), a1 = f64x2.splat(0.0), a2 = f64x2.splat(0.0), a3 = f64x2.splat(0.0);
  let b0 = f64x2.splat(0.0), b1 = f64x2.splat(0.0), b2 = f64x2.splat(0.0), b3 = f64x2.splat(0.0);
  const x2 = x + 2 * xBytes;
  const end = <usize>(n & ~1) << 3;
  for (let f: usize = 0; f < end; f += 16) {
    const ya = v128.load(y + f);
    const yb = v128.load(y + yBytes + f);
    let row = v128.load(x + f);
    a0 = addPair(f64x2.sub(row, ya), a0, squared);
    b0 = addPair(f64x2.sub(row, yb), b0, squared);
    row = v128.load(x + xBytes + f);
    a1 = addPair(f64x2.sub(row, ya), a1, squared);
    b1 = addPair(f64x2.sub(row, yb), b1, squared);
    row = v128.load(x2 + f);
    a2 = addPair(f64x2.sub(row, ya), a2, squared);
    b2 = addPair(f64x2.sub(row, yb), b2, squared);
    row = v128.load(x2 + xBytes + f);
    a3 = addPair(f64x2.sub(row, ya), a3, squared);
    b3 = addPair(f64x2.sub(row, yb), b3, squared);
  }
  store2(n, end, x, y, yBytes, out, a0, b0, squared);
  store2(n, end, x + xBytes, y, yBytes, out + outBytes, a1, b1, squared);
  store2(n, end, x2, y, yBytes, out + 2 * outBytes, a2, b2, squared);
  store2(n, end, x2 + xBytes, y, yBytes, out + 3 * outBytes, a3, b3, squared);
}

/** Adds two sums, with the last feature where their number is odd. */
// @ts-ignore: decorator
@inline
function store2(n: i32, end: usize, x: usize, y: usize, yBytes: usize, out: usize, a: v128, b: v128, squared: bool): void {
  let left = laneSum(a);
  let right = laneSum(b);
  if (n & 1) {
    const value = load<f64>(x + end);
    left += one(value - load<f64>(y + end), squared);
    right += one(value - load<f64>(y + yBytes + end), squared);
  }
  add(out, left);
  add(out + 8, right);
}

// @ts-ignore: decorator
@inline
function addBlock(rows: i32, columns: i32, n: i32, x: usize, xBytes: usize, y: usize, yBytes: usize, out: usize, outBytes: usize, squared: bool): void {
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 4 <= rows; i += 4) {
      const row = x + <usize>i * xBytes;
      const target = out + <usize>i * outBytes;
      let j = 0;
      for (; j + 2 <= columns; j += 2) {
        fourByTwo(n, row, xBytes, y + <usize>j * yBytes, yBytes, target + (<usize>j << 3), outBytes, squared);
      }
      if (j < columns) {
        for (let r: usize = 0; r < 4; r++) add(target + r * outBytes + (<usize>j << 3), pairSum(n, row + r * xBytes, y + <usize>j * yBytes, squared));
      }
    }
  }
  for (; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      add(out + <usize>i * outBytes + (<usize>j << 3), pairSum(n, x + <usize>i * xBytes, y + <usize>j * yBytes, squared));
    }
  }
}

/**
 * out[i][j] = Σ_f |x_if − y_jf|, or with `squared` 1 the sum of the squares. The same bits for a pair wherever it stands.
 * @param x, y, out Matrix, stored: n × nFeatures, m × nFeatures and n × m
 */
export function rowDistances(squared: i32, x: usize, y: usize, out: usize): i32 {
  const a = changetype<Matrix>(x);
  const b = changetype<Matrix>(y);
  const c = changetype<Matrix>(out);
  if (!isSound(a) || !isSound(b) || a.transposed || b.transposed || a.columns != b.columns || !isTarget(c, a.rows, b.rows)) return INVALID_ARGUMENT;
  const xBytes = <usize>a.stride << 3;
  const yBytes = <usize>b.stride << 3;
  const outBytes = <usize>c.stride << 3;
  for (let i = 0; i < a.rows; i++) memory.fill(c.pointer + <usize>i * outBytes, 0, <usize>b.rows << 3);
  for (let j = 0; j < b.rows; j += COLUMNS) {
    const columns = min(COLUMNS, b.rows - j);
    for (let f = 0; f < a.columns; f += FEATURES) {
      const n = min(FEATURES, a.columns - f);
      const left = a.pointer + (<usize>f << 3);
      const right = b.pointer + <usize>j * yBytes + (<usize>f << 3);
      const target = c.pointer + (<usize>j << 3);
      if (squared) addBlock(a.rows, columns, n, left, xBytes, right, yBytes, target, outBytes, true);
      else addBlock(a.rows, columns, n, left, xBytes, right, yBytes, target, outBytes, false);
    }
  }
  return OK;
}

/**
 * values = δ² exp(−d/ℓ), where d is what `rowDistances` left, or its root with `squared` 1. NaN stays NaN. `values` may be `distances`.
 * Relative error at most (2 + 2·d/ℓ)·2⁻⁵² beside that of the distance.
 * @param distances, values f64 [count]
 */
export function distanceKernel(squared: i32, count: i32, distances: usize, lengthScale: f64, deltaSquared: f64, values: usize): i32 {
  if (count < 0 || !(lengthScale > 0.0)) return INVALID_ARGUMENT;
  const factor = -1.0 / lengthScale;
  let i: usize = 0;
  const end = <usize>count << 3;
  if (ASC_FEATURE_SIMD) {
    const pairsEnd = (<usize>count & ~1) << 3;
    for (; i < pairsEnd; i += 16) {
      v128.store(values + i, valuePair(v128.load(distances + i), factor, deltaSquared, squared != 0));
    }
  }
  for (; i < end; i += 8) {
    const d = load<f64>(distances + i);
    if (ASC_FEATURE_SIMD) store<f64>(values + i, f64x2.extract_lane(valuePair(f64x2.splat(d), factor, deltaSquared, squared != 0), 0));
    else store<f64>(values + i, deltaSquared * Math.exp(factor * (squared ? sqrt(d) : d)));
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function valuePair(d: v128, factor: f64, deltaSquared: f64, squared: bool): v128 {
  const distance = squared ? f64x2.sqrt(d) : d;
  return f64x2.mul(f64x2.splat(deltaSquared), expPair(f64x2.mul(f64x2.splat(factor), distance)));
}

/**
 * gradients[i] = Σ_s coefficients[s] ∂k(x_i, x_s)/∂x_i, 0 from features (1-norm) or rows (2-norm) that are equal, where there is no derivative.
 * @param values k, f64 [nRows × nColumns]; coefficients f64 [nColumns]; x, gradients f64 [nRows × nFeatures]; points f64 [nColumns × nFeatures]
 */
export function distanceGradients(
  squared: i32, nRows: i32, nColumns: i32, nFeatures: i32, values: usize, coefficients: usize, x: usize, points: usize, gradients: usize,
): i32 {
  if (nRows < 0 || nColumns < 0 || nFeatures < 0) return INVALID_ARGUMENT;
  const featureBytes = <usize>nFeatures << 3;
  memory.fill(gradients, 0, <usize>nRows * featureBytes);
  for (let i: usize = 0; i < <usize>nRows; i++) {
    const row = x + i * featureBytes;
    const gradient = gradients + i * featureBytes;
    for (let s: usize = 0; s < <usize>nColumns; s++) {
      const point = points + s * featureBytes;
      const weight = -load<f64>(coefficients + (s << 3)) * load<f64>(values + ((i * <usize>nColumns + s) << 3));
      if (squared) addDirection(nFeatures, weight, row, point, gradient);
      else addSigns(nFeatures, weight, row, point, gradient);
    }
  }
  return OK;
}

/** gradient += weight · (x − y)/|x − y| */
function addDirection(n: i32, weight: f64, x: usize, y: usize, gradient: usize): void {
  const distance = sqrt(pairSum(n, x, y, true));
  if (distance == 0) return;
  const factor = weight / distance;
  for (let f: usize = 0; f < <usize>n << 3; f += 8) add(gradient + f, factor * (load<f64>(x + f) - load<f64>(y + f)));
}

/** gradient += weight · sign(x − y) */
function addSigns(n: i32, weight: f64, x: usize, y: usize, gradient: usize): void {
  let f: usize = 0;
  const end = <usize>n << 3;
  if (ASC_FEATURE_SIMD) {
    const both = f64x2.splat(weight);
    for (; f + 16 <= end; f += 16) {
      const a = v128.load(x + f);
      const b = v128.load(y + f);
      const sum = f64x2.add(v128.load(gradient + f), v128.and(both, f64x2.gt(a, b)));
      v128.store(gradient + f, f64x2.sub(sum, v128.and(both, f64x2.lt(a, b))));
    }
  }
  for (; f < end; f += 8) {
    const a = load<f64>(x + f);
    const b = load<f64>(y + f);
    if (a > b) add(gradient + f, weight);
    else if (a < b) add(gradient + f, -weight);
  }
}
