// Pairs of a few atoms with many images: every pair of atoms against a list of lattice shifts.
import { bytesOf, recordAt } from "../records";
import { CAPACITY, INVALID_ARGUMENT, OK } from "../status";
import { SortedPoints, Tag } from "./grid";
import { NeighborList, SearchScratch } from "./list";
import { fits, lowestSquare, SURPLUS, writePairs } from "./pairs";
import { Segment, setShift, Stencil, StencilRow } from "./segments";

/** Lattice shifts that may bring an atom close. */
@unmanaged
export class Images {
  count: i32;
  /** Segment [count], without atoms */
  segments: usize;
  /** f64 [count] each, Å: the same shifts for the distance test */
  x: usize;
  y: usize;
  z: usize;
}

/** Expands the rows of a grid of one cell into images. grid: Axis [3]; stencil: Stencil; images: Images, whose arrays are written. */
export function neighborImages(grid: usize, stencil: usize, images: usize): i32 {
  const around = changetype<Stencil>(stencil);
  const out = changetype<Images>(images);
  let image = 0;
  for (let r = 0; r < around.nRows; r++) {
    const row = recordAt<StencilRow>(around.rows, r);
    for (let t1 = row.first; t1 <= row.last; t1++, image++) {
      if (image >= out.count) return CAPACITY;
      const segment = recordAt<Segment>(out.segments, image);
      setShift(segment, t1, row.second, row.third, grid);
      const at = <usize>image << 3;
      store<f64>(out.x + at, segment.shiftX);
      store<f64>(out.y + at, segment.shiftY);
      store<f64>(out.z + at, segment.shiftZ);
    }
  }
  return image == out.count ? OK : INVALID_ARGUMENT;
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
    store<u64>(hits, (<u64>(images + (k >> 3) * bytesOf<Segment>()) << 32) | atom);
    hits += <usize>(i32(r2 < square) & i32(r2 > low)) << 3;
  }
  return hits;
}

/** Counts the neighbors of every center; arguments as `neighborCellCount`, with cutoff (Å) and Images instead of grid and stencil. */
export function neighborImageCount(cutoff: f64, images: usize, atoms: usize, centers: usize, list: usize, scratch: usize): i32 {
  const shifts = changetype<Images>(images);
  const points = changetype<SortedPoints>(centers);
  const neighbors = changetype<SortedPoints>(atoms);
  const target = changetype<NeighborList>(list);
  const nCenters = target.nCenters;
  const nAtoms = neighbors.count;
  const x = neighbors.x;
  const y = neighbors.y;
  const z = neighbors.z;
  const tx = shifts.x;
  const ty = shifts.y;
  const tz = shifts.z;
  const imagesEnd = <usize>shifts.count << 3;
  const square = cutoff * cutoff;
  if (points.count != nCenters) return INVALID_ARGUMENT;
  let most = 0;
  for (let i = 0; i < nCenters; i++) {
    const at = <usize>i << 3;
    const xi = load<f64>(points.x + at);
    const yi = load<f64>(points.y + at);
    const zi = load<f64>(points.z + at);
    const center = <usize>recordAt<Tag>(points.tags, i).point;
    let count = 0;
    for (let j: usize = 0; j < <usize>nAtoms; j++) {
      const ux = load<f64>(x + (j << 3)) - xi;
      const uy = load<f64>(y + (j << 3)) - yi;
      const uz = load<f64>(z + (j << 3)) - zi;
      count += countImages(imagesEnd, ux, uy, uz, square, tx, ty, tz);
    }
    most = max(most, count);
    // an atom finds itself once
    store<i32>(target.offsets + (center << 2), load<i32>(target.centerAtoms + (center << 2)) < 0 ? count : count - 1, 4);
  }
  changetype<SearchScratch>(scratch).hitsNeeded = most + SURPLUS;
  return OK;
}

/** Writes the pairs that `neighborImageCount` counted; outputs and status as `neighborCellFill`. */
export function neighborImageFill(cutoff: f64, images: usize, atoms: usize, centers: usize, list: usize, scratch: usize): i32 {
  const shifts = changetype<Images>(images);
  const points = changetype<SortedPoints>(centers);
  const neighbors = changetype<SortedPoints>(atoms);
  const target = changetype<NeighborList>(list);
  const work = changetype<SearchScratch>(scratch);
  const segments = shifts.segments;
  const nCenters = target.nCenters;
  const nAtoms = neighbors.count;
  const x = neighbors.x;
  const y = neighbors.y;
  const z = neighbors.z;
  const tx = shifts.x;
  const ty = shifts.y;
  const tz = shifts.z;
  const imagesEnd = <usize>shifts.count << 3;
  const square = cutoff * cutoff;
  if (points.count != nCenters) return INVALID_ARGUMENT;
  if (load<i32>(target.offsets + (<usize>nCenters << 2)) > target.nPairs) return CAPACITY;
  for (let i = 0; i < nCenters; i++) {
    const at = <usize>i << 3;
    const xi = load<f64>(points.x + at);
    const yi = load<f64>(points.y + at);
    const zi = load<f64>(points.z + at);
    const tag = recordAt<Tag>(points.tags, i);
    const center = tag.point;
    if (!fits(center, target, work)) return CAPACITY;
    const atom = load<i32>(target.centerAtoms + (<usize>center << 2));
    const low = lowestSquare(atom);
    let hitsEnd = work.hits;
    for (let j: usize = 0; j < <usize>nAtoms; j++) {
      const ux = load<f64>(x + (j << 3)) - xi;
      const uy = load<f64>(y + (j << 3)) - yi;
      const uz = load<f64>(z + (j << 3)) - zi;
      hitsEnd = collectImages(imagesEnd, <u64>j, ux, uy, uz, low, square, segments, tx, ty, tz, hitsEnd);
    }
    const status = writePairs(hitsEnd, center, atom, xi, yi, zi, tag, neighbors, target, work);
    if (status != OK) return status;
  }
  return OK;
}
