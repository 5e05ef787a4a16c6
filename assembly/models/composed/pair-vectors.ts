// Derivatives of features by displacements of pairs, kept for rows, and their sums for each site.
import { recordAt } from "../../records";
import { broadcast, plus, times, timesPlus } from "../../math/lanes";
import { clear } from "./features";
import { gatherVectors, PairVectors } from "./gather";
import { ComposedBasis, ComposedPairs, ComposedProgram } from "./records";
import { addThreeBodyVectors } from "./three-body-vectors";
import { total } from "./two-body";

/** Vectors of all bases and their sums; virial sums where hasVirial. Functions of all pairs stand in the arrays of the bases. */
export function featureVectors(all: ComposedProgram, pairs: ComposedPairs, vectors: PairVectors, hasVirial: bool): void {
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    if (basis.body == 2) {
      if (!hasVirial) continue;
      if (ASC_FEATURE_SIMD) twoBodyMoments<v128>(basis, pairs);
      else twoBodyMoments<f64>(basis, pairs);
      continue;
    }
    clear(basis.firstVectors, 24 * <usize>pairs.nPairs * basis.slots);
    clear(basis.secondVectors, 24 * <usize>pairs.nPairs * basis.slots);
    addThreeBodyVectors(basis, pairs, all.harmonics);
    useVectors(vectors, basis);
    for (let a = 0; a < pairs.nSites; a++) gatherVectors(pairs, a, 0, <usize>basis.slots << 3, vectors, basis.moments + 24 * <usize>a * basis.slots);
    if (hasVirial) virialMoments(pairs, basis.slots, basis.firstVectors, basis.secondVectors, 24 * <usize>basis.slots, <usize>basis.slots << 3, basis.virialMoments);
  }
}

/** Makes `vectors` those of a basis. */
export function useVectors(vectors: PairVectors, basis: ComposedBasis): void {
  vectors.ofFirst = basis.firstVectors;
  vectors.ofSecond = basis.secondVectors;
  vectors.pairBytes = 24 * <usize>basis.slots;
  vectors.componentBytes = <usize>basis.slots << 3;
}

/** Makes `vectors` those of arrays f64 [nPairs][3]. */
export function useArrays(vectors: PairVectors, ofFirst: usize, ofSecond: usize): void {
  vectors.ofFirst = ofFirst;
  vectors.ofSecond = ofSecond;
  vectors.pairBytes = 24;
  vectors.componentBytes = 8;
}

/** Virial sums of two-body features: φ′ r u ⊗ u at both sites. */
function twoBodyMoments<T>(basis: ComposedBasis, pairs: ComposedPairs): void {
  const bytes = <usize>basis.padded << 3;
  const componentBytes = <usize>basis.slots << 3;
  clear(basis.virialMoments, 6 * componentBytes * <usize>pairs.nSites);
  let slope = basis.slopes;
  for (let p: usize = 0; p < <usize>pairs.nPairs << 2; p += 4, slope += bytes) {
    const at = p << 1;
    const r = load<f64>(pairs.distances + at);
    const x = load<f64>(pairs.ux + at), y = load<f64>(pairs.uy + at), z = load<f64>(pairs.uz + at);
    const channel = basis.virialMoments + (<usize>basis.channelSlots << 3) * <usize>load<i32>(pairs.kinds + p);
    const a = channel + 6 * componentBytes * <usize>load<i32>(pairs.first + p);
    const b = channel + 6 * componentBytes * <usize>load<i32>(pairs.second + p);
    addSlopes<T>(slope, bytes, r * x * x, a, b);
    addSlopes<T>(slope, bytes, r * y * y, a + componentBytes, b + componentBytes);
    addSlopes<T>(slope, bytes, r * z * z, a + 2 * componentBytes, b + 2 * componentBytes);
    addSlopes<T>(slope, bytes, r * y * z, a + 3 * componentBytes, b + 3 * componentBytes);
    addSlopes<T>(slope, bytes, r * x * z, a + 4 * componentBytes, b + 4 * componentBytes);
    addSlopes<T>(slope, bytes, r * x * y, a + 5 * componentBytes, b + 5 * componentBytes);
  }
}

// @ts-ignore: decorator
@inline
function addSlopes<T>(slope: usize, bytes: usize, factor: f64, a: usize, b: usize): void {
  for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
    const part = times<T>(load<T>(slope + k), broadcast<T>(factor));
    store<T>(a + k, plus<T>(load<T>(a + k), part));
    store<T>(b + k, plus<T>(load<T>(b + k), part));
  }
}

/** out[site][xx, yy, zz, yz, xz, xy][column] = Σ of the displacement with the site's own vectors. */
export function virialMoments(pairs: ComposedPairs, columns: i32, ofFirst: usize, ofSecond: usize, pairBytes: usize, componentBytes: usize, out: usize): void {
  const siteBytes = <usize>columns * 48;
  clear(out, siteBytes * <usize>pairs.nSites);
  for (let p: usize = 0; p < <usize>pairs.nPairs; p++) {
    addMoments(pairs, p, columns, ofFirst + p * pairBytes, componentBytes, out + siteBytes * <usize>load<i32>(pairs.first + (p << 2)));
    addMoments(pairs, p, columns, ofSecond + p * pairBytes, componentBytes, out + siteBytes * <usize>load<i32>(pairs.second + (p << 2)));
  }
}

