// A neighbor list of a shorter range from a longer one that is somewhat out of date.
import { CAPACITY, COINCIDENT_ATOMS, INVALID_ARGUMENT, OK } from "../status";
import { NeighborList } from "./list";
import { COINCIDENT } from "./pairs";

/** Pairs of all atoms, and where the atoms are now. */
@unmanaged
export class KnownPairs {
  nAtoms: i32;
  /** i32 [nAtoms + 1] */
  offsets: usize;
  /** i32 [nPairs] */
  neighborAtoms: usize;
  /** i32 [nPairs × 3] */
  shifts: usize;
  /** f64 [nAtoms × 3], Å */
  positions: usize;
  /** f64 [9], Å: what the shifts count */
  cell: usize;
}

/**
 * Pairs below `cutoff` at the present positions, of some centers, out of the pairs of a known list, in its order.
 * @param known KnownPairs
 * @param list NeighborList of atoms as centers, without shifts: offsets and pairs are written, nPairs becomes their number
 */
export function neighborsWithin(cutoff: f64, known: usize, list: usize): i32 {
  const source = changetype<KnownPairs>(known);
  const target = changetype<NeighborList>(list);
  const nCenters = target.nCenters;
  if (nCenters < 0 || target.nAtoms != source.nAtoms || !(cutoff > 0.0)) return INVALID_ARGUMENT;
  const positions = source.positions;
  const cell = source.cell;
  const offsets = target.offsets;
  const neighborAtoms = target.neighborAtoms;
  const dx = target.dx;
  const dy = target.dy;
  const dz = target.dz;
  const distances = target.distances;
  const capacity = <usize>target.nPairs;
  const limit = cutoff * cutoff;
  let count: usize = 0;
  let lowest: f64 = Infinity;
  store<i32>(offsets, 0);
  for (let c: usize = 0; c < <usize>nCenters; c++) {
    const atom = <usize>load<i32>(target.centerAtoms + (c << 2));
    const origin = positions + atom * 24;
    const first = <usize>load<i32>(source.offsets + (atom << 2));
    const last = <usize>load<i32>(source.offsets + (atom << 2), 4);
    for (let p = first; p < last; p++) {
      const neighbor = load<i32>(source.neighborAtoms + (p << 2));
      const shift = source.shifts + p * 12;
      const other = positions + <usize>neighbor * 24;
      const x = component(origin, other, shift, cell, 0);
      const y = component(origin, other, shift, cell, 8);
      const z = component(origin, other, shift, cell, 16);
      const square = x * x + y * y + z * z;
      // an element that is not a number is kept: it shall show
      if (square >= limit) continue;
      if (count == capacity) return CAPACITY;
      lowest = min(lowest, square);
      store<i32>(neighborAtoms + (count << 2), neighbor);
      store<f64>(dx + (count << 3), x);
      store<f64>(dy + (count << 3), y);
      store<f64>(dz + (count << 3), z);
      store<f64>(distances + (count << 3), Math.sqrt(square));
      count++;
    }
    store<i32>(offsets + (c << 2), <i32>count, 4);
  }
  target.nPairs = <i32>count;
  return lowest < COINCIDENT ? COINCIDENT_ATOMS : OK;
}

/** (r_j − r_i) + shift · cell along one axis: changes sign exactly when i and j are swapped. */
// @ts-ignore: decorator
@inline
function component(origin: usize, other: usize, shift: usize, cell: usize, axis: usize): f64 {
  const along1 = <f64>load<i32>(shift) * load<f64>(cell + axis);
  const along2 = <f64>load<i32>(shift, 4) * load<f64>(cell + axis, 24);
  const along3 = <f64>load<i32>(shift, 8) * load<f64>(cell + axis, 48);
  return load<f64>(other + axis) - load<f64>(origin + axis) + (along1 + along2 + along3);
}
