// Exact ranks: rows modulo a prime below 2³¹ in reduced echelon form, one more at a time.
import { INVALID_ARGUMENT, OK } from "../status";

/** x mod p for x below 2⁶³: the quotient from doubles is wrong by one at most. */
// @ts-ignore: decorator
@inline
function remainder(x: u64, p: u64, reciprocal: f64): u64 {
  const quotient = <u64>(<i64>(<f64>(<i64>x) * reciprocal));
  const rest = <i64>(x - quotient * p);
  if (rest < 0) return <u64>(rest + <i64>p);
  return rest >= <i64>p ? <u64>(rest - <i64>p) : <u64>rest;
}

function power(base: u64, exponent: u64, p: u64): u64 {
  let result: u64 = 1;
  while (exponent > 0) {
    if (exponent & 1) result = (result * base) % p;
    base = (base * base) % p;
    exponent >>= 1;
  }
  return result;
}

/** sums[0…n) += factor · row[0…n), kept below p²; sums u64, row u32, n a multiple of 4 */
function addMultiple(n: i32, factor: u64, row: usize, square: u64, sums: usize): void {
  const end = row + ((<usize>n) << 2);
  if (ASC_FEATURE_SIMD) {
    const factors = i32x4.splat(<i32>factor);
    const squares = i64x2.splat(<i64>square);
    while (row < end) {
      const four = v128.load(row);
      const low = i64x2.add(v128.load(sums), i64x2.extmul_low_i32x4_u(factors, four));
      const high = i64x2.add(v128.load(sums, 16), i64x2.extmul_high_i32x4_u(factors, four));
      v128.store(sums, i64x2.sub(low, v128.and(squares, i64x2.ge_s(low, squares))));
      v128.store(sums, i64x2.sub(high, v128.and(squares, i64x2.ge_s(high, squares))), 16);
      row += 16;
      sums += 32;
    }
  }
  while (row < end) {
    const sum = load<u64>(sums) + factor * <u64>load<u32>(row);
    store<u64>(sums, sum >= square ? sum - square : sum);
    row += 4;
    sums += 8;
  }
}

/** Subtracts what the kept rows explain: they are 1 at their own pivots and 0 at each other's, so the row itself tells the factors. */
function subtractKept(n: i32, rank: i32, p: u64, row: usize, kept: usize, pivots: usize, sums: usize): void {
  const reciprocal = 1.0 / <f64>p;
  const bytes = (<usize>n) << 2;
  for (let j = 0; j < n; j++) store<u64>(sums + ((<usize>j) << 3), <u64>load<u32>(row + ((<usize>j) << 2)));
  for (let k = 0; k < rank; k++) {
    const factor = <u64>load<u32>(row + ((<usize>load<i32>(pivots + ((<usize>k) << 2))) << 2));
    if (factor != 0) addMultiple(n, p - factor, kept + <usize>k * bytes, p * p, sums);
  }
  for (let j = 0; j < n; j++) store<u32>(row + ((<usize>j) << 2), <u32>remainder(load<u64>(sums + ((<usize>j) << 3)), p, reciprocal));
}

/** Makes the new row 1 at its pivot, and the kept rows 0 there. */
function clearPivot(n: i32, rank: i32, pivot: i32, p: u64, row: usize, kept: usize): void {
  const reciprocal = 1.0 / <f64>p;
  const bytes = (<usize>n) << 2;
  const inverse = power(<u64>load<u32>(row + ((<usize>pivot) << 2)), p - 2, p);
  for (let at = row; at < row + bytes; at += 4) store<u32>(at, <u32>remainder(<u64>load<u32>(at) * inverse, p, reciprocal));
  for (let k = 0; k < rank; k++) {
    const other = kept + <usize>k * bytes;
    const factor = <u64>load<u32>(other + ((<usize>pivot) << 2));
    if (factor == 0) continue;
    const minus = p - factor;
    for (let at: usize = 0; at < bytes; at += 4) store<u32>(other + at, <u32>remainder(<u64>load<u32>(other + at) + minus * <u64>load<u32>(row + at), p, reciprocal));
  }
}

/**
 * One row more: what the kept rows leave of it joins them unless it is zero.
 * @param n columns, a multiple of 4; prime below 2³¹
 * @param row u32 [n], below the prime; overwritten by what is left of it
 * @param kept u32 [rank × n] and room for one more; reduced echelon form. pivots i32 [rank] and room for one more
 * @param sums u64 [n], scratch; out: i32 [1], the rank with the row
 */
export function echelonInsert(n: i32, rank: i32, prime: i32, row: usize, kept: usize, pivots: usize, sums: usize, out: usize): i32 {
  if (n < 0 || (n & 3) != 0 || rank < 0 || rank > n || prime < 3) return INVALID_ARGUMENT;
  const p = <u64>prime;
  subtractKept(n, rank, p, row, kept, pivots, sums);
  store<i32>(out, rank);
  let pivot = 0;
  while (pivot < n && load<u32>(row + ((<usize>pivot) << 2)) == 0) pivot++;
  if (pivot == n) return OK;
  clearPivot(n, rank, pivot, p, row, kept);
  memory.copy(kept + <usize>rank * ((<usize>n) << 2), row, (<usize>n) << 2);
  store<i32>(pivots + ((<usize>rank) << 2), pivot);
  store<i32>(out, rank + 1);
  return OK;
}
