// Triplets of one center, block by block; every triplet is visited once. A block holds those of one pair of species after the other, as long as
// their functions are the same. Where some functions have the distance between the neighbors and others not, a block is of one pair of species,
// and triplets whose neighbors are within the narrow radius of each other stand in front, so that all share the angular factors.
import { broadcast, lanes, loadBroadcast, minus, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { backwardOfBlock } from "./backward";
import { jacobianOfBlock } from "./jacobian";
import { BLOCK, blockRow, BlockRow, BlockState, Bucket, neighborRow, NeighborRow, ROW, TripletSegment, segmentsOf } from "./scratch";
import { AcsfTables, SpeciesPair, TripletGroup } from "./tables";
import { valuesOfBlock } from "./values";

/** What is done with a block. */
export const enum Pass {
  values,
  backward,
  jacobian,
}

/** All triplets of a group; `pass` is a Pass, `out` the row of features where it is values. */
export function forEachBlock<T>(pass: i32, tables: AcsfTables, group: TripletGroup, capacity: i32, out: usize, scratch: usize): void {
  const state = changetype<BlockState>(scratch + tables.stateAt);
  const nPairs = group.nPairs;
  const isMixed = group.nNarrow > 0 && group.nWide > 0;
  clearBlock(state);
  for (let i = 0; i < nPairs; i++) {
    const pair = recordAt<SpeciesPair>(group.pairs, i);
    placePair<T>(pass, tables, group, pair, capacity, out, scratch);
    endSegment(tables, pair, scratch);
    if (isMixed || state.left == BLOCK) finishBlock<T>(pass, tables, group, capacity, out, scratch);
  }
  finishBlock<T>(pass, tables, group, capacity, out, scratch);
}

/** Triplets of a pair of species. */
function placePair<T>(pass: i32, tables: AcsfTables, group: TripletGroup, pair: SpeciesPair, capacity: i32, out: usize, scratch: usize): void {
  const state = changetype<BlockState>(scratch + tables.stateAt);
  const first = recordAt<Bucket>(scratch + tables.bucketsAt, pair.first);
  const second = recordAt<Bucket>(scratch + tables.bucketsAt, pair.second);
  const isSame = pair.first == pair.second;
  const isNarrow = group.nNarrow > 0;
  const isMixed = isNarrow && group.nWide > 0;
  const radius = group.narrowRadius;
  const endFirst = first.start + first.near;
  const endSecond = second.start + second.near;
  let left = state.left;
  let right = state.right;
  for (let j = first.start; j < endFirst; j++) {
    let k = isSame ? j + 1 : second.start;
    while (k < endSecond) {
      const taken = min(endSecond - k, right - left);
      let inside = taken;
      if (isNarrow && !isMixed) inside = placeNarrow<T>(tables, capacity, j, k, taken, left, radius, scratch);
      else {
        candidates<T>(tables, capacity, j, k, taken, isMixed, scratch);
        if (isMixed) inside = placeMixed(tables, j, k, taken, left, right, radius, scratch);
        else placeAll<T>(tables, j, k, taken, left, scratch);
      }
      left += inside;
      if (isMixed) right -= taken - inside;
      k += taken;
      if (left < right) continue;
      state.left = left;
      state.right = right;
      endSegment(tables, pair, scratch);
      finishBlock<T>(pass, tables, group, capacity, out, scratch);
      left = 0;
      right = BLOCK;
    }
  }
  state.left = left;
  state.right = right;
}

function clearBlock(state: BlockState): void {
  state.left = 0;
  state.right = BLOCK;
  state.nSegments = 0;
  state.start = 0;
}

/** Ends the triplets of a pair of species, padded to whole lanes; closes the gap between those from below and those from above. */
function endSegment(tables: AcsfTables, pair: SpeciesPair, scratch: usize): void {
  const state = changetype<BlockState>(scratch + tables.stateAt);
  const left = state.left;
  const right = state.right;
  const behind = BLOCK - right;
  const end = left + behind;
  if (end == state.start) return;
  const indices = blockRow(tables, BlockRow.indices, scratch);
  const numbers = blockRow(tables, BlockRow.square, scratch);
  if (behind > 0 && left < right) {
    const from = <usize>right << 3;
    const to = <usize>left << 3;
    memory.copy(indices + to, indices + from, <usize>behind << 3);
    memory.copy(numbers + to, numbers + from, <usize>behind << 3);
    memory.copy(numbers + DOT + to, numbers + DOT + from, <usize>behind << 3);
  }
  const segment = recordAt<TripletSegment>(segmentsOf(tables, scratch), state.nSegments++);
  segment.first = state.start;
  segment.end = end;
  segment.pair = changetype<usize>(pair);
  // the empty place behind each bucket has no terms
  const first = recordAt<Bucket>(scratch + tables.bucketsAt, pair.first);
  const second = recordAt<Bucket>(scratch + tables.bucketsAt, pair.second);
  put(indices, numbers, end, first.start + first.count, second.start + second.count, 0, 0);
  const padded = (end + 1) & ~1;
  state.start = padded;
  if (behind == 0) state.left = padded;
}

/** Does what the pass does with the triplets that were placed, if there are any, and begins anew. */
function finishBlock<T>(pass: i32, tables: AcsfTables, group: TripletGroup, capacity: i32, out: usize, scratch: usize): void {
  const state = changetype<BlockState>(scratch + tables.stateAt);
  const count = state.start;
  if (count > 0) {
    const inside = group.nNarrow > 0 ? state.left : 0;
    if (pass == Pass.values) valuesOfBlock<T>(tables, group, capacity, inside, count, out, scratch);
    else if (pass == Pass.backward) backwardOfBlock<T>(tables, group, capacity, inside, count, scratch);
    else jacobianOfBlock<T>(tables, group, capacity, inside, count, scratch);
  }
  clearBlock(state);
}

/** The product of displacements and, if asked for, the square of the distance between neighbor `j` and each of `count` neighbors from `k` on. */
function candidates<T>(tables: AcsfTables, capacity: i32, j: i32, k: i32, count: i32, wantsDistance: bool, scratch: usize): void {
  const row = <usize>capacity << 3;
  const base = neighborRow(tables, capacity, 0, scratch);
  const one = base + (<usize>j << 3);
  let other = base + (<usize>k << 3);
  const x = loadBroadcast<T>(one + <usize>NeighborRow.x * row);
  const y = loadBroadcast<T>(one + <usize>NeighborRow.y * row);
  const z = loadBroadcast<T>(one + <usize>NeighborRow.z * row);
  let dot = blockRow(tables, BlockRow.candidateDot, scratch);
  let square = blockRow(tables, BlockRow.candidateSquare, scratch);
  for (let i = 0; i < count; i += lanes<T>()) {
    const xk = load<T>(other + <usize>NeighborRow.x * row);
    const yk = load<T>(other + <usize>NeighborRow.y * row);
    const zk = load<T>(other + <usize>NeighborRow.z * row);
    store<T>(dot, timesPlus<T>(z, zk, timesPlus<T>(y, yk, times<T>(x, xk))));
    if (wantsDistance) {
      const dx = minus<T>(x, xk);
      const dy = minus<T>(y, yk);
      const dz = minus<T>(z, zk);
      store<T>(square, plus<T>(plus<T>(times<T>(dx, dx), times<T>(dy, dy)), times<T>(dz, dz)));
    }
    other += sizeof<T>();
    dot += sizeof<T>();
    square += sizeof<T>();
  }
}

/** Puts one candidate into the block. */
// @ts-ignore: decorator
@inline
function put(indices: usize, numbers: usize, slot: i32, j: i32, k: i32, square: f64, dot: f64): void {
  const at = <usize>slot << 3;
  store<u64>(indices + at, bothIndices(j, k));
  store<f64>(numbers + at, square);
  store<f64>(numbers + DOT + at, dot);
}

// @ts-ignore: decorator
@inline
function bothIndices(j: i32, k: i32): u64 {
  return (<u64>(k << 3) << 32) | <u64>(j << 3);
}

/** From the row of squares to that of products. */
const DOT: usize = <usize>(BlockRow.dot - BlockRow.square) * ROW;

/** Those within the radius from `left` upwards, the others from `right` downwards. Returns the number of the former. */
function placeMixed(tables: AcsfTables, j: i32, k: i32, count: i32, left: i32, right: i32, radius: f64, scratch: usize): i32 {
  const limit = radius * radius;
  const indices = blockRow(tables, BlockRow.indices, scratch);
  const numbers = blockRow(tables, BlockRow.square, scratch);
  const squares = blockRow(tables, BlockRow.candidateSquare, scratch);
  const dots = blockRow(tables, BlockRow.candidateDot, scratch);
  let next = left;
  for (let i = 0; i < count; i++) {
    const square = load<f64>(squares + (<usize>i << 3));
    const isInside = square < limit;
    // the last place of the others is that of `right` minus those already there
    const slot = select(next, right - 1 - (left + i - next), isInside);
    put(indices, numbers, slot, j, k + i, square, load<f64>(dots + (<usize>i << 3)));
    next += i32(isInside);
  }
  return next - left;
}

/** Those within the radius alone, from `left` upwards: neighbors `k` and on. Returns their number. */
function placeNarrow<T>(tables: AcsfTables, capacity: i32, j: i32, k: i32, count: i32, left: i32, radius: f64, scratch: usize): i32 {
  const limit = broadcast<T>(radius * radius);
  const row = <usize>capacity << 3;
  const base = neighborRow(tables, capacity, 0, scratch);
  const one = base + (<usize>j << 3);
  let other = base + (<usize>k << 3);
  const x = loadBroadcast<T>(one + <usize>NeighborRow.x * row);
  const y = loadBroadcast<T>(one + <usize>NeighborRow.y * row);
  const z = loadBroadcast<T>(one + <usize>NeighborRow.z * row);
  const start = blockRow(tables, BlockRow.indices, scratch) + (<usize>left << 3);
  let both = bothIndices(j, k);
  let next = start;
  for (let i = 0; i < count; i += lanes<T>()) {
    const xk = load<T>(other + <usize>NeighborRow.x * row);
    const yk = load<T>(other + <usize>NeighborRow.y * row);
    const zk = load<T>(other + <usize>NeighborRow.z * row);
    const dot = timesPlus<T>(z, zk, timesPlus<T>(y, yk, times<T>(x, xk)));
    const dx = minus<T>(x, xk);
    const dy = minus<T>(y, yk);
    const dz = minus<T>(z, zk);
    const square = plus<T>(plus<T>(times<T>(dx, dx), times<T>(dy, dy)), times<T>(dz, dz));
    // what is outside is overwritten by the next
    store<u64>(next, both);
    if (isVector<T>()) {
      const inside = i64x2.bitmask(f64x2.lt(square, limit));
      v128.store64_lane(next, square, 0, <usize>BlockRow.square * ROW);
      v128.store64_lane(next, dot, 0, <usize>BlockRow.dot * ROW);
      next += <usize>(inside & 1) << 3;
      store<u64>(next, both + NEXT_SECOND);
      v128.store64_lane(next, square, 1, <usize>BlockRow.square * ROW);
      v128.store64_lane(next, dot, 1, <usize>BlockRow.dot * ROW);
      if (i + 1 < count) next += <usize>(inside & 2) << 2;
    } else {
      store<f64>(next, square, <usize>BlockRow.square * ROW);
      store<f64>(next, dot, <usize>BlockRow.dot * ROW);
      next += <usize>(square < limit) << 3;
    }
    both += <u64>lanes<T>() * NEXT_SECOND;
    other += sizeof<T>();
  }
  return <i32>((next - start) >> 3);
}

/** From the indices of a triplet to those with the next second neighbor. */
const NEXT_SECOND: u64 = 1 << 35;

function placeAll<T>(tables: AcsfTables, j: i32, k: i32, count: i32, left: i32, scratch: usize): void {
  const indices = blockRow(tables, BlockRow.indices, scratch) + (<usize>left << 3);
  const to = blockRow(tables, BlockRow.dot, scratch) + (<usize>left << 3);
  const dots = blockRow(tables, BlockRow.candidateDot, scratch);
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 3;
    store<u64>(indices + at, bothIndices(j, k + i));
    store<f64>(to + at, load<f64>(dots + at));
  }
}
