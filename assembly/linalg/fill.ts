import { INVALID_ARGUMENT, OK } from "../status";

/** x[0…n) = value */
export function fill(n: i32, value: f64, x: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const end = x + (<usize>n << 3);
  while (x < end) {
    store<f64>(x, value);
    x += 8;
  }
  return OK;
}
