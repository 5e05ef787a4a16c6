// Composed potentials: energies, forces and virial of one structure.
import { bytesOf, recordAt } from "../../records";
import { OK } from "../../status";
import { radialFunctions } from "./radial";
import { ComposedBasis, ComposedPairs, ComposedProgram, ComposedTerm } from "./records";
import { termAdjoints, termEnergies } from "./terms";
import { addDensities, addThreeBodySlopes, densityBytes, squareBytes, threeBodyAdjoints, threeBodyFeatures } from "./three-body";
import { addOverNeighbors, addSumSlopes, addTwoBodyFeatures, addTwoBodySlopes } from "./two-body";

export { composedLayout } from "./layout";
export { composedPairs } from "./pairs";

/**
 * @param program ComposedProgram, whose arrays `composedLayout` has placed
 * @param pairs ComposedPairs
 * @param energies f64 [1 + nActive], eV, written: their sum, then those of the sites
 * @param forces f64 [nSites × 3], eV/Å, added to; 0: no derivatives
 * @param virial f64 [9], eV, row-major, added to; 0: skipped
 */
export function composedEvaluate(program: usize, pairs: usize, energies: usize, forces: usize, virial: usize): i32 {
  const all = changetype<ComposedProgram>(program);
  const sites = changetype<ComposedPairs>(pairs);
  siteFeatures(all, sites);
  const status = termEnergies(all, sites);
  if (status != OK) return status;
  writeEnergies(all, sites, energies);
  if (!forces) return OK;
  featureAdjoints(all, sites);
  const isKept = sites.nPairs <= all.blockPairs;
  for (let first = 0; first < sites.nPairs; first += all.blockPairs) {
    const last = min(sites.nPairs, first + all.blockPairs);
    const stride = <usize>(last - first) << 3;
    pairSlopes(all, sites, first, last, stride, isKept);
    scatter(all, sites, first, last, stride, forces, virial);
  }
  return OK;
}

/** Φ of all sites, and Ψ where it is asked for. */
export function siteFeatures(all: ComposedProgram, sites: ComposedPairs): void {
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    memory.fill(basis.features, 0, (<usize>sites.nSites * basis.slots) << 3);
    if (basis.body == 3) {
      const places = <usize>sites.nSites * basis.nNeighborSpecies;
      memory.fill(basis.densities, 0, places * densityBytes(basis));
      memory.fill(basis.squares, 0, places * squareBytes(basis));
    }
    for (let first = 0; first < sites.nPairs; first += all.blockPairs) {
      const last = min(sites.nPairs, first + all.blockPairs);
      radialFunctions(basis, sites, first, last);
      if (basis.body == 3) addDensities(basis, sites, first, last, all.harmonics);
      else addTwoBodyFeatures(basis, sites, first, last);
    }
    if (basis.body == 3) {
      for (let i = 0; i < sites.nComplete; i++) threeBodyFeatures(basis, all.nSpecies, i, load<i32>(sites.species + (<usize>i << 2)));
    }
    if (!basis.hasSums) continue;
    memory.fill(basis.sums, 0, (<usize>sites.nSites * basis.slots) << 3);
    addOverNeighbors(basis.slots, sites, basis.features, basis.sums);
  }
}

function writeEnergies(all: ComposedProgram, sites: ComposedPairs, energies: usize): void {
  const root = recordAt<ComposedTerm>(all.terms, 0).energies;
  let sum: f64 = 0;
  for (let i: usize = 0; i < <usize>sites.nActive; i++) {
    const energy = load<f64>(root + (i << 3)) + load<f64>(all.atomEnergies + (<usize>load<i32>(sites.species + (i << 2)) << 3));
    store<f64>(energies + (i << 3), energy, 8);
    sum += energy;
  }
  store<f64>(energies, sum);
}

