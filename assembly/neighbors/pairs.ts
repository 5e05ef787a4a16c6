// What both ways of finding pairs share: the prefix sum of counts, and writing out the hits of one center.
import { CAPACITY, COINCIDENT_ATOMS, OK } from "../status";
import { CELL_SHIFT, SHIFT } from "./segments";

/** Å²: two atoms closer than 10⁻⁶ Å are an error of the structure. */
const COINCIDENT: f64 = 1.0e-12;

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

/**
 * Writes the pairs of one center. hits: i64 each, segment pointer × 2³² + sorted atom. `pair` is the first pair of the center.
 * The displacement (x_j − x_i) + shift changes sign exactly when i and j are swapped, so the list is symmetric to the last bit.
 */
// @ts-ignore: decorator
@inline
export function writePairs(
  hits: usize, hitsEnd: usize, pair: usize, atom: i32, xi: f64, yi: f64, zi: f64, centerTag: usize,
  x: usize, y: usize, z: usize, tags: usize,
  neighbors: usize, shifts: usize, dx: usize, dy: usize, dz: usize, distances: usize, report: usize,
): i32 {
  const w1 = load<i32>(centerTag, 0);
  const w2 = load<i32>(centerTag, 4);
  const w3 = load<i32>(centerTag, 8);
  for (let h = hits; h < hitsEnd; h += 8) {
    const k = <usize>load<u32>(h, 0);
    const segment = <usize>load<u32>(h, 4);
    const ex = load<f64>(x + (k << 3)) - xi + load<f64>(segment, SHIFT);
    const ey = load<f64>(y + (k << 3)) - yi + load<f64>(segment, SHIFT + 8);
    const ez = load<f64>(z + (k << 3)) - zi + load<f64>(segment, SHIFT + 16);
    const square = ex * ex + ey * ey + ez * ez;
    const tag = tags + (k << 4);
    const neighbor = load<i32>(tag, 12);
    const s1 = load<i32>(segment, CELL_SHIFT) + w1 - load<i32>(tag, 0);
    const s2 = load<i32>(segment, CELL_SHIFT + 4) + w2 - load<i32>(tag, 4);
    const s3 = load<i32>(segment, CELL_SHIFT + 8) + w3 - load<i32>(tag, 8);
    if (square < COINCIDENT && atom >= 0) {
      if (neighbor == atom && (s1 | s2 | s3) == 0) continue;
      store<i32>(report, atom, 0);
      store<i32>(report, neighbor, 4);
      return COINCIDENT_ATOMS;
    }
    store<i32>(neighbors + (pair << 2), neighbor);
    const shift = shifts + pair * 12;
    store<i32>(shift, s1, 0);
    store<i32>(shift, s2, 4);
    store<i32>(shift, s3, 8);
    store<f64>(dx + (pair << 3), ex);
    store<f64>(dy + (pair << 3), ey);
    store<f64>(dz + (pair << 3), ez);
    store<f64>(distances + (pair << 3), Math.sqrt(square));
    pair++;
  }
  return OK;
}
