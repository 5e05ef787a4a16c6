// Φ_νμq(i) = Σ_{j<k} w S_νμ P_q(cos θ) from sums over neighbors of one species s, a^s_νqm = Σ_j φ_ν Y_qm and D^s_νμ = Σ_j φ_ν φ_μ: for neighbors of one
// species ½[κ Σ_m a_ν a_μ − D_νμ], of two ½ κ Σ_m (a^s_ν a^t_μ + a^s_μ a^t_ν), κ = 4π/(2q + 1).
import { harmonicsAt, harmonicsWithGradientAt } from "../../math/spherical-harmonics";
import { pairOfSpecies } from "./pairs";
import { ComposedBasis, ComposedPairs } from "./records";

/** Bytes of the sums a, and D, of one site and one species of neighbors. */
// @ts-ignore: decorator
@inline
export function densityBytes(basis: ComposedBasis): usize {
  return (<usize>basis.nHarmonics * basis.padded) << 3;
}

// @ts-ignore: decorator
@inline
export function squareBytes(basis: ComposedBasis): usize {
  return (<usize>basis.size * basis.padded) << 3;
}

/** Numbers that `addDensitySlopes` works with. */
export function harmonicsScratch(lMax: i32): i32 {
  return 4 * (lMax + 1) * (lMax + 1) + (lMax + 1) * (lMax + 2);
}

/** Place of a site's sums over neighbors of the species of another. */
// @ts-ignore: decorator
@inline
function placeOf(basis: ComposedBasis, pairs: ComposedPairs, site: i32, other: i32): usize {
  const species = basis.nNeighborSpecies > 1 ? load<i32>(pairs.species + (<usize>other << 2)) : 0;
  return <usize>site * basis.nNeighborSpecies + species;
}

/** a of both sites from pairs first … last − 1. values: f64 [pair − first][padded]; densities: as in the basis; scratch: f64 [(lMax + 1)²] */
export function addDensities(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, value: usize, densities: usize, scratch: usize): void {
  const bytes = <usize>basis.padded << 3;
  const aBytes = densityBytes(basis);
  for (let p = first; p < last; p++, value += bytes) {
    const at = <usize>p << 3;
    harmonicsAt<f64>(basis.lMax, load<f64>(pairs.ux + at), load<f64>(pairs.uy + at), load<f64>(pairs.uz + at), basis.harmonicsTable, scratch, 8);
    const i = load<i32>(pairs.first + (<usize>p << 2));
    const j = load<i32>(pairs.second + (<usize>p << 2));
    let a = densities + aBytes * placeOf(basis, pairs, i, j);
    let b = densities + aBytes * placeOf(basis, pairs, j, i);
    for (let q = 0; q < basis.nDegrees; q++) {
      const l = load<i32>(basis.degrees + (<usize>q << 2));
      // Y(−u) = (−1)^l Y(u)
      const sign: f64 = l & 1 ? -1 : 1;
      for (let y = scratch + (<usize>(l * l) << 3); y < scratch + (<usize>((l + 1) * (l + 1)) << 3); y += 8) {
        const harmonic = load<f64>(y);
        for (let k: usize = 0; k < bytes; k += 8) {
          const term = harmonic * load<f64>(value + k);
          store<f64>(a + k, load<f64>(a + k) + term);
          store<f64>(b + k, load<f64>(b + k) + sign * term);
        }
        a += bytes;
        b += bytes;
      }
    }
  }
}

/** D of both sites from pairs first … last − 1, or their change with one factor: Σ x_ν y_μ. x, y: f64 [pair − first][padded] */
export function addSquares(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, x: usize, y: usize, squares: usize): void {
  const bytes = <usize>basis.padded << 3;
  const dBytes = squareBytes(basis);
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, x += bytes, y += bytes) {
    const i = load<i32>(pairs.first + p);
    const j = load<i32>(pairs.second + p);
    addSquare(basis, x, y, squares + dBytes * placeOf(basis, pairs, i, j));
    addSquare(basis, x, y, squares + dBytes * placeOf(basis, pairs, j, i));
  }
}

function addSquare(basis: ComposedBasis, x: usize, y: usize, to: usize): void {
  const bytes = <usize>basis.padded << 3;
  for (let nu = 0; nu < basis.size; nu++, to += bytes) {
    const own = load<f64>(x + (<usize>nu << 3));
    for (let k: usize = 0; k < bytes; k += 8) store<f64>(to + k, load<f64>(to + k) + own * load<f64>(y + k));
  }
}

/**
 * Φ of the complete sites from a, b, both sums of φ Y, and D; one part of their change with a parameter from other arrays.
 * @param weights as `tripletWeights` of the basis
 * @param squares 0: without D
 * @param out f64 [nSites][slots], added to
 */
