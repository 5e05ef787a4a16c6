// Neighbors of one center and species in chunks of SLOTS, with geometry, cutoff function and radial functions in rows over slots.
import { bytesOf } from "../../records";
import { Environments } from "../../neighbors/environments";
import { clusterCutoffRow, RadialBasis, radialRows } from "./radial";
import { ClusterBasisTables, ClusterRow, clusterRow, ClusterTables, ROW, SLOTS } from "./tables";

/**
 * Fills the slots with the neighbors of a species from `pair` on and returns the pair to go on with. Behind the pairs of the slots at `slotPairAt` stands
 * their number; a slot of padding, as far as the cutoff, makes it even for the lanes.
 */
export function nextNeighbors(tables: ClusterTables, environments: Environments, species: i32, pair: i32, endPair: i32, scratch: usize): i32 {
  const slotPair = scratch + tables.slotPairAt;
  const isBlind = tables.nSpecies == 1;
  const speciesOf = environments.neighborSpecies;
  let slots = 0;
  for (; pair < endPair && slots < SLOTS; pair++) {
    if (!isBlind && load<i32>(speciesOf + (<usize>pair << 2)) != species) continue;
    store<i32>(slotPair + (<usize>slots << 2), pair);
    placeNeighbor(environments, pair, clusterRow(tables, 0, scratch) + (<usize>slots << 3));
    slots++;
  }
  if (slots & 1) clearSlot(tables.cutoff, clusterRow(tables, 0, scratch) + (<usize>slots << 3));
  store<i32>(slotPair + (<usize>SLOTS << 2), slots);
  return pair;
}

function placeNeighbor(environments: Environments, pair: i32, to: usize): void {
  const at = <usize>pair << 3;
  const r = load<f64>(environments.distances + at);
  let x: f64 = 0, y: f64 = 0, z: f64 = 1, inverse: f64 = 0;
  if (r > 1e-12) {
    inverse = 1 / r;
    x = load<f64>(environments.dx + at) * inverse;
    y = load<f64>(environments.dy + at) * inverse;
    z = load<f64>(environments.dz + at) * inverse;
  }
  placeSlot(x, y, z, r, inverse, to);
}

function clearSlot(radius: f64, to: usize): void {
  placeSlot(0, 0, 1, radius, 0, to);
}

// @ts-ignore: decorator
@inline
function placeSlot(x: f64, y: f64, z: f64, r: f64, inverse: f64, to: usize): void {
  store<f64>(to + <usize>ClusterRow.x * ROW, x);
  store<f64>(to + <usize>ClusterRow.y * ROW, y);
  store<f64>(to + <usize>ClusterRow.z * ROW, z);
  store<f64>(to + <usize>ClusterRow.distance * ROW, r);
  store<f64>(to + <usize>ClusterRow.inverse * ROW, inverse);
}

/** Slots in use, and the next even number. */
// @ts-ignore: decorator
@inline
export function slotCount(tables: ClusterTables, scratch: usize): i32 {
  return load<i32>(scratch + tables.slotPairAt + (<usize>SLOTS << 2));
}

/** φ of all bases, and φ′ where it is asked for. */
export function radialOfChunk<T>(tables: ClusterTables, withSlopes: bool, scratch: usize): void {
  const places = (slotCount(tables, scratch) + 1) & ~1;
  const distances = clusterRow(tables, ClusterRow.distance, scratch);
  const f = clusterRow(tables, ClusterRow.cutoff, scratch);
  const slopes = withSlopes ? clusterRow(tables, ClusterRow.cutoffSlope, scratch) : 0;
  clusterCutoffRow<T>(tables.cutoffKind, tables.cutoff, places, distances, f, slopes);
  const end = tables.bases + <usize>tables.nBases * bytesOf<ClusterBasisTables>();
  for (let at = tables.bases; at < end; at += bytesOf<ClusterBasisTables>()) {
    const basis = changetype<ClusterBasisTables>(at);
    const toSlopes = withSlopes ? slopeRows(tables, basis, scratch) : 0;
    radialRows<T>(changetype<RadialBasis>(basis.radial), tables.cutoff, places, distances, f, slopes, valueRows(tables, basis, scratch), toSlopes, ROW);
  }
}

/** Rows over slots of φ_ν of a basis. */
// @ts-ignore: decorator
@inline
export function valueRows(tables: ClusterTables, basis: ClusterBasisTables, scratch: usize): usize {
  return scratch + tables.valuesAt + <usize>basis.firstRow * ROW;
}

/** Rows over slots of φ_ν′. */
// @ts-ignore: decorator
@inline
export function slopeRows(tables: ClusterTables, basis: ClusterBasisTables, scratch: usize): usize {
  return scratch + tables.slopesAt + <usize>basis.firstRow * ROW;
}

/** f64 [slot][stride] of rows over slots [ν], zeros behind the last ν. */
export function transposeRows(basis: ClusterBasisTables, slots: i32, rows: usize, out: usize): void {
  const size = <usize>basis.size << 3;
  const stride = <usize>basis.stride << 3;
  for (let slot = 0; slot < slots; slot++, out += stride) {
    let from = rows + (<usize>slot << 3);
    let at: usize = 0;
    for (; at < size; at += 8, from += ROW) store<f64>(out + at, load<f64>(from));
    if (at < stride) store<f64>(out + at, 0);
  }
}
