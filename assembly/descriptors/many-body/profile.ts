// Gaussians averaged over bins. What the bins around it take of a Gaussian depends on its place within its own bin alone, and smoothly: the
// host tabulates these profiles as polynomials in intervals of the bin, and a Gaussian costs a few multiply–adds for each bin it reaches.
import { broadcast, times, timesPlus } from "../../math/lanes";
import { laneSum, madd } from "../../math/simd";
import { Profile, TensorTerm } from "./term";

/** Numbers from one channel of an accumulator to the next: bins, and room for Gaussians that reach in from outside. Bin q stands at q + 2 reach. */
// @ts-ignore: decorator
@inline
export function channelStride(term: TensorTerm): i32 {
  return (term.nBins + 4 * term.reach + 3) & ~1;
}

/** Whether a Gaussian reaches the grid: the bin that it is in, or −2³¹. */
// @ts-ignore: decorator
@inline
export function binOf(term: TensorTerm, g: f64): i32 {
  const place = (g - term.minimum) / term.step;
  const reach = <f64>term.reach;
  if (!(place > -reach - 0.5 && place < <f64>term.nBins - 0.5 + reach)) return i32.MIN_VALUE;
  return <i32>Math.floor(place + 0.5);
}

/** Interval of the bin, from 0. */
// @ts-ignore: decorator
@inline
function intervalOf(term: TensorTerm, inBin: f64): i32 {
  return max(0, min(term.nIntervals - 1, <i32>inBin));
}

/** Place within the bin in intervals. */
// @ts-ignore: decorator
@inline
function inBin(term: TensorTerm, bin: i32, g: f64): f64 {
  return ((g - term.minimum) / term.step - <f64>bin + 0.5) * <f64>term.nIntervals;
}

// @ts-ignore: decorator
@inline
function profileAt(term: TensorTerm, interval: i32): usize {
  return term.profiles + ((<usize>interval * Profile.coefficients * term.width) << 3);
}

/** Adds a Gaussian of weight w to a channel of an accumulator. */
export function addGaussian(term: TensorTerm, channel: usize, bin: i32, g: f64, w: f64): void {
  const place = inBin(term, bin, g);
  const interval = intervalOf(term, place);
  const z = place - <f64>interval - 0.5;
  const profile = profileAt(term, interval);
  const target = channel + ((<usize>(bin + term.reach)) << 3);
  if (ASC_FEATURE_SIMD) addProfile<v128>(term.width, profile, f64x2.splat(z), f64x2.splat(w), target);
  else addProfile<f64>(term.width, profile, z, w, target);
}

// @ts-ignore: decorator
@inline
function addProfile<T>(width: i32, profile: usize, z: T, w: T, target: usize): void {
  const row = (<usize>width) << 3;
  for (let q: usize = 0; q < row; q += sizeof<T>()) {
    const c = profile + q;
    store<T>(target + q, timesPlus<T>(w, powers<T>(c, row, z), load<T>(target + q)));
  }
}

/** Σ c_d z^d: pairs of coefficients first, so that few steps wait for each other. */
// @ts-ignore: decorator
@inline
function powers<T>(c: usize, row: usize, z: T): T {
  const zz = times<T>(z, z);
  const p01 = timesPlus<T>(z, load<T>(c + row), load<T>(c));
  const p23 = timesPlus<T>(z, load<T>(c + 3 * row), load<T>(c + 2 * row));
  const p45 = timesPlus<T>(z, load<T>(c + 5 * row), load<T>(c + 4 * row));
  const p67 = timesPlus<T>(z, load<T>(c + 7 * row), load<T>(c + 6 * row));
  const high = timesPlus<T>(zz, p67, p45);
  const low = timesPlus<T>(zz, p23, p01);
  return timesPlus<T>(times<T>(zz, zz), high, low);
}

/** Σ d c_d z^{d−1} */
// @ts-ignore: decorator
@inline
function slopes<T>(c: usize, row: usize, z: T): T {
  let sum = times<T>(broadcast<T>(7), load<T>(c + 7 * row));
  sum = timesPlus<T>(z, sum, times<T>(broadcast<T>(6), load<T>(c + 6 * row)));
  sum = timesPlus<T>(z, sum, times<T>(broadcast<T>(5), load<T>(c + 5 * row)));
  sum = timesPlus<T>(z, sum, times<T>(broadcast<T>(4), load<T>(c + 4 * row)));
  sum = timesPlus<T>(z, sum, times<T>(broadcast<T>(3), load<T>(c + 3 * row)));
  sum = timesPlus<T>(z, sum, times<T>(broadcast<T>(2), load<T>(c + 2 * row)));
  return timesPlus<T>(z, sum, load<T>(c + row));
}

/** f64 [width] each: what the bins take of a Gaussian of weight 1, and the derivative by its place g. */
export function storeProfile(term: TensorTerm, bin: i32, g: f64, values: usize, byPlace: usize): void {
  const place = inBin(term, bin, g);
  const interval = intervalOf(term, place);
  const z = place - <f64>interval - 0.5;
  const profile = profileAt(term, interval);
  const factor = <f64>term.nIntervals / term.step;
  if (ASC_FEATURE_SIMD) storeBoth<v128>(term.width, profile, f64x2.splat(z), f64x2.splat(factor), values, byPlace);
  else storeBoth<f64>(term.width, profile, z, factor, values, byPlace);
}

// @ts-ignore: decorator
@inline
function storeBoth<T>(width: i32, profile: usize, z: T, factor: T, values: usize, byPlace: usize): void {
  const row = (<usize>width) << 3;
  for (let q: usize = 0; q < row; q += sizeof<T>()) {
    store<T>(values + q, powers<T>(profile + q, row, z));
    store<T>(byPlace + q, times<T>(factor, slopes<T>(profile + q, row, z)));
  }
}

/** Stores the gradient on weight and place of a Gaussian of weight 1 at `out`, from gradients on the bins of a channel as an accumulator has them. */
export function contractGaussian(term: TensorTerm, channel: usize, bin: i32, g: f64, out: usize): void {
  const place = inBin(term, bin, g);
  const interval = intervalOf(term, place);
  const z = place - <f64>interval - 0.5;
  const profile = profileAt(term, interval);
  const row = (<usize>term.width) << 3;
  const gradients = channel + ((<usize>(bin + term.reach)) << 3);
  let value: f64 = 0;
  let slope: f64 = 0;
  if (ASC_FEATURE_SIMD) {
    const place = f64x2.splat(z);
    let values = f64x2.splat(0);
    let bySlope = f64x2.splat(0);
    for (let q: usize = 0; q < row; q += 16) {
      const gradient = v128.load(gradients + q);
      values = madd(gradient, powers<v128>(profile + q, row, place), values);
      bySlope = madd(gradient, slopes<v128>(profile + q, row, place), bySlope);
    }
    value = laneSum(values);
    slope = laneSum(bySlope);
  } else {
    for (let q: usize = 0; q < row; q += 8) {
      const gradient = load<f64>(gradients + q);
      value += gradient * powers<f64>(profile + q, row, z);
      slope += gradient * slopes<f64>(profile + q, row, z);
    }
  }
  store<f64>(out, value);
  store<f64>(out, (slope * <f64>term.nIntervals) / term.step, 8);
}
