// What both ways of finding pairs share: the prefix sum of counts, and writing out the hits of one center.
import { recordAt } from "../records";
import { CAPACITY, COINCIDENT_ATOMS, OK } from "../status";
import { SortedPoints, Tag } from "./grid";
import { NeighborList, SearchScratch } from "./list";
import { Segment } from "./segments";

const SHIFT_X: usize = offsetof<Segment>("shiftX");
const SHIFT_Y: usize = offsetof<Segment>("shiftY");
const SHIFT_Z: usize = offsetof<Segment>("shiftZ");

/** Hits that are written beyond the last one, without a branch. */
export const SURPLUS: i32 = 2;

/** Å²: two atoms closer than 10⁻⁶ Å are an error of the structure. */
export const COINCIDENT: f64 = 1.0e-12;

/** Turns the counts in offsets[1 … nCenters] of a NeighborList into offsets, and sets nPairs; CAPACITY when i32 does not count as far. */
export function neighborOffsets(list: usize): i32 {
  const target = changetype<NeighborList>(list);
  const end = target.offsets + (<usize>target.nCenters << 2);
  let sum: i64 = 0;
  store<i32>(target.offsets, 0);
  for (let slot = target.offsets + 4; slot <= end; slot += 4) {
    sum += load<i32>(slot);
    if (sum > <i64>i32.MAX_VALUE) return CAPACITY;
    store<i32>(slot, <i32>sum);
  }
  target.nPairs = <i32>sum;
  return OK;
}

/** Squares above this are hits: leaves out an atom itself, at exactly 0, but nothing for a center that is no atom (−1). */
// @ts-ignore: decorator
@inline
export function lowestSquare(atom: i32): f64 {
  return atom < 0 ? -1.0 : 0.0;
}

/** Whether the hits of a center, of which as many as its pairs are expected, fit in the scratch. */
// @ts-ignore: decorator
@inline
export function fits(center: i32, list: NeighborList, scratch: SearchScratch): bool {
  const offsets = list.offsets + (<usize>center << 2);
  return load<i32>(offsets, 4) - load<i32>(offsets) + SURPLUS <= scratch.maxHits;
}

/**
 * Writes displacements and distances of the hits; returns the smallest square of a distance. hits: i64 each, segment pointer
 * × 2³² + sorted atom. (x_j − x_i) + shift changes sign exactly when i and j are swapped, so the list is symmetric to the bit.
 */
function writeVectors(hits: usize, hitsEnd: usize, xi: f64, yi: f64, zi: f64, atoms: SortedPoints, list: NeighborList, first: usize): f64 {
  const x = atoms.x;
  const y = atoms.y;
  const z = atoms.z;
  let dx = list.dx + first;
  let dy = list.dy + first;
  let dz = list.dz + first;
  let distances = list.distances + first;
  let lowest: f64 = Infinity;
  let h = hits;
  if (ASC_FEATURE_SIMD) {
    let low = f64x2.splat(Infinity);
    for (; h + 8 < hitsEnd; h += 16) {
      const k = <usize>load<u32>(h, 0) << 3;
      const m = <usize>load<u32>(h, 8) << 3;
      const s = <usize>load<u32>(h, 4);
      const t = <usize>load<u32>(h, 12);
      const ux = f64x2.sub(v128.load64_lane(x + m, v128.load64_zero(x + k), 1), f64x2.splat(xi));
      const uy = f64x2.sub(v128.load64_lane(y + m, v128.load64_zero(y + k), 1), f64x2.splat(yi));
      const uz = f64x2.sub(v128.load64_lane(z + m, v128.load64_zero(z + k), 1), f64x2.splat(zi));
      const ex = f64x2.add(ux, v128.load64_lane(t, v128.load64_zero(s, SHIFT_X), 1, SHIFT_X));
      const ey = f64x2.add(uy, v128.load64_lane(t, v128.load64_zero(s, SHIFT_Y), 1, SHIFT_Y));
      const ez = f64x2.add(uz, v128.load64_lane(t, v128.load64_zero(s, SHIFT_Z), 1, SHIFT_Z));
      const square = f64x2.add(f64x2.add(f64x2.mul(ex, ex), f64x2.mul(ey, ey)), f64x2.mul(ez, ez));
      low = f64x2.pmin(low, square);
      v128.store(dx, ex);
      v128.store(dy, ey);
      v128.store(dz, ez);
      v128.store(distances, f64x2.sqrt(square));
      dx += 16;
      dy += 16;
      dz += 16;
      distances += 16;
    }
    lowest = Math.min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  }
  for (; h < hitsEnd; h += 8) {
    const k = <usize>load<u32>(h, 0) << 3;
    const segment = changetype<Segment>(load<u32>(h, 4));
    const ex = load<f64>(x + k) - xi + segment.shiftX;
    const ey = load<f64>(y + k) - yi + segment.shiftY;
    const ez = load<f64>(z + k) - zi + segment.shiftZ;
    const square = ex * ex + ey * ey + ez * ez;
    lowest = Math.min(lowest, square);
    store<f64>(dx, ex);
    store<f64>(dy, ey);
    store<f64>(dz, ez);
    store<f64>(distances, Math.sqrt(square));
    dx += 8;
    dy += 8;
    dz += 8;
    distances += 8;
  }
  return lowest;
}

