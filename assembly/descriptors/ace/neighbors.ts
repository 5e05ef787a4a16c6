// Neighbors of one center in one species, in chunks of SLOTS, with their harmonics and radial functions.
import { segmentAt, tableSlopes, tableValues } from "../../math/hermite";
import { broadcast, lanes } from "../../math/lanes";
import { gradientsOfAll, harmonicsAt } from "../../math/spherical-harmonics";
import { Environments } from "../../neighbors/environments";
import { bytesOf } from "../../records";
import { polynomialRows } from "./polynomials";
import { AceGeometryRow, AcePolynomials, AceRadial, AceTables, geometryRow, harmonicsBytes, ROW, SLOTS } from "./tables";

/** A neighbor at the center itself counts as one in the direction of z. */
const NEAREST: f64 = 1e-12;
/** Å: distance of slots without a neighbor, beyond every cutoff. */
const PADDING: f64 = 1e3;

/** Radial functions around a center, by species of the neighbor. */
// @ts-ignore: decorator
@inline
export function radialOf(tables: AceTables, environments: Environments, center: i32, species: i32): AceRadial {
  const centerSpecies = load<i32>(environments.centerSpecies + (<usize>center << 2));
  return changetype<AceRadial>(tables.radials + <usize>((centerSpecies + 1) * tables.nSpecies + species) * bytesOf<AceRadial>());
}

/**
 * Fills the slots with neighbors of a species within the cutoff from `pair` on and returns the pair to go on with. Behind the pairs of the
 * slots stands their number, even; −1 is padding.
 */
export function nextChunk(
  tables: AceTables, environments: Environments, cutoff: f64, species: i32, pair: i32, endPair: i32, scratch: usize,
): i32 {
  const slotPair = scratch + tables.slotPairAt;
  const speciesOf = environments.neighborSpecies;
  const distances = environments.distances;
  let slots = 0;
  for (; pair < endPair && slots < SLOTS; pair++) {
    if (load<i32>(speciesOf + (<usize>pair << 2)) != species) continue;
    const r = load<f64>(distances + (<usize>pair << 3));
    if (!(r < cutoff)) continue;
    store<i32>(slotPair + (<usize>slots << 2), pair);
    fillSlot(tables, environments, pair, r, slots++, scratch);
  }
  if (slots & 1) {
    store<i32>(slotPair + (<usize>slots << 2), -1);
    padSlot(tables, slots++, scratch);
  }
  store<i32>(slotPair + (SLOTS << 2), slots);
  return pair;
}

/** Slots that the last chunk filled. */
// @ts-ignore: decorator
@inline
export function slotCount(tables: AceTables, scratch: usize): i32 {
  return load<i32>(scratch + tables.slotPairAt + (SLOTS << 2));
}

// @ts-ignore: decorator
@inline
function fillSlot(tables: AceTables, environments: Environments, pair: i32, r: f64, slot: i32, scratch: usize): void {
  const at = <usize>pair << 3;
  const to = geometryRow(tables, scratch, 0) + (<usize>slot << 3);
  const isThere = r > NEAREST;
  const inverse: f64 = isThere ? 1 / r : 0;
  store<f64>(to, load<f64>(environments.dx + at) * inverse);
  store<f64>(to + ROW, load<f64>(environments.dy + at) * inverse);
  store<f64>(to + 2 * ROW, isThere ? load<f64>(environments.dz + at) * inverse : 1);
  store<f64>(to + <usize>AceGeometryRow.distance * ROW, r);
  store<f64>(to + <usize>AceGeometryRow.inverse * ROW, inverse);
}

function padSlot(tables: AceTables, slot: i32, scratch: usize): void {
  const to = geometryRow(tables, scratch, 0) + (<usize>slot << 3);
  for (let row: usize = 0; row < <usize>AceGeometryRow.count; row++) store<f64>(to + row * ROW, 0);
  store<f64>(to + 2 * ROW, 1);
  store<f64>(to + <usize>AceGeometryRow.distance * ROW, PADDING);
}

/** Rows over slots of the harmonics, and ones. */
export function chunkHarmonics<T>(tables: AceTables, slots: i32, scratch: usize): void {
  const x = geometryRow(tables, scratch, 0);
  const out = scratch + tables.harmonicsAt;
  const table = tables.harmonics;
  const lMax = tables.lMax;
  const ones = out + harmonicsBytes(tables) - ROW;
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = <usize>slot << 3;
    harmonicsAt<T>(lMax, load<T>(x + at), load<T>(x + ROW + at), load<T>(x + 2 * ROW + at), table, out + at, ROW);
    store<T>(ones + at, broadcast<T>(1));
  }
}

/** The same with the gradients of r^l S_lm at unit vectors, those of the ones zero: [4][lm + 1] rows. */
export function chunkHarmonicGradients<T>(tables: AceTables, slots: i32, scratch: usize): void {
  const x = geometryRow(tables, scratch, 0);
  const out = scratch + tables.harmonicsAt;
  const size = harmonicsBytes(tables);
  gradientsOfAll<T>(slots, tables.lMax, x, x + ROW, x + 2 * ROW, tables.harmonics, out, ROW, out + size, size, scratch + tables.legendreAt);
  const ones = out + size - ROW;
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = ones + (<usize>slot << 3);
    store<T>(at, broadcast<T>(1));
    for (let axis: usize = 1; axis < 4; axis++) store<T>(at + axis * size, broadcast<T>(0));
  }
}

