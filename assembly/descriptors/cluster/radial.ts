// Localized functions of a cluster basis, φ_ν = f_c exp(−αβ^ν r²) or f_c T_ν(2r/r_c − 1), (35–43, 54) of Wang et al., arXiv:2504.19372, rows over
// distances. Counts are multiples of the lanes of T, pointers f64 rows in Å.
import { cutoffRow, CutoffKind } from "../../math/cutoff";
import { exponentialOfNegative } from "../../math/decay";
import { broadcast, lanes, larger, loadBroadcast, minus, minusTimes, plus, times, timesPlus } from "../../math/lanes";

/** f_c: (1 − x²)⁴, 1 − 35x⁴ + 84x⁵ − 70x⁶ + 20x⁷, or exp(1 − 1/(1 − x²)), x = r / r_c. */
export const enum ClusterCutoffKind {
  poly4,
  smoothstep7,
  bump,
}

export const enum RadialKind {
  gaussian,
  chebyshev,
}

/** Radial functions of one basis. */
@unmanaged
export class RadialBasis {
  kind: i32;
  /** N */
  size: i32;
  /** f64 [N], Å⁻²: αβ^ν of Gaussians */
  exponents: usize;
}

/** f_c of `count` distances, 0 from `radius` on, and f_c′ where there is a pointer for it. */
export function clusterCutoffRow<T>(kind: i32, radius: f64, count: i32, distances: usize, values: usize, slopes: usize): void {
  if (kind == ClusterCutoffKind.smoothstep7) return cutoffRow<T>(CutoffKind.polynomial3, 0, radius, count, distances, values, slopes, 0);
  if (kind == ClusterCutoffKind.bump) return cutoffRow<T>(CutoffKind.exponential, 0, radius, count, distances, values, slopes, 0);
  const end = broadcast<T>(radius);
  const inverse: f64 = 1 / (radius * radius);
  for (const last = distances + (<usize>count << 3); distances < last; distances += sizeof<T>()) {
    const r = load<T>(distances);
    // 1 − x², without a difference of squares near the end
    const u = larger<T>(times<T>(times<T>(minus<T>(end, r), plus<T>(end, r)), broadcast<T>(inverse)), broadcast<T>(0));
    const square = times<T>(u, u);
    store<T>(values, times<T>(square, square));
    values += sizeof<T>();
    if (slopes) {
      store<T>(slopes, times<T>(times<T>(broadcast<T>(-8 * inverse), r), times<T>(square, u)));
      slopes += sizeof<T>();
    }
  }
}

/**
 * φ_ν of `count` distances, and φ_ν′ where there is a pointer for it.
 * @param radius r_c
 * @param cutoffs f_c of the distances
 * @param cutoffSlopes f_c′; read where derivatives are asked for
 * @param values rows [ν], `stride` bytes apart, written
 * @param slopes the same, written; 0: skipped
 */
export function radialRows<T>(
  basis: RadialBasis, radius: f64, count: i32, distances: usize, cutoffs: usize, cutoffSlopes: usize, values: usize, slopes: usize, stride: usize,
): void {
  const isGaussian = basis.kind == RadialKind.gaussian;
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = <usize>i << 3;
    const r = load<T>(distances + at);
    const f = load<T>(cutoffs + at);
    const slope = slopes ? load<T>(cutoffSlopes + at) : f;
    const toSlopes = slopes ? slopes + at : 0;
    if (isGaussian) gaussiansAt<T>(basis, r, f, slope, values + at, toSlopes, stride);
    else chebyshevAt<T>(basis.size, 2 / radius, r, f, slope, values + at, toSlopes, stride);
  }
}

// @ts-ignore: decorator
@inline
function gaussiansAt<T>(basis: RadialBasis, r: T, f: T, slope: T, values: usize, slopes: usize, stride: usize): void {
  const square = times<T>(r, r);
  const twice = times<T>(times<T>(broadcast<T>(2), r), f);
  let exponent = basis.exponents;
  for (const end = exponent + (<usize>basis.size << 3); exponent < end; exponent += 8, values += stride) {
    const a = loadBroadcast<T>(exponent);
    const e = exponentialOfNegative<T>(minusTimes<T>(a, square, broadcast<T>(0)));
    store<T>(values, times<T>(f, e));
    if (slopes) {
      store<T>(slopes, times<T>(e, minusTimes<T>(a, twice, slope)));
      slopes += stride;
    }
  }
}

/** T_ν and dT_ν/dr by T_ν+1 = 2x T_ν − T_ν−1 and its derivative; `steepness`: dx/dr. */
// @ts-ignore: decorator
@inline
function chebyshevAt<T>(size: i32, steepness: f64, r: T, f: T, slope: T, values: usize, slopes: usize, stride: usize): void {
  const x = minus<T>(times<T>(r, broadcast<T>(steepness)), broadcast<T>(1));
  const two = broadcast<T>(2);
  const twice = times<T>(two, x);
  let before = x, value = broadcast<T>(1);
  let slopeBefore = broadcast<T>(steepness), own = broadcast<T>(0);
  for (let nu = 0; nu < size; nu++, values += stride) {
    store<T>(values, times<T>(f, value));
    if (slopes) {
      store<T>(slopes, timesPlus<T>(f, own, times<T>(slope, value)));
      slopes += stride;
    }
    // T₋₁ = T₁
    const nextSlope = minus<T>(timesPlus<T>(twice, own, times<T>(broadcast<T>(2 * steepness), value)), slopeBefore);
    slopeBefore = own;
    own = nextSlope;
    const next = minus<T>(times<T>(twice, value), before);
    before = value;
    value = next;
  }
}

/**
 * ∂φ_ν/∂ln α = −α_ν r² φ_ν of Gaussians; by ln β it is ν times that. 0 where there is no α.
 * @param values rows of φ_ν, `stride` bytes apart
 * @param out rows like them, written
 */
export function exponentRows<T>(basis: RadialBasis, count: i32, distances: usize, values: usize, out: usize, stride: usize): void {
  const isGaussian = basis.kind == RadialKind.gaussian;
  for (let nu = 0; nu < basis.size; nu++, values += stride, out += stride) {
    const factor = broadcast<T>(isGaussian ? -load<f64>(basis.exponents + (<usize>nu << 3)) : 0);
    for (let at: usize = 0; at < <usize>count << 3; at += sizeof<T>()) {
      const r = load<T>(distances + at);
      store<T>(out + at, times<T>(times<T>(factor, times<T>(r, r)), load<T>(values + at)));
    }
  }
}
