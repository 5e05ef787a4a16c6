// Σ_f g_f ∂X_f/∂r of every neighbor, without the Jacobian: gradients by features become gradients by the densities, which are contracted with the radial
// functions of each neighbor and then with its harmonics.
import { broadcast, lanes, minusTimes, plus, times, timesPlus } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { contractHarmonicsAt } from "../../math/spherical-harmonics";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { partnersOf } from "./densities";
import { nextNeighbors, radialOfChunk, slopeRows, slotCount, valueRows } from "./neighbors";
import { centerRow, ClusterBasisTables, ClusterRow, clusterRow, ClusterTables, densityBytes, pairWeight, ROW, strideBytes } from "./tables";
import { isOwnGroup, pairBlock, pairWeights, tripletBlock } from "./values";

/**
 * Several gradients come back in one pass over the neighbors.
 * @param densities of the center
 * @param gradients [members] rows of features, `gradientStep` bytes apart
 * @param out [members][pairs of the center][3], `outStep` bytes apart, written
 */
export function backwardOfCenter<T>(
  center: i32, environments: Environments, tables: ClusterTables, densities: usize, members: i32, gradients: usize, gradientStep: usize, out: usize,
  outStep: usize, scratch: usize,
): void {
  const row = centerRow(tables, load<i32>(environments.centerSpecies + (<usize>center << 2)));
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  for (let species = 0; species < tables.nSpecies; species++) {
    let pair = firstPair;
    let isFirst = true;
    while (pair < endPair) {
      pair = nextNeighbors(tables, environments, species, pair, endPair, scratch);
      if (slotCount(tables, scratch) == 0) break;
      radialOfChunk<T>(tables, true, scratch);
      for (let k = 0; k < members; k++) {
        const own = gradients + <usize>k * gradientStep;
        const member = scratch + tables.membersAt + <usize>k * tables.memberBytes;
        if (isFirst) adjointsOfSpecies<T>(tables, row, species, densities, own, member, scratch);
        contractChunk<T>(tables, row, species, own, member, scratch);
        storeChunk(tables, firstPair, out + <usize>k * outStep, scratch);
      }
      isFirst = false;
    }
  }
}

/** Gradients by the density of a species, and by products of two radial functions of one neighbor, of every three-body basis. */
function adjointsOfSpecies<T>(tables: ClusterTables, row: i32, species: i32, densities: usize, gradients: usize, member: usize, scratch: usize): void {
  for (let b = 0; b < tables.nBases; b++) {
    const basis = recordAt<ClusterBasisTables>(tables.bases, b);
    if (basis.body != 3) continue;
    const partners = member + basis.partnersAt;
    partnersOf<T>(tables, basis, row, species, densities, partners);
    const adjoint = member + basis.adjointAt;
    const self = adjoint + densityBytes(basis);
    memory.fill(self, 0, <usize>basis.size * strideBytes(basis));
    const weight = pairWeight(tables, basis, row, species, species);
    for (let group = 0; group < basis.nGroups; group++) {
      const block = gradients + (<usize>(basis.firstFeature + tripletBlock(basis, species, group) * basis.blockFeatures) << 3);
      const ofGroup = partners + <usize>group * densityBytes(basis);
      const selfWeight = isOwnGroup(basis, species, group) ? weight : 0;
      for (let i = 0; i < basis.nDegrees; i++) {
        symmetricGradients(basis, i, block, selfWeight, self, scratch + tables.productAt);
        adjointOfDegree<T>(basis, i, ofGroup, scratch + tables.productAt, adjoint, group > 0);
      }
    }
  }
}

