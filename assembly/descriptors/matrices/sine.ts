// Z_i Z_j / |Σ_k a_k sin²(π s_k)|, s the fractional coordinates of r_i − r_j
// (Faber et al., Int. J. Quantum Chem. 115, 1094 (2015), doi:10.1002/qua.24917).
// `phases` holds sin(π s_k) of all atoms for k = 0, 1, 2, then the cosines. Diagonals are 0: they do not depend on positions.
import { broadcast, lanes, loadBroadcast, minusTimes, over, squareRoot, times, timesPlus } from "../../math/lanes";
import { INVALID_ARGUMENT, OK } from "../../status";
import { storeStrains } from "./strains";

/**
 * @param cell f64 [3 × 3], Å, rows are lattice vectors
 * @param out f64 [n × n]
 */
export function sineMatrix(n: i32, phases: usize, cell: usize, charges: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  for (let i = 0; i < n; i++) {
    let j = 0;
    if (ASC_FEATURE_SIMD) j = valueRow<v128>(n, i, 0, phases, cell, charges, out);
    valueRow<f64>(n, i, j, phases, cell, charges, out);
    store<f64>(out + ((<usize>i * n + i) << 3), 0);
  }
  return OK;
}

/** sin(π (s_i − s_j)) along lattice vector k. */
// @ts-ignore: decorator
@inline
function sineOf<T>(n: i32, k: i32, i: i32, j: i32, phases: usize): T {
  const sines = phases + ((<usize>k * n) << 3);
  const cosines = sines + ((<usize>n * 3) << 3);
  const product = times<T>(loadBroadcast<T>(sines + ((<usize>i) << 3)), load<T>(cosines + ((<usize>j) << 3)));
  return minusTimes<T>(loadBroadcast<T>(cosines + ((<usize>i) << 3)), load<T>(sines + ((<usize>j) << 3)), product);
}

/** cos(π (s_i − s_j)) along lattice vector k. */
// @ts-ignore: decorator
@inline
function cosineOf<T>(n: i32, k: i32, i: i32, j: i32, phases: usize): T {
  const sines = phases + ((<usize>k * n) << 3);
  const cosines = sines + ((<usize>n * 3) << 3);
  const product = times<T>(loadBroadcast<T>(sines + ((<usize>i) << 3)), load<T>(sines + ((<usize>j) << 3)));
  return timesPlus<T>(loadBroadcast<T>(cosines + ((<usize>i) << 3)), load<T>(cosines + ((<usize>j) << 3)), product);
}

/** Component `axis` of Σ_k w_k a_k. */
// @ts-ignore: decorator
@inline
function along<T>(cell: usize, axis: i32, w0: T, w1: T, w2: T): T {
  const at = cell + ((<usize>axis) << 3);
  return timesPlus<T>(w0, loadBroadcast<T>(at), timesPlus<T>(w1, loadBroadcast<T>(at + 24), times<T>(w2, loadBroadcast<T>(at + 48))));
}

// @ts-ignore: decorator
@inline
function valueRow<T>(n: i32, i: i32, j: i32, phases: usize, cell: usize, charges: usize, out: usize): i32 {
  const charge = loadBroadcast<T>(charges + ((<usize>i) << 3));
  for (; j + lanes<T>() <= n; j += lanes<T>()) {
    const at = (<usize>j) << 3;
    let w0 = sineOf<T>(n, 0, i, j, phases);
    let w1 = sineOf<T>(n, 1, i, j, phases);
    let w2 = sineOf<T>(n, 2, i, j, phases);
    w0 = times<T>(w0, w0);
    w1 = times<T>(w1, w1);
    w2 = times<T>(w2, w2);
    const dx = along<T>(cell, 0, w0, w1, w2);
    const dy = along<T>(cell, 1, w0, w1, w2);
    const dz = along<T>(cell, 2, w0, w1, w2);
    const squared = timesPlus<T>(dx, dx, timesPlus<T>(dy, dy, times<T>(dz, dz)));
    store<T>(out + ((<usize>i * n) << 3) + at, over<T>(times<T>(charge, load<T>(charges + at)), squareRoot<T>(squared)));
  }
  return j;
}

