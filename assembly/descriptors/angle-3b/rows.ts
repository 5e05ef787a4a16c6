// Rows of four numbers for as many triplets as there are lanes, and the arithmetic on lanes that only they need.

/** Bytes of one row. */
export const ROW_BYTES: usize = 32;

// @ts-ignore: decorator
@inline
export function squareRoot<T>(a: T): T {
  if (isVector<T>()) return f64x2.sqrt(a);
  else return Math.sqrt(a);
}

// @ts-ignore: decorator
@inline
export function dividedBy<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.div(a, b);
  else return a / b;
}

// @ts-ignore: decorator
@inline
export function atLeast<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.max(a, b);
  else return max(a, b);
}

// @ts-ignore: decorator
@inline
export function sumOfLanes<T>(a: T): f64 {
  if (isVector<T>()) return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  else return a;
}

/** One row for each lane. */
// @ts-ignore: decorator
@inline
export function storeRows<T>(to: usize, a: T, b: T, c: T, d: T): void {
  if (isVector<T>()) {
    v128.store(to, v128.shuffle<u64>(a, b, 0, 2));
    v128.store(to, v128.shuffle<u64>(c, d, 0, 2), 16);
    v128.store(to, v128.shuffle<u64>(a, b, 1, 3), 32);
    v128.store(to, v128.shuffle<u64>(c, d, 1, 3), 48);
  } else {
    store<f64>(to, a);
    store<f64>(to, b, 8);
    store<f64>(to, c, 16);
    store<f64>(to, d, 24);
  }
}

/** One column of the rows of all lanes. */
// @ts-ignore: decorator
@inline
export function loadColumn<T>(from: usize, column: usize): T {
  const at = from + (column << 3);
  if (isVector<T>()) return f64x2.replace_lane(f64x2.splat(load<f64>(at)), 1, load<f64>(at, 32));
  else return load<f64>(at);
}
