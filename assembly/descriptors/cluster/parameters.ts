// Derivatives of rows by the non-linear parameters: α and β of Gaussians, factors of species. Those by ln α replace φ_ν by φ̇_ν = −α_ν r² φ_ν in one
// place after the other; those by ln β replace it by ν φ̇_ν.
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { addDensity, addSelf, densityAt, expandCenter, partnersOf, selfOf, harmonicsOfChunk } from "./densities";
import { nextNeighbors, radialOfChunk, slopeRows, slotCount, transposeRows, valueRows } from "./neighbors";
import { exponentRows, RadialBasis } from "./radial";
import { centerRow, ClusterBasisTables, ClusterRow, clusterRow, ClusterTables, densityBytes, densityOf, pairWeight, ROW, strideBytes } from "./tables";
import { isOwnGroup, pairBlock, pairWeights, productsOfDegree, sumOfRow, tripletBlock } from "./values";

/**
 * out: f64 [parameters][features], written
 * @param densities room for those of the center, those of φ̇ and Σ φ̇_ν φ_μ
 */
export function parametersOfCenter<T>(center: i32, environments: Environments, tables: ClusterTables, out: usize, densities: usize, scratch: usize): void {
  memory.fill(out, 0, <usize>(tables.nParameters * tables.nFeatures) << 3);
  expandCenter<T>(center, environments, tables, densities, scratch);
  const changes = densities + tables.densityBytes;
  memory.fill(changes, 0, tables.densityBytes + tables.selfBytes);
  const row = centerRow(tables, load<i32>(environments.centerSpecies + (<usize>center << 2)));
  const offsets = environments.offsets + (<usize>center << 2);
  const endPair = load<i32>(offsets, 4);
  for (let species = 0; species < tables.nSpecies; species++) {
    let pair = load<i32>(offsets);
    while (pair < endPair) {
      pair = nextNeighbors(tables, environments, species, pair, endPair, scratch);
      if (slotCount(tables, scratch) == 0) break;
      radialOfChunk<T>(tables, false, scratch);
      if (tables.lMax >= 0) harmonicsOfChunk<T>(tables, scratch);
      for (let b = 0; b < tables.nBases; b++) changesOfChunk<T>(tables, recordAt<ClusterBasisTables>(tables.bases, b), row, species, out, changes, scratch);
    }
  }
  for (let b = 0; b < tables.nBases; b++) {
    const basis = recordAt<ClusterBasisTables>(tables.bases, b);
    if (basis.body != 3) continue;
    if (basis.alphaAt >= 0) exponentsOfTriplets<T>(tables, basis, row, densities, changes, out, scratch);
    if (basis.weightsAt >= 0 && row > 0) weightsOfTriplets<T>(tables, basis, row, densities, out, scratch);
  }
}

/** Columns of the derivative by a parameter. */
// @ts-ignore: decorator
@inline
function columnsOf(tables: ClusterTables, parameter: i32, column: i32, out: usize): usize {
  return out + (<usize>(parameter * tables.nFeatures + column) << 3);
}

/** Position of a pair of species among unordered pairs, the first index slow. */
// @ts-ignore: decorator
@inline
function pairIndex(nSpecies: i32, a: i32, b: i32): i32 {
  const first = min(a, b);
  return first * nSpecies - ((first * (first - 1)) >> 1) + max(a, b) - first;
}

function changesOfChunk<T>(tables: ClusterTables, basis: ClusterBasisTables, row: i32, species: i32, out: usize, changes: usize, scratch: usize): void {
  const slots = slotCount(tables, scratch);
  const values = valueRows(tables, basis, scratch);
  const slopes = slopeRows(tables, basis, scratch);
  exponentRows<T>(changetype<RadialBasis>(basis.radial), (slots + 1) & ~1, clusterRow(tables, ClusterRow.distance, scratch), values, slopes, ROW);
  if (basis.body == 2) return changesOfPairs<T>(tables, basis, row, species, out, scratch);
  if (basis.alphaAt < 0) return;
  const rows = scratch + tables.transposedAt;
  const changed = scratch + tables.transposed2At;
  transposeRows(basis, slots, values, rows);
  transposeRows(basis, slots, slopes, changed);
  const density = densityOf(basis, species);
  addDensity<T>(tables, basis, changed, densityAt(basis, density, changes), scratch);
  addSelf<T>(tables, basis, changed, rows, selfChange(tables, basis, density, changes), scratch);
}

/** Where Σ φ̇_ν φ_μ stands, f64 [ν][stride]. */
// @ts-ignore: decorator
@inline
function selfChange(tables: ClusterTables, basis: ClusterBasisTables, density: i32, changes: usize): usize {
  return changes + tables.densityBytes + basis.selfAt + <usize>(density * basis.size) * strideBytes(basis);
}

