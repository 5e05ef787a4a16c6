// Overlaps of normalized Gaussian orbitals, weighted with the cutoff functions of both atoms, O = f_i f_j ⟨φ_i|φ_j⟩, and their derivatives
// (docs/theory/overlap-matrix.md). Orbital o of atom i is row o·nAtoms + i, so that loops over atoms j run along rows.
import { broadcast, lanes, minus, times, timesPlus } from "../../math/lanes";
import { AtomRow, atomRow } from "./atoms";
import { fillPairs, PairRow, pairRow } from "./pairs";
import { OverlapTables } from "./tables";

/** Its upper triangle (what stands below has no meaning), f64 [n × n], n = orbitals · nAtoms. */
export function overlapMatrix(nAtoms: i32, tables: OverlapTables, out: usize, scratch: usize): void {
  const even = nAtoms & ~1;
  for (let i = 0; i < nAtoms; i++) {
    // with s orbitals alone, atoms before are below the diagonal
    const first = tables.orbitals == 1 ? i & ~1 : 0;
    if (ASC_FEATURE_SIMD) {
      fillPairs<v128>(nAtoms, i, first, tables, scratch);
      overlapRows<v128>(nAtoms, i, first, even, tables, out, scratch);
      overlapRows<f64>(nAtoms, i, even, nAtoms, tables, out, scratch);
    } else {
      fillPairs<f64>(nAtoms, i, first, tables, scratch);
      overlapRows<f64>(nAtoms, i, first, nAtoms, tables, out, scratch);
    }
  }
}

/** The rows of the orbitals of atom i, in the columns of atoms first … last − 1. */
function overlapRows<T>(nAtoms: i32, i: i32, first: i32, last: i32, tables: OverlapTables, out: usize, scratch: usize): void {
  const step = (<usize>tables.stride) << 3;
  const right: usize = (<usize>nAtoms) << 3;
  const down = right * <usize>(tables.orbitals * nAtoms);
  const row = out + <usize>(i * tables.orbitals) * right;
  const one = broadcast<T>(1);
  for (let j = first; j < last; j += lanes<T>()) {
    const pair = pairRow(tables, 0, scratch) + ((<usize>j) << 3);
    const target = row + ((<usize>j) << 3);
    const overlap = load<T>(pair + <usize>PairRow.overlap * step);
    store<T>(target, overlap);
    if (tables.orbitals == 1) continue;
    const dx = load<T>(pair + <usize>PairRow.dx * step);
    const dy = load<T>(pair + <usize>PairRow.dy * step);
    const dz = load<T>(pair + <usize>PairRow.dz * step);
    const toRight = times<T>(overlap, load<T>(pair + <usize>PairRow.right * step));
    store<T>(target + right, times<T>(toRight, dx));
    store<T>(target + 2 * right, times<T>(toRight, dy));
    store<T>(target + 3 * right, times<T>(toRight, dz));
    const twiceMu = load<T>(pair + <usize>PairRow.twiceMu * step);
    const ofPs = times<T>(overlap, load<T>(pair + <usize>PairRow.ratio * step));
    const x = times<T>(twiceMu, dx);
    const y = times<T>(twiceMu, dy);
    const z = times<T>(twiceMu, dz);
    const px = target + down + right;
    store<T>(px, times<T>(ofPs, minus<T>(one, times<T>(x, dx))));
    const xy = minusOf<T>(times<T>(ofPs, times<T>(x, dy)));
    const xz = minusOf<T>(times<T>(ofPs, times<T>(x, dz)));
    const yz = minusOf<T>(times<T>(ofPs, times<T>(y, dz)));
    store<T>(px + right, xy);
    store<T>(px + 2 * right, xz);
    const py = px + down;
    store<T>(py + right, times<T>(ofPs, minus<T>(one, times<T>(y, dy))));
    store<T>(py + 2 * right, yz);
    store<T>(py + down + 2 * right, times<T>(ofPs, minus<T>(one, times<T>(z, dz))));
  }
}

// @ts-ignore: decorator
@inline
function minusOf<T>(x: T): T {
  return minus<T>(broadcast<T>(0), x);
}