function addMoments(pairs: ComposedPairs, p: usize, columns: i32, v: usize, componentBytes: usize, out: usize): void {
  const bytes = <usize>columns << 3;
  const r = load<f64>(pairs.distances + (p << 3));
  const dx = r * load<f64>(pairs.ux + (p << 3));
  const dy = r * load<f64>(pairs.uy + (p << 3));
  const dz = r * load<f64>(pairs.uz + (p << 3));
  for (let k: usize = 0; k < bytes; k += 8) {
    const vx = load<f64>(v + k);
    const vy = load<f64>(v + componentBytes + k);
    const vz = load<f64>(v + 2 * componentBytes + k);
    add(out + k, dx * vx);
    add(out + bytes + k, dy * vy);
    add(out + 2 * bytes + k, dz * vz);
    add(out + 3 * bytes + k, dy * vz);
    add(out + 4 * bytes + k, dx * vz);
    add(out + 5 * bytes + k, dx * vy);
  }
}

// @ts-ignore: decorator
@inline
function add(to: usize, value: f64): void {
  store<f64>(to, load<f64>(to) + value);
}

/** f_c′ u of all pairs. */
export function cutoffVectors(all: ComposedProgram, pairs: ComposedPairs): void {
  for (let p: usize = 0; p < <usize>pairs.nPairs << 3; p += 8) {
    const slope = load<f64>(pairs.cutoffSlopes + p);
    const to = all.cutoffVectors + 3 * p;
    store<f64>(to, slope * load<f64>(pairs.ux + p));
    store<f64>(to, slope * load<f64>(pairs.uy + p), 8);
    store<f64>(to, slope * load<f64>(pairs.uz + p), 16);
  }
}

/** What the tangents of ∂E/∂Φ make of the vectors of all pairs: those of the first and of the second site. */
export function couplingVectors(all: ComposedProgram, pairs: ComposedPairs): void {
  clear(all.firstCouplings, 24 * <usize>pairs.nPairs);
  clear(all.secondCouplings, 24 * <usize>pairs.nPairs);
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    const siteBytes = <usize>basis.slots << 3;
    if (isZero(basis.adjointTangents, siteBytes * <usize>pairs.nSites)) continue;
    if (basis.body == 2) {
      if (ASC_FEATURE_SIMD) coupleTwoBody<v128>(all, pairs, basis);
      else coupleTwoBody<f64>(all, pairs, basis);
      continue;
    }
    for (let p: usize = 0; p < <usize>pairs.nPairs; p++) {
      const i = basis.adjointTangents + siteBytes * <usize>load<i32>(pairs.first + (p << 2));
      const j = basis.adjointTangents + siteBytes * <usize>load<i32>(pairs.second + (p << 2));
      addContracted(i, basis.firstVectors + 3 * siteBytes * p, siteBytes, all.firstCouplings + 24 * p);
      addContracted(j, basis.secondVectors + 3 * siteBytes * p, siteBytes, all.secondCouplings + 24 * p);
    }
  }
}

function coupleTwoBody<T>(all: ComposedProgram, pairs: ComposedPairs, basis: ComposedBasis): void {
  const bytes = <usize>basis.padded << 3;
  const siteBytes = <usize>basis.slots << 3;
  let slope = basis.slopes;
  for (let p: usize = 0; p < <usize>pairs.nPairs << 2; p += 4, slope += bytes) {
    const channel = basis.adjointTangents + (<usize>basis.channelSlots << 3) * <usize>load<i32>(pairs.kinds + p);
    const a = channel + siteBytes * <usize>load<i32>(pairs.first + p);
    const b = channel + siteBytes * <usize>load<i32>(pairs.second + p);
    let ofFirst = broadcast<T>(0), ofSecond = broadcast<T>(0);
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      const own = load<T>(slope + k);
      ofFirst = timesPlus<T>(load<T>(a + k), own, ofFirst);
      ofSecond = timesPlus<T>(load<T>(b + k), own, ofSecond);
    }
    addAlong(pairs, p << 1, total<T>(ofFirst), all.firstCouplings + 6 * p);
    addAlong(pairs, p << 1, total<T>(ofSecond), all.secondCouplings + 6 * p);
  }
}

// @ts-ignore: decorator
@inline
function addAlong(pairs: ComposedPairs, at: usize, t: f64, out: usize): void {
  add(out, t * load<f64>(pairs.ux + at));
  add(out + 8, t * load<f64>(pairs.uy + at));
  add(out + 16, t * load<f64>(pairs.uz + at));
}

function isZero(values: usize, bytes: usize): bool {
  for (let at: usize = 0; at < bytes; at += 8) if (load<f64>(values + at) != 0) return false;
  return true;
}

function addContracted(adjoints: usize, v: usize, bytes: usize, out: usize): void {
  if (ASC_FEATURE_SIMD) contract<v128>(adjoints, v, bytes, out);
  else contract<f64>(adjoints, v, bytes, out);
}

function contract<T>(adjoints: usize, v: usize, bytes: usize, out: usize): void {
  let x = broadcast<T>(0), y = broadcast<T>(0), z = broadcast<T>(0);
  for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
    const adjoint = load<T>(adjoints + k);
    x = timesPlus<T>(adjoint, load<T>(v + k), x);
    y = timesPlus<T>(adjoint, load<T>(v + bytes + k), y);
    z = timesPlus<T>(adjoint, load<T>(v + 2 * bytes + k), z);
  }
  add(out, total<T>(x));
  add(out + 8, total<T>(y));
  add(out + 16, total<T>(z));
}