/** Values of the radial functions, [slot][column]. */
export function chunkRadial<T>(tables: AceTables, radial: AceRadial, slots: i32, scratch: usize): void {
  const values = scratch + tables.radialAt;
  if (radial.table) tableOfSlots<T>(tables, radial.table, slots, values, 0, scratch);
  if (!radial.manyBody && !radial.pair) return;
  const rows = scratch + tables.radialRowsAt;
  if (radial.table) slotsToRows(tables.nColumns, slots, values, rows);
  polynomialsOfSlots<T>(tables, radial, slots, false, scratch);
  rowsToSlots(tables.nColumns, slots, rows, values);
}

/** Values and slopes of the radial functions as rows over slots. */
export function chunkRadialSlopes<T>(tables: AceTables, radial: AceRadial, slots: i32, scratch: usize): void {
  if (radial.table) {
    tableOfSlots<T>(tables, radial.table, slots, scratch + tables.radialAt, scratch + tables.slopesAt, scratch);
    slotsToRows(tables.nColumns, slots, scratch + tables.radialAt, scratch + tables.radialRowsAt);
    slotsToRows(tables.nColumns, slots, scratch + tables.slopesAt, scratch + tables.slopeRowsAt);
  }
  polynomialsOfSlots<T>(tables, radial, slots, true, scratch);
}

/** [slot][column]; padding has zeros. */
function tableOfSlots<T>(tables: AceTables, table: usize, slots: i32, values: usize, slopes: usize, scratch: usize): void {
  const nColumns = tables.nColumns;
  const bytes = <usize>nColumns << 3;
  const distances = geometryRow(tables, scratch, AceGeometryRow.distance);
  for (let slot = 0; slot < slots; slot++, values += bytes) {
    const r = load<f64>(distances + (<usize>slot << 3));
    if (r >= PADDING) {
      memory.fill(values, 0, bytes);
      if (slopes) memory.fill(slopes, 0, bytes);
    } else if (slopes) tableSlopes<T>(segmentAt(table, r), nColumns, r, 1, 0, values, slopes);
    else tableValues<T>(segmentAt(table, r), nColumns, r, 1, values);
    if (slopes) slopes += bytes;
  }
}

/** Rows over slots of the columns that are polynomials, with a zero row behind an odd number. */
function polynomialsOfSlots<T>(tables: AceTables, radial: AceRadial, slots: i32, withSlopes: bool, scratch: usize): void {
  const values = scratch + tables.radialRowsAt;
  const slopes = withSlopes ? scratch + tables.slopeRowsAt : 0;
  const pairRows = <usize>tables.pairColumn * ROW;
  if (radial.manyBody) polynomialBlock<T>(tables, changetype<AcePolynomials>(radial.manyBody), slots, values, slopes, scratch);
  if (radial.pair) polynomialBlock<T>(tables, changetype<AcePolynomials>(radial.pair), slots, values + pairRows, slopes ? slopes + pairRows : 0, scratch);
}

function polynomialBlock<T>(tables: AceTables, own: AcePolynomials, slots: i32, values: usize, slopes: usize, scratch: usize): void {
  polynomialRows<T>(own, slots, geometryRow(tables, scratch, AceGeometryRow.distance), values, slopes);
  if (!(own.size & 1)) return;
  const last = <usize>own.size * ROW;
  memory.fill(values + last, 0, ROW);
  if (slopes) memory.fill(slopes + last, 0, ROW);
}

/** Rows over slots → [slot][column]; both counts even. */
function rowsToSlots(nColumns: i32, slots: i32, from: usize, to: usize): void {
  const bytes = <usize>nColumns << 3;
  for (let slot = 0; slot < slots; slot += 2) {
    let row = from + (<usize>slot << 3);
    const a = to + <usize>slot * bytes;
    const b = a + bytes;
    for (let at: usize = 0; at < bytes; at += 16, row += 2 * ROW) transpose(row, row + ROW, a + at, b + at);
  }
}

/** [slot][column] → rows over slots; both counts even. */
function slotsToRows(nColumns: i32, slots: i32, from: usize, to: usize): void {
  const bytes = <usize>nColumns << 3;
  for (let slot = 0; slot < slots; slot += 2) {
    const a = from + <usize>slot * bytes;
    const b = a + bytes;
    let row = to + (<usize>slot << 3);
    for (let at: usize = 0; at < bytes; at += 16, row += 2 * ROW) transpose(a + at, b + at, row, row + ROW);
  }
}

/** Two rows of two numbers to two columns. */
// @ts-ignore: decorator
@inline
function transpose(a: usize, b: usize, toA: usize, toB: usize): void {
  if (ASC_FEATURE_SIMD) {
    const first = v128.load(a);
    const second = v128.load(b);
    v128.store(toA, v128.shuffle<f64>(first, second, 0, 2));
    v128.store(toB, v128.shuffle<f64>(first, second, 1, 3));
  } else {
    const a1 = load<f64>(a, 8);
    const b0 = load<f64>(b);
    store<f64>(toA, load<f64>(a));
    store<f64>(toA, b0, 8);
    store<f64>(toB, a1);
    store<f64>(toB, load<f64>(b, 8), 8);
  }
}
