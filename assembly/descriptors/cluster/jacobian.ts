// Derivatives of every column by the displacement of every neighbor.
import { outerProducts4 } from "../../math/outer-tile";
import { gradientsOfAll } from "../../math/spherical-harmonics";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { partnersOf } from "./densities";
import { nextNeighbors, radialOfChunk, slopeRows, slotCount, transposeRows, valueRows } from "./neighbors";
import { centerRow, ClusterBasisTables, ClusterRow, clusterRow, ClusterTables, densityBytes, pairWeight, ROW, strideBytes } from "./tables";
import { isOwnGroup, pairBlock, pairWeights, tripletBlock } from "./values";

/** out: f64 [pairs of the center][3][features], written */
export function jacobianOfCenter<T>(center: i32, environments: Environments, tables: ClusterTables, densities: usize, out: usize, scratch: usize): void {
  const row = centerRow(tables, load<i32>(environments.centerSpecies + (<usize>center << 2)));
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  memory.fill(out, 0, <usize>(endPair - firstPair) * 24 * <usize>tables.nFeatures);
  for (let species = 0; species < tables.nSpecies; species++) {
    for (let b = 0; b < tables.nBases; b++) {
      const basis = recordAt<ClusterBasisTables>(tables.bases, b);
      if (basis.body == 3) partnersOf<T>(tables, basis, row, species, densities, scratch + tables.membersAt + basis.partnersAt);
    }
    let pair = firstPair;
    while (pair < endPair) {
      pair = nextNeighbors(tables, environments, species, pair, endPair, scratch);
      if (slotCount(tables, scratch) == 0) break;
      radialOfChunk<T>(tables, true, scratch);
      if (tables.lMax >= 0) harmonicGradientsOfChunk<T>(tables, scratch);
      for (let b = 0; b < tables.nBases; b++) {
        const basis = recordAt<ClusterBasisTables>(tables.bases, b);
        if (basis.body == 2) pairColumns(tables, basis, row, species, firstPair, out, scratch);
        else tripletColumns<T>(tables, basis, row, species, firstPair, out, scratch);
      }
    }
  }
}

function harmonicGradientsOfChunk<T>(tables: ClusterTables, scratch: usize): void {
  const places = (slotCount(tables, scratch) + 1) & ~1;
  const direction = clusterRow(tables, 0, scratch);
  const size = <usize>((tables.lMax + 1) * (tables.lMax + 1)) * ROW;
  const out = scratch + tables.harmonicsAt;
  gradientsOfAll<T>(
    places, tables.lMax, direction, direction + ROW, direction + 2 * ROW, tables.harmonics, out, ROW, out + size, size, scratch + tables.legendreAt,
  );
}

/** Where the first function of a block stands in the rows of the pair of a slot. */
// @ts-ignore: decorator
@inline
function columnsOfSlot(tables: ClusterTables, slot: i32, firstPair: i32, column: i32, out: usize, scratch: usize): usize {
  const pair = load<i32>(scratch + tables.slotPairAt + (<usize>slot << 2)) - firstPair;
  return out + (<usize>(pair * 3 * tables.nFeatures + column) << 3);
}

/** w_ν φ_ν′ along the direction. */
function pairColumns(tables: ClusterTables, basis: ClusterBasisTables, row: i32, species: i32, firstPair: i32, out: usize, scratch: usize): void {
  const block = pairBlock(tables, basis, row, species);
  if (block < 0) return;
  const weights = pairWeights(basis, row, species);
  const rowBytes = <usize>tables.nFeatures << 3;
  for (let slot = 0; slot < slotCount(tables, scratch); slot++) {
    const direction = clusterRow(tables, 0, scratch) + (<usize>slot << 3);
    const x = load<f64>(direction), y = load<f64>(direction + ROW), z = load<f64>(direction + 2 * ROW);
    let slopes = slopeRows(tables, basis, scratch) + (<usize>slot << 3);
    let to = columnsOfSlot(tables, slot, firstPair, basis.firstFeature + block * basis.size, out, scratch);
    for (let nu: usize = 0; nu < <usize>basis.size << 3; nu += 8, slopes += ROW, to += 8) {
      const slope = load<f64>(weights + nu) * load<f64>(slopes);
      store<f64>(to, slope * x);
      store<f64>(to + rowBytes, slope * y);
      store<f64>(to + 2 * rowBytes, slope * z);
    }
  }
}