/**
 * Derivatives of M_ij by the position of atom i, and by strain.
 * @param inverse f64 [3 × 3], 1/Å: fractional coordinates are r · inverse
 * @param slopes f64 [n × 3 × n]: atom i, axis, j
 * @param strains f64 [6 × n × n]: xx yy zz yz xz xy
 */
export function sineSlopes(n: i32, phases: usize, cell: usize, inverse: usize, charges: usize, slopes: usize, strains: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  for (let i = 0; i < n; i++) {
    let j = 0;
    if (ASC_FEATURE_SIMD) j = slopeRow<v128>(n, i, 0, phases, cell, inverse, charges, slopes, strains);
    slopeRow<f64>(n, i, j, phases, cell, inverse, charges, slopes, strains);
    for (let axis = 0; axis < 3; axis++) store<f64>(slopes + (((<usize>i * 3 + axis) * n + i) << 3), 0);
    for (let v = 0; v < 6; v++) store<f64>(strains + (((<usize>v * n + i) * n + i) << 3), 0);
  }
  return OK;
}

/** 2π sin cos · (F · a_k), with F the derivative by the vector Σ a_k sin². */
// @ts-ignore: decorator
@inline
function bySine<T>(n: i32, k: i32, i: i32, j: i32, phases: usize, sine: T, cell: usize, fx: T, fy: T, fz: T): T {
  const a = cell + ((<usize>k * 3) << 3);
  const projected = timesPlus<T>(fx, loadBroadcast<T>(a), timesPlus<T>(fy, loadBroadcast<T>(a + 8), times<T>(fz, loadBroadcast<T>(a + 16))));
  return times<T>(times<T>(broadcast<T>(2 * Math.PI), times<T>(sine, cosineOf<T>(n, k, i, j, phases))), projected);
}

// @ts-ignore: decorator
@inline
function slopeRow<T>(n: i32, i: i32, j: i32, phases: usize, cell: usize, inverse: usize, charges: usize, slopes: usize, strains: usize): i32 {
  const axis = (<usize>n) << 3;
  const charge = broadcast<T>(-load<f64>(charges + ((<usize>i) << 3)));
  for (; j + lanes<T>() <= n; j += lanes<T>()) {
    const at = (<usize>j) << 3;
    const s0 = sineOf<T>(n, 0, i, j, phases);
    const s1 = sineOf<T>(n, 1, i, j, phases);
    const s2 = sineOf<T>(n, 2, i, j, phases);
    const w0 = times<T>(s0, s0);
    const w1 = times<T>(s1, s1);
    const w2 = times<T>(s2, s2);
    const dx = along<T>(cell, 0, w0, w1, w2);
    const dy = along<T>(cell, 1, w0, w1, w2);
    const dz = along<T>(cell, 2, w0, w1, w2);
    const squared = timesPlus<T>(dx, dx, timesPlus<T>(dy, dy, times<T>(dz, dz)));
    const factor = over<T>(times<T>(charge, load<T>(charges + at)), times<T>(squared, squareRoot<T>(squared)));
    const fx = times<T>(factor, dx);
    const fy = times<T>(factor, dy);
    const fz = times<T>(factor, dz);
    const g0 = bySine<T>(n, 0, i, j, phases, s0, cell, fx, fy, fz);
    const g1 = bySine<T>(n, 1, i, j, phases, s1, cell, fx, fy, fz);
    const g2 = bySine<T>(n, 2, i, j, phases, s2, cell, fx, fy, fz);
    const row = slopes + <usize>i * 3 * axis + at;
    for (let c: usize = 0; c < 3; c++) {
      const column = inverse + 24 * c;
      const slope = timesPlus<T>(g0, loadBroadcast<T>(column), timesPlus<T>(g1, loadBroadcast<T>(column + 8), times<T>(g2, loadBroadcast<T>(column + 16))));
      store<T>(row + c * axis, slope);
    }
    storeStrains<T>(strains + <usize>i * axis + at, <usize>n * axis, fx, fy, fz, dx, dy, dz);
  }
  return j;
}