/** Gradients of one degree as a symmetric matrix [ν][stride], those of ν ≠ μ halved; adds `weight` times them to `self`. */
function symmetricGradients(basis: ClusterBasisTables, degree: i32, block: usize, weight: f64, self: usize, out: usize): void {
  const stride = strideBytes(basis);
  let from = block + (<usize>degree << 3);
  for (let nu = 0; nu < basis.size; nu++) {
    const row = <usize>nu * stride;
    if (basis.size < basis.stride) store<f64>(out + row + (<usize>basis.size << 3), 0);
    for (let mu = nu; mu < basis.size; mu++, from += <usize>basis.nDegrees << 3) {
      const at = row + (<usize>mu << 3);
      const mirrored = <usize>mu * stride + (<usize>nu << 3);
      const gradient = mu == nu ? load<f64>(from) : 0.5 * load<f64>(from);
      store<f64>(out + at, gradient);
      store<f64>(out + mirrored, gradient);
      store<f64>(self + at, load<f64>(self + at) + weight * gradient);
      if (mu > nu) store<f64>(self + mirrored, load<f64>(self + at));
    }
  }
}

function adjointOfDegree<T>(basis: ClusterBasisTables, degree: i32, partners: usize, gradients: usize, adjoint: usize, accumulate: bool): void {
  const stride = strideBytes(basis);
  const q = load<i32>(basis.degrees + (<usize>degree << 2));
  const first = <usize>(q * q) * stride;
  outerProducts<T>(2 * q + 1, basis.stride, basis.size, partners + first, 8, stride, gradients, stride, adjoint + first, stride, accumulate);
}

/** What comes back to every slot, as a vector in the rows of the result. */
function contractChunk<T>(tables: ClusterTables, row: i32, species: i32, gradients: usize, member: usize, scratch: usize): void {
  memory.fill(clusterRow(tables, ClusterRow.radial, scratch), 0, ROW);
  const rows = <usize>((tables.lMax + 1) * (tables.lMax + 1)) * ROW;
  memory.fill(scratch + tables.contractedAt, 0, 2 * rows);
  for (let b = 0; b < tables.nBases; b++) {
    const basis = recordAt<ClusterBasisTables>(tables.bases, b);
    if (basis.body == 2) pullPairs<T>(tables, basis, row, species, gradients, scratch);
    else pullTriplets<T>(tables, basis, member + basis.adjointAt, scratch);
  }
  resultOfChunk<T>(tables, scratch);
}

/** Adds Σ_ν g_ν w_ν φ_ν′. */
function pullPairs<T>(tables: ClusterTables, basis: ClusterBasisTables, row: i32, species: i32, gradients: usize, scratch: usize): void {
  const block = pairBlock(tables, basis, row, species);
  if (block < 0) return;
  const weights = pairWeights(basis, row, species);
  const own = gradients + (<usize>(basis.firstFeature + block * basis.size) << 3);
  const sum = clusterRow(tables, ClusterRow.radial, scratch);
  const bytes = <usize>slotCount(tables, scratch) << 3;
  let slopes = slopeRows(tables, basis, scratch);
  for (let nu: usize = 0; nu < <usize>basis.size << 3; nu += 8, slopes += ROW) {
    const factor = broadcast<T>(load<f64>(own + nu) * load<f64>(weights + nu));
    for (let at: usize = 0; at < bytes; at += sizeof<T>()) store<T>(sum + at, timesPlus<T>(factor, load<T>(slopes + at), load<T>(sum + at)));
  }
}

