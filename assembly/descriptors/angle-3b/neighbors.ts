// Neighbors of one center of one species within the cutoff, as columns: lanes run over neighbors.
import { cosineCutoff, cosineCutoffSlope } from "../../math/cutoff";
import { Environments } from "../../neighbors/environments";

/** Parameters of `angle-3b`. */
@unmanaged
export class AngleTables {
  /** Cosine cutoff function, Å */
  cosineStart: f64;
  cosineEnd: f64;
  /** species indices of the center and of the two neighbors; −1: any, −2: none of the data */
  center: i32;
  first: i32;
  second: i32;
}

/** Columns of a list: what is where. Those of the unit vector and of the force are followed by y and z. */
export const enum TripletColumn {
  distance,
  weight,
  slope,
  x,
  y,
  z,
  unit,
  force = 9,
  pair = 12,
  count,
}

/** Where a column begins; `capacity`: neighbors that a list has room for. */
// @ts-ignore: decorator
@inline
export function columnOf(list: usize, capacity: i32, column: i32): usize {
  return list + (<usize>(column * capacity) << 3);
}

/** Whether triplets of a center are wanted. */
// @ts-ignore: decorator
@inline
export function isCenter(batch: Environments, tables: AngleTables, center: i32): bool {
  const species = load<i32>(batch.centerSpecies + (<usize>center << 2));
  return species >= 0 && (tables.center == species || tables.center == -1);
}

/** Whether both neighbors come from one list. */
// @ts-ignore: decorator
@inline
export function isOneList(tables: AngleTables): bool {
  return tables.first == tables.second;
}

/** Whether a pair is of the wanted species (−1: any) and within the cutoff. */
// @ts-ignore: decorator
@inline
export function isNeighbor(batch: Environments, tables: AngleTables, pair: i32, wanted: i32): bool {
  const species = load<i32>(batch.neighborSpecies + (<usize>pair << 2));
  return (wanted == species || wanted == -1) && load<f64>(batch.distances + (<usize>pair << 3)) < tables.cosineEnd;
}

/** Fills the columns with the neighbors of one species; forces are zero. Returns how many. */
export function gatherNeighbors(batch: Environments, tables: AngleTables, center: i32, wanted: i32, capacity: i32, list: usize): i32 {
  const offsets = batch.offsets + (<usize>center << 2);
  const end = load<i32>(offsets, 4);
  const step = <usize>capacity << 3;
  let count = 0;
  for (let pair = load<i32>(offsets); pair < end; pair++) {
    if (!isNeighbor(batch, tables, pair, wanted)) continue;
    const at = <usize>pair << 3;
    const r = load<f64>(batch.distances + at);
    const inverse = r > 0 ? 1 / r : 0;
    const x = load<f64>(batch.dx + at), y = load<f64>(batch.dy + at), z = load<f64>(batch.dz + at);
    let to = list + (<usize>count << 3);
    count++;
    to = append(to, step, r);
    to = append(to, step, cosineCutoff(r, tables.cosineStart, tables.cosineEnd));
    to = append(to, step, cosineCutoffSlope(r, tables.cosineStart, tables.cosineEnd));
    to = append(to, step, x);
    to = append(to, step, y);
    to = append(to, step, z);
    to = append(to, step, x * inverse);
    to = append(to, step, y * inverse);
    to = append(to, step, z * inverse);
    for (let axis = 0; axis < 3; axis++) to = append(to, step, 0);
    store<i32>(to, pair);
  }
  return count;
}

// @ts-ignore: decorator
@inline
function append(to: usize, step: usize, value: f64): usize {
  store<f64>(to, value);
  return to + step;
}
