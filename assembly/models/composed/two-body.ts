// Sums over neighbors of one site, from unordered pairs. Functions and slopes are those of pairs first … last − 1, f64 [pair − first][padded].
import { laneSum } from "../../math/simd";
import { broadcast, loadBroadcast, plus, times, timesPlus } from "../../math/lanes";
import { ComposedBasis, ComposedPairs } from "./records";

/** Φ of both sites += φ. features: f64 [nSites][slots] */
export function addTwoBodyFeatures(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, values: usize, features: usize): void {
  if (ASC_FEATURE_SIMD) addFeatures<v128>(basis, pairs, first, last, values, features);
  else addFeatures<f64>(basis, pairs, first, last, values, features);
}

/** t += (∂E/∂Φ(i) + ∂E/∂Φ(j)) · φ′, f64 [pair − first]. adjoints: f64 [nSites][slots] */
export function addTwoBodySlopes(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, slopes: usize, adjoints: usize, t: usize): void {
  if (ASC_FEATURE_SIMD) addSlopes<v128>(basis, pairs, first, last, slopes, adjoints, t);
  else addSlopes<f64>(basis, pairs, first, last, slopes, adjoints, t);
}

/** Φ of both sites += φ over its factor, of one function of one pair of species. features: f64 [nSites][slots] */
export function addFactorFeatures(
  basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, kind: i32, slot: i32, factor: f64, features: usize,
): void {
  const at = <usize>slot << 3;
  const siteBytes = <usize>basis.slots << 3;
  let value = basis.values + at;
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, value += <usize>basis.padded << 3) {
    if (load<i32>(pairs.kinds + p) != kind) continue;
    const v = load<f64>(value) / factor;
    const a = features + at + siteBytes * <usize>load<i32>(pairs.first + p);
    const b = features + at + siteBytes * <usize>load<i32>(pairs.second + p);
    store<f64>(a, load<f64>(a) + v);
    store<f64>(b, load<f64>(b) + v);
  }
}

/** t += (∂E/∂Φ(i) + ∂E/∂Φ(j)) · φ′ over its factor, of one function of one pair of species, f64 [pair − first]. */
export function addFactorSlopes(
  basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, kind: i32, slot: i32, factor: f64, adjoints: usize, t: usize,
): void {
  const at = <usize>slot << 3;
  const siteBytes = <usize>basis.slots << 3;
  let slope = basis.slopes + at;
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, t += 8, slope += <usize>basis.padded << 3) {
    if (load<i32>(pairs.kinds + p) != kind) continue;
    const sum = load<f64>(adjoints + at + siteBytes * <usize>load<i32>(pairs.first + p)) + load<f64>(adjoints + at + siteBytes * <usize>load<i32>(pairs.second + p));
    store<f64>(t, load<f64>(t) + (sum * load<f64>(slope)) / factor);
  }
}

/** Ψ of both sites += f_c Φ of the other, or the same from ∂E/∂Ψ to ∂E/∂Φ. from, to: f64 [nSites][slots] */
export function addOverNeighbors(slots: i32, pairs: ComposedPairs, from: usize, to: usize): void {
  if (ASC_FEATURE_SIMD) addNeighbors<v128>(slots, pairs, from, to);
  else addNeighbors<f64>(slots, pairs, from, to);
}

/** t += f_c′ (∂E/∂Ψ(i) · Φ(j) + ∂E/∂Ψ(j) · Φ(i)). features, adjoints: f64 [nSites][slots] */
export function addSumSlopes(slots: i32, pairs: ComposedPairs, first: i32, last: i32, features: usize, adjoints: usize, t: usize): void {
  if (ASC_FEATURE_SIMD) addOfSums<v128>(slots, pairs, first, last, features, adjoints, t);
  else addOfSums<f64>(slots, pairs, first, last, features, adjoints, t);
}

/** Sum of the lanes. */
// @ts-ignore: decorator
@inline
export function total<T>(x: T): f64 {
  if (isVector<T>()) return laneSum(x);
  else return x;
}

function addFeatures<T>(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, value: usize, features: usize): void {
  const bytes = <usize>basis.padded << 3;
  const siteBytes = <usize>basis.slots << 3;
  const channelBytes = <usize>basis.channelSlots << 3;
  const firsts = pairs.first, seconds = pairs.second, kinds = pairs.kinds;
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4) {
    const channel = features + channelBytes * <usize>load<i32>(kinds + p);
    let a = channel + siteBytes * <usize>load<i32>(firsts + p);
    let b = channel + siteBytes * <usize>load<i32>(seconds + p);
    for (const end = value + bytes; value < end; value += sizeof<T>(), a += sizeof<T>(), b += sizeof<T>()) {
      const v = load<T>(value);
      store<T>(a, plus<T>(load<T>(a), v));
      store<T>(b, plus<T>(load<T>(b), v));
    }
  }
}

function addSlopes<T>(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, slope: usize, adjoints: usize, t: usize): void {
  const bytes = <usize>basis.padded << 3;
  const siteBytes = <usize>basis.slots << 3;
  const channelBytes = <usize>basis.channelSlots << 3;
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, t += 8) {
    const channel = adjoints + channelBytes * <usize>load<i32>(pairs.kinds + p);
    const a = channel + siteBytes * <usize>load<i32>(pairs.first + p);
    const b = channel + siteBytes * <usize>load<i32>(pairs.second + p);
    let sum = broadcast<T>(0);
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) sum = timesPlus<T>(plus<T>(load<T>(a + k), load<T>(b + k)), load<T>(slope + k), sum);
    store<f64>(t, load<f64>(t) + total<T>(sum));
    slope += bytes;
  }
}

function addNeighbors<T>(slots: i32, pairs: ComposedPairs, from: usize, to: usize): void {
  const bytes = <usize>slots << 3;
  for (let p: usize = 0; p < <usize>pairs.nPairs << 2; p += 4) {
    const cutoff = loadBroadcast<T>(pairs.cutoffs + (p << 1));
    const i = bytes * <usize>load<i32>(pairs.first + p);
    const j = bytes * <usize>load<i32>(pairs.second + p);
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      store<T>(to + i + k, timesPlus<T>(cutoff, load<T>(from + j + k), load<T>(to + i + k)));
      store<T>(to + j + k, timesPlus<T>(cutoff, load<T>(from + i + k), load<T>(to + j + k)));
    }
  }
}

function addOfSums<T>(slots: i32, pairs: ComposedPairs, first: i32, last: i32, features: usize, adjoints: usize, t: usize): void {
  const bytes = <usize>slots << 3;
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, t += 8) {
    const i = bytes * <usize>load<i32>(pairs.first + p);
    const j = bytes * <usize>load<i32>(pairs.second + p);
    let sum = broadcast<T>(0);
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      const own = times<T>(load<T>(adjoints + i + k), load<T>(features + j + k));
      sum = plus<T>(sum, timesPlus<T>(load<T>(adjoints + j + k), load<T>(features + i + k), own));
    }
    store<f64>(t, load<f64>(t) + load<f64>(pairs.cutoffSlopes + (p << 1)) * total<T>(sum));
  }
}
