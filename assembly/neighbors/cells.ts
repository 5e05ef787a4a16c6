// Pairs by linked cells: for every cell the segments around it, for every center of the cell a distance test along them.
import { OK } from "../status";
import { COUNTS } from "./grid";
import { lowestSquare, writePairs } from "./pairs";
import { BEGIN, END, listSegments, SEGMENT_BYTES, SHIFT } from "./segments";

/** Number of atoms begin … end − 1 of a segment closer than the cutoff. */
// @ts-ignore: decorator
@inline
function countSegment(segment: usize, xi: f64, yi: f64, zi: f64, square: f64, x: usize, y: usize, z: usize): i32 {
  const begin = <usize>load<i32>(segment, BEGIN) << 3;
  const end = <usize>load<i32>(segment, END) << 3;
  const sx = load<f64>(segment, SHIFT);
  const sy = load<f64>(segment, SHIFT + 8);
  const sz = load<f64>(segment, SHIFT + 16);
  let k = begin;
  let count = 0;
  if (ASC_FEATURE_SIMD) {
    let sum = i64x2.splat(0);
    const last = end - 8;
    for (; k < last; k += 16) {
      const ex = f64x2.add(f64x2.sub(v128.load(x + k), f64x2.splat(xi)), f64x2.splat(sx));
      const ey = f64x2.add(f64x2.sub(v128.load(y + k), f64x2.splat(yi)), f64x2.splat(sy));
      const ez = f64x2.add(f64x2.sub(v128.load(z + k), f64x2.splat(zi)), f64x2.splat(sz));
      const r2 = f64x2.add(f64x2.add(f64x2.mul(ex, ex), f64x2.mul(ey, ey)), f64x2.mul(ez, ez));
      sum = i64x2.sub(sum, f64x2.lt(r2, f64x2.splat(square)));
    }
    count = <i32>(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
  }
  for (; k < end; k += 8) {
    const ex = load<f64>(x + k) - xi + sx;
    const ey = load<f64>(y + k) - yi + sy;
    const ez = load<f64>(z + k) - zi + sz;
    count += i32(ex * ex + ey * ey + ez * ez < square);
  }
  return count;
}

/** Appends the atoms of a segment between the squares `low` and `square` to the hits, without a branch; returns their end. */
// @ts-ignore: decorator
@inline
function collectSegment(
  segment: usize, xi: f64, yi: f64, zi: f64, low: f64, square: f64, x: usize, y: usize, z: usize, hits: usize,
): usize {
  const begin = <usize>load<i32>(segment, BEGIN) << 3;
  const end = <usize>load<i32>(segment, END) << 3;
  const sx = load<f64>(segment, SHIFT);
  const sy = load<f64>(segment, SHIFT + 8);
  const sz = load<f64>(segment, SHIFT + 16);
  const high = <u64>segment << 32;
  let k = begin;
  if (ASC_FEATURE_SIMD) {
    const last = end - 8;
    for (; k < last; k += 16) {
      const ex = f64x2.add(f64x2.sub(v128.load(x + k), f64x2.splat(xi)), f64x2.splat(sx));
      const ey = f64x2.add(f64x2.sub(v128.load(y + k), f64x2.splat(yi)), f64x2.splat(sy));
      const ez = f64x2.add(f64x2.sub(v128.load(z + k), f64x2.splat(zi)), f64x2.splat(sz));
      const r2 = f64x2.add(f64x2.add(f64x2.mul(ex, ex), f64x2.mul(ey, ey)), f64x2.mul(ez, ez));
      const mask = i64x2.bitmask(v128.and(f64x2.lt(r2, f64x2.splat(square)), f64x2.gt(r2, f64x2.splat(low))));
      store<u64>(hits, high | <u64>(k >> 3));
      hits += <usize>(mask & 1) << 3;
      store<u64>(hits, high | <u64>((k >> 3) + 1));
      hits += <usize>(mask >> 1) << 3;
    }
  }
  for (; k < end; k += 8) {
    const ex = load<f64>(x + k) - xi + sx;
    const ey = load<f64>(y + k) - yi + sy;
    const ez = load<f64>(z + k) - zi + sz;
    const r2 = ex * ex + ey * ey + ez * ez;
    store<u64>(hits, high | <u64>(k >> 3));
    hits += <usize>(i32(r2 < square) & i32(r2 > low)) << 3;
  }
  return hits;
}

/**
 * Counts the neighbors of every center, for `neighborOffsets`.
 * rows: i32 [nRows × 4], see `listSegments`; starts … z: the sorted atoms; centerStarts … centerTags: the sorted centers;
 * centerAtoms: i32 [nCenters], atom that a center is, or −1; offsets: i32 [nCenters + 1], count of center c at c + 1;
 * largest: i32, room for hits that the most crowded center needs, but for 2; segments: scratch.
 */
export function neighborCellCount(
  nRows: i32, rows: usize, grid: usize, starts: usize, x: usize, y: usize, z: usize,
  centerStarts: usize, centerX: usize, centerY: usize, centerZ: usize, centerTags: usize, centerAtoms: usize,
  cutoff: f64, offsets: usize, largest: usize, segments: usize,
): i32 {
  const n1 = load<i32>(grid, COUNTS);
  const n2 = load<i32>(grid, COUNTS + 4);
  const n3 = load<i32>(grid, COUNTS + 8);
  const square = cutoff * cutoff;
  let most = 0;
  let cell = centerStarts;
  for (let c3 = 0; c3 < n3; c3++) for (let c2 = 0; c2 < n2; c2++) for (let c1 = 0; c1 < n1; c1++, cell += 4) {
    const begin = <usize>load<i32>(cell, 0);
    const end = <usize>load<i32>(cell, 4);
    if (begin == end) continue;
    const segmentsEnd = listSegments(c1, c2, c3, nRows, rows, grid, starts, segments);
    for (let i = begin; i < end; i++) {
      const xi = load<f64>(centerX + (i << 3));
      const yi = load<f64>(centerY + (i << 3));
      const zi = load<f64>(centerZ + (i << 3));
      const center = <usize>load<i32>(centerTags + (i << 4), 12);
      let count = 0;
      for (let s = segments; s < segmentsEnd; s += SEGMENT_BYTES) count += countSegment(s, xi, yi, zi, square, x, y, z);
      most = max(most, count);
      // an atom finds itself once
      store<i32>(offsets + (center << 2), load<i32>(centerAtoms + (center << 2)) < 0 ? count : count - 1, 4);
    }
  }
  store<i32>(largest, most);
  return OK;
}

/**
 * Writes the pairs that `neighborCellCount` counted. byCell 0 goes from center to center, so that memory is written in one
 * direction, 1 from cell to cell, so that it is read in one; the list is the same. Arguments as there, and: tags of the atoms;
 * centerSlots: see `neighborSort`; offsets: i32 [nCenters + 1]; neighbors: i32 [nPairs]; shifts: i32 [nPairs × 3]; dx, dy, dz,
 * distances: f64 [nPairs]; report: i32, see `writePairs`; segments, hits: scratch.
 */
export function neighborCellFill(
  nCenters: i32, nRows: i32, byCell: i32, rows: usize, grid: usize, starts: usize, x: usize, y: usize, z: usize, tags: usize,
  centerSlots: usize, centerX: usize, centerY: usize, centerZ: usize, centerTags: usize, centerAtoms: usize,
  cutoff: f64, offsets: usize, neighbors: usize, shifts: usize, dx: usize, dy: usize, dz: usize, distances: usize,
  report: usize, segments: usize, hits: usize,
): i32 {
  const n1 = load<i32>(grid, COUNTS);
  const n2 = load<i32>(grid, COUNTS + 4);
  const square = cutoff * cutoff;
  let listed = -1;
  let segmentsEnd = segments;
  for (let k: usize = 0; k < <usize>nCenters; k++) {
    const center = byCell ? <usize>load<i32>(centerTags + (k << 4), 12) : k;
    const cell = load<i32>(centerSlots + (center << 3), 0);
    const i = <usize>load<i32>(centerSlots + (center << 3), 4);
    if (cell != listed) {
      const row = cell / n1;
      segmentsEnd = listSegments(cell - row * n1, row % n2, row / n2, nRows, rows, grid, starts, segments);
      listed = cell;
    }
    const xi = load<f64>(centerX + (i << 3));
    const yi = load<f64>(centerY + (i << 3));
    const zi = load<f64>(centerZ + (i << 3));
    const atom = load<i32>(centerAtoms + (center << 2));
    const low = lowestSquare(atom);
    let hitsEnd = hits;
    for (let s = segments; s < segmentsEnd; s += SEGMENT_BYTES) hitsEnd = collectSegment(s, xi, yi, zi, low, square, x, y, z, hitsEnd);
    const status = writePairs(
      hits, hitsEnd, center, atom, xi, yi, zi, centerTags + (i << 4), x, y, z, tags, offsets,
      neighbors, shifts, dx, dy, dz, distances, report,
    );
    if (status != OK) return status;
  }
  return OK;
}
