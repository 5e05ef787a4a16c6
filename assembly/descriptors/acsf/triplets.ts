// Triplets of one center, pair of species by pair of species and block by block; every triplet is visited once. Those whose neighbors are
// within the narrow radius of each other stand in front, the others behind, so that functions with and without the distance between the
// neighbors share the angular factors.
import { broadcast, lanes, loadBroadcast, minus, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { backwardOfBlock } from "./backward";
import { jacobianOfBlock } from "./jacobian";
import { AcsfTables, BLOCK, blockRow, BlockRow, Bucket, neighborRow, NeighborRow, ROW, SpeciesPair } from "./tables";
import { valuesOfBlock } from "./values";

/** What is done with a block. */
export const enum Pass {
  values,
  backward,
  jacobian,
}

/** All triplets of a pair of species; `pass` is a Pass. */
export function forEachBlock<T>(pass: i32, tables: AcsfTables, pair: SpeciesPair, capacity: i32, scratch: usize): void {
  const first = recordAt<Bucket>(scratch + tables.bucketsAt, pair.first);
  const second = recordAt<Bucket>(scratch + tables.bucketsAt, pair.second);
  const isSame = pair.first == pair.second;
  const nFirst = first.near;
  const nSecond = second.near;
  const isNarrow = pair.nNarrow > 0;
  const isMixed = isNarrow && pair.nWide > 0;
  let left = 0;
  let right = BLOCK;
  for (let j = 0; j < nFirst; j++) {
    let k = isSame ? j + 1 : 0;
    while (k < nSecond) {
      const taken = min(nSecond - k, right - left);
      let inside = taken;
      if (isNarrow && !isMixed) inside = placeNarrow<T>(tables, capacity, j, k, first.start + j, second.start + k, taken, left, pair.narrowRadius, scratch);
      else {
        candidates<T>(tables, capacity, first.start + j, second.start + k, taken, isMixed, scratch);
        if (isMixed) inside = placeMixed(tables, j, k, taken, left, right, pair.narrowRadius, scratch);
        else placeAll<T>(tables, j, k, taken, left, scratch);
      }
      left += inside;
      if (isMixed) right -= taken - inside;
      k += taken;
      if (left < right) continue;
      finishBlock<T>(pass, tables, pair, first, second, capacity, left, right, scratch);
      left = 0;
      right = BLOCK;
    }
  }
  if (left > 0 || right < BLOCK) finishBlock<T>(pass, tables, pair, first, second, capacity, left, right, scratch);
}

/** cos θ and, if asked for, the square of the distance between neighbor `j` and each of `count` neighbors from `k` on. */
function candidates<T>(tables: AcsfTables, capacity: i32, j: i32, k: i32, count: i32, wantsDistance: bool, scratch: usize): void {
  const row = <usize>capacity << 3;
  const base = neighborRow(tables, capacity, 0, scratch);
  const one = base + (<usize>j << 3);
  let other = base + (<usize>k << 3);
  const ux = loadBroadcast<T>(one + <usize>NeighborRow.unitX * row);
  const uy = loadBroadcast<T>(one + <usize>NeighborRow.unitY * row);
  const uz = loadBroadcast<T>(one + <usize>NeighborRow.unitZ * row);
  const x = loadBroadcast<T>(one + <usize>NeighborRow.x * row);
  const y = loadBroadcast<T>(one + <usize>NeighborRow.y * row);
  const z = loadBroadcast<T>(one + <usize>NeighborRow.z * row);
  let cosine = blockRow(tables, BlockRow.squareCosine, scratch);
  let square = blockRow(tables, BlockRow.square, scratch);
  for (let i = 0; i < count; i += lanes<T>()) {
    const c = times<T>(ux, load<T>(other + <usize>NeighborRow.unitX * row));
    store<T>(cosine, timesPlus<T>(uz, load<T>(other + <usize>NeighborRow.unitZ * row), timesPlus<T>(uy, load<T>(other + <usize>NeighborRow.unitY * row), c)));
    if (wantsDistance) {
      const dx = minus<T>(x, load<T>(other + <usize>NeighborRow.x * row));
      const dy = minus<T>(y, load<T>(other + <usize>NeighborRow.y * row));
      const dz = minus<T>(z, load<T>(other + <usize>NeighborRow.z * row));
      store<T>(square, plus<T>(plus<T>(times<T>(dx, dx), times<T>(dy, dy)), times<T>(dz, dz)));
    }
    other += sizeof<T>();
    cosine += sizeof<T>();
    square += sizeof<T>();
  }
}

/** Puts one candidate into the block. */
// @ts-ignore: decorator
@inline
function put(indices: usize, numbers: usize, slot: i32, j: i32, k: i32, square: f64, cosine: f64): void {
  const at = <usize>slot << 3;
  store<u64>(indices + at, bothIndices(j, k));
  store<f64>(numbers + at, square);
  store<f64>(numbers + COSINE + at, cosine);
}

// @ts-ignore: decorator
@inline
function bothIndices(j: i32, k: i32): u64 {
  return (<u64>(k << 3) << 32) | <u64>(j << 3);
}

/** From the row of distances to that of cosines. */
const COSINE: usize = <usize>(BlockRow.cosine - BlockRow.distance) * ROW;

/** Those within the radius from `left` upwards, the others from `right` downwards. Returns the number of the former. */
function placeMixed(tables: AcsfTables, j: i32, k: i32, count: i32, left: i32, right: i32, radius: f64, scratch: usize): i32 {
  const limit = radius * radius;
  const indices = blockRow(tables, BlockRow.indices, scratch);
  const numbers = blockRow(tables, BlockRow.distance, scratch);
  const squares = blockRow(tables, BlockRow.square, scratch);
  const cosines = blockRow(tables, BlockRow.squareCosine, scratch);
  let next = left;
  for (let i = 0; i < count; i++) {
    const square = load<f64>(squares + (<usize>i << 3));
    const isInside = square < limit;
    // the last place of the others is that of `right` minus those already there
    const slot = select(next, right - 1 - (left + i - next), isInside);
    put(indices, numbers, slot, j, k + i, square, load<f64>(cosines + (<usize>i << 3)));
    next += i32(isInside);
  }
  return next - left;
}

/** Those within the radius alone, from `left` upwards: neighbors `k` and on, which stand in place `second` and on. Returns their number. */
function placeNarrow<T>(
  tables: AcsfTables, capacity: i32, j: i32, k: i32, first: i32, second: i32, count: i32, left: i32, radius: f64, scratch: usize,
): i32 {
  const limit = broadcast<T>(radius * radius);
  const row = <usize>capacity << 3;
  const base = neighborRow(tables, capacity, 0, scratch);
  const one = base + (<usize>first << 3);
  let other = base + (<usize>second << 3);
  const ux = loadBroadcast<T>(one + <usize>NeighborRow.unitX * row);
  const uy = loadBroadcast<T>(one + <usize>NeighborRow.unitY * row);
  const uz = loadBroadcast<T>(one + <usize>NeighborRow.unitZ * row);
  const x = loadBroadcast<T>(one + <usize>NeighborRow.x * row);
  const y = loadBroadcast<T>(one + <usize>NeighborRow.y * row);
  const z = loadBroadcast<T>(one + <usize>NeighborRow.z * row);
  const indices = blockRow(tables, BlockRow.indices, scratch);
  const numbers = blockRow(tables, BlockRow.distance, scratch);
  let both = bothIndices(j, k);
  let next = <usize>left << 3;
  for (let i = 0; i < count; i += lanes<T>()) {
    const xk = load<T>(other + <usize>NeighborRow.x * row);
    const yk = load<T>(other + <usize>NeighborRow.y * row);
    const zk = load<T>(other + <usize>NeighborRow.z * row);
    const cosine = times<T>(timesPlus<T>(uz, zk, timesPlus<T>(uy, yk, times<T>(ux, xk))), load<T>(other + <usize>NeighborRow.inverse * row));
    const dx = minus<T>(x, xk);
    const dy = minus<T>(y, yk);
    const dz = minus<T>(z, zk);
    const square = plus<T>(plus<T>(times<T>(dx, dx), times<T>(dy, dy)), times<T>(dz, dz));
    // what is outside is overwritten by the next
    store<u64>(indices + next, both);
    if (isVector<T>()) {
      const inside = f64x2.lt(square, limit);
      v128.store64_lane(numbers + next, square, 0);
      v128.store64_lane(numbers + COSINE + next, cosine, 0);
      next += <usize>(i64x2.extract_lane(inside, 0) & 8);
      store<u64>(indices + next, both + NEXT_SECOND);
      v128.store64_lane(numbers + next, square, 1);
      v128.store64_lane(numbers + COSINE + next, cosine, 1);
      if (i + 1 < count) next += <usize>(i64x2.extract_lane(inside, 1) & 8);
    } else {
      store<f64>(numbers + next, square);
      store<f64>(numbers + COSINE + next, cosine);
      next += <usize>(square < limit) << 3;
    }
    both += <u64>lanes<T>() * NEXT_SECOND;
    other += sizeof<T>();
  }
  return <i32>(next >> 3) - left;
}

/** From the indices of a triplet to those with the next second neighbor. */
const NEXT_SECOND: u64 = 1 << 35;

function placeAll<T>(tables: AcsfTables, j: i32, k: i32, count: i32, left: i32, scratch: usize): void {
  const indices = blockRow(tables, BlockRow.indices, scratch) + (<usize>left << 3);
  const to = blockRow(tables, BlockRow.cosine, scratch) + (<usize>left << 3);
  const cosines = blockRow(tables, BlockRow.squareCosine, scratch);
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 3;
    store<u64>(indices + at, bothIndices(j, k + i));
    store<f64>(to + at, load<f64>(cosines + at));
  }
}

