// The atoms within the cutoff of one center, the center first where it is an atom. Rows over atoms: what overlaps need of each.
import { Environments } from "../../neighbors/environments";
import { OverlapTables } from "./tables";

/** Rows over atoms, `stride` numbers each; behind the last atom stands one that does not count, so that pairs of lanes are full. */
export const enum AtomRow {
  /** Å, from the center */
  x,
  y,
  z,
  /** 1/Å²: α of its orbitals, and √α */
  alpha,
  root,
  /** f(r) */
  weight,
  /** f′(r)/r, 1/Å² */
  slope,
  /** as i32: its pair, counted from the first of the center */
  pair,
  count,
}

/** A row over atoms. */
// @ts-ignore: decorator
@inline
export function atomRow(tables: OverlapTables, row: i32, scratch: usize): usize {
  return scratch + <usize>tables.atomsAt + ((<usize>(row * tables.stride)) << 3);
}

// @ts-ignore: decorator
@inline
function place(
  tables: OverlapTables, scratch: usize, atom: i32, species: i32, x: f64, y: f64, z: f64, weight: f64, slope: f64, pair: i32,
): void {
  const step = (<usize>tables.stride) << 3;
  const at = scratch + <usize>tables.atomsAt + ((<usize>atom) << 3);
  const alpha = load<f64>(tables.alphas + ((<usize>species) << 3));
  store<f64>(at + <usize>AtomRow.x * step, x);
  store<f64>(at + <usize>AtomRow.y * step, y);
  store<f64>(at + <usize>AtomRow.z * step, z);
  store<f64>(at + <usize>AtomRow.alpha * step, alpha);
  store<f64>(at + <usize>AtomRow.root * step, sqrt(alpha));
  store<f64>(at + <usize>AtomRow.weight * step, weight);
  store<f64>(at + <usize>AtomRow.slope * step, slope);
  store<i32>(at + <usize>AtomRow.pair * step, pair);
}

/** Finds the atoms of a center; their number, −1 where there are more than there is room for. */
export function gatherAtoms(center: i32, environments: Environments, tables: OverlapTables, scratch: usize): i32 {
  const first = load<i32>(environments.offsets + ((<usize>center) << 2));
  const last = load<i32>(environments.offsets + ((<usize>center) << 2), 4);
  const own = load<i32>(environments.centerSpecies + ((<usize>center) << 2));
  const cutoff = tables.cutoff;
  const shrink = 1 / (cutoff * cutoff);
  let count = 0;
  if (own >= 0) place(tables, scratch, count++, own, 0, 0, 0, 1, 0, -1);
  for (let pair = first; pair < last; pair++) {
    const at = (<usize>pair) << 3;
    const r = load<f64>(environments.distances + at);
    // a distance that is not a number is kept: it shall show
    if (r >= cutoff) continue;
    if (count == tables.mostAtoms) return -1;
    const u = 1 - r * r * shrink;
    let power = 1.0;
    for (let k = 1; k < tables.exponent; k++) power *= u;
    place(
      tables, scratch, count++, load<i32>(environments.neighborSpecies + ((<usize>pair) << 2)), load<f64>(environments.dx + at), load<f64>(environments.dy + at),
      load<f64>(environments.dz + at), power * u, -2 * <f64>tables.exponent * shrink * power, pair - first,
    );
  }
  place(tables, scratch, count, 0, 0, 0, 0, 0, 0, -1);
  return count;
}
