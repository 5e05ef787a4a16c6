// From pairs to features of sites, and from derivatives by features back to pairs.
import { RadialKind } from "../../descriptors/cluster/radial";
import { recordAt } from "../../records";
import { addGaussianFeatures, addGaussianSlopes, gaussianFactors } from "./gaussian-pairs";
import { radialFunctions } from "./radial";
import { ComposedBasis, ComposedPairs, ComposedProgram } from "./records";
import {
  addDensities, addDensitySlopes, addSquares, addSquareSlopes, addThreeBodyAdjoints, addThreeBodyFeatures, densityBytes, squareBytes,
} from "./three-body";
import { addOverNeighbors, addSumSlopes, addTwoBodyFeatures, addTwoBodySlopes } from "./two-body";

/** Φ of all sites, and Ψ where it is asked for. */
export function siteFeatures(all: ComposedProgram, sites: ComposedPairs): void {
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    clear(basis.features, featureBytes(basis, sites));
    if (basis.body == 3) {
      clear(basis.densities, densityBytes(basis) * placeCount(basis, sites));
      clear(basis.squares, squareBytes(basis) * placeCount(basis, sites));
    }
    for (let first = 0; first < sites.nPairs; first += all.blockPairs) {
      const last = min(sites.nPairs, first + all.blockPairs);
      if (isLean(all, basis)) {
        addGaussianFeatures(basis, sites, first, last);
        continue;
      }
      radialFunctions(basis, sites, first, last, basis.pairWeights, basis.values, basis.slopes);
      if (basis.body == 2) addTwoBodyFeatures(basis, sites, first, last, basis.values, basis.features);
      else {
        addDensities(basis, sites, first, last, basis.values, basis.densities, all.harmonics);
        addSquares(basis, sites, first, last, basis.values, basis.values, basis.squares);
      }
    }
    if (basis.body == 3) addThreeBodyFeatures(basis, sites, basis.tripletWeights, basis.densities, basis.densities, basis.squares, basis.features);
    if (!basis.hasSums) continue;
    clear(basis.sums, featureBytes(basis, sites));
    addOverNeighbors(basis.slots, sites, basis.features, basis.sums);
  }
}

/** ∂E/∂Φ through Ψ as well, and of three-body sums the derivatives by what they are made of; `termAdjoints` has left those by Φ and Ψ. */
export function featureAdjoints(all: ComposedProgram, sites: ComposedPairs): void {
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    if (basis.hasSums) addOverNeighbors(basis.slots, sites, basis.sumAdjoints, basis.adjoints);
    if (basis.body != 3) continue;
    clear(basis.densityAdjoints, densityBytes(basis) * placeCount(basis, sites));
    clear(basis.squareAdjoints, squareBytes(basis) * placeCount(basis, sites));
    addThreeBodyAdjoints(basis, sites, basis.tripletWeights, basis.adjoints, basis.densities, basis.densityAdjoints, basis.squareAdjoints);
  }
}

/** Derivatives by the displacements of pairs first … last − 1. isKept: their functions stand in the arrays still */
export function pairSlopes(all: ComposedProgram, sites: ComposedPairs, first: i32, last: i32, stride: usize, isKept: bool): void {
  const t = all.pairSlopes;
  clear(t, all.hasVectors ? 4 * stride : stride);
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    if (!isKept) {
      if (isLean(all, basis)) gaussianFactors(basis, sites, first, last);
      else radialFunctions(basis, sites, first, last, basis.pairWeights, basis.values, basis.slopes);
    }
    if (isLean(all, basis)) addGaussianSlopes(basis, sites, first, last, t);
    else if (basis.body == 2) addTwoBodySlopes(basis, sites, first, last, basis.slopes, basis.adjoints, t);
    else {
      addDensitySlopes(basis, sites, first, last, basis.values, basis.slopes, basis.densityAdjoints, t, stride, all.harmonics);
      addSquareSlopes(basis, sites, first, last, basis.values, basis.slopes, basis.squareAdjoints, t);
    }
    if (basis.hasSums) addSumSlopes(basis.slots, sites, first, last, basis.features, basis.sumAdjoints, t);
  }
}

/** Whether functions and slopes of a basis need not be kept: two-body Gaussians where no columns are asked for. */
// @ts-ignore: decorator
@inline
function isLean(all: ComposedProgram, basis: ComposedBasis): bool {
  return basis.body == 2 && basis.radial == RadialKind.gaussian && !all.hasTangents;
}

// @ts-ignore: decorator
@inline
export function clear(pointer: usize, bytes: usize): void {
  memory.fill(pointer, 0, bytes);
}

/** Bytes of the features of all sites. */
// @ts-ignore: decorator
@inline
export function featureBytes(basis: ComposedBasis, sites: ComposedPairs): usize {
  return (<usize>sites.nSites * basis.slots) << 3;
}

/** Sums of three-body bases: one for each site and species of neighbors. */
// @ts-ignore: decorator
@inline
export function placeCount(basis: ComposedBasis, sites: ComposedPairs): usize {
  return <usize>sites.nSites * basis.nNeighborSpecies;
}
