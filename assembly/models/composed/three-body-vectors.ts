// Derivatives of three-body features by the displacements of pairs, one by one: with z_μq = Σ_m ½κ c_μqm Y_qm, c the weighted sums that φ_ν Y is paired with,
// ∂Φ_νμq = z_μ dφ_ν + φ_ν dz_μ + z_ν dφ_μ + φ_μ dz_ν − ½ w d(φ_ν φ_μ).
import { harmonicsWithGradientAt } from "../../math/spherical-harmonics";
import { ComposedBasis, ComposedPairs } from "./records";
import { densityBytes, harmonicsScratch, kappa, tripletWeight } from "./three-body";

/**
 * Adds those of the features of both sites of all pairs to the vectors of the basis. Functions of all pairs stand in its arrays.
 * @param scratch as `vectorScratch` says
 */
export function addThreeBodyVectors(basis: ComposedBasis, pairs: ComposedPairs, scratch: usize): void {
  const bytes = <usize>basis.padded << 3;
  const pairBytes = <usize>basis.slots * 24;
  const nAll = <usize>((basis.lMax + 1) * (basis.lMax + 1)) << 3;
  const own = scratch + (<usize>harmonicsScratch(basis.lMax) << 3);
  for (let p = 0; p < pairs.nPairs; p++) {
    const at = <usize>p << 3;
    const x = load<f64>(pairs.ux + at);
    const y = load<f64>(pairs.uy + at);
    const z = load<f64>(pairs.uz + at);
    harmonicsWithGradientAt<f64>(basis.lMax, x, y, z, basis.harmonicsTable, scratch, 8, scratch + nAll, nAll, scratch + 4 * nAll);
    acrossGradients(basis.lMax, x, y, z, load<f64>(pairs.distances + at), scratch, nAll);
    const i = load<i32>(pairs.first + (<usize>p << 2));
    const j = load<i32>(pairs.second + (<usize>p << 2));
    const functions = <usize>p * bytes;
    addOfSite(basis, pairs, i, j, 1, x, y, z, functions, scratch, nAll, own, basis.firstVectors + pairBytes * <usize>p);
    addOfSite(basis, pairs, j, i, -1, x, y, z, functions, scratch, nAll, own, basis.secondVectors + pairBytes * <usize>p);
  }
}

/** Numbers that `addThreeBodyVectors` works with. */
export function vectorScratch(basis: ComposedBasis): i32 {
  return harmonicsScratch(basis.lMax) + 4 * basis.nDegrees * basis.size;
}

/** Gradients of Y itself from those of r^l Y: without the part along u, over r. */
function acrossGradients(lMax: i32, x: f64, y: f64, z: f64, r: f64, harmonics: usize, nAll: usize): void {
  const gradients = harmonics + nAll;
  for (let l = 0; l <= lMax; l++) {
    for (let h = <usize>(l * l) << 3; h < <usize>((l + 1) * (l + 1)) << 3; h += 8) {
      const radial = <f64>l * load<f64>(harmonics + h);
      store<f64>(gradients + h, (load<f64>(gradients + h) - radial * x) / r);
      store<f64>(gradients + nAll + h, (load<f64>(gradients + nAll + h) - radial * y) / r);
      store<f64>(gradients + 2 * nAll + h, (load<f64>(gradients + 2 * nAll + h) - radial * z) / r);
    }
  }
}

/** Of the features of a site by the displacement of the pair, which points to the other site for side 1 and away from it for −1. */
function addOfSite(
  basis: ComposedBasis, pairs: ComposedPairs, site: i32, other: i32, side: f64, x: f64, y: f64, z: f64, functions: usize, harmonics: usize, nAll: usize,
  own: usize, out: usize,
): void {
  const s = basis.nNeighborSpecies > 1 ? load<i32>(pairs.species + (<usize>other << 2)) : 0;
  contractHarmonics(basis, pairs, site, s, side, harmonics, nAll, own);
  const value = basis.values + functions;
  const slope = basis.slopes + functions;
  const componentBytes = <usize>basis.slots << 3;
  const half = 0.5 * tripletWeight(basis, basis.tripletWeights, pairs, site, s, s);
  for (let nu = 0; nu < basis.size; nu++) {
    const a = load<f64>(value + (<usize>nu << 3));
    const da = load<f64>(slope + (<usize>nu << 3));
    for (let mu = nu; mu < basis.size; mu++) {
      const b = load<f64>(value + (<usize>mu << 3));
      const db = load<f64>(slope + (<usize>mu << 3));
      for (let q = 0; q < basis.nDegrees; q++, out += 8) {
        const ofNu = own + (<usize>(q * basis.size + nu) << 5);
        const ofMu = own + (<usize>(q * basis.size + mu) << 5);
        const along = load<f64>(ofMu) * da + load<f64>(ofNu) * db - half * (da * b + a * db);
        store<f64>(out, along * x + a * load<f64>(ofMu, 8) + b * load<f64>(ofNu, 8));
        store<f64>(out + componentBytes, along * y + a * load<f64>(ofMu, 16) + b * load<f64>(ofNu, 16));
        store<f64>(out + 2 * componentBytes, along * z + a * load<f64>(ofMu, 24) + b * load<f64>(ofNu, 24));
      }
    }
  }
}

/** z and its gradient of all degrees and functions: f64 [degree][size][4]. */
function contractHarmonics(basis: ComposedBasis, pairs: ComposedPairs, site: i32, s: i32, side: f64, harmonics: usize, nAll: usize, own: usize): void {
  memory.fill(own, 0, <usize>(basis.nDegrees * basis.size) << 5);
  const bytes = <usize>basis.padded << 3;
  for (let t = 0; t < basis.nNeighborSpecies; t++) {
    const weight = tripletWeight(basis, basis.tripletWeights, pairs, site, s, t);
    let density = basis.densities + densityBytes(basis) * (<usize>site * basis.nNeighborSpecies + t);
    let to = own;
    for (let q = 0; q < basis.nDegrees; q++, to += <usize>basis.size << 5) {
      const l = load<i32>(basis.degrees + (<usize>q << 2));
      // Y(−u) = (−1)^l Y(u)
      const factor = 0.5 * weight * kappa(l) * (l & 1 ? side : 1);
      for (let h = <usize>(l * l) << 3; h < <usize>((l + 1) * (l + 1)) << 3; h += 8, density += bytes) {
        const y0 = load<f64>(harmonics + h);
        const y1 = load<f64>(harmonics + nAll + h);
        const y2 = load<f64>(harmonics + 2 * nAll + h);
        const y3 = load<f64>(harmonics + 3 * nAll + h);
        for (let mu: usize = 0; mu < <usize>basis.size; mu++) {
          const c = factor * load<f64>(density + (mu << 3));
          const place = to + (mu << 5);
          store<f64>(place, load<f64>(place) + c * y0);
          store<f64>(place, load<f64>(place, 8) + c * y1, 8);
          store<f64>(place, load<f64>(place, 16) + c * y2, 16);
          store<f64>(place, load<f64>(place, 24) + c * y3, 24);
        }
      }
    }
  }
}
