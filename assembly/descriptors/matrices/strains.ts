import { times } from "../../math/lanes";

/** Stores f_a d_b in the order xx yy zz yz xz xy, `stride` bytes apart; f is along d. */
// @ts-ignore: decorator
@inline
export function storeStrains<T>(out: usize, stride: usize, fx: T, fy: T, fz: T, dx: T, dy: T, dz: T): void {
  store<T>(out, times<T>(fx, dx));
  store<T>(out + stride, times<T>(fy, dy));
  store<T>(out + 2 * stride, times<T>(fz, dz));
  store<T>(out + 3 * stride, times<T>(fy, dz));
  store<T>(out + 4 * stride, times<T>(fx, dz));
  store<T>(out + 5 * stride, times<T>(fx, dy));
}
