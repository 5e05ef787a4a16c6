// Derivatives of energy, forces and virial by one parameter of any kind, in any tree: the sweep of `composedEvaluate`, differentiated.
import { recordAt } from "../../records";
import { OK } from "../../status";
import { clear, featureBytes, placeCount } from "./features";
import { radialFunctions, radialTangents } from "./radial";
import { ColumnKind, ComposedBasis, ComposedColumn, ComposedPairs, ComposedProgram, ComposedTerm } from "./records";
import { scatterPairs } from "./scatter";
import { adjointTangents, isOfBasis, termTangents } from "./term-tangents";
import {
  addDensities, addDensitySlopes, addSquares, addSquareSlopes, addThreeBodyAdjoints, addThreeBodyFeatures, densityBytes, squareBytes,
} from "./three-body";
import { addFactorFeatures, addFactorSlopes, addOverNeighbors, addSumSlopes, addTwoBodyFeatures, addTwoBodySlopes } from "./two-body";

/**
 * One column of rows, after `composedEvaluate` on the same arrays.
 * @param program ComposedProgram laid out with tangents, @param pairs ComposedPairs of all atoms of a structure
 * @param column ComposedColumn
 * @param out f64: the energy, then the forces by atom where hasForces is not 0, then xx, yy, zz, yz, xz, xy of the virial where hasVirial is not 0; rowBytes
 * apart, written
 */
export function composedColumn(program: usize, pairs: usize, column: usize, hasForces: i32, hasVirial: i32, out: usize, rowBytes: usize): i32 {
  const all = changetype<ComposedProgram>(program);
  const sites = changetype<ComposedPairs>(pairs);
  const parameter = changetype<ComposedColumn>(column);
  if (isOfBasis(parameter)) featureTangents(all, sites, parameter);
  termTangents(all, sites, parameter);
  store<f64>(out, total(recordAt<ComposedTerm>(all.terms, 0).energyTangents, sites.nActive));
  if (!hasForces && !hasVirial) return OK;
  adjointTangents(all, sites);
  for (let b = 0; b < all.nBases; b++) spreadTangents(sites, recordAt<ComposedBasis>(all.bases, b), parameter, isOfBasis(parameter) && parameter.owner == b);
  const forces = all.columnForces;
  const virial = hasVirial ? forces + 24 * <usize>sites.nSites : 0;
  clear(forces, 24 * <usize>sites.nSites + 72);
  for (let first = 0; first < sites.nPairs; first += all.blockPairs) {
    const last = min(sites.nPairs, first + all.blockPairs);
    const stride = <usize>(last - first) << 3;
    pairTangents(all, sites, parameter, first, last, stride);
    scatterPairs(all, sites, first, last, stride, forces, virial);
  }
  writeRows(sites, hasForces ? forces : 0, virial, out + rowBytes, rowBytes);
  return OK;
}

function total(values: usize, count: i32): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < <usize>count << 3; i += 8) sum += load<f64>(values + i);
  return sum;
}

function writeRows(sites: ComposedPairs, forces: usize, virial: usize, out: usize, rowBytes: usize): void {
  if (forces) {
    for (let k: usize = 0; k < 24 * <usize>sites.nSites; k += 8, out += rowBytes) store<f64>(out, load<f64>(forces + k));
  }
  if (!virial) return;
  store<f64>(out, load<f64>(virial));
  store<f64>(out + rowBytes, load<f64>(virial, 32));
  store<f64>(out + 2 * rowBytes, load<f64>(virial, 64));
  store<f64>(out + 3 * rowBytes, load<f64>(virial, 40));
  store<f64>(out + 4 * rowBytes, load<f64>(virial, 16));
  store<f64>(out + 5 * rowBytes, load<f64>(virial, 8));
}

/** φ and φ′ of a block differentiated by the parameter; φ, φ′ themselves as well, unless they stand in the arrays still. Not of triplet weights. */
function functionTangents(all: ComposedProgram, sites: ComposedPairs, basis: ComposedBasis, column: ComposedColumn, first: i32, last: i32): void {
  if (sites.nPairs > all.blockPairs) radialFunctions(basis, sites, first, last, basis.pairWeights, basis.values, basis.slopes);
  if (column.kind == ColumnKind.rate) radialTangents(basis, sites, first, last, column.table);
  else if (column.kind == ColumnKind.pairWeight && factorOf(basis, column) == 0) radialFunctions(basis, sites, first, last, column.table, basis.valueTangents, basis.slopeTangents);
}

/** The factor that a column is of; 0: it is of none, or cannot be divided out of the functions. */
function factorOf(basis: ComposedBasis, column: ComposedColumn): f64 {
  if (column.kind != ColumnKind.pairWeight || basis.body != 2) return 0;
  return load<f64>(basis.pairWeights + <usize>basis.weightBytes * <usize>column.species + (<usize>column.slot << 3));
}