/** Closes the gap in a block that is not full, pads it to whole lanes, and does what the pass does. */
function finishBlock<T>(
  pass: i32, tables: AcsfTables, pair: SpeciesPair, first: Bucket, second: Bucket, capacity: i32, left: i32, right: i32, scratch: usize,
): void {
  const behind = BLOCK - right;
  const count = left + behind;
  const indices = blockRow(tables, BlockRow.indices, scratch);
  const numbers = blockRow(tables, BlockRow.distance, scratch);
  if (behind > 0 && left < right) {
    const from = <usize>right << 3;
    const to = <usize>left << 3;
    memory.copy(indices + to, indices + from, <usize>behind << 3);
    memory.copy(numbers + to, numbers + from, <usize>behind << 3);
    memory.copy(numbers + COSINE + to, numbers + COSINE + from, <usize>behind << 3);
  }
  // the empty place behind each bucket has no terms
  put(indices, numbers, count, first.count, second.count, 4 * pair.narrowRadius * pair.narrowRadius, 0);
  const inside = pair.nNarrow > 0 ? left : 0;
  if (pass == Pass.values) valuesOfBlock<T>(tables, pair, first, second, capacity, inside, count, scratch);
  else if (pass == Pass.backward) backwardOfBlock<T>(tables, pair, first, second, capacity, inside, count, scratch);
  else jacobianOfBlock<T>(tables, pair, first, second, capacity, inside, count, scratch);
}