/** ∂E/∂Φ of all sites, through Ψ as well, and of three-body sums those by what they are made of. */
function featureAdjoints(all: ComposedProgram, sites: ComposedPairs): void {
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    const bytes = (<usize>sites.nSites * basis.slots) << 3;
    memory.fill(basis.adjoints, 0, bytes);
    if (basis.hasSums) memory.fill(basis.sumAdjoints, 0, bytes);
  }
  termAdjoints(all, sites);
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    if (basis.hasSums) addOverNeighbors(basis.slots, sites, basis.sumAdjoints, basis.adjoints);
    if (basis.body != 3) continue;
    const places = <usize>sites.nSites * basis.nNeighborSpecies;
    memory.fill(basis.densityAdjoints, 0, places * densityBytes(basis));
    memory.fill(basis.squareAdjoints, 0, places * squareBytes(basis));
    for (let i = 0; i < sites.nComplete; i++) threeBodyAdjoints(basis, all.nSpecies, i, load<i32>(sites.species + (<usize>i << 2)));
  }
}

/** Derivatives by the displacements of pairs first … last − 1. isKept: their functions stand in the arrays still */
function pairSlopes(all: ComposedProgram, sites: ComposedPairs, first: i32, last: i32, stride: usize, isKept: bool): void {
  memory.fill(all.pairSlopes, 0, all.hasVectors ? 4 * stride : stride);
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    if (!isKept) radialFunctions(basis, sites, first, last);
    if (basis.body == 3) addThreeBodySlopes(basis, sites, first, last, all.pairSlopes, stride, all.harmonics);
    else addTwoBodySlopes(basis, sites, first, last, all.pairSlopes);
    if (basis.hasSums) addSumSlopes(basis, sites, first, last, all.pairSlopes);
  }
}

/** F_i += g, F_j −= g, virial −= d ⊗ g, g the derivative by d = r_j − r_i. */
function scatter(all: ComposedProgram, sites: ComposedPairs, first: i32, last: i32, stride: usize, forces: usize, virial: usize): void {
  let t = all.pairSlopes;
  let xx = 0.0, xy = 0.0, xz = 0.0, yx = 0.0, yy = 0.0, yz = 0.0, zx = 0.0, zy = 0.0, zz = 0.0;
  for (let p = <usize>first; p < <usize>last; p++, t += 8) {
    const ux = load<f64>(sites.ux + (p << 3));
    const uy = load<f64>(sites.uy + (p << 3));
    const uz = load<f64>(sites.uz + (p << 3));
    const along = load<f64>(t);
    let gx = along * ux;
    let gy = along * uy;
    let gz = along * uz;
    if (all.hasVectors) {
      gx += load<f64>(t + stride);
      gy += load<f64>(t + 2 * stride);
      gz += load<f64>(t + 3 * stride);
    }
    const a = forces + 24 * <usize>load<i32>(sites.first + (p << 2));
    const b = forces + 24 * <usize>load<i32>(sites.second + (p << 2));
    store<f64>(a, load<f64>(a) + gx);
    store<f64>(a, load<f64>(a, 8) + gy, 8);
    store<f64>(a, load<f64>(a, 16) + gz, 16);
    store<f64>(b, load<f64>(b) - gx);
    store<f64>(b, load<f64>(b, 8) - gy, 8);
    store<f64>(b, load<f64>(b, 16) - gz, 16);
    if (!virial) continue;
    const r = load<f64>(sites.distances + (p << 3));
    const x = r * ux, y = r * uy, z = r * uz;
    xx += x * gx; xy += x * gy; xz += x * gz;
    yx += y * gx; yy += y * gy; yz += y * gz;
    zx += z * gx; zy += z * gy; zz += z * gz;
  }
  if (!virial) return;
  subtract(virial, xx); subtract(virial + 8, xy); subtract(virial + 16, xz);
  subtract(virial + 24, yx); subtract(virial + 32, yy); subtract(virial + 40, yz);
  subtract(virial + 48, zx); subtract(virial + 56, zy); subtract(virial + 64, zz);
}

// @ts-ignore: decorator
@inline
function subtract(target: usize, value: f64): void {
  store<f64>(target, load<f64>(target) - value);
}
