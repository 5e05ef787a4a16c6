// exp(−η (r − r_s)²) of many distances, of the neighbors from the center or between them. Those whose η is a multiple of another's are its powers.
import { exponentialOfNegative } from "../../math/decay";
import { broadcast, lanes, minus, times } from "../../math/lanes";

/** For `count` distances, whole lanes. */
export function gaussians<T>(count: i32, eta: f64, shift: f64, distances: usize, out: usize): void {
  const minusEta = broadcast<T>(-eta);
  const center = broadcast<T>(shift);
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = <usize>i << 3;
    const d = minus<T>(load<T>(distances + at), center);
    store<T>(out + at, exponentialOfNegative<T>(times<T>(minusEta, times<T>(d, d))));
  }
}

/** x to the power p ≥ 1, from the highest bit of p down. */
// @ts-ignore: decorator
@inline
export function wholePower<T>(x: T, p: i32): T {
  let result = x;
  for (let bit = 30 - clz(p); bit >= 0; bit--) {
    result = times<T>(result, result);
    if ((p >> bit) & 1) result = times<T>(result, x);
  }
  return result;
}
