import { madd } from "../math/simd";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * A loop of independent multiply–adds that waits for nothing: what this build can reach at all. out: f64 [8], of which the first is the
 * floating-point operations done, and the second a result that depends on all of them.
 */
export function peakFlops(iterations: i32, out: usize): i32 {
  if (iterations < 0) return INVALID_ARGUMENT;
  if (ASC_FEATURE_RELAXED_SIMD) chained(iterations, out);
  else if (ASC_FEATURE_SIMD) separate(iterations, out);
  else scalar(iterations, out);
  return OK;
}

/** Twelve fused chains hide the latency of one. */
function chained(iterations: i32, out: usize): void {
  const a = f64x2.splat(1.0 - 1e-9);
  const b = f64x2.splat(1e-9);
  let c0 = f64x2.splat(0.1);
  let c1 = f64x2.splat(0.2);
  let c2 = f64x2.splat(0.3);
  let c3 = f64x2.splat(0.4);
  let c4 = f64x2.splat(0.5);
  let c5 = f64x2.splat(0.6);
  let c6 = f64x2.splat(0.7);
  let c7 = f64x2.splat(0.8);
  let c8 = f64x2.splat(0.9);
  let c9 = f64x2.splat(1.0);
  let ca = f64x2.splat(1.1);
  let cb = f64x2.splat(1.2);
  for (let i = 0; i < iterations; i++) {
    c0 = madd(c0, a, b);
    c1 = madd(c1, a, b);
    c2 = madd(c2, a, b);
    c3 = madd(c3, a, b);
    c4 = madd(c4, a, b);
    c5 = madd(c5, a, b);
    c6 = madd(c6, a, b);
    c7 = madd(c7, a, b);
    c8 = madd(c8, a, b);
    c9 = madd(c9, a, b);
    ca = madd(ca, a, b);
    cb = madd(cb, a, b);
  }
  const low = f64x2.add(f64x2.add(f64x2.add(c0, c1), f64x2.add(c2, c3)), f64x2.add(c4, c5));
  const high = f64x2.add(f64x2.add(f64x2.add(c6, c7), f64x2.add(c8, c9)), f64x2.add(ca, cb));
  store<f64>(out, f64x2.extract_lane(f64x2.add(low, high), 0), 8);
  store<f64>(out, <f64>iterations * 48);
}

/**
 * Eight sums of products. The factors come from the first-level cache in every turn: held in registers, their products would leave the loop,
 * and factors that change cost registers that the sums need.
 */
function separate(iterations: i32, out: usize): void {
  for (let i = 0; i < 8; i++) store<f64>(out + (<usize>i << 3), 1e-9 * <f64>(i + 1));
  let c0 = f64x2.splat(0.1);
  let c1 = f64x2.splat(0.2);
  let c2 = f64x2.splat(0.3);
  let c3 = f64x2.splat(0.4);
  let c4 = f64x2.splat(0.5);
  let c5 = f64x2.splat(0.6);
  let c6 = f64x2.splat(0.7);
  let c7 = f64x2.splat(0.8);
  for (let i = 0; i < iterations; i++) {
    const a0 = v128.load(out, 0);
    const a1 = v128.load(out, 16);
    const a2 = v128.load(out, 32);
    const a3 = v128.load(out, 48);
    const b0 = v128.load64_splat(out, 0);
    const b1 = v128.load64_splat(out, 8);
    c0 = f64x2.add(c0, f64x2.mul(a0, b0));
    c1 = f64x2.add(c1, f64x2.mul(a1, b0));
    c2 = f64x2.add(c2, f64x2.mul(a2, b0));
    c3 = f64x2.add(c3, f64x2.mul(a3, b0));
    c4 = f64x2.add(c4, f64x2.mul(a0, b1));
    c5 = f64x2.add(c5, f64x2.mul(a1, b1));
    c6 = f64x2.add(c6, f64x2.mul(a2, b1));
    c7 = f64x2.add(c7, f64x2.mul(a3, b1));
  }
  const low = f64x2.add(f64x2.add(c0, c1), f64x2.add(c2, c3));
  const high = f64x2.add(f64x2.add(c4, c5), f64x2.add(c6, c7));
  store<f64>(out, f64x2.extract_lane(f64x2.add(low, high), 0), 8);
  store<f64>(out, <f64>iterations * 32);
}

function scalar(iterations: i32, out: usize): void {
  const a = 1.0 - 1e-9;
  const b = 1e-9;
  let c0 = 0.1;
  let c1 = 0.2;
  let c2 = 0.3;
  let c3 = 0.4;
  let c4 = 0.5;
  let c5 = 0.6;
  let c6 = 0.7;
  let c7 = 0.8;
  for (let i = 0; i < iterations; i++) {
    c0 = c0 * a + b;
    c1 = c1 * a + b;
    c2 = c2 * a + b;
    c3 = c3 * a + b;
    c4 = c4 * a + b;
    c5 = c5 * a + b;
    c6 = c6 * a + b;
    c7 = c7 * a + b;
  }
  store<f64>(out, c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7, 8);
  store<f64>(out, <f64>iterations * 16);
}
