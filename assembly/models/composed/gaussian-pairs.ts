// Two-body Gaussians without arrays of slopes: with e = w exp(−α_ν r²), φ = f_c e and φ′ = (f_c′ − 2α_ν r f_c) e.
import { steppedPower, stepsPerUnit } from "../../math/decay";
import { broadcast, loadBroadcast, plus, times, timesPlus } from "../../math/lanes";
import { ComposedBasis, ComposedPairs } from "./records";
import { total } from "./two-body";

/** e of pairs first … last − 1 to `values` of the basis, and Φ of both sites += f_c e. */
export function addGaussianFeatures(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32): void {
  if (ASC_FEATURE_SIMD) addFeatures<v128>(basis, pairs, first, last);
  else addFeatures<f64>(basis, pairs, first, last);
}

/** e again, where it was not kept. */
export function gaussianFactors(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32): void {
  if (ASC_FEATURE_SIMD) factors<v128>(basis, pairs, first, last);
  else factors<f64>(basis, pairs, first, last);
}

/** t += (∂E/∂Φ(i) + ∂E/∂Φ(j)) · φ′ from `values` of the basis, f64 [pair − first] */
export function addGaussianSlopes(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, t: usize): void {
  if (ASC_FEATURE_SIMD) addSlopes<v128>(basis, pairs, first, last, t);
  else addSlopes<f64>(basis, pairs, first, last, t);
}

// @ts-ignore: decorator
@inline
function factorAt<T>(alpha: usize, weight: usize, steps: T): T {
  return times<T>(load<T>(weight), steppedPower<T>(times<T>(load<T>(alpha), steps)));
}

/** −r² in the steps of `steppedPower` */
// @ts-ignore: decorator
@inline
function stepsOf<T>(pairs: ComposedPairs, p: usize): T {
  const r = load<f64>(pairs.distances + (p << 1));
  return broadcast<T>(-stepsPerUnit() * (r * r));
}

function addFeatures<T>(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32): void {
  const bytes = <usize>basis.padded << 3;
  const siteBytes = <usize>basis.slots << 3;
  const channelBytes = <usize>basis.channelSlots << 3;
  const weightBytes = <usize>basis.weightBytes;
  const alpha = basis.exponents;
  let value = basis.values;
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, value += bytes) {
    const kind = <usize>load<i32>(pairs.kinds + p);
    const channel = basis.features + channelBytes * kind;
    const weight = basis.pairWeights + weightBytes * kind;
    const a = channel + siteBytes * <usize>load<i32>(pairs.first + p);
    const b = channel + siteBytes * <usize>load<i32>(pairs.second + p);
    const cutoff = loadBroadcast<T>(pairs.cutoffs + (p << 1));
    const steps = stepsOf<T>(pairs, p);
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      const e = factorAt<T>(alpha + k, weight + k, steps);
      store<T>(value + k, e);
      const phi = times<T>(cutoff, e);
      store<T>(a + k, plus<T>(load<T>(a + k), phi));
      store<T>(b + k, plus<T>(load<T>(b + k), phi));
    }
  }
}

function factors<T>(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32): void {
  const bytes = <usize>basis.padded << 3;
  let value = basis.values;
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, value += bytes) {
    const weight = basis.pairWeights + <usize>basis.weightBytes * <usize>load<i32>(pairs.kinds + p);
    const steps = stepsOf<T>(pairs, p);
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) store<T>(value + k, factorAt<T>(basis.exponents + k, weight + k, steps));
  }
}

function addSlopes<T>(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, t: usize): void {
  const bytes = <usize>basis.padded << 3;
  const siteBytes = <usize>basis.slots << 3;
  const channelBytes = <usize>basis.channelSlots << 3;
  const alpha = basis.exponents;
  let value = basis.values;
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, t += 8, value += bytes) {
    const channel = basis.adjoints + channelBytes * <usize>load<i32>(pairs.kinds + p);
    const a = channel + siteBytes * <usize>load<i32>(pairs.first + p);
    const b = channel + siteBytes * <usize>load<i32>(pairs.second + p);
    let plain = broadcast<T>(0);
    let scaled = broadcast<T>(0);
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      const part = times<T>(plus<T>(load<T>(a + k), load<T>(b + k)), load<T>(value + k));
      plain = plus<T>(plain, part);
      scaled = timesPlus<T>(load<T>(alpha + k), part, scaled);
    }
    const at = p << 1;
    const sum = load<f64>(pairs.cutoffSlopes + at) * total<T>(plain) - 2 * load<f64>(pairs.distances + at) * load<f64>(pairs.cutoffs + at) * total<T>(scaled);
    store<f64>(t, load<f64>(t) + sum);
  }
}
