// Arithmetic on T, which is v128 (two f64 lanes) in the SIMD builds and f64 in the scalar one: a loop written once over T
// serves every build. The `if`s are decided when compiling.
import { madd, nmadd } from "./simd";

// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return <i32>(sizeof<T>() >> 3);
}

// @ts-ignore: decorator
@inline
export function broadcast<T>(value: f64): T {
  if (isVector<T>()) return f64x2.splat(value);
  else return value;
}

/** One f64 from memory to every lane. */
// @ts-ignore: decorator
@inline
export function loadBroadcast<T>(pointer: usize): T {
  if (isVector<T>()) return v128.load64_splat(pointer);
  else return load<f64>(pointer);
}

// @ts-ignore: decorator
@inline
export function plus<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.add(a, b);
  else return a + b;
}

// @ts-ignore: decorator
@inline
export function minus<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.sub(a, b);
  else return a - b;
}

// @ts-ignore: decorator
@inline
export function times<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.mul(a, b);
  else return a * b;
}

/** a·b + c */
// @ts-ignore: decorator
@inline
export function timesPlus<T>(a: T, b: T, c: T): T {
  if (isVector<T>()) return madd(a, b, c);
  else return c + a * b;
}

/** c − a·b */
// @ts-ignore: decorator
@inline
export function minusTimes<T>(a: T, b: T, c: T): T {
  if (isVector<T>()) return nmadd(a, b, c);
  else return c - a * b;
}

/** a / b */
// @ts-ignore: decorator
@inline
export function over<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.div(a, b);
  else return a / b;
}

// @ts-ignore: decorator
@inline
export function squareRoot<T>(a: T): T {
  if (isVector<T>()) return f64x2.sqrt(a);
  else return sqrt(a);
}

/** The smaller of the two; b where they cannot be compared. */
// @ts-ignore: decorator
@inline
export function smaller<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.pmin(b, a);
  else return a < b ? a : b;
}

/** The larger of the two; b where they cannot be compared. */
// @ts-ignore: decorator
@inline
export function larger<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.pmax(b, a);
  else return a > b ? a : b;
}

/** x in the lanes where a < b, 0 in the others. */
// @ts-ignore: decorator
@inline
export function whereLess<T>(a: T, b: T, x: T): T {
  if (isVector<T>()) return v128.and(f64x2.lt(a, b), x);
  else return a < b ? x : 0;
}

/** One f64 for each lane: those at `row` plus the offsets (bytes) at `index`, each the first u32 of two. */
// @ts-ignore: decorator
@inline
export function gather<T>(row: usize, index: usize): T {
  if (isVector<T>()) return v128.load64_lane(row + <usize>load<u32>(index, 8), v128.load64_zero(row + <usize>load<u32>(index)), 1);
  else return load<f64>(row + <usize>load<u32>(index));
}