export function addThreeBodyFeatures(basis: ComposedBasis, pairs: ComposedPairs, weights: usize, a: usize, b: usize, squares: usize, out: usize): void {
  const nSides = basis.nNeighborSpecies;
  for (let site = 0; site < pairs.nComplete; site++, out += <usize>basis.slots << 3) {
    for (let s = 0; s < nSides; s++) {
      for (let t = s; t < nSides; t++) {
        const weight = tripletWeight(basis, weights, pairs, site, s, t);
        if (weight != 0) addTriplets(basis, <usize>(site * nSides + s), <usize>(site * nSides + t), weight, a, b, squares, out);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
export function tripletWeight(basis: ComposedBasis, weights: usize, pairs: ComposedPairs, site: i32, s: i32, t: i32): f64 {
  if (basis.nNeighborSpecies == 1) return load<f64>(weights);
  const center = load<i32>(pairs.species + (<usize>site << 2));
  const nPairs = (pairs.nSpecies * (pairs.nSpecies + 1)) >> 1;
  return load<f64>(weights + (<usize>(center * nPairs + pairOfSpecies(pairs.nSpecies, s, t)) << 3));
}

/** κ = 4π/(2q + 1) */
// @ts-ignore: decorator
@inline
export function kappa(degree: i32): f64 {
  return (4 * Math.PI) / <f64>(2 * degree + 1);
}

/** out += weight × the sum over neighbors at two places: ½[κ Σ_m a_ν b_μ − D], or ½ κ Σ_m (a^s_ν b^t_μ + b^t_ν a^s_μ). */
function addTriplets(basis: ComposedBasis, s: usize, t: usize, weight: f64, a: usize, b: usize, squares: usize, out: usize): void {
  const bytes = <usize>basis.padded << 3;
  const first = a + densityBytes(basis) * s;
  const second = b + densityBytes(basis) * t;
  const isSquare = s == t && squares != 0;
  for (let nu = 0; nu < basis.size; nu++) {
    for (let mu = nu; mu < basis.size; mu++) {
      const own = isSquare ? load<f64>(squares + squareBytes(basis) * s + bytes * <usize>nu + (<usize>mu << 3)) : 0;
      let at: usize = 0;
      for (let q = 0; q < basis.nDegrees; q++, out += 8) {
        const degree = load<i32>(basis.degrees + (<usize>q << 2));
        let sum: f64 = 0;
        for (let m = 0; m <= 2 * degree; m++, at += bytes) {
          const n = at + (<usize>nu << 3);
          const k = at + (<usize>mu << 3);
          sum += load<f64>(first + n) * load<f64>(second + k);
          if (s != t) sum += load<f64>(first + k) * load<f64>(second + n);
        }
        store<f64>(out, load<f64>(out) + weight * (0.5 * (kappa(degree) * sum - own)));
      }
    }
  }
}

/**
 * From ∂E/∂Φ of the complete sites to ∂E/∂a, and what multiplies φ_μ in the derivative by φ_ν of a neighbor; one part of their change from other arrays.
 * @param weights as `tripletWeights` of the basis
 * @param adjoints f64 [nSites][slots]
 * @param densityAdjoints as in the basis, added to
 * @param squareAdjoints added to; 0: skipped
 */
export function addThreeBodyAdjoints(basis: ComposedBasis, pairs: ComposedPairs, weights: usize, adjoints: usize, densities: usize, densityAdjoints: usize, squareAdjoints: usize): void {
  const nSides = basis.nNeighborSpecies;
  for (let site = 0; site < pairs.nComplete; site++, adjoints += <usize>basis.slots << 3) {
    for (let s = 0; s < nSides; s++) {
      for (let t = s; t < nSides; t++) {
        const weight = tripletWeight(basis, weights, pairs, site, s, t);
        if (weight != 0) spreadTriplets(basis, <usize>(site * nSides + s), <usize>(site * nSides + t), weight, adjoints, densities, densityAdjoints, squareAdjoints);
      }
    }
  }
}

function spreadTriplets(basis: ComposedBasis, s: usize, t: usize, weight: f64, adjoint: usize, densities: usize, densityAdjoints: usize, squareAdjoints: usize): void {
  const bytes = <usize>basis.padded << 3;
  const aBytes = densityBytes(basis);
  const a = densities + aBytes * s;
  const b = densities + aBytes * t;
  const toA = densityAdjoints + aBytes * s;
  const toB = densityAdjoints + aBytes * t;
  const isSquare = s == t && squareAdjoints != 0;
  const squares = squareAdjoints + squareBytes(basis) * s;
  for (let nu = 0; nu < basis.size; nu++) {
    for (let mu = nu; mu < basis.size; mu++) {
      let at: usize = 0;
      let ofSquare: f64 = 0;
      for (let q = 0; q < basis.nDegrees; q++, adjoint += 8) {
        const degree = load<i32>(basis.degrees + (<usize>q << 2));
        const half = 0.5 * weight * load<f64>(adjoint);
        const factor = half * kappa(degree);
        ofSquare += half;
        for (let m = 0; m <= 2 * degree; m++, at += bytes) {
          const n = at + (<usize>nu << 3);
          const k = at + (<usize>mu << 3);
          add(toA + n, factor * load<f64>(b + k));
          add(toA + k, factor * load<f64>(b + n));
          if (s == t) continue;
          add(toB + n, factor * load<f64>(a + k));
          add(toB + k, factor * load<f64>(a + n));
        }
      }
      if (!isSquare) continue;
      add(squares + bytes * <usize>nu + (<usize>mu << 3), -ofSquare);
      add(squares + bytes * <usize>mu + (<usize>nu << 3), -ofSquare);
    }
  }
}

// @ts-ignore: decorator
@inline
function add(to: usize, value: f64): void {
  store<f64>(to, load<f64>(to) + value);
}

/**
 * t += what changes with the distance, (gx, gy, gz) += what changes with the direction, through a, of pairs first … last − 1; f64 [pair − first] each,
 * `stride` bytes apart from t on.
 * @param value, @param slope f64 [pair − first][padded]
 * @param densityAdjoints as in the basis
 * @param scratch as `harmonicsScratch` says
 */
export function addDensitySlopes(
  basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, value: usize, slope: usize, densityAdjoints: usize, t: usize, stride: usize, scratch: usize,
): void {
  const bytes = <usize>basis.padded << 3;
  const aBytes = densityBytes(basis);
  const nAll = <usize>((basis.lMax + 1) * (basis.lMax + 1)) << 3;
  const gradients = scratch + nAll;
  for (let p = first; p < last; p++, value += bytes, slope += bytes, t += 8) {
    const at = <usize>p << 3;
    const x = load<f64>(pairs.ux + at);
    const y = load<f64>(pairs.uy + at);
    const z = load<f64>(pairs.uz + at);
    harmonicsWithGradientAt<f64>(basis.lMax, x, y, z, basis.harmonicsTable, scratch, 8, gradients, nAll, gradients + 3 * nAll);
    const i = load<i32>(pairs.first + (<usize>p << 2));
    const j = load<i32>(pairs.second + (<usize>p << 2));
    let a = densityAdjoints + aBytes * placeOf(basis, pairs, i, j);
    let b = densityAdjoints + aBytes * placeOf(basis, pairs, j, i);
    let along: f64 = 0, gx: f64 = 0, gy: f64 = 0, gz: f64 = 0;
    for (let q = 0; q < basis.nDegrees; q++) {
      const l = load<i32>(basis.degrees + (<usize>q << 2));
      const sign: f64 = l & 1 ? -1 : 1;
      for (let h = <usize>(l * l) << 3; h < <usize>((l + 1) * (l + 1)) << 3; h += 8) {
        let ofValue: f64 = 0, ofSlope: f64 = 0;
        for (let k: usize = 0; k < bytes; k += 8) {
          const adjoint = load<f64>(a + k) + sign * load<f64>(b + k);
          ofValue += adjoint * load<f64>(value + k);
          ofSlope += adjoint * load<f64>(slope + k);
        }
        const harmonic = load<f64>(scratch + h);
        along += ofSlope * harmonic;
        // the gradient of Y itself: that of r^l Y without its part along u
        const radial = <f64>l * harmonic;
        gx += ofValue * (load<f64>(gradients + h) - radial * x);
        gy += ofValue * (load<f64>(gradients + nAll + h) - radial * y);
        gz += ofValue * (load<f64>(gradients + 2 * nAll + h) - radial * z);
        a += bytes;
        b += bytes;
      }
    }
    const inverse = 1 / load<f64>(pairs.distances + at);
    add(t, along);
    add(t + stride, gx * inverse);
    add(t + 2 * stride, gy * inverse);
    add(t + 3 * stride, gz * inverse);
  }
}

/** t += Σ_νμ (squares of both sites) φ′_ν φ_μ. value, slope: f64 [pair − first][padded] */
export function addSquareSlopes(basis: ComposedBasis, pairs: ComposedPairs, first: i32, last: i32, value: usize, slope: usize, squareAdjoints: usize, t: usize): void {
  const bytes = <usize>basis.padded << 3;
  const dBytes = squareBytes(basis);
  for (let p = <usize>first << 2; p < <usize>last << 2; p += 4, value += bytes, slope += bytes, t += 8) {
    const i = load<i32>(pairs.first + p);
    const j = load<i32>(pairs.second + p);
    let a = squareAdjoints + dBytes * placeOf(basis, pairs, i, j);
    let b = squareAdjoints + dBytes * placeOf(basis, pairs, j, i);
    let sum: f64 = 0;
    for (let nu = 0; nu < basis.size; nu++, a += bytes, b += bytes) {
      let row: f64 = 0;
      for (let k: usize = 0; k < bytes; k += 8) row += (load<f64>(a + k) + load<f64>(b + k)) * load<f64>(value + k);
      sum += row * load<f64>(slope + (<usize>nu << 3));
    }
    add(t, sum);
  }
}
