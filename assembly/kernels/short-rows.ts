// The squared-exponential kernel of rows with few coordinates and a weight, w w′ δ² exp(−½ Σ_d ((x_d − x′_d)/θ_d)²), from the rows themselves:
// for one to four coordinates that is faster than matrix products, and differences keep the digits that |x|² + |x′|² − 2 x·x′ loses.
import { exponential } from "../math/exp";
import { laneSum, madd } from "../math/simd";
import { INVALID_ARGUMENT, OK } from "../status";

/** Points of such rows, and what the kernel needs. */
@unmanaged
export class ShortPoints {
  /** Points; an even number, those beyond the end have weight 0 */
  nPadded: i32;
  nPoints: i32;
  /** without the weight */
  nCoordinates: i32;
  /** f64 [nCoordinates], 1/θ */
  inverses: usize;
  /** f64 [nCoordinates + 1][nPadded]: x′/θ, then δ² w′ */
  columns: usize;
}

/**
 * values[r][s] = w_r w′_s k, and half[r][s] = w′_s k, which derivatives need. A null pointer skips `half`.
 * @param rows f64 [nRows × (nCoordinates + 1)]; points: ShortPoints; values, half f64 [nRows × nPoints]
 */
export function shortKernels(nRows: i32, rows: usize, points: usize, values: usize, half: usize): i32 {
  const table = changetype<ShortPoints>(points);
  const d = table.nCoordinates;
  if (nRows < 0 || d < 1 || table.nPoints < 0) return INVALID_ARGUMENT;
  const end = <usize>table.nPoints << 3;
  const pairsEnd = (<usize>table.nPoints & ~1) << 3;
  const rowBytes = <usize>(d + 1) << 3;
  for (let r = 0; r < nRows; r++, rows += rowBytes, values += end) {
    const weight = load<f64>(rows + (<usize>d << 3));
    let s: usize = 0;
    if (ASC_FEATURE_SIMD) {
      for (; s < pairsEnd; s += 16) {
        const k = weighted<v128>(table, rows, s);
        if (half) v128.store(half + s, k);
        v128.store(values + s, f64x2.mul(f64x2.splat(weight), k));
      }
      if (s < end) {
        const k = f64x2.extract_lane(weighted<v128>(table, rows, s), 0);
        if (half) store<f64>(half + s, k);
        store<f64>(values + s, weight * k);
      }
    } else {
      for (; s < end; s += 8) {
        const k = weighted<f64>(table, rows, s);
        if (half) store<f64>(half + s, k);
        store<f64>(values + s, weight * k);
      }
    }
    if (half) half += end;
  }
  return OK;
}

/**
 * Derivatives along directions J: those of w w′ k are products · half, with products[r][s] = J_w − w Σ_d J_d (x_d − x′_d)/θ_d².
 * @param groups i32 [nCenters]: groups of three directions of each row, one row after the other
 * @param rows f64 [nCenters × (nCoordinates + 1)]; directions f64 [rows × (nCoordinates + 1)]; products f64 [rows × nPoints]
 */
export function shortDirections(nCenters: i32, groups: usize, rows: usize, points: usize, directions: usize, products: usize): i32 {
  const table = changetype<ShortPoints>(points);
  const d = table.nCoordinates;
  if (nCenters < 0 || d < 1 || table.nPoints < 0) return INVALID_ARGUMENT;
  const end = <usize>table.nPoints << 3;
  const columnBytes = <usize>table.nPadded << 3;
  const rowBytes = <usize>(d + 1) << 3;
  for (let c = 0; c < nCenters; c++, rows += rowBytes) {
    const weight = load<f64>(rows + (<usize>d << 3));
    const count = 3 * load<i32>(groups + (<usize>c << 2));
    for (let r = 0; r < count; r++, directions += rowBytes, products += end) {
      let constant = load<f64>(directions + (<usize>d << 3));
      for (let k = 0; k < d; k++) {
        const slope = slopeOf(table, weight, directions, k);
        constant -= slope * load<f64>(rows + (<usize>k << 3)) * inverseOf(table, k);
      }
      addColumn(end, constant, slopeOf(table, weight, directions, 0), table.columns, 0, products);
      for (let k = 1; k < d; k++) addColumn(end, 0, slopeOf(table, weight, directions, k), table.columns + columnBytes * <usize>k, products, products);
    }
  }
  return OK;
}

/**
 * energies[r] += Σ_s c_s w w′ k, and gradients[r] = Σ_s c_s ∂(w w′ k)/∂row, the weight last.
 * @param half what shortKernels left; coefficients f64 [nPoints]; energies f64 [nRows]; gradients f64 [nRows × (nCoordinates + 1)]
 */
