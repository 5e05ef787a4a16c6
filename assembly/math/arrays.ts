// Elementary functions over arrays. Every element is computed alike, wherever it stands; out may be x.
// The scalar build takes AssemblyScript's own functions.
import { INVALID_ARGUMENT, OK } from "../status";
import { exponentialOfNegative, steppedPower, tabledExponential } from "./decay";
import { expPair } from "./exp";
import { logPair } from "./log";
import { boundedExponent, powerPair, powPair } from "./pow";

/** out[i] = exp(x[i]), at most 1 ulp off. */
export function expArray(n: i32, x: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 16 <= end; x += 16, out += 16) v128.store(out, expPair(v128.load(x)));
    if (x < end) store<f64>(out, f64x2.extract_lane(expPair(v128.load_splat<f64>(x)), 0));
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, Math.exp(load<f64>(x)));
  }
  return OK;
}

/** out[i] = exp(x[i]) for x[i] ≤ 0, 0 where that is below 3e-308; at most 1.5 ulp off. */
export function decayArray(n: i32, x: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 16 <= end; x += 16, out += 16) v128.store(out, exponentialOfNegative<v128>(v128.load(x)));
    if (x < end) store<f64>(out, f64x2.extract_lane(exponentialOfNegative<v128>(v128.load_splat<f64>(x)), 0));
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, exponentialOfNegative<f64>(load<f64>(x)));
  }
  return OK;
}

/** out[i] = exp(x[i]), 0 where that is below 3e-308, infinite for x[i] > 709; at most 1.5 ulp off. */
export function tabledExpArray(n: i32, x: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 16 <= end; x += 16, out += 16) v128.store(out, tabledExponential<v128>(v128.load(x)));
    if (x < end) store<f64>(out, f64x2.extract_lane(tabledExponential<v128>(v128.load_splat<f64>(x)), 0));
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, tabledExponential<f64>(load<f64>(x)));
  }
  return OK;
}

/** out[i] = 2^(y[i]/64) for y[i] ≤ 0, about 1e-307 where it is smaller than that. */
export function steppedPowerArray(n: i32, y: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const end = y + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    for (; y + 16 <= end; y += 16, out += 16) v128.store(out, steppedPower<v128>(v128.load(y)));
    if (y < end) store<f64>(out, f64x2.extract_lane(steppedPower<v128>(v128.load_splat<f64>(y)), 0));
  } else {
    for (; y < end; y += 8, out += 8) store<f64>(out, steppedPower<f64>(load<f64>(y)));
  }
  return OK;
}

/** out[i] = log(x[i]), at most 1 ulp off. */
export function logArray(n: i32, x: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    for (; x + 16 <= end; x += 16, out += 16) v128.store(out, logPair(v128.load(x)));
    if (x < end) store<f64>(out, f64x2.extract_lane(logPair(v128.load_splat<f64>(x)), 0));
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, Math.log(load<f64>(x)));
  }
  return OK;
}

/** out[i] = x[i]^p for finite p, at most 2 ulp off, with the special cases of Math.pow. */
export function powArray(n: i32, x: usize, p: f64, out: usize): i32 {
  if (n < 0 || !isFinite<f64>(p)) return INVALID_ARGUMENT;
  const end = x + ((<usize>n) << 3);
  if (p == 0) {
    for (; x < end; x += 8, out += 8) store<f64>(out, 1);
    return OK;
  }
  if (ASC_FEATURE_SIMD) {
    const integer = trunc<f64>(p) == p;
    const odd = integer && abs(p) < 9007199254740992.0 && (<i64>p & 1) != 0;
    const bounded = boundedExponent(p);
    for (; x + 16 <= end; x += 16, out += 16) v128.store(out, powPair(v128.load(x), bounded, integer, odd));
    if (x < end) store<f64>(out, f64x2.extract_lane(powPair(v128.load_splat<f64>(x), bounded, integer, odd), 0));
  } else {
    for (; x < end; x += 8, out += 8) store<f64>(out, Math.pow(load<f64>(x), p));
  }
  return OK;
}

/** out[i] = x[i]^p for an integer p by repeated multiplication: faster than `powArray` for small p, (|p| + 1)/2 ulp off at most. */
export function powInteger(n: i32, p: i32, x: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const end = x + ((<usize>n) << 3);
  const size = abs(p);
  if (ASC_FEATURE_SIMD) {
    const one = f64x2.splat(1);
    for (; x < end; x += 16, out += 16) {
      const single = x + 8 == end;
      const power = powerPair(single ? v128.load_splat<f64>(x) : v128.load(x), size);
      const value = p < 0 ? f64x2.div(one, power) : power;
      if (single) store<f64>(out, f64x2.extract_lane(value, 0));
      else v128.store(out, value);
    }
  } else {
    for (; x < end; x += 8, out += 8) {
      let result = 1.0;
      let square = load<f64>(x);
      for (let bits = size; bits != 0; bits >>= 1) {
        if (bits & 1) result *= square;
        square *= square;
      }
      store<f64>(out, p < 0 ? 1 / result : result);
    }
  }
  return OK;
}