/** Φ and Ψ differentiated by a parameter of their basis. */
function featureTangents(all: ComposedProgram, sites: ComposedPairs, column: ComposedColumn): void {
  const basis = recordAt<ComposedBasis>(all.bases, column.owner);
  clear(basis.featureTangents, featureBytes(basis, sites));
  const isRate = column.kind == ColumnKind.rate;
  const factor = factorOf(basis, column);
  if (basis.body == 3 && isRate) {
    clear(basis.densityTangents, densityBytes(basis) * placeCount(basis, sites));
    clear(basis.squareTangents, squareBytes(basis) * placeCount(basis, sites));
  }
  for (let first = 0; first < sites.nPairs && column.kind != ColumnKind.tripletWeight; first += all.blockPairs) {
    const last = min(sites.nPairs, first + all.blockPairs);
    functionTangents(all, sites, basis, column, first, last);
    if (factor != 0) addFactorFeatures(basis, sites, first, last, column.species, column.slot, factor, basis.featureTangents);
    else if (basis.body == 2) addTwoBodyFeatures(basis, sites, first, last, basis.valueTangents, basis.featureTangents);
    else {
      addDensities(basis, sites, first, last, basis.valueTangents, basis.densityTangents, all.harmonics);
      addSquares(basis, sites, first, last, basis.valueTangents, basis.values, basis.squareTangents);
      addSquares(basis, sites, first, last, basis.values, basis.valueTangents, basis.squareTangents);
    }
  }
  if (basis.body == 3) {
    if (isRate) {
      addThreeBodyFeatures(basis, sites, basis.tripletWeights, basis.densityTangents, basis.densities, basis.squareTangents, basis.featureTangents);
      addThreeBodyFeatures(basis, sites, basis.tripletWeights, basis.densities, basis.densityTangents, 0, basis.featureTangents);
    } else addThreeBodyFeatures(basis, sites, column.table, basis.densities, basis.densities, basis.squares, basis.featureTangents);
  }
  if (!basis.hasSums) return;
  clear(basis.sumTangents, featureBytes(basis, sites));
  addOverNeighbors(basis.slots, sites, basis.featureTangents, basis.sumTangents);
}

/** Tangents of ∂E/∂Φ through Ψ as well, and of the derivatives by what three-body sums are made of. */
function spreadTangents(sites: ComposedPairs, basis: ComposedBasis, column: ComposedColumn, isOwn: bool): void {
  if (basis.hasSums) addOverNeighbors(basis.slots, sites, basis.sumAdjointTangents, basis.adjointTangents);
  if (basis.body != 3) return;
  clear(basis.densityAdjointTangents, densityBytes(basis) * placeCount(basis, sites));
  clear(basis.squareAdjointTangents, squareBytes(basis) * placeCount(basis, sites));
  addThreeBodyAdjoints(basis, sites, basis.tripletWeights, basis.adjointTangents, basis.densities, basis.densityAdjointTangents, basis.squareAdjointTangents);
  if (!isOwn) return;
  if (column.kind == ColumnKind.rate) addThreeBodyAdjoints(basis, sites, basis.tripletWeights, basis.adjoints, basis.densityTangents, basis.densityAdjointTangents, 0);
  else addThreeBodyAdjoints(basis, sites, column.table, basis.adjoints, basis.densities, basis.densityAdjointTangents, basis.squareAdjointTangents);
}

/** Whether there is nothing to multiply with: parameters of other terms do not move what is linear. */
function isZero(values: usize, bytes: usize): bool {
  for (let k: usize = 0; k < bytes; k += 8) if (load<f64>(values + k) != 0) return false;
  return true;
}

/** Derivatives by displacements of pairs first … last − 1, differentiated by the parameter. */
function pairTangents(all: ComposedProgram, sites: ComposedPairs, column: ComposedColumn, first: i32, last: i32, stride: usize): void {
  const t = all.pairSlopes;
  clear(t, all.hasVectors ? 4 * stride : stride);
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    const isOwn = isOfBasis(column) && column.owner == b;
    // functions of one block stand in the arrays still
    if (isOwn && sites.nPairs > all.blockPairs) functionTangents(all, sites, basis, column, first, last);
    else if (sites.nPairs > all.blockPairs) radialFunctions(basis, sites, first, last, basis.pairWeights, basis.values, basis.slopes);
    if (basis.body == 2) {
      if (!isZero(basis.adjointTangents, featureBytes(basis, sites))) addTwoBodySlopes(basis, sites, first, last, basis.slopes, basis.adjointTangents, t);
      const factor = isOwn ? factorOf(basis, column) : 0;
      if (factor != 0) addFactorSlopes(basis, sites, first, last, column.species, column.slot, factor, basis.adjoints, t);
      else if (isOwn) addTwoBodySlopes(basis, sites, first, last, basis.slopeTangents, basis.adjoints, t);
    } else {
      addDensitySlopes(basis, sites, first, last, basis.values, basis.slopes, basis.densityAdjointTangents, t, stride, all.harmonics);
      addSquareSlopes(basis, sites, first, last, basis.values, basis.slopes, basis.squareAdjointTangents, t);
      if (isOwn && column.kind == ColumnKind.rate) {
        addDensitySlopes(basis, sites, first, last, basis.valueTangents, basis.slopeTangents, basis.densityAdjoints, t, stride, all.harmonics);
        addSquareSlopes(basis, sites, first, last, basis.valueTangents, basis.slopes, basis.squareAdjoints, t);
        addSquareSlopes(basis, sites, first, last, basis.values, basis.slopeTangents, basis.squareAdjoints, t);
      }
    }
    if (!basis.hasSums) continue;
    addSumSlopes(basis.slots, sites, first, last, basis.features, basis.sumAdjointTangents, t);
    if (isOwn) addSumSlopes(basis.slots, sites, first, last, basis.featureTangents, basis.sumAdjoints, t);
  }
}
