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

/** out[0…n) = x[0…n) + value; out may be x */
export function addToAll(n: i32, value: f64, x: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const end = <usize>n << 3;
  for (let i: usize = 0; i < end; i += 8) store<f64>(out + i, load<f64>(x + i) + value);
  return OK;
}
