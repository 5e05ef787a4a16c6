// Z^{J1 J2 J}[μ,ν] = Σ C(J1 μ1 J2 μ2 | J μ) C(J1 ν1 J2 ν2 | J ν) U^{J1}[μ1,ν1] U^{J2}[μ2,ν2], one row μ at a time, two centers in the lanes
// of T. The sum over μ1 comes first, as products of complex matrices in registers, and the coefficients of the columns after it; rows
// μ > J/2 and half of the middle row follow by symmetry and are never formed.
import { broadcast, loadBroadcast, minusTimes, times, timesPlus } from "../../math/lanes";
import { Coupling } from "./tables";

/** Columns of row μ that are formed: all, or half of the middle one. */
// @ts-ignore: decorator
@inline
export function columnsOfRow(j: i32, row: i32): i32 {
  return 2 * row == j ? (j >> 1) + 1 : j + 1;
}

/**
 * Z[row] into `out`, the middle of the middle row halved: twice the sum over these rows is that over all. Of the matrices `first` has no
 * more columns than `second`, so that tiles are wide.
 */
export function coupleRow<T>(coupling: Coupling, row: i32, matrices: usize, out: usize): void {
  const j1 = coupling.j1;
  const j2 = coupling.j2;
  const j = coupling.j;
  const shift = (j1 + j2 - j) >> 1;
  const low = max(0, row + shift - j2);
  const count = min(j1, row + shift) - low + 1;
  const columns = columnsOfRow(j, row);
  const size = 2 * sizeof<T>();
  const row1 = <usize>(j1 + 1) * size;
  const row2 = <usize>(j2 + 1) * size;
  for (let z = out; z < out + <usize>columns * size; z += sizeof<T>()) store<T>(z, broadcast<T>(0));
  let a = matrices + <usize>coupling.firstAt * size + <usize>low * row1;
  const second = matrices + <usize>coupling.secondAt * size + <usize>(row + shift - low) * row2;
  const scale = coupling.rows + (<usize>(low * (j2 + 1) + row + shift - low) << 3);
  const scaleStep = <usize>j2 << 3;
  const symmetric = coupling.symmetric;
  let coefficients = coupling.columns;
  for (let column1 = 0; column1 <= j1; column1++) {
    let column2 = max(0, shift - column1);
    let last = min(j2, columns - 1 + shift - column1);
    if (symmetric) last = min(last, column1);
    let c = coefficients + (<usize>column2 << 3);
    let b = second + <usize>column2 * size;
    let z = out + <usize>(column1 + column2 - shift) * size;
    for (; column2 + 3 <= last; column2 += 4) {
      tile<T>(4, count, scale, scaleStep, a, row1, b, row2, c, z);
      c += 32;
      b += 4 * size;
      z += 4 * size;
    }
    if (column2 + 2 == last) tile<T>(3, count, scale, scaleStep, a, row1, b, row2, c, z);
    else if (column2 + 1 == last) tile<T>(2, count, scale, scaleStep, a, row1, b, row2, c, z);
    else if (column2 == last) tile<T>(1, count, scale, scaleStep, a, row1, b, row2, c, z);
    coefficients += <usize>(j2 + 1) << 3;
    a += size;
  }
  if (2 * row == j) halve<T>(out + <usize>(columns - 1) * size);
}

// @ts-ignore: decorator
@inline
function halve<T>(at: usize): void {
  const half = broadcast<T>(0.5);
  store<T>(at, times<T>(half, load<T>(at)));
  store<T>(at, times<T>(half, load<T>(at, sizeof<T>())), sizeof<T>());
}

/** z[c] += coefficient[c] Σ_k scale[k] a[k] b[−k][c], complex; COLUMNS is a literal at every call. */
// @ts-ignore: decorator
@inline
function tile<T>(
  COLUMNS: i32, count: i32, scale: usize, scaleStep: usize, a: usize, aStep: usize, b: usize, bStep: usize, coefficients: usize, z: usize,
): void {
  const size = 2 * sizeof<T>();
  const zero = broadcast<T>(0);
  let r0 = zero, i0 = zero, r1 = zero, i1 = zero, r2 = zero, i2 = zero, r3 = zero, i3 = zero;
  for (let k = 0; k < count; k++) {
    const factor = loadBroadcast<T>(scale);
    const p = times<T>(factor, load<T>(a));
    const q = times<T>(factor, load<T>(a, sizeof<T>()));
    let x = load<T>(b);
    let y = load<T>(b, sizeof<T>());
    r0 = minusTimes<T>(q, y, timesPlus<T>(p, x, r0));
    i0 = timesPlus<T>(q, x, timesPlus<T>(p, y, i0));
    if (COLUMNS > 1) {
      x = load<T>(b, 2 * sizeof<T>());
      y = load<T>(b, 3 * sizeof<T>());
      r1 = minusTimes<T>(q, y, timesPlus<T>(p, x, r1));
      i1 = timesPlus<T>(q, x, timesPlus<T>(p, y, i1));
    }
    if (COLUMNS > 2) {
      x = load<T>(b, 4 * sizeof<T>());
      y = load<T>(b, 5 * sizeof<T>());
      r2 = minusTimes<T>(q, y, timesPlus<T>(p, x, r2));
      i2 = timesPlus<T>(q, x, timesPlus<T>(p, y, i2));
    }
    if (COLUMNS > 3) {
      x = load<T>(b, 6 * sizeof<T>());
      y = load<T>(b, 7 * sizeof<T>());
      r3 = minusTimes<T>(q, y, timesPlus<T>(p, x, r3));
      i3 = timesPlus<T>(q, x, timesPlus<T>(p, y, i3));
    }
    scale += scaleStep;
    a += aStep;
    b -= bStep;
  }
  add<T>(z, loadBroadcast<T>(coefficients), r0, i0);
  if (COLUMNS > 1) add<T>(z + size, loadBroadcast<T>(coefficients + 8), r1, i1);
  if (COLUMNS > 2) add<T>(z + 2 * size, loadBroadcast<T>(coefficients + 16), r2, i2);
  if (COLUMNS > 3) add<T>(z + 3 * size, loadBroadcast<T>(coefficients + 24), r3, i3);
}

// @ts-ignore: decorator
@inline
function add<T>(z: usize, coefficient: T, real: T, imaginary: T): void {
  store<T>(z, timesPlus<T>(coefficient, real, load<T>(z)));
  store<T>(z, timesPlus<T>(coefficient, imaginary, load<T>(z, sizeof<T>())), sizeof<T>());
}