function changesOfPairs<T>(tables: ClusterTables, basis: ClusterBasisTables, row: i32, species: i32, out: usize, scratch: usize): void {
  const block = pairBlock(tables, basis, row, species);
  if (block < 0) return;
  const slots = slotCount(tables, scratch);
  const values = valueRows(tables, basis, scratch);
  const slopes = slopeRows(tables, basis, scratch);
  const weights = pairWeights(basis, row, species);
  const column = basis.firstFeature + block * basis.size;
  for (let nu = 0; nu < basis.size; nu++) {
    if (basis.alphaAt >= 0) {
      const change = load<f64>(weights + (<usize>nu << 3)) * sumOfRow<T>(slots, slopes + <usize>nu * ROW);
      addTo(columnsOf(tables, basis.alphaAt, column + nu, out), basis.inverseAlpha * change);
      addTo(columnsOf(tables, basis.betaAt, column + nu, out), basis.inverseBeta * <f64>nu * change);
    }
    if (basis.weightsAt >= 0 && row > 0) {
      const weight = basis.weightsAt + pairIndex(tables.nSpecies, row - 1, species) * basis.size + nu;
      addTo(columnsOf(tables, weight, column + nu, out), sumOfRow<T>(slots, values + <usize>nu * ROW));
    }
  }
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}

/** With U_νμ = ½ Σ_s [Σ_m ȧ_ν b_μ − w Σ φ̇_ν φ_μ]: U_νμ + U_μν by ln α, ν U_νμ + μ U_μν by ln β. */
function exponentsOfTriplets<T>(tables: ClusterTables, basis: ClusterBasisTables, row: i32, densities: usize, changes: usize, out: usize, scratch: usize): void {
  const partners = scratch + tables.membersAt + basis.partnersAt;
  const products = scratch + tables.productAt;
  const stride = strideBytes(basis);
  for (let species = 0; species < basis.nDensities; species++) {
    partnersOf<T>(tables, basis, row, species, densities, partners);
    const self = selfChange(tables, basis, species, changes);
    for (let group = 0; group < basis.nGroups; group++) {
      const weight = isOwnGroup(basis, species, group) ? pairWeight(tables, basis, row, species, species) : 0;
      const block = basis.firstFeature + tripletBlock(basis, species, group) * basis.blockFeatures;
      for (let i = 0; i < basis.nDegrees; i++) {
        productsOfDegree<T>(basis, i, densityAt(basis, species, changes), partners + <usize>group * densityBytes(basis), products);
        let column = block + i;
        for (let nu = 0; nu < basis.size; nu++) {
          for (let mu = nu; mu < basis.size; mu++, column += basis.nDegrees) {
            const at = <usize>nu * stride + (<usize>mu << 3), mirrored = <usize>mu * stride + (<usize>nu << 3);
            const first = 0.5 * (load<f64>(products + at) - weight * load<f64>(self + at));
            const second = 0.5 * (load<f64>(products + mirrored) - weight * load<f64>(self + mirrored));
            addTo(columnsOf(tables, basis.alphaAt, column, out), basis.inverseAlpha * (first + second));
            addTo(columnsOf(tables, basis.betaAt, column, out), basis.inverseBeta * (<f64>nu * first + <f64>mu * second));
          }
        }
      }
    }
  }
}

/** Sums over pairs of neighbors of two species, without their factor: ∂Φ/∂w. */
function weightsOfTriplets<T>(tables: ClusterTables, basis: ClusterBasisTables, row: i32, densities: usize, out: usize, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  const nPairs = (nSpecies * (nSpecies + 1)) >> 1;
  const products = scratch + tables.productAt;
  const stride = strideBytes(basis);
  for (let s = 0; s < nSpecies; s++) {
    const self = selfOf(tables, basis, s, scratch);
    for (let t = s; t < nSpecies; t++) {
      const parameter = basis.weightsAt + (row - 1) * nPairs + pairIndex(nSpecies, s, t);
      for (let i = 0; i < basis.nDegrees; i++) {
        productsOfDegree<T>(basis, i, densityAt(basis, s, densities), densityAt(basis, t, densities), products);
        const norm: f64 = (2 * Math.PI) / <f64>(2 * load<i32>(basis.degrees + (<usize>i << 2)) + 1);
        let to = columnsOf(tables, parameter, basis.firstFeature + i, out);
        for (let nu = 0; nu < basis.size; nu++) {
          for (let mu = nu; mu < basis.size; mu++, to += <usize>basis.nDegrees << 3) {
            const at = <usize>nu * stride + (<usize>mu << 3), mirrored = <usize>mu * stride + (<usize>nu << 3);
            const product = norm * load<f64>(products + at);
            store<f64>(to, s == t ? product - 0.5 * load<f64>(self + at) : product + norm * load<f64>(products + mirrored));
          }
        }
      }
    }
  }
}
