// Pairs of a few atoms with many images: every pair of atoms against a list of lattice shifts.
import { OK } from "../status";
import { latticeSum, toCaller } from "./grid";
import { lowestSquare, writePairs } from "./pairs";
import { CELL_SHIFT, SEGMENT_BYTES, SHIFT } from "./segments";

/**
 * Expands the rows of a grid of one cell into images. rows: i32 [nRows × 4], see `listSegments`; images: i32/f64 records as
 * segments; tx, ty, tz: f64 [nImages], the same shifts in Å for the distance test.
 */
export function neighborImages(nRows: i32, rows: usize, grid: usize, images: usize, tx: usize, ty: usize, tz: usize): i32 {
  const end = rows + (<usize>nRows << 4);
  let image = images;
  let slot: usize = 0;
  for (let r = rows; r < end; r += 16) {
    const t3 = load<i32>(r, 0);
    const t2 = load<i32>(r, 4);
    const last = load<i32>(r, 12);
    for (let t1 = load<i32>(r, 8); t1 <= last; t1++, image += SEGMENT_BYTES, slot += 8) {
      for (let k: usize = 0; k < 3; k++) {
        store<f64>(image + (k << 3), latticeSum(k << 3, <f64>t1, <f64>t2, <f64>t3, grid), SHIFT);
        store<i32>(image + (k << 2), toCaller(k << 2, t1, t2, t3, grid), CELL_SHIFT);
      }
      store<f64>(tx + slot, load<f64>(image, SHIFT));
      store<f64>(ty + slot, load<f64>(image, SHIFT + 8));
      store<f64>(tz + slot, load<f64>(image, SHIFT + 16));
    }
  }
  return OK;
}

/** Number of images of one pair of atoms that are closer than the cutoff; ux, uy, uz: displacement without shift. */
// @ts-ignore: decorator
@inline
function countImages(end: usize, ux: f64, uy: f64, uz: f64, square: f64, tx: usize, ty: usize, tz: usize): i32 {
  let k: usize = 0;
  let count = 0;
  if (ASC_FEATURE_SIMD) {
    let sum = i64x2.splat(0);
    for (; k + 8 < end; k += 16) {
      const ex = f64x2.add(f64x2.splat(ux), v128.load(tx + k));
      const ey = f64x2.add(f64x2.splat(uy), v128.load(ty + k));
      const ez = f64x2.add(f64x2.splat(uz), v128.load(tz + k));
      const r2 = f64x2.add(f64x2.add(f64x2.mul(ex, ex), f64x2.mul(ey, ey)), f64x2.mul(ez, ez));
      sum = i64x2.sub(sum, f64x2.lt(r2, f64x2.splat(square)));
    }
    count = <i32>(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
  }
  for (; k < end; k += 8) {
    const ex = ux + load<f64>(tx + k);
    const ey = uy + load<f64>(ty + k);
    const ez = uz + load<f64>(tz + k);
    count += i32(ex * ex + ey * ey + ez * ez < square);
  }
  return count;
}

/** Appends the images of an atom between the squares `low` and `square` to the hits; returns their end. */
// @ts-ignore: decorator
@inline
function collectImages(
  end: usize, atom: u64, ux: f64, uy: f64, uz: f64, low: f64, square: f64, images: usize, tx: usize, ty: usize, tz: usize, hits: usize,
): usize {
  for (let k: usize = 0; k < end; k += 8) {
    const ex = ux + load<f64>(tx + k);
    const ey = uy + load<f64>(ty + k);
    const ez = uz + load<f64>(tz + k);
    const r2 = ex * ex + ey * ey + ez * ez;
    store<u64>(hits, (<u64>(images + (k >> 3) * SEGMENT_BYTES) << 32) | atom);
    hits += <usize>(i32(r2 < square) & i32(r2 > low)) << 3;
  }
  return hits;
}

/** Counts the neighbors of every center; arguments as `neighborCellCount`, with the images instead of the cells. */
export function neighborImageCount(
  nCenters: i32, nAtoms: i32, nImages: i32, x: usize, y: usize, z: usize,
  centerX: usize, centerY: usize, centerZ: usize, centerTags: usize, centerAtoms: usize,
  tx: usize, ty: usize, tz: usize, cutoff: f64, offsets: usize, largest: usize,
): i32 {
  const square = cutoff * cutoff;
  let most = 0;
  for (let i: usize = 0; i < <usize>nCenters; i++) {
    const center = <usize>load<i32>(centerTags + (i << 4), 12);
    let count = 0;
    for (let j: usize = 0; j < <usize>nAtoms; j++) {
      const ux = load<f64>(x + (j << 3)) - load<f64>(centerX + (i << 3));
      const uy = load<f64>(y + (j << 3)) - load<f64>(centerY + (i << 3));
      const uz = load<f64>(z + (j << 3)) - load<f64>(centerZ + (i << 3));
      count += countImages(<usize>nImages << 3, ux, uy, uz, square, tx, ty, tz);
    }
    most = max(most, count);
    // an atom finds itself once
    store<i32>(offsets + (center << 2), load<i32>(centerAtoms + (center << 2)) < 0 ? count : count - 1, 4);
  }
  store<i32>(largest, most);
  return OK;
}

/** Writes the pairs that `neighborImageCount` counted; outputs as `neighborCellFill`. */
export function neighborImageFill(
  nCenters: i32, nAtoms: i32, nImages: i32, x: usize, y: usize, z: usize, tags: usize,
  centerX: usize, centerY: usize, centerZ: usize, centerTags: usize, centerAtoms: usize,
  images: usize, tx: usize, ty: usize, tz: usize, cutoff: f64, offsets: usize,
  neighbors: usize, shifts: usize, dx: usize, dy: usize, dz: usize, distances: usize, report: usize, hits: usize,
): i32 {
  const square = cutoff * cutoff;
  for (let i: usize = 0; i < <usize>nCenters; i++) {
    const xi = load<f64>(centerX + (i << 3));
    const yi = load<f64>(centerY + (i << 3));
    const zi = load<f64>(centerZ + (i << 3));
    const tag = centerTags + (i << 4);
    const center = <usize>load<i32>(tag, 12);
    const atom = load<i32>(centerAtoms + (center << 2));
    const low = lowestSquare(atom);
    let hitsEnd = hits;
    for (let j: usize = 0; j < <usize>nAtoms; j++) {
      const ux = load<f64>(x + (j << 3)) - xi;
      const uy = load<f64>(y + (j << 3)) - yi;
      const uz = load<f64>(z + (j << 3)) - zi;
      hitsEnd = collectImages(<usize>nImages << 3, <u64>j, ux, uy, uz, low, square, images, tx, ty, tz, hitsEnd);
    }
    const status = writePairs(
      hits, hitsEnd, center, atom, xi, yi, zi, tag, x, y, z, tags, offsets, neighbors, shifts, dx, dy, dz, distances, report,
    );
    if (status != OK) return status;
  }
  return OK;
}