/** Adds Σ_ν A φ_ν′ to the factors of Y, Σ_ν A φ_ν to those of its gradients, and what a neighbor has of not pairing with itself. */
function pullTriplets<T>(tables: ClusterTables, basis: ClusterBasisTables, adjoint: usize, scratch: usize): void {
  const places = (slotCount(tables, scratch) + 1) & ~1;
  const stride = strideBytes(basis);
  const values = valueRows(tables, basis, scratch);
  const slopes = slopeRows(tables, basis, scratch);
  const along = scratch + tables.contractedAt;
  const across = along + <usize>((tables.lMax + 1) * (tables.lMax + 1)) * ROW;
  for (let i = 0; i < basis.nDegrees; i++) {
    const q = load<i32>(basis.degrees + (<usize>i << 2));
    const from = adjoint + <usize>(q * q) * stride;
    const to = <usize>(q * q) * ROW;
    outerProducts<T>(2 * q + 1, places, basis.size, from, 8, stride, slopes, ROW, along + to, ROW, true);
    outerProducts<T>(2 * q + 1, places, basis.size, from, 8, stride, values, ROW, across + to, ROW, true);
  }
  const products = scratch + tables.productAt;
  outerProducts<T>(basis.size, places, basis.size, adjoint + densityBytes(basis), 8, stride, values, ROW, products, ROW, false);
  const sum = clusterRow(tables, ClusterRow.radial, scratch);
  for (let row: usize = 0; row < <usize>basis.size * ROW; row += ROW) {
    for (let at: usize = 0; at < <usize>places << 3; at += sizeof<T>()) {
      store<T>(sum + at, minusTimes<T>(load<T>(products + row + at), load<T>(slopes + row + at), load<T>(sum + at)));
    }
  }
}

/** The vector of every slot: r^l Y has l Y more along the direction than Y has. */
function resultOfChunk<T>(tables: ClusterTables, scratch: usize): void {
  const places = (slotCount(tables, scratch) + 1) & ~1;
  const lMax = tables.lMax;
  const size = <usize>((lMax + 1) * (lMax + 1)) * ROW;
  const geometry = clusterRow(tables, 0, scratch);
  const sums = scratch + tables.sumsAt;
  for (let slot = 0; slot < places; slot += lanes<T>()) {
    const at = geometry + (<usize>slot << 3);
    const x = load<T>(at), y = load<T>(at + ROW), z = load<T>(at + 2 * ROW);
    let radial = load<T>(at + <usize>ClusterRow.radial * ROW);
    let sideX = broadcast<T>(0), sideY = broadcast<T>(0), sideZ = broadcast<T>(0);
    if (lMax >= 0) {
      const contracted = scratch + tables.contractedAt + (<usize>slot << 3);
      overDistance<T>(lMax, load<T>(at + <usize>ClusterRow.inverse * ROW), contracted, size);
      contractHarmonicsAt<T>(lMax, x, y, z, tables.harmonics, contracted, ROW, sums, scratch + tables.legendreAt);
      radial = plus<T>(radial, load<T>(sums));
      sideX = load<T>(sums, sizeof<T>());
      sideY = load<T>(sums, 2 * sizeof<T>());
      sideZ = load<T>(sums, 3 * sizeof<T>());
    }
    store<T>(at + <usize>ClusterRow.resultX * ROW, timesPlus<T>(radial, x, sideX));
    store<T>(at + <usize>ClusterRow.resultY * ROW, timesPlus<T>(radial, y, sideY));
    store<T>(at + <usize>ClusterRow.resultZ * ROW, timesPlus<T>(radial, z, sideZ));
  }
}

/** (u, v) → (u − l v/r, v/r) */
// @ts-ignore: decorator
@inline
function overDistance<T>(lMax: i32, inverse: T, rows: usize, size: usize): void {
  for (let l = 0; l <= lMax; l++) {
    const degree = broadcast<T>(<f64>l);
    for (let m = -l; m <= l; m++, rows += ROW) {
      const across = times<T>(inverse, load<T>(rows + size));
      store<T>(rows + size, across);
      store<T>(rows, minusTimes<T>(degree, across, load<T>(rows)));
    }
  }
}

function storeChunk(tables: ClusterTables, firstPair: i32, out: usize, scratch: usize): void {
  const slots = slotCount(tables, scratch);
  const slotPair = scratch + tables.slotPairAt;
  let from = clusterRow(tables, ClusterRow.resultX, scratch);
  for (let slot = 0; slot < slots; slot++, from += 8) {
    const to = out + <usize>(load<i32>(slotPair + (<usize>slot << 2)) - firstPair) * 24;
    store<f64>(to, load<f64>(from));
    store<f64>(to, load<f64>(from + ROW), 8);
    store<f64>(to, load<f64>(from + 2 * ROW), 16);
  }
}
