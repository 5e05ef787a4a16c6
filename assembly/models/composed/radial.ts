// Functions of the distances of pairs first … last − 1 with their factors, and the slopes: f64 [pair − first][padded].
import { RadialKind } from "../../descriptors/cluster/radial";
import { steppedPower, stepsPerUnit } from "../../math/decay";
import { broadcast, loadBroadcast, minus, times, timesPlus } from "../../math/lanes";
import { ComposedBasis, ComposedPairs } from "./records";

/**
 * Functions of a basis.
 * @param weights as `pairWeights` of the basis
 */
export function radialFunctions(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, weights: usize, values: usize, slopes: usize): void {
  if (basis.radial == RadialKind.chebyshev) polynomials(basis, pairs, first, last, weights, values, slopes);
  else if (ASC_FEATURE_SIMD) gaussians<v128>(basis, pairs, first, last, weights, values, slopes);
  else gaussians<f64>(basis, pairs, first, last, weights, values, slopes);
}

/**
 * Their derivatives by a parameter that the exponents depend on, from the functions of the basis.
 * @param rates f64 [padded]: derivatives of the exponents
 */
export function radialTangents(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, rates: usize): void {
  if (ASC_FEATURE_SIMD) gaussianTangents<v128>(basis, pairs, first, last, rates);
  else gaussianTangents<f64>(basis, pairs, first, last, rates);
}

function gaussianTangents<T>(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, rates: usize): void {
  const bytes = <usize>basis.padded << 3;
  let at: usize = 0;
  for (let p = first; p < last; p++) {
    const r = loadBroadcast<T>(pairs.distances + (<usize>p << 3));
    for (let k: usize = 0; k < bytes; k += sizeof<T>(), at += sizeof<T>()) {
      const factor = times<T>(r, minus<T>(broadcast<T>(0), load<T>(rates + k)));
      const value = times<T>(factor, load<T>(basis.values + at));
      store<T>(basis.valueTangents + at, times<T>(r, value));
      store<T>(basis.slopeTangents + at, timesPlus<T>(broadcast<T>(2), value, times<T>(times<T>(factor, r), load<T>(basis.slopes + at))));
    }
  }
}

function gaussians<T>(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, weights: usize, value: usize, slope: usize): void {
  const bytes = <usize>basis.padded << 3;
  const exponents = basis.exponents;
  const weightBytes = <usize>basis.weightBytes;
  const distances = pairs.distances, cutoffs = pairs.cutoffs, cutoffSlopes = pairs.cutoffSlopes, kinds = pairs.kinds;
  for (let at = <usize>first << 3; at < <usize>last << 3; at += 8) {
    const r = load<f64>(distances + at);
    const steps = broadcast<T>(-stepsPerUnit() * (r * r));
    const cutoff = loadBroadcast<T>(cutoffs + at);
    const cutoffSlope = loadBroadcast<T>(cutoffSlopes + at);
    const twice = times<T>(broadcast<T>(2 * r), cutoff);
    const weight = weights + weightBytes * <usize>load<i32>(kinds + (at >> 1));
    for (let k: usize = 0; k < bytes; k += sizeof<T>(), value += sizeof<T>(), slope += sizeof<T>()) {
      const alpha = load<T>(exponents + k);
      const e = times<T>(load<T>(weight + k), steppedPower<T>(times<T>(alpha, steps)));
      store<T>(value, times<T>(cutoff, e));
      store<T>(slope, times<T>(minus<T>(cutoffSlope, times<T>(alpha, twice)), e));
    }
  }
}

function polynomials(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, weights: usize, value: usize, slope: usize): void {
  const bytes = <usize>basis.padded << 3;
  const end = <usize>basis.size << 3;
  const scale = basis.chebyshevScale;
  for (let p = first; p < last; p++) {
    const at = <usize>p << 3;
    const x = scale * load<f64>(pairs.distances + at) - 1;
    const cutoff = load<f64>(pairs.cutoffs + at);
    const cutoffSlope = load<f64>(pairs.cutoffSlopes + at);
    const weight = weights + <usize>basis.weightBytes * <usize>load<i32>(pairs.kinds + (<usize>p << 2));
    // T_ν, its derivative, and those of ν − 1
    let t: f64 = 1, d: f64 = 0, before: f64 = x, dBefore: f64 = 1;
    for (let k: usize = 0; k < end; k += 8) {
      const w = load<f64>(weight + k);
      store<f64>(value + k, w * cutoff * t);
      store<f64>(slope + k, w * (cutoffSlope * t + cutoff * scale * d));
      const next = 2 * x * t - before;
      const dNext = 2 * t + 2 * x * d - dBefore;
      before = t;
      dBefore = d;
      t = next;
      d = dNext;
    }
    for (let k = end; k < bytes; k += 8) {
      store<f64>(value + k, 0);
      store<f64>(slope + k, 0);
    }
    value += bytes;
    slope += bytes;
  }
}