function tripletColumns<T>(tables: ClusterTables, basis: ClusterBasisTables, row: i32, species: i32, firstPair: i32, out: usize, scratch: usize): void {
  const slots = slotCount(tables, scratch);
  const stride = strideBytes(basis);
  const values = scratch + tables.transposedAt;
  const slopes = scratch + tables.transposed2At;
  transposeRows(basis, slots, valueRows(tables, basis, scratch), values);
  transposeRows(basis, slots, slopeRows(tables, basis, scratch), slopes);
  const weight = pairWeight(tables, basis, row, species, species);
  for (let group = 0; group < basis.nGroups; group++) {
    const partners = scratch + tables.membersAt + basis.partnersAt + <usize>group * densityBytes(basis);
    const column = basis.firstFeature + tripletBlock(basis, species, group) * basis.blockFeatures;
    const selfWeight = isOwnGroup(basis, species, group) ? weight : 0;
    for (let slot = 0; slot < slots; slot++) {
      const at = <usize>slot * stride;
      productsOfSlot<T>(tables, basis, slot, partners, scratch);
      columnsOfTriplets(tables, basis, slot, selfWeight, values + at, slopes + at, columnsOfSlot(tables, slot, firstPair, column, out, scratch), scratch);
    }
  }
}

/** Σ_m Y b_μ of every degree, and its derivative by each displacement across the direction: f64 [4][degree][stride]. */
function productsOfSlot<T>(tables: ClusterTables, basis: ClusterBasisTables, slot: i32, partners: usize, scratch: usize): void {
  const stride = strideBytes(basis);
  const size = <usize>((tables.lMax + 1) * (tables.lMax + 1)) * ROW;
  const bytes = <usize>basis.nDegrees * stride;
  const harmonics = scratch + tables.harmonicsAt + (<usize>slot << 3);
  const direction = clusterRow(tables, 0, scratch) + (<usize>slot << 3);
  const inverse = load<f64>(direction + <usize>ClusterRow.inverse * ROW);
  let to = scratch + tables.productAt;
  for (let i = 0; i < basis.nDegrees; i++) {
    const q = load<i32>(basis.degrees + (<usize>i << 2));
    const first = <usize>(q * q);
    outerProducts4<T>(basis.stride, 2 * q + 1, harmonics + first * ROW, ROW, size, partners + first * stride, stride, to, bytes);
    // the gradient of r^q Y has q Y along the direction
    for (const end = to + stride; to < end; to += 8) {
      const along = <f64>q * load<f64>(to);
      for (let axis: usize = 0; axis < 3; axis++) {
        const slope = to + (axis + 1) * bytes;
        store<f64>(slope, inverse * (load<f64>(slope) - along * load<f64>(direction + axis * ROW)));
      }
    }
  }
}

/** ½ [∂(φ_ν Y) b_μ + ∂(φ_μ Y) b_ν − w ∂(φ_ν φ_μ)], ν ≤ μ, of a slot. */
function columnsOfTriplets(
  tables: ClusterTables, basis: ClusterBasisTables, slot: i32, weight: f64, values: usize, slopes: usize, out: usize, scratch: usize,
): void {
  const stride = strideBytes(basis);
  const bytes = <usize>basis.nDegrees * stride;
  const rowBytes = <usize>tables.nFeatures << 3;
  const products = scratch + tables.productAt;
  const direction = clusterRow(tables, 0, scratch) + (<usize>slot << 3);
  const x = load<f64>(direction), y = load<f64>(direction + ROW), z = load<f64>(direction + 2 * ROW);
  for (let nu: usize = 0; nu < <usize>basis.size << 3; nu += 8) {
    const value = 0.5 * load<f64>(values + nu), slope = 0.5 * load<f64>(slopes + nu);
    for (let mu = nu; mu < <usize>basis.size << 3; mu += 8) {
      const other = 0.5 * load<f64>(values + mu), otherSlope = 0.5 * load<f64>(slopes + mu);
      const own = 2 * weight * (slope * other + value * otherSlope);
      for (let at = products; at < products + bytes; at += stride, out += 8) {
        const along = slope * load<f64>(at + mu) + otherSlope * load<f64>(at + nu) - own;
        const toX = at + bytes, toY = toX + bytes, toZ = toY + bytes;
        store<f64>(out, along * x + value * load<f64>(toX + mu) + other * load<f64>(toX + nu));
        store<f64>(out + rowBytes, along * y + value * load<f64>(toY + mu) + other * load<f64>(toY + nu));
        store<f64>(out + 2 * rowBytes, along * z + value * load<f64>(toZ + mu) + other * load<f64>(toZ + nu));
      }
    }
  }
}
