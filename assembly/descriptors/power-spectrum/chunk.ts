// Neighbors of one center in chunks of SLOTS, sorted by the blocks of their species, with geometry in rows over slots.
import {
  E_DISTANCES,
  E_DX,
  E_DY,
  E_DZ,
  E_NEIGHBOR_SPECIES,
  N_BLOCKS,
  ROW,
  SLOTS,
  SPECIES,
  S_CURSOR,
  S_GEOMETRY,
  S_GROUPS,
  S_SLOT_PAIR,
  integer,
  pointer,
} from "./plan";

/** Before the first chunk of a center. */
export function rewind(plan: usize, scratch: usize, firstPair: i32): void {
  const cursor = scratch + pointer(plan, S_CURSOR);
  store<i32>(cursor, 0);
  store<i32>(cursor, firstPair, 4);
}

/** Fills the slots with the next neighbors; returns how many slots are in use (even), 0 after the last. */
export function nextChunk(plan: usize, environments: usize, firstPair: i32, endPair: i32, scratch: usize): i32 {
  const cursor = scratch + pointer(plan, S_CURSOR);
  const slotPair = scratch + pointer(plan, S_SLOT_PAIR);
  const groups = scratch + pointer(plan, S_GROUPS);
  const speciesOf = pointer(environments, E_NEIGHBOR_SPECIES);
  const speciesOfBlock = pointer(plan, SPECIES);
  const nBlocks = integer(plan, N_BLOCKS);
  let block = load<i32>(cursor);
  let pair = load<i32>(cursor, 4);
  let slots = 0;
  let nGroups = 0;
  while (block < nBlocks && slots < SLOTS) {
    const species = load<i32>(speciesOfBlock + (<usize>block << 2));
    const first = slots;
    for (; pair < endPair && slots < SLOTS; pair++) {
      if (load<i32>(speciesOf + (<usize>pair << 2)) == species) {
        store<i32>(slotPair + (<usize>(slots++) << 2), pair);
      }
    }
    if (slots & 1) store<i32>(slotPair + (<usize>(slots++) << 2), -1);
    if (slots > first) {
      const group = groups + 4 + (<usize>(nGroups++) << 3);
      store<i32>(group, block);
      store<i32>(group, first, 4);
    }
    if (pair >= endPair) {
      block++;
      pair = firstPair;
    }
  }
  store<i32>(groups, nGroups);
  store<i32>(groups + 8 + (<usize>nGroups << 3), slots);
  store<i32>(cursor, block);
  store<i32>(cursor, pair, 4);
  fillGeometry(plan, environments, slots, slotPair, scratch);
  return slots;
}

/** Unit vectors, distances and their inverses; padding gets a unit vector at distance −1. */
function fillGeometry(plan: usize, environments: usize, slots: i32, slotPair: usize, scratch: usize): void {
  const dx = pointer(environments, E_DX);
  const dy = pointer(environments, E_DY);
  const dz = pointer(environments, E_DZ);
  const distances = pointer(environments, E_DISTANCES);
  let out = scratch + pointer(plan, S_GEOMETRY);
  for (let slot = 0; slot < slots; slot++) {
    const pair = load<i32>(slotPair + (<usize>slot << 2));
    let x: f64 = 0, y: f64 = 0, z: f64 = 1, r: f64 = -1, inverse: f64 = 0;
    if (pair >= 0) {
      const at = <usize>pair << 3;
      r = load<f64>(distances + at);
      if (r > 1e-12) {
        inverse = 1 / r;
        x = load<f64>(dx + at) * inverse;
        y = load<f64>(dy + at) * inverse;
        z = load<f64>(dz + at) * inverse;
      }
    }
    store<f64>(out, x);
    store<f64>(out, y, 256);
    store<f64>(out, z, 512);
    store<f64>(out, r, 768);
    store<f64>(out, inverse, 1024);
    out += 8;
  }
}

/** Row `index` of the geometry: 0 x, 1 y, 2 z, 3 r, 4 1/r. */
// @ts-ignore: decorator
@inline
export function geometryRow(plan: usize, scratch: usize, index: i32): usize {
  return scratch + pointer(plan, S_GEOMETRY) + <usize>index * ROW;
}
