// Rows of quadratic models: E = β·x + ½ xᵀ α x with a symmetric α is linear in β and the upper half of α, whose columns are
// ½ x_0², x_0 x_1, …, x_0 x_{n−1}, ½ x_1², … (the order of quadratic SNAP: Wood & Thompson, JCP 148, 241721 (2018), 10.1063/1.5017641).
import { madd } from "../math/simd";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * out: f64 [nRows × (n + n (n + 1)/2)], the rows and their products
 * @param x f64 [nRows × n]
 */
export function quadraticRows(nRows: i32, n: i32, x: usize, out: usize): i32 {
  if (nRows < 0 || n < 0) return INVALID_ARGUMENT;
  const rowBytes = <usize>n << 3;
  let target = out;
  for (let r = 0; r < nRows; r++, x += rowBytes) {
    memory.copy(target, x, rowBytes);
    target += rowBytes;
    for (let a: usize = 0; a < rowBytes; a += 8) {
      const xa = load<f64>(x + a);
      store<f64>(target, 0.5 * xa * xa);
      target += 8;
      for (let b = a + 8; b < rowBytes; b += 8, target += 8) store<f64>(target, xa * load<f64>(x + b));
    }
  }
  return OK;
}

/**
 * The same for derivatives d of rows x along directions, three for each group: d, x_0 d_0, x_0 d_1 + x_1 d_0, …
 * @param x f64 [nCenters × n]
 * @param groups i32 [nCenters]: groups of each center
 * @param rows f64 [3 Σ groups × n]
 * @param out f64 [3 Σ groups × (n + n (n + 1)/2)]
 */
export function quadraticDerivatives(nCenters: i32, n: i32, x: usize, groups: usize, rows: usize, out: usize): i32 {
  if (nCenters < 0 || n < 0) return INVALID_ARGUMENT;
  const rowBytes = <usize>n << 3;
  let target = out;
  for (let c: usize = 0; c < <usize>nCenters; c++, x += rowBytes) {
    const nRows = 3 * load<i32>(groups + (c << 2));
    for (let r = 0; r < nRows; r++, rows += rowBytes) {
      memory.copy(target, rows, rowBytes);
      target = products(rowBytes, x, rows, target + rowBytes);
    }
  }
  return OK;
}

/** x_a d_b + x_b d_a for a < b, and x_a d_a; the end of what was written. */
// @ts-ignore: decorator
@inline
function products(rowBytes: usize, x: usize, d: usize, out: usize): usize {
  let target = out;
  for (let a: usize = 0; a < rowBytes; a += 8) {
    const xa = load<f64>(x + a), da = load<f64>(d + a);
    store<f64>(target, xa * da);
    target += 8;
    let b = a + 8;
    if (ASC_FEATURE_SIMD) {
      const vx = f64x2.splat(xa), vd = f64x2.splat(da);
      for (; b + 16 <= rowBytes; b += 16, target += 16) v128.store(target, madd(vx, v128.load(d + b), f64x2.mul(vd, v128.load(x + b))));
    }
    for (; b < rowBytes; b += 8, target += 8) store<f64>(target, xa * load<f64>(d + b) + da * load<f64>(x + b));
  }
  return target;
}
