// Functions of the distances of pairs first … last − 1 with their factors, and the slopes: f64 [pair − first][padded].
import { RadialKind } from "../../descriptors/cluster/radial";
import { exponential } from "../../math/exp";
import { broadcast, loadBroadcast, minus, times } from "../../math/lanes";
import { ComposedBasis, ComposedPairs } from "./records";

/** Writes `values` and `slopes` of a basis. */
export function radialFunctions(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32): void {
  if (basis.radial == RadialKind.chebyshev) polynomials(basis, pairs, first, last);
  else if (ASC_FEATURE_SIMD) gaussians<v128>(basis, pairs, first, last);
  else gaussians<f64>(basis, pairs, first, last);
}

function gaussians<T>(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32): void {
  const bytes = <usize>basis.padded << 3;
  const exponents = basis.exponents;
  const weights = basis.pairWeights;
  const weightBytes = <usize>basis.weightBytes;
  let value = basis.values;
  let slope = basis.slopes;
  for (let p = first; p < last; p++) {
    const at = <usize>p << 3;
    const r = load<f64>(pairs.distances + at);
    const minusSquare = broadcast<T>(-r * r);
    const cutoff = loadBroadcast<T>(pairs.cutoffs + at);
    const cutoffSlope = loadBroadcast<T>(pairs.cutoffSlopes + at);
    const twice = times<T>(broadcast<T>(2 * r), cutoff);
    const weight = weights + weightBytes * <usize>load<i32>(pairs.kinds + (<usize>p << 2));
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      const alpha = load<T>(exponents + k);
      const e = times<T>(load<T>(weight + k), exponential<T>(times<T>(alpha, minusSquare)));
      store<T>(value + k, times<T>(cutoff, e));
      store<T>(slope + k, times<T>(minus<T>(cutoffSlope, times<T>(alpha, twice)), e));
    }
    value += bytes;
    slope += bytes;
  }
}

function polynomials(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32): void {
  const bytes = <usize>basis.padded << 3;
  const end = <usize>basis.size << 3;
  const scale = basis.chebyshevScale;
  let value = basis.values;
  let slope = basis.slopes;
  for (let p = first; p < last; p++) {
    const at = <usize>p << 3;
    const x = scale * load<f64>(pairs.distances + at) - 1;
    const cutoff = load<f64>(pairs.cutoffs + at);
    const cutoffSlope = load<f64>(pairs.cutoffSlopes + at);
    const weight = basis.pairWeights + <usize>basis.weightBytes * <usize>load<i32>(pairs.kinds + (<usize>p << 2));
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
