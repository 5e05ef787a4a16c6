// What triplets are made of but angular factors: the legs of both neighbors, and the Gaussian of the sum of the squares of all three distances,
// which is twice that of the distance between the neighbors and of the product of their displacements.
import { exponentialOfNegative } from "../../math/decay";
import { broadcast, lanes, plus, times } from "../../math/lanes";
import { blockRow, BlockRow, legs, ROW } from "./scratch";
import { AcsfTables, RadialFactor } from "./tables";

/** Joins the legs of the neighbors of every triplet of a block and makes cos θ; with `derivatives` also what these need. */
export function joinLegs<T>(tables: AcsfTables, number: i32, capacity: i32, count: i32, derivatives: bool, scratch: usize): void {
  const base = legs(tables, capacity, number, scratch);
  let at = blockRow(tables, 0, scratch);
  const end = at + (<usize>count << 3);
  for (; at < end; at += sizeof<T>()) {
    // indices are those of rows of f64
    const j = base + (<usize>load<u32>(at, <usize>BlockRow.indices * ROW) << 2);
    const k = base + (<usize>load<u32>(at, <usize>BlockRow.indices * ROW + 4) << 2);
    if (isVector<T>()) {
      const nextJ = base + (<usize>load<u32>(at, <usize>BlockRow.indices * ROW + 8) << 2);
      const nextK = base + (<usize>load<u32>(at, <usize>BlockRow.indices * ROW + 12) << 2);
      joinPair(at, load<v128>(j), load<v128>(k), load<v128>(nextJ), load<v128>(nextK));
      if (!derivatives) continue;
      joinSlopes(at, BlockRow.firstSlope, BlockRow.firstInverse, load<v128>(j, 16), load<v128>(k), load<v128>(nextJ, 16), load<v128>(nextK));
      joinSlopes(at, BlockRow.secondSlope, BlockRow.secondInverse, load<v128>(k, 16), load<v128>(j), load<v128>(nextK, 16), load<v128>(nextJ));
    } else {
      const inverses = load<f64>(j, 8) * load<f64>(k, 8);
      store<f64>(at, load<f64>(j) * load<f64>(k), <usize>BlockRow.joint * ROW);
      store<f64>(at, inverses, <usize>BlockRow.inverses * ROW);
      store<f64>(at, inverses * load<f64>(at, <usize>BlockRow.dot * ROW), <usize>BlockRow.cosine * ROW);
      if (!derivatives) continue;
      store<f64>(at, load<f64>(j, 16) * load<f64>(k), <usize>BlockRow.firstSlope * ROW);
      store<f64>(at, load<f64>(k, 16) * load<f64>(j), <usize>BlockRow.secondSlope * ROW);
      store<f64>(at, load<f64>(j, 24), <usize>BlockRow.firstInverse * ROW);
      store<f64>(at, load<f64>(k, 24), <usize>BlockRow.secondInverse * ROW);
    }
  }
}

/** f and 1/r of the neighbors of two triplets. */
// @ts-ignore: decorator
@inline
function joinPair(at: usize, j: v128, k: v128, nextJ: v128, nextK: v128): void {
  const one = f64x2.mul(j, k);
  const next = f64x2.mul(nextJ, nextK);
  const inverses = v128.shuffle<f64>(one, next, 1, 3);
  store<v128>(at, v128.shuffle<f64>(one, next, 0, 2), <usize>BlockRow.joint * ROW);
  store<v128>(at, inverses, <usize>BlockRow.inverses * ROW);
  store<v128>(at, f64x2.mul(inverses, load<v128>(at, <usize>BlockRow.dot * ROW)), <usize>BlockRow.cosine * ROW);
}

/** f′/r and 1/r² of one neighbor of two triplets, the former times f of the other. */
// @ts-ignore: decorator
@inline
function joinSlopes(at: usize, SLOPE: i32, INVERSE: i32, own: v128, other: v128, nextOwn: v128, nextOther: v128): void {
  const slopes = v128.shuffle<f64>(f64x2.mul(own, other), f64x2.mul(nextOwn, nextOther), 0, 2);
  store<v128>(at + <usize>SLOPE * ROW, slopes);
  store<v128>(at + <usize>INVERSE * ROW, v128.shuffle<f64>(own, nextOwn, 1, 3));
}

/** The Gaussian of all three distances that the powers of the factors behind are of. */
export function gaussianOfTriplets<T>(tables: AcsfTables, eta: f64, count: i32, scratch: usize): void {
  const minusTwice = broadcast<T>(-2 * eta);
  let at = blockRow(tables, 0, scratch);
  const end = at + (<usize>count << 3);
  for (; at < end; at += sizeof<T>()) {
    const half = plus<T>(load<T>(at, <usize>BlockRow.square * ROW), load<T>(at, <usize>BlockRow.dot * ROW));
    store<T>(at, exponentialOfNegative<T>(times<T>(minusTwice, half)), <usize>BlockRow.gaussian * ROW);
  }
}
