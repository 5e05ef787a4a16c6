// Sums over the pairs of one site, of rates at the far ends with vectors of the pairs: rows of forces of three-body bases and of products. A site a is the first of some pairs and the second of
// others; displacements point from the first to the second, so the latter count with the opposite sign.
import { broadcast, loadBroadcast, minus, minusTimes, timesPlus } from "../../math/lanes";
import { ComposedPairs } from "./records";

/** Vectors of pairs for each of their ends: three components, `componentBytes` apart, `pairBytes` from pair to pair. */
@unmanaged
export class PairVectors {
  ofFirst: usize;
  ofSecond: usize;
  pairBytes: usize;
  componentBytes: usize;
}

/**
 * out[c][k] = Σ_{a first} rates[second][k] v_second[c] − Σ_{a second} rates[first][k] v_first[c], k columns.
 * @param rates f64 rows, `rateBytes` from site to site; bytes: what the columns take, padded to lanes
 * @param out rows, `outBytes` apart, written
 */
export function gatherRates(pairs: ComposedPairs, a: i32, rates: usize, rateBytes: usize, bytes: usize, vectors: PairVectors, shift: usize, out: usize, outBytes: usize): void {
  const width: usize = ASC_FEATURE_SIMD ? 16 : 8;
  for (let k: usize = 0; k < bytes; ) {
    if (k + width < bytes) {
      if (ASC_FEATURE_SIMD) ratesBlock<v128>(2, pairs, a, rates + k, rateBytes, vectors, shift, out + k, outBytes);
      else ratesBlock<f64>(2, pairs, a, rates + k, rateBytes, vectors, shift, out + k, outBytes);
      k += 2 * width;
    } else {
      if (ASC_FEATURE_SIMD) ratesBlock<v128>(1, pairs, a, rates + k, rateBytes, vectors, shift, out + k, outBytes);
      else ratesBlock<f64>(1, pairs, a, rates + k, rateBytes, vectors, shift, out + k, outBytes);
      k += width;
    }
  }
}

/** N is a literal: 1 or 2 of T. */
// @ts-ignore: decorator
@inline
function ratesBlock<T>(N: i32, pairs: ComposedPairs, a: i32, rates: usize, rateBytes: usize, vectors: PairVectors, shift: usize, out: usize, outBytes: usize): void {
  const zero = broadcast<T>(0);
  let x0 = zero, y0 = zero, z0 = zero, x1 = zero, y1 = zero, z1 = zero;
  const componentBytes = vectors.componentBytes;
  const pairBytes = vectors.pairBytes;
  const from = pairs.firstStarts + (<usize>a << 2);
  const begin = <usize>load<i32>(from);
  const end = <usize>load<i32>(from, 4) << 2;
  let v = vectors.ofSecond + shift + begin * pairBytes;
  for (let p = begin << 2; p < end; p += 4, v += pairBytes) {
    const rate = rates + rateBytes * <usize>load<i32>(pairs.second + p);
    const x = loadBroadcast<T>(v);
    const y = loadBroadcast<T>(v + componentBytes);
    const z = loadBroadcast<T>(v + 2 * componentBytes);
    const r0 = load<T>(rate);
    x0 = timesPlus<T>(r0, x, x0);
    y0 = timesPlus<T>(r0, y, y0);
    z0 = timesPlus<T>(r0, z, z0);
    if (N == 2) {
      const r1 = load<T>(rate + sizeof<T>());
      x1 = timesPlus<T>(r1, x, x1);
      y1 = timesPlus<T>(r1, y, y1);
      z1 = timesPlus<T>(r1, z, z1);
    }
  }
  const own = pairs.secondStarts + (<usize>a << 2);
  const last = <usize>load<i32>(own, 4) << 2;
  for (let q = <usize>load<i32>(own) << 2; q < last; q += 4) {
    const p = <usize>load<i32>(pairs.secondPairs + q);
    const w = vectors.ofFirst + shift + p * pairBytes;
    const rate = rates + rateBytes * <usize>load<i32>(pairs.first + (p << 2));
    const x = loadBroadcast<T>(w);
    const y = loadBroadcast<T>(w + componentBytes);
    const z = loadBroadcast<T>(w + 2 * componentBytes);
    const r0 = load<T>(rate);
    x0 = minusTimes<T>(r0, x, x0);
    y0 = minusTimes<T>(r0, y, y0);
    z0 = minusTimes<T>(r0, z, z0);
    if (N == 2) {
      const r1 = load<T>(rate + sizeof<T>());
      x1 = minusTimes<T>(r1, x, x1);
      y1 = minusTimes<T>(r1, y, y1);
      z1 = minusTimes<T>(r1, z, z1);
    }
  }
  storeThree<T>(out, outBytes, x0, y0, z0);
  if (N == 2) storeThree<T>(out + sizeof<T>(), outBytes, x1, y1, z1);
}

