// Pairs by linked cells: for every cell the segments around it, for every center of the cell a distance test along them.
import { bytesOf, recordAt } from "../records";
import { CAPACITY, INVALID_ARGUMENT, OK } from "../status";
import { Axis, Slot, SortedPoints, Tag } from "./grid";
import { NeighborList, SearchScratch } from "./list";
import { fits, lowestSquare, SURPLUS, writePairs } from "./pairs";
import { listSegments, Segment, Stencil } from "./segments";

/** Number of atoms begin … end − 1 of a segment closer than the cutoff. */
// @ts-ignore: decorator
@inline
function countSegment(segment: Segment, xi: f64, yi: f64, zi: f64, square: f64, x: usize, y: usize, z: usize): i32 {
  const begin = <usize>segment.begin << 3;
  const end = <usize>segment.end << 3;
  const sx = segment.shiftX;
  const sy = segment.shiftY;
  const sz = segment.shiftZ;
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
  segment: Segment, xi: f64, yi: f64, zi: f64, low: f64, square: f64, x: usize, y: usize, z: usize, hits: usize,
): usize {
  const begin = <usize>segment.begin << 3;
  const end = <usize>segment.end << 3;
  const sx = segment.shiftX;
  const sy = segment.shiftY;
  const sz = segment.shiftZ;
  const high = <u64>changetype<usize>(segment) << 32;
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
 * Counts the neighbors of every center, for `neighborOffsets`, and notes in the scratch how much room for hits the fill needs.
 * grid: Axis [3]; stencil: Stencil; atoms, centers: SortedPoints of that grid; list: NeighborList, of which centerAtoms is read and
 * offsets written, the count of center c at c + 1; scratch: SearchScratch with room for segments.
 */
export function neighborCellCount(grid: usize, stencil: usize, atoms: usize, centers: usize, list: usize, scratch: usize): i32 {
  const n1 = recordAt<Axis>(grid, 0).count;
  const n2 = recordAt<Axis>(grid, 1).count;
  const n3 = recordAt<Axis>(grid, 2).count;
  const around = changetype<Stencil>(stencil);
  const points = changetype<SortedPoints>(centers);
  const neighbors = changetype<SortedPoints>(atoms);
  const x = neighbors.x;
  const y = neighbors.y;
  const z = neighbors.z;
  const centerAtoms = changetype<NeighborList>(list).centerAtoms;
  const offsets = changetype<NeighborList>(list).offsets;
  const work = changetype<SearchScratch>(scratch);
  const segments = work.segments;
  const limit = segments + <usize>work.maxSegments * bytesOf<Segment>();
  const square = around.cutoff * around.cutoff;
  if (points.count != changetype<NeighborList>(list).nCenters) return INVALID_ARGUMENT;
  if (points.nCells != n1 * n2 * n3 || neighbors.nCells != points.nCells) return INVALID_ARGUMENT;
  let most = 0;
  let cell = points.starts;
  for (let c3 = 0; c3 < n3; c3++) for (let c2 = 0; c2 < n2; c2++) for (let c1 = 0; c1 < n1; c1++, cell += 4) {
    const begin = load<i32>(cell, 0);
    const end = load<i32>(cell, 4);
    if (begin == end) continue;
    const segmentsEnd = listSegments(c1, c2, c3, around, grid, neighbors.starts, segments, limit);
    if (segmentsEnd == 0) return CAPACITY;
    for (let i = begin; i < end; i++) {
      const at = <usize>i << 3;
      const xi = load<f64>(points.x + at);
      const yi = load<f64>(points.y + at);
      const zi = load<f64>(points.z + at);
      const center = <usize>recordAt<Tag>(points.tags, i).point;
      let count = 0;
      for (let s = segments; s < segmentsEnd; s += bytesOf<Segment>()) {
        count += countSegment(changetype<Segment>(s), xi, yi, zi, square, x, y, z);
      }
      most = max(most, count);
      // an atom finds itself once
      store<i32>(offsets + (center << 2), load<i32>(centerAtoms + (center << 2)) < 0 ? count : count - 1, 4);
    }
  }
  work.hitsNeeded = most + SURPLUS;
  return OK;
}

/**
 * Writes the pairs that `neighborCellCount` counted. byCell 0 goes from center to center, so that memory is written in one
 * direction, 1 from cell to cell, so that it is read in one; the list is the same. Arguments as there; the list has room for its
 * pairs, the scratch also for hits.
 * CAPACITY where there are more pairs, segments or hits; for COINCIDENT_ATOMS see `writePairs`.
 */
export function neighborCellFill(byCell: i32, grid: usize, stencil: usize, atoms: usize, centers: usize, list: usize, scratch: usize): i32 {
  const n1 = recordAt<Axis>(grid, 0).count;
  const n2 = recordAt<Axis>(grid, 1).count;
  const around = changetype<Stencil>(stencil);
  const points = changetype<SortedPoints>(centers);
  const neighbors = changetype<SortedPoints>(atoms);
  const target = changetype<NeighborList>(list);
  const work = changetype<SearchScratch>(scratch);
  const x = neighbors.x;
  const y = neighbors.y;
  const z = neighbors.z;
  const nCenters = target.nCenters;
  const segments = work.segments;
  const limit = segments + <usize>work.maxSegments * bytesOf<Segment>();
  const square = around.cutoff * around.cutoff;
  if (points.count != nCenters || neighbors.nCells != points.nCells) return INVALID_ARGUMENT;
  if (load<i32>(target.offsets + (<usize>nCenters << 2)) > target.nPairs) return CAPACITY;
  let listed = -1;
  let segmentsEnd = segments;
  for (let k = 0; k < nCenters; k++) {
    const center = byCell ? recordAt<Tag>(points.tags, k).point : k;
    if (!fits(center, target, work)) return CAPACITY;
    const slot = recordAt<Slot>(points.slots, center);
    const cell = slot.cell;
    if (cell != listed) {
      const row = cell / n1;
      segmentsEnd = listSegments(cell - row * n1, row % n2, row / n2, around, grid, neighbors.starts, segments, limit);
      if (segmentsEnd == 0) return CAPACITY;
      listed = cell;
    }
    const at = <usize>slot.place << 3;
    const xi = load<f64>(points.x + at);
    const yi = load<f64>(points.y + at);
    const zi = load<f64>(points.z + at);
    const atom = load<i32>(target.centerAtoms + (<usize>center << 2));
    const low = lowestSquare(atom);
    let hitsEnd = work.hits;
    for (let s = segments; s < segmentsEnd; s += bytesOf<Segment>()) {
      hitsEnd = collectSegment(changetype<Segment>(s), xi, yi, zi, low, square, x, y, z, hitsEnd);
    }
    const status = writePairs(hitsEnd, center, atom, xi, yi, zi, recordAt<Tag>(points.tags, slot.place), neighbors, target, work);
    if (status != OK) return status;
  }
  return OK;
}