/** Writes the atoms and lattice shifts of the hits. */
function writeIndices(hits: usize, hitsEnd: usize, centerTag: Tag, tags: usize, neighbors: usize, shifts: usize): void {
  if (ASC_FEATURE_SIMD) {
    // the shift of a segment, of a tag, and what stands behind it, as one vector
    const wrap = v128.load(changetype<usize>(centerTag));
    for (let h = hits; h < hitsEnd; h += 8) {
      const tag = v128.load(changetype<usize>(recordAt<Tag>(tags, load<i32>(h, 0))));
      const cell = v128.load(<usize>load<u32>(h, 4), offsetof<Segment>("cell1"));
      const shift = i32x4.sub(i32x4.add(cell, wrap), tag);
      v128.store32_lane(neighbors, tag, 3);
      v128.store64_lane(shifts, shift, 0);
      v128.store32_lane(shifts, shift, 2, 8);
      neighbors += 4;
      shifts += 12;
    }
  } else {
    const w1 = centerTag.wrap1;
    const w2 = centerTag.wrap2;
    const w3 = centerTag.wrap3;
    for (let h = hits; h < hitsEnd; h += 8) {
      const tag = recordAt<Tag>(tags, load<i32>(h, 0));
      const segment = changetype<Segment>(load<u32>(h, 4));
      store<i32>(neighbors, tag.point);
      store<i32>(shifts, segment.cell1 + w1 - tag.wrap1, 0);
      store<i32>(shifts, segment.cell2 + w2 - tag.wrap2, 4);
      store<i32>(shifts, segment.cell3 + w3 - tag.wrap3, 8);
      neighbors += 4;
      shifts += 12;
    }
  }
}

/**
 * Writes the pairs of one center, an atom or −1, at xi, yi, zi. An atom at distance 0 is no hit, but was counted: then, and for
 * others too close, COINCIDENT_ATOMS, and the center is the culprit.
 */
export function writePairs(
  hitsEnd: usize, center: i32, atom: i32, xi: f64, yi: f64, zi: f64, centerTag: Tag, atoms: SortedPoints, list: NeighborList,
  scratch: SearchScratch,
): i32 {
  const hits = scratch.hits;
  const offsets = list.offsets + (<usize>center << 2);
  const first = <usize>load<i32>(offsets, 0);
  const count = <usize>load<i32>(offsets, 4) - first;
  if ((hitsEnd - hits) >> 3 == count) {
    writeIndices(hits, hitsEnd, centerTag, atoms.tags, list.neighborAtoms + (first << 2), list.shifts + first * 12);
    if (writeVectors(hits, hitsEnd, xi, yi, zi, atoms, list, first << 3) >= COINCIDENT || atom < 0) return OK;
  }
  scratch.culprit = center;
  return COINCIDENT_ATOMS;
}