export function shortGradients(nRows: i32, rows: usize, points: usize, half: usize, coefficients: usize, energies: usize, gradients: usize): i32 {
  const table = changetype<ShortPoints>(points);
  const d = table.nCoordinates;
  if (nRows < 0 || d < 1 || table.nPoints < 0) return INVALID_ARGUMENT;
  const end = <usize>table.nPoints << 3;
  const columnBytes = <usize>table.nPadded << 3;
  const rowBytes = <usize>(d + 1) << 3;
  for (let r: usize = 0; r < <usize>nRows; r++, rows += rowBytes, gradients += rowBytes, half += end) {
    const weight = load<f64>(rows + (<usize>d << 3));
    let sum: f64 = 0;
    for (let s: usize = 0; s < end; s += 8) sum += load<f64>(coefficients + s) * load<f64>(half + s);
    store<f64>(energies + (r << 3), load<f64>(energies + (r << 3)) + weight * sum);
    store<f64>(gradients + (<usize>d << 3), sum);
    for (let k = 0; k < d; k++) {
      const own = load<f64>(rows + (<usize>k << 3)) * inverseOf(table, k);
      const pull = pullOf(end, own, table.columns + columnBytes * <usize>k, half, coefficients);
      store<f64>(gradients + (<usize>k << 3), weight * inverseOf(table, k) * pull);
    }
  }
  return OK;
}

/** Σ_s c_s half_s (y′_s − y) */
function pullOf(end: usize, own: f64, column: usize, half: usize, coefficients: usize): f64 {
  let sum: f64 = 0;
  let s: usize = 0;
  if (ASC_FEATURE_SIMD) {
    let sums = f64x2.splat(0);
    for (; s + 16 <= end; s += 16) {
      const amount = f64x2.mul(v128.load(coefficients + s), v128.load(half + s));
      sums = madd(amount, f64x2.sub(v128.load(column + s), f64x2.splat(own)), sums);
    }
    sum = laneSum(sums);
  }
  for (; s < end; s += 8) sum += load<f64>(coefficients + s) * load<f64>(half + s) * (load<f64>(column + s) - own);
  return sum;
}

/** w J_d / θ_d */
// @ts-ignore: decorator
@inline
function slopeOf(table: ShortPoints, weight: f64, direction: usize, k: i32): f64 {
  return weight * load<f64>(direction + (<usize>k << 3)) * inverseOf(table, k);
}

// @ts-ignore: decorator
@inline
function inverseOf(table: ShortPoints, k: i32): f64 {
  return load<f64>(table.inverses + (<usize>k << 3));
}

/** to = from + constant + slope · column, elementwise; a null pointer for `from` is 0 */
// @ts-ignore: decorator
@inline
function addColumn(end: usize, constant: f64, slope: f64, column: usize, from: usize, to: usize): void {
  let s: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const slopes = f64x2.splat(slope);
    for (; s + 16 <= end; s += 16) v128.store(to + s, madd(slopes, v128.load(column + s), from ? v128.load(from + s) : f64x2.splat(constant)));
  }
  for (; s < end; s += 8) store<f64>(to + s, slope * load<f64>(column + s) + (from ? load<f64>(from + s) : constant));
}

// @ts-ignore: decorator
@inline
function splat<T>(x: f64): T {
  if (isVector<T>()) return f64x2.splat(x);
  else return x;
}

/** δ² w′ exp(−½ Σ_d (x_d − x′_d)²/θ_d²) of a row and the point or the two points at `s` */
// @ts-ignore: decorator
@inline
function weighted<T>(table: ShortPoints, row: usize, s: usize): T {
  const columnBytes = <usize>table.nPadded << 3;
  let column = table.columns + s;
  let distance = splat<T>(0);
  for (let k = 0; k < table.nCoordinates; k++, column += columnBytes) {
    const own = splat<T>(load<f64>(row + (<usize>k << 3)) * inverseOf(table, k));
    if (isVector<T>()) {
      const difference = f64x2.sub(own, v128.load(column));
      distance = madd(difference, difference, distance);
    } else {
      const difference = own - load<f64>(column);
      distance += difference * difference;
    }
  }
  if (isVector<T>()) return f64x2.mul(v128.load(column), exponential<T>(f64x2.mul(f64x2.splat(-0.5), distance)));
  else return load<f64>(column) * exponential<T>(-0.5 * distance);
}
