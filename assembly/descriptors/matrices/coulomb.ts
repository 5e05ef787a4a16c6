// Z_i Z_j / r of all pairs of atoms (Rupp et al., Phys. Rev. Lett. 108, 058301 (2012), doi:10.1103/PhysRevLett.108.058301).
// Positions stand as x of all atoms, then y, then z. Diagonals are 0: they do not depend on positions.
import { broadcast, lanes, loadBroadcast, minus, over, squareRoot, times, timesPlus } from "../../math/lanes";
import { INVALID_ARGUMENT, OK } from "../../status";
import { storeStrains } from "./strains";

/** @param out f64 [n × n] */
export function coulombMatrix(n: i32, positions: usize, charges: usize, out: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  for (let i = 0; i < n; i++) {
    let j = 0;
    if (ASC_FEATURE_SIMD) j = valueRow<v128>(n, i, 0, positions, charges, out);
    valueRow<f64>(n, i, j, positions, charges, out);
    store<f64>(out + ((<usize>i * n + i) << 3), 0);
  }
  return OK;
}

/** Columns from j on, as many as fill whole vectors; the first that is left. */
// @ts-ignore: decorator
@inline
function valueRow<T>(n: i32, i: i32, j: i32, positions: usize, charges: usize, out: usize): i32 {
  const axis = (<usize>n) << 3;
  const own = positions + ((<usize>i) << 3);
  const x = loadBroadcast<T>(own);
  const y = loadBroadcast<T>(own + axis);
  const z = loadBroadcast<T>(own + 2 * axis);
  const charge = loadBroadcast<T>(charges + ((<usize>i) << 3));
  for (; j + lanes<T>() <= n; j += lanes<T>()) {
    const at = (<usize>j) << 3;
    const dx = minus<T>(x, load<T>(positions + at));
    const dy = minus<T>(y, load<T>(positions + axis + at));
    const dz = minus<T>(z, load<T>(positions + 2 * axis + at));
    const squared = timesPlus<T>(dx, dx, timesPlus<T>(dy, dy, times<T>(dz, dz)));
    store<T>(out + ((<usize>i * n) << 3) + at, over<T>(times<T>(charge, load<T>(charges + at)), squareRoot<T>(squared)));
  }
  return j;
}

/**
 * Derivatives of M_ij by the position of atom i, and by strain.
 * @param slopes f64 [n × 3 × n]: atom i, axis, j
 * @param strains f64 [6 × n × n]: xx yy zz yz xz xy
 */
export function coulombSlopes(n: i32, positions: usize, charges: usize, slopes: usize, strains: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  for (let i = 0; i < n; i++) {
    let j = 0;
    if (ASC_FEATURE_SIMD) j = slopeRow<v128>(n, i, 0, positions, charges, slopes, strains);
    slopeRow<f64>(n, i, j, positions, charges, slopes, strains);
    for (let axis = 0; axis < 3; axis++) store<f64>(slopes + ((((<usize>i * 3 + axis) * n + i)) << 3), 0);
    for (let v = 0; v < 6; v++) store<f64>(strains + (((<usize>v * n + i) * n + i) << 3), 0);
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function slopeRow<T>(n: i32, i: i32, j: i32, positions: usize, charges: usize, slopes: usize, strains: usize): i32 {
  const axis = (<usize>n) << 3;
  const own = positions + ((<usize>i) << 3);
  const x = loadBroadcast<T>(own);
  const y = loadBroadcast<T>(own + axis);
  const z = loadBroadcast<T>(own + 2 * axis);
  const charge = broadcast<T>(-load<f64>(charges + ((<usize>i) << 3)));
  for (; j + lanes<T>() <= n; j += lanes<T>()) {
    const at = (<usize>j) << 3;
    const dx = minus<T>(x, load<T>(positions + at));
    const dy = minus<T>(y, load<T>(positions + axis + at));
    const dz = minus<T>(z, load<T>(positions + 2 * axis + at));
    const squared = timesPlus<T>(dx, dx, timesPlus<T>(dy, dy, times<T>(dz, dz)));
    const factor = over<T>(times<T>(charge, load<T>(charges + at)), times<T>(squared, squareRoot<T>(squared)));
    const fx = times<T>(factor, dx);
    const fy = times<T>(factor, dy);
    const fz = times<T>(factor, dz);
    const row = slopes + <usize>i * 3 * axis + at;
    store<T>(row, fx);
    store<T>(row + axis, fy);
    store<T>(row + 2 * axis, fz);
    storeStrains<T>(strains + <usize>i * axis + at, <usize>n * axis, fx, fy, fz, dx, dy, dz);
  }
  return j;
}