/**
 * The same with one rate for each site and vectors of every column: out[c][k] = Σ rate[far] v_far[c][k]; rates 0: of the site's own vectors, without rates.
 * @param bytes what the columns of a component take
 */
export function gatherVectors(pairs: ComposedPairs, a: i32, rates: usize, bytes: usize, vectors: PairVectors, out: usize): void {
  const width: usize = ASC_FEATURE_SIMD ? 16 : 8;
  for (let k: usize = 0; k < bytes; ) {
    const isTwo = k + width < bytes;
    if (ASC_FEATURE_SIMD) {
      if (isTwo) vectorsBlock<v128>(2, pairs, a, rates, bytes, vectors, k, out + k);
      else vectorsBlock<v128>(1, pairs, a, rates, bytes, vectors, k, out + k);
    } else if (isTwo) vectorsBlock<f64>(2, pairs, a, rates, bytes, vectors, k, out + k);
    else vectorsBlock<f64>(1, pairs, a, rates, bytes, vectors, k, out + k);
    k += isTwo ? 2 * width : width;
  }
}

/** N is a literal: 1 or 2 of T. */
// @ts-ignore: decorator
@inline
function vectorsBlock<T>(N: i32, pairs: ComposedPairs, a: i32, rates: usize, bytes: usize, vectors: PairVectors, k: usize, out: usize): void {
  const zero = broadcast<T>(0), one = broadcast<T>(1), minusOne = broadcast<T>(-1);
  let x0 = zero, y0 = zero, z0 = zero, x1 = zero, y1 = zero, z1 = zero;
  const from = pairs.firstStarts + (<usize>a << 2);
  const begin = <usize>load<i32>(from);
  const end = <usize>load<i32>(from, 4) << 2;
  let v = (rates ? vectors.ofSecond : vectors.ofFirst) + k + begin * vectors.pairBytes;
  for (let p = begin << 2; p < end; p += 4, v += vectors.pairBytes) {
    const rate = rates ? loadBroadcast<T>(rates + (<usize>load<i32>(pairs.second + p) << 3)) : one;
    x0 = timesPlus<T>(rate, load<T>(v), x0);
    y0 = timesPlus<T>(rate, load<T>(v + bytes), y0);
    z0 = timesPlus<T>(rate, load<T>(v + 2 * bytes), z0);
    if (N == 2) {
      x1 = timesPlus<T>(rate, load<T>(v + sizeof<T>()), x1);
      y1 = timesPlus<T>(rate, load<T>(v + bytes + sizeof<T>()), y1);
      z1 = timesPlus<T>(rate, load<T>(v + 2 * bytes + sizeof<T>()), z1);
    }
  }
  const own = pairs.secondStarts + (<usize>a << 2);
  const last = <usize>load<i32>(own, 4) << 2;
  for (let q = <usize>load<i32>(own) << 2; q < last; q += 4) {
    const p = <usize>load<i32>(pairs.secondPairs + q);
    const w = (rates ? vectors.ofFirst : vectors.ofSecond) + k + p * vectors.pairBytes;
    const rate = rates ? minus<T>(zero, loadBroadcast<T>(rates + (<usize>load<i32>(pairs.first + (p << 2)) << 3))) : minusOne;
    x0 = timesPlus<T>(rate, load<T>(w), x0);
    y0 = timesPlus<T>(rate, load<T>(w + bytes), y0);
    z0 = timesPlus<T>(rate, load<T>(w + 2 * bytes), z0);
    if (N == 2) {
      x1 = timesPlus<T>(rate, load<T>(w + sizeof<T>()), x1);
      y1 = timesPlus<T>(rate, load<T>(w + bytes + sizeof<T>()), y1);
      z1 = timesPlus<T>(rate, load<T>(w + 2 * bytes + sizeof<T>()), z1);
    }
  }
  storeThree<T>(out, bytes, x0, y0, z0);
  if (N == 2) storeThree<T>(out + sizeof<T>(), bytes, x1, y1, z1);
}

// @ts-ignore: decorator
@inline
function storeThree<T>(out: usize, bytes: usize, x: T, y: T, z: T): void {
  store<T>(out, x);
  store<T>(out + bytes, y);
  store<T>(out + 2 * bytes, z);
}
