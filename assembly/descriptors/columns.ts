// Rows of descriptors that are made of rows of others: columns that are scaled, put side by side, and environments of a shorter range.
import { madd } from "../math/simd";
import { Environments } from "../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * out = (rows − shifts) · factors, column by column.
 * @param rows f64 [nRows × nColumns]
 * @param shifts f64 [nColumns]; 0: none
 * @param factors f64 [nColumns]
 * @param out f64 [nRows × nColumns]; may be `rows`
 */
export function scaleColumns(nRows: i32, nColumns: i32, rows: usize, shifts: usize, factors: usize, out: usize): i32 {
  if (nRows < 0 || nColumns < 1) return INVALID_ARGUMENT;
  const end = <usize>nColumns << 3;
  const inPairs = <usize>(nColumns & ~1) << 3;
  for (let row = 0; row < nRows; row++, rows += end, out += end) {
    let i: usize = 0;
    if (ASC_FEATURE_SIMD) {
      for (; i < inPairs; i += 16) {
        let value = v128.load(rows + i);
        if (shifts) value = f64x2.sub(value, v128.load(shifts + i));
        v128.store(out + i, f64x2.mul(value, v128.load(factors + i)));
      }
    }
    for (; i < end; i += 8) {
      let value = load<f64>(rows + i);
      if (shifts) value -= load<f64>(shifts + i);
      store<f64>(out + i, value * load<f64>(factors + i));
    }
  }
  return OK;
}

/**
 * What `scaleColumns` was given: out = rows · scales + shifts, where scales are 1 / factors.
 * @param out f64 [nRows × nColumns]; may be `rows`
 */
export function restoreColumns(nRows: i32, nColumns: i32, rows: usize, shifts: usize, scales: usize, out: usize): i32 {
  if (nRows < 0 || nColumns < 1) return INVALID_ARGUMENT;
  const end = <usize>nColumns << 3;
  const inPairs = <usize>(nColumns & ~1) << 3;
  for (let row = 0; row < nRows; row++, rows += end, out += end) {
    let i: usize = 0;
    if (ASC_FEATURE_SIMD) {
      for (; i < inPairs; i += 16) v128.store(out + i, madd(v128.load(rows + i), v128.load(scales + i), v128.load(shifts + i)));
    }
    for (; i < end; i += 8) store<f64>(out + i, load<f64>(rows + i) * load<f64>(scales + i) + load<f64>(shifts + i));
  }
  return OK;
}

/**
 * Copies nColumns of each row.
 * @param fromStride elements from one row of `from` to the next
 * @param places i32 [nRows]: row of `to` that each one goes to; 0: in their order
 * @param toStride elements from one row of `to` to the next
 */
export function copyColumns(nRows: i32, nColumns: i32, fromStride: i32, from: usize, places: usize, toStride: i32, to: usize): i32 {
  if (nRows < 0 || nColumns < 0 || fromStride < nColumns || toStride < nColumns) return INVALID_ARGUMENT;
  const bytes = <usize>nColumns << 3;
  for (let row = 0; row < nRows; row++) {
    const place = places ? load<i32>(places + (<usize>row << 2)) : row;
    memory.copy(to + <usize>place * (<usize>toStride << 3), from + <usize>row * (<usize>fromStride << 3), bytes);
  }
  return OK;
}

/**
 * The columns of a list: to[row, i] = from[row, columns[i]].
 * @param from f64 [nRows × nFrom]
 * @param columns i32 [nColumns], below nFrom
 * @param to f64 [nRows × nColumns]
 */
export function gatherColumns(nRows: i32, nFrom: i32, from: usize, nColumns: i32, columns: usize, to: usize): i32 {
  if (nRows < 0 || nColumns < 0 || nFrom < nColumns) return INVALID_ARGUMENT;
  for (let row = 0; row < nRows; row++, from += <usize>nFrom << 3) {
    for (let i = 0; i < nColumns; i++, to += 8) store<f64>(to, load<f64>(from + (<usize>load<i32>(columns + (<usize>i << 2)) << 3)));
  }
  return OK;
}

/**
 * Back to where `gatherColumns` took them, with 0 in all other columns.
 * @param from f64 [nRows × nColumns]
 * @param columns i32 [nColumns], below nTo
 * @param to f64 [nRows × nTo]
 */
export function scatterColumns(nRows: i32, nColumns: i32, from: usize, columns: usize, nTo: i32, to: usize): i32 {
  if (nRows < 0 || nColumns < 0 || nTo < nColumns) return INVALID_ARGUMENT;
  memory.fill(to, 0, (<usize>nRows * <usize>nTo) << 3);
  for (let row = 0; row < nRows; row++, to += <usize>nTo << 3) {
    for (let i = 0; i < nColumns; i++, from += 8) store<f64>(to + (<usize>load<i32>(columns + (<usize>i << 2)) << 3), load<f64>(from));
  }
  return OK;
}

/**
 * to[place] += from, vectors of three.
 * @param from f64 [count × 3]
 * @param places i32 [count]; 0: in their order
 */
export function addVectors(count: i32, from: usize, places: usize, to: usize): i32 {
  if (count < 0) return INVALID_ARGUMENT;
  for (let i: usize = 0; i < <usize>count; i++) {
    const place = places ? <usize>load<i32>(places + (i << 2)) : i;
    const source = from + i * 24;
    const target = to + place * 24;
    store<f64>(target, load<f64>(target) + load<f64>(source));
    store<f64>(target, load<f64>(target, 8) + load<f64>(source, 8), 8);
    store<f64>(target, load<f64>(target, 16) + load<f64>(source, 16), 16);
  }
  return OK;
}

/**
 * The pairs below a cutoff, in their order.
 * @param from Environments
 * @param to Environments with room for as many pairs: everything but `centerSpecies` is written, offsets count from 0
 * @param pairs i32 [nPairs of `to`], written: position of each among the pairs of `from`, counted from its first offset
 */
export function environmentsWithin(nCenters: i32, cutoff: f64, from: usize, to: usize, pairs: usize): i32 {
  if (nCenters < 0 || !(cutoff > 0)) return INVALID_ARGUMENT;
  const source = changetype<Environments>(from);
  const target = changetype<Environments>(to);
  const base = <usize>load<i32>(source.offsets);
  let count: usize = 0;
  store<i32>(target.offsets, 0);
  for (let c: usize = 0; c < <usize>nCenters; c++) {
    const last = <usize>load<i32>(source.offsets + (c << 2), 4);
    for (let p = <usize>load<i32>(source.offsets + (c << 2)); p < last; p++) {
      const r = load<f64>(source.distances + (p << 3));
      // a distance that is not a number is kept: it shall show
      if (r >= cutoff) continue;
      store<i32>(target.neighborSpecies + (count << 2), load<i32>(source.neighborSpecies + (p << 2)));
      store<f64>(target.dx + (count << 3), load<f64>(source.dx + (p << 3)));
      store<f64>(target.dy + (count << 3), load<f64>(source.dy + (p << 3)));
      store<f64>(target.dz + (count << 3), load<f64>(source.dz + (p << 3)));
      store<f64>(target.distances + (count << 3), r);
      store<i32>(pairs + (count << 2), <i32>(p - base));
      count++;
    }
    store<i32>(target.offsets + (c << 2), <i32>count, 4);
  }
  return OK;
}
