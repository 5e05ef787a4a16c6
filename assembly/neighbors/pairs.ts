// What both ways of finding pairs share: the prefix sum of counts, and writing out the hits of one center.
import { CAPACITY, COINCIDENT_ATOMS, OK } from "../status";
import { CELL_SHIFT, SHIFT } from "./segments";

/** Å²: two atoms closer than 10⁻⁶ Å are an error of the structure. */
export const COINCIDENT: f64 = 1.0e-12;

/** Turns counts in offsets[1 … nCenters] into offsets; CAPACITY when there are more pairs than i32 counts. */
export function neighborOffsets(nCenters: i32, offsets: usize): i32 {
  let sum: i64 = 0;
  store<i32>(offsets, 0);
  for (let c: usize = 1; c <= <usize>nCenters; c++) {
    const slot = offsets + (c << 2);
    sum += load<i32>(slot);
    if (sum > <i64>i32.MAX_VALUE) return CAPACITY;
    store<i32>(slot, <i32>sum);
  }
  return OK;
}

/** Squares above this are hits: leaves out an atom itself, at exactly 0, but nothing for a center that is no atom (−1). */
// @ts-ignore: decorator
@inline
export function lowestSquare(atom: i32): f64 {
  return atom < 0 ? -1.0 : 0.0;
}

/**
 * Writes displacements and distances of the hits; returns the smallest square of a distance. hits: i64 each, segment pointer
 * × 2³² + sorted atom. (x_j − x_i) + shift changes sign exactly when i and j are swapped, so the list is symmetric to the bit.
 */
function writeVectors(
  hits: usize, hitsEnd: usize, xi: f64, yi: f64, zi: f64, x: usize, y: usize, z: usize,
  dx: usize, dy: usize, dz: usize, distances: usize,
): f64 {
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
      const ex = f64x2.add(ux, v128.load64_lane(t, v128.load64_zero(s, SHIFT), 1, SHIFT));
      const ey = f64x2.add(uy, v128.load64_lane(t, v128.load64_zero(s, SHIFT + 8), 1, SHIFT + 8));
      const ez = f64x2.add(uz, v128.load64_lane(t, v128.load64_zero(s, SHIFT + 16), 1, SHIFT + 16));
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
    const segment = <usize>load<u32>(h, 4);
    const ex = load<f64>(x + k) - xi + load<f64>(segment, SHIFT);
    const ey = load<f64>(y + k) - yi + load<f64>(segment, SHIFT + 8);
    const ez = load<f64>(z + k) - zi + load<f64>(segment, SHIFT + 16);
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
function writeIndices(hits: usize, hitsEnd: usize, centerTag: usize, tags: usize, neighbors: usize, shifts: usize): void {
  if (ASC_FEATURE_SIMD) {
    const wrap = v128.load(centerTag);
    for (let h = hits; h < hitsEnd; h += 8) {
      const tag = v128.load(tags + (<usize>load<u32>(h, 0) << 4));
      const shift = i32x4.sub(i32x4.add(v128.load(<usize>load<u32>(h, 4), CELL_SHIFT), wrap), tag);
      v128.store32_lane(neighbors, tag, 3);
      v128.store64_lane(shifts, shift, 0);
      v128.store32_lane(shifts, shift, 2, 8);
      neighbors += 4;
      shifts += 12;
    }
  } else {
    const w1 = load<i32>(centerTag, 0);
    const w2 = load<i32>(centerTag, 4);
    const w3 = load<i32>(centerTag, 8);
    for (let h = hits; h < hitsEnd; h += 8) {
      const tag = tags + (<usize>load<u32>(h, 0) << 4);
      const segment = <usize>load<u32>(h, 4);
      store<i32>(neighbors, load<i32>(tag, 12));
      store<i32>(shifts, load<i32>(segment, CELL_SHIFT) + w1 - load<i32>(tag, 0), 0);
      store<i32>(shifts, load<i32>(segment, CELL_SHIFT + 4) + w2 - load<i32>(tag, 4), 4);
      store<i32>(shifts, load<i32>(segment, CELL_SHIFT + 8) + w3 - load<i32>(tag, 8), 8);
      neighbors += 4;
      shifts += 12;
    }
  }
}

/**
 * Writes the pairs of one center, an atom or −1. An atom at distance 0 is no hit, but was counted: then, and for others too
 * close, COINCIDENT_ATOMS, and report: i32 holds the center.
 */
export function writePairs(
  hits: usize, hitsEnd: usize, center: usize, atom: i32, xi: f64, yi: f64, zi: f64, centerTag: usize,
  x: usize, y: usize, z: usize, tags: usize, offsets: usize,
  neighbors: usize, shifts: usize, dx: usize, dy: usize, dz: usize, distances: usize, report: usize,
): i32 {
  const first = <usize>load<i32>(offsets + (center << 2), 0);
  const count = <usize>load<i32>(offsets + (center << 2), 4) - first;
  const at = first << 3;
  if ((hitsEnd - hits) >> 3 == count) {
    writeIndices(hits, hitsEnd, centerTag, tags, neighbors + (first << 2), shifts + first * 12);
    if (writeVectors(hits, hitsEnd, xi, yi, zi, x, y, z, dx + at, dy + at, dz + at, distances + at) >= COINCIDENT || atom < 0) return OK;
  }
  store<i32>(report, <i32>center);
  return COINCIDENT_ATOMS;
}
