import { INVALID_ARGUMENT, OK } from "../status";
import { dotProduct, scaleVector, subtractScaled } from "./vector";

/** y[0…n) += alpha·x[0…n) */
export function axpy(n: i32, x: usize, alpha: f64, y: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  subtractScaled(n, -alpha, x, y);
  return OK;
}

/** x[0…n) *= alpha */
export function scale(n: i32, alpha: f64, x: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  scaleVector(n, alpha, x);
  return OK;
}

/** out[0] = Σ x·y over n elements. */
export function dot(n: i32, x: usize, y: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  store<f64>(out, dotProduct(n, x, y));
  return OK;
}