/** Derivatives of the elements by the position of the atom of their row, 1/Å: f64 [3 × n × n]. */
export function overlapSlopes(nAtoms: i32, tables: OverlapTables, out: usize, scratch: usize): void {
  const even = nAtoms & ~1;
  for (let i = 0; i < nAtoms; i++) {
    if (ASC_FEATURE_SIMD) {
      fillPairs<v128>(nAtoms, i, 0, tables, scratch);
      slopesOfAtom<v128>(nAtoms, i, 0, even, tables, out, scratch);
      slopesOfAtom<f64>(nAtoms, i, even, nAtoms, tables, out, scratch);
    } else {
      fillPairs<f64>(nAtoms, i, 0, tables, scratch);
      slopesOfAtom<f64>(nAtoms, i, 0, nAtoms, tables, out, scratch);
    }
  }
}

/** The same for the orbitals of atom i, in the columns of atoms first … last − 1. */
function slopesOfAtom<T>(nAtoms: i32, i: i32, first: i32, last: i32, tables: OverlapTables, out: usize, scratch: usize): void {
  const step = (<usize>tables.stride) << 3;
  const right: usize = (<usize>nAtoms) << 3;
  const n = tables.orbitals * nAtoms;
  const down = right * <usize>n;
  const axisBytes = <usize>(n * n) << 3;
  for (let axis = 0; axis < 3; axis++) {
    const position = load<f64>(atomRow(tables, AtomRow.x + axis, scratch) + ((<usize>i) << 3));
    const row = out + <usize>axis * axisBytes + <usize>(i * tables.orbitals) * right;
    for (let j = first; j < last; j += lanes<T>()) {
      const pair = pairRow(tables, 0, scratch) + ((<usize>j) << 3);
      const target = row + ((<usize>j) << 3);
      const overlap = load<T>(pair + <usize>PairRow.overlap * step);
      const twiceMu = load<T>(pair + <usize>PairRow.twiceMu * step);
      const along = times<T>(twiceMu, times<T>(overlap, load<T>(pair + <usize>(PairRow.dx + axis) * step)));
      const slope = minus<T>(times<T>(broadcast<T>(position), load<T>(pair + <usize>PairRow.fading * step)), along);
      store<T>(target, slope);
      if (tables.orbitals == 1) continue;
      slopesOfPs<T>(axis, pair, step, overlap, slope, target, right, down);
    }
  }
}

/** Those of elements with a p orbital: the slope of the Gaussian times the factor, and the Gaussian times the slope of the factor. */
// @ts-ignore: decorator
@inline
function slopesOfPs<T>(axis: i32, pair: usize, step: usize, overlap: T, slope: T, target: usize, right: usize, down: usize): void {
  const toRight = load<T>(pair + <usize>PairRow.right * step);
  const toLeft = load<T>(pair + <usize>PairRow.left * step);
  const ratio = load<T>(pair + <usize>PairRow.ratio * step);
  const twiceMu = load<T>(pair + <usize>PairRow.twiceMu * step);
  const zero = broadcast<T>(0);
  const one = broadcast<T>(1);
  for (let a = 0; a < 3; a++) {
    const da = load<T>(pair + <usize>(PairRow.dx + a) * step);
    const isA = a == axis;
    const ofFactor = timesPlus<T>(slope, da, isA ? overlap : zero);
    store<T>(target + <usize>(a + 1) * right, times<T>(toRight, ofFactor));
    store<T>(target + <usize>(a + 1) * down, minus<T>(zero, times<T>(toLeft, ofFactor)));
    const row = target + <usize>(a + 1) * down;
    for (let b = 0; b < 3; b++) {
      const db = load<T>(pair + <usize>(PairRow.dx + b) * step);
      const product = times<T>(twiceMu, times<T>(da, db));
      let sum = times<T>(slope, minus<T>(a == b ? one : zero, product));
      if (isA) sum = minus<T>(sum, times<T>(times<T>(overlap, twiceMu), db));
      if (b == axis) sum = minus<T>(sum, times<T>(times<T>(overlap, twiceMu), da));
      store<T>(row + <usize>(b + 1) * right, times<T>(ratio, sum));
    }
  }
}
