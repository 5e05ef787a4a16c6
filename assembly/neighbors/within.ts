// A neighbor list of a shorter range from a longer one that is somewhat out of date.
import { CAPACITY, COINCIDENT_ATOMS, INVALID_ARGUMENT, OK } from "../status";
import { COINCIDENT } from "./pairs";

// Pointers of the two lists, i32 each; src/neighbors/known-list.ts writes them in this order.
const KNOWN_OFFSETS: usize = 0;
const KNOWN_ATOMS: usize = 4;
const KNOWN_SHIFTS: usize = 8;
const OUT_OFFSETS: usize = 0;
const OUT_ATOMS: usize = 4;
const OUT_DX: usize = 8;
const OUT_DY: usize = 12;
const OUT_DZ: usize = 16;
const OUT_DISTANCES: usize = 20;

// @ts-ignore: decorator
@inline
function pointer(block: usize, field: usize): usize {
  return <usize>load<u32>(block + field);
}

/**
 * Pairs below `cutoff` at the present positions, of some centers, out of the pairs of a known list, in its order.
 * @param centers i32 [nCenters], atoms
 * @param known block of pointers to the list of all atoms: offsets i32 [nAtoms + 1], neighbor atoms i32 [nPairs], cell shifts i32 [nPairs × 3]
 * @param positions f64 [nAtoms × 3], Å; cell f64 [9], Å
 * @param capacity pairs that fit in the result
 * @param out block of pointers: offsets i32 [nCenters + 1], neighbor atoms i32, dx, dy, dz, distances f64 [capacity each]
 */
export function neighborsWithin(
  nCenters: i32, centers: usize, known: usize, positions: usize, cell: usize, cutoff: f64, capacity: i32, out: usize,
): i32 {
  if (nCenters < 0 || !(cutoff > 0.0)) return INVALID_ARGUMENT;
  const knownOffsets = pointer(known, KNOWN_OFFSETS);
  const knownAtoms = pointer(known, KNOWN_ATOMS);
  const offsets = pointer(out, OUT_OFFSETS);
  const limit = cutoff * cutoff;
  let count: usize = 0;
  let lowest: f64 = Infinity;
  store<i32>(offsets, 0);
  for (let c: usize = 0; c < <usize>nCenters; c++) {
    const atom = <usize>load<i32>(centers + (c << 2));
    const origin = positions + atom * 24;
    const first = <usize>load<i32>(knownOffsets + (atom << 2));
    const last = <usize>load<i32>(knownOffsets + (atom << 2), 4);
    for (let p = first; p < last; p++) {
      const neighbor = load<i32>(knownAtoms + (p << 2));
      const shift = pointer(known, KNOWN_SHIFTS) + p * 12;
      const other = positions + <usize>neighbor * 24;
      const x = component(origin, other, shift, cell, 0);
      const y = component(origin, other, shift, cell, 8);
      const z = component(origin, other, shift, cell, 16);
      const square = x * x + y * y + z * z;
      // an element that is not a number is kept: it shall show
      if (square >= limit) continue;
      if (count == <usize>capacity) return CAPACITY;
      lowest = min(lowest, square);
      store<i32>(pointer(out, OUT_ATOMS) + (count << 2), neighbor);
      store<f64>(pointer(out, OUT_DX) + (count << 3), x);
      store<f64>(pointer(out, OUT_DY) + (count << 3), y);
      store<f64>(pointer(out, OUT_DZ) + (count << 3), z);
      store<f64>(pointer(out, OUT_DISTANCES) + (count << 3), Math.sqrt(square));
      count++;
    }
    store<i32>(offsets + (c << 2), <i32>count, 4);
  }
  return lowest < COINCIDENT ? COINCIDENT_ATOMS : OK;
}

/** (r_j − r_i) + shift · cell along one axis: changes sign exactly when i and j are swapped. */
// @ts-ignore: decorator
@inline
function component(origin: usize, other: usize, shift: usize, cell: usize, axis: usize): f64 {
  const image = <f64>load<i32>(shift) * load<f64>(cell + axis) + <f64>load<i32>(shift, 4) * load<f64>(cell + axis, 24) + <f64>load<i32>(shift, 8) * load<f64>(cell + axis, 48);
  return load<f64>(other + axis) - load<f64>(origin + axis) + image;
}
