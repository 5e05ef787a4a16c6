// Rows of centers: sums over neighbors, and over pairs of them from densities.
import { broadcast, plus } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { laneSum } from "../../math/simd";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { addChunk, densityAt, partnersOf, selfOf } from "./densities";
import { nextNeighbors, radialOfChunk, slotCount, valueRows } from "./neighbors";
import { centerRow, ClusterBasisTables, ClusterTables, densityBytes, pairWeight, ROW, strideBytes, weightsOf } from "./tables";

/** out: f64 [features]; densities: of the center, written */
export function valuesOfCenter<T>(center: i32, environments: Environments, tables: ClusterTables, out: usize, densities: usize, scratch: usize): void {
  memory.fill(out, 0, <usize>tables.nFeatures << 3);
  memory.fill(densities, 0, tables.densityBytes);
  memory.fill(scratch + tables.selfAt, 0, tables.selfBytes);
  const row = centerRow(tables, load<i32>(environments.centerSpecies + (<usize>center << 2)));
  const offsets = environments.offsets + (<usize>center << 2);
  const endPair = load<i32>(offsets, 4);
  for (let species = 0; species < tables.nSpecies; species++) {
    let pair = load<i32>(offsets);
    while (pair < endPair) {
      pair = nextNeighbors(tables, environments, species, pair, endPair, scratch);
      if (slotCount(tables, scratch) == 0) break;
      radialOfChunk<T>(tables, false, scratch);
      addPairFunctions<T>(tables, row, species, out, scratch);
      addChunk<T>(tables, species, densities, scratch);
    }
  }
  for (let b = 0; b < tables.nBases; b++) {
    const basis = recordAt<ClusterBasisTables>(tables.bases, b);
    if (basis.body == 3) addTripletFunctions<T>(tables, basis, row, densities, out, scratch);
  }
}

/** The block of a two-body basis for neighbors of a species; −1: it has none. */
// @ts-ignore: decorator
@inline
export function pairBlock(tables: ClusterTables, basis: ClusterBasisTables, row: i32, species: i32): i32 {
  return load<i32>(basis.blocks + (<usize>(row * tables.nSpecies + species) << 2));
}

/** Factors [ν] of a two-body basis for neighbors of a species. */
// @ts-ignore: decorator
@inline
export function pairWeights(basis: ClusterBasisTables, row: i32, species: i32): usize {
  return weightsOf(basis, row) + (<usize>(species * basis.size) << 3);
}

function addPairFunctions<T>(tables: ClusterTables, row: i32, species: i32, out: usize, scratch: usize): void {
  for (let b = 0; b < tables.nBases; b++) {
    const basis = recordAt<ClusterBasisTables>(tables.bases, b);
    if (basis.body != 2) continue;
    const block = pairBlock(tables, basis, row, species);
    if (block < 0) continue;
    const weights = pairWeights(basis, row, species);
    let to = out + (<usize>(basis.firstFeature + block * basis.size) << 3);
    let rows = valueRows(tables, basis, scratch);
    for (let nu: usize = 0; nu < <usize>basis.size << 3; nu += 8, rows += ROW, to += 8) {
      store<f64>(to, load<f64>(to) + load<f64>(weights + nu) * sumOfRow<T>(slotCount(tables, scratch), rows));
    }
  }
}

/** Padding of the last slot adds 0. */
export function sumOfRow<T>(slots: i32, row: usize): f64 {
  let sum = broadcast<T>(0);
  for (const end = row + (<usize>slots << 3); row < end; row += sizeof<T>()) sum = plus<T>(sum, load<T>(row));
  if (isVector<T>()) return laneSum(sum);
  else return sum;
}

function addTripletFunctions<T>(tables: ClusterTables, basis: ClusterBasisTables, row: i32, densities: usize, out: usize, scratch: usize): void {
  const partners = scratch + tables.membersAt + basis.partnersAt;
  for (let species = 0; species < basis.nDensities; species++) {
    partnersOf<T>(tables, basis, row, species, densities, partners);
    const density = densityAt(basis, species, densities);
    const self = selfOf(tables, basis, species, scratch);
    for (let group = 0; group < basis.nGroups; group++) {
      const weight = isOwnGroup(basis, species, group) ? pairWeight(tables, basis, row, species, species) : 0;
      const block = out + (<usize>(basis.firstFeature + tripletBlock(basis, species, group) * basis.blockFeatures) << 3);
      addProducts<T>(tables, basis, density, partners + <usize>group * densityBytes(basis), weight, self, block, scratch);
    }
  }
}

/** Whether neighbors of a species are among the partners of a group: these do not pair with themselves. */
// @ts-ignore: decorator
@inline
export function isOwnGroup(basis: ClusterBasisTables, species: i32, group: i32): bool {
  return basis.nGroups == 1 || group == species;
}

/** The block of a three-body basis for neighbors of a species and of a group. */
// @ts-ignore: decorator
@inline
export function tripletBlock(basis: ClusterBasisTables, species: i32, group: i32): i32 {
  return load<i32>(basis.blocks + (<usize>(species * basis.nGroups + group) << 2));
}

/** Adds ½ [Σ_m a_ν b_μ − w Σ φ_ν φ_μ], ν ≤ μ. */
function addProducts<T>(
  tables: ClusterTables, basis: ClusterBasisTables, density: usize, partners: usize, weight: f64, self: usize, out: usize, scratch: usize,
): void {
  const stride = strideBytes(basis);
  const products = scratch + tables.productAt;
  for (let i = 0; i < basis.nDegrees; i++) {
    productsOfDegree<T>(basis, i, density, partners, products);
    let to = out + (<usize>i << 3);
    for (let nu = 0; nu < basis.size; nu++) {
      const first = <usize>nu * stride;
      for (let at = first + (<usize>nu << 3); at < first + (<usize>basis.size << 3); at += 8, to += <usize>basis.nDegrees << 3) {
        store<f64>(to, load<f64>(to) + 0.5 * (load<f64>(products + at) - weight * load<f64>(self + at)));
      }
    }
  }
}

/** Σ_m a_ν b_μ of a degree: f64 [ν][stride] */
export function productsOfDegree<T>(basis: ClusterBasisTables, degree: i32, density: usize, partners: usize, out: usize): void {
  const stride = strideBytes(basis);
  const q = load<i32>(basis.degrees + (<usize>degree << 2));
  const first = <usize>(q * q) * stride;
  outerProducts<T>(basis.size, basis.stride, 2 * q + 1, density + first, stride, 8, partners + first, stride, out, stride, false);
}
