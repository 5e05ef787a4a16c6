// Neighbors of one center in chunks of SLOTS, sorted by the blocks of their species, with geometry in rows over slots.
import { Environments } from "../../neighbors/environments";
import { PowerSpectrumTables, ROW, SLOTS } from "./tables";

/** Before the first chunk of a center. */
export function rewind(tables: PowerSpectrumTables, scratch: usize, firstPair: i32): void {
  const cursor = scratch + tables.cursorAt;
  store<i32>(cursor, 0);
  store<i32>(cursor, firstPair, 4);
}

/** Fills the slots with the next neighbors; returns how many slots are in use (even), 0 after the last. */
export function nextChunk(tables: PowerSpectrumTables, environments: Environments, firstPair: i32, endPair: i32, scratch: usize): i32 {
  const cursor = scratch + tables.cursorAt;
  const slotPair = scratch + tables.slotPairAt;
  const groups = scratch + tables.groupsAt;
  const speciesOf = environments.neighborSpecies;
  const speciesOfBlock = tables.species;
  const nBlocks = tables.nBlocks;
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
  fillGeometry(tables, environments, slots, slotPair, scratch);
  return slots;
}

/** Unit vectors, distances and their inverses; padding gets a unit vector at distance −1. */
function fillGeometry(tables: PowerSpectrumTables, environments: Environments, slots: i32, slotPair: usize, scratch: usize): void {
  const dx = environments.dx;
  const dy = environments.dy;
  const dz = environments.dz;
  const distances = environments.distances;
  let out = scratch + tables.geometryAt;
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
export function geometryRow(tables: PowerSpectrumTables, scratch: usize, index: i32): usize {
  return scratch + tables.geometryAt + <usize>index * ROW;
}
