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

/** Z[row] · 2, the sum over a row and its mirror image (the middle element is its own), into `out`; scaled: work, [J1+1][J1+1] complex. */
export function coupleRow<T>(coupling: Coupling, row: i32, matrices: usize, scaled: usize, out: usize): void {
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
  scaleRows<T>(coupling, row + shift, low, count, matrices, scaled);
  for (let i = 0; i < columns; i++) {
    store<T>(out + <usize>i * size, broadcast<T>(0));
    store<T>(out + <usize>i * size, broadcast<T>(0), sizeof<T>());
  }
  const second = matrices + <usize>coupling.secondAt * size + <usize>(row + shift - low) * row2;
  const symmetric = coupling.symmetric;
  let coefficients = coupling.columns;
  for (let column1 = 0; column1 <= j1; column1++) {
    let column2 = max(0, shift - column1);
    let last = min(j2, columns - 1 + shift - column1);
    if (symmetric) last = min(last, column1);
    const a = scaled + <usize>column1 * size;
    let c = coefficients + (<usize>column2 << 3);
    let b = second + <usize>column2 * size;
    let z = out + <usize>(column1 + column2 - shift) * size;
    for (; column2 + 3 <= last; column2 += 4) {
      tile<T>(4, count, a, row1, b, row2, c, z);
      c += 32;
      b += 4 * size;
      z += 4 * size;
    }
    if (column2 + 1 <= last) {
      tile<T>(2, count, a, row1, b, row2, c, z);
      column2 += 2;
      c += 16;
      b += 2 * size;
      z += 2 * size;
    }
    if (column2 <= last) tile<T>(1, count, a, row1, b, row2, c, z);
    coefficients += <usize>(j2 + 1) << 3;
  }
  if (2 * row == j) halve<T>(out + <usize>(columns - 1) * size);
}

/** 2 C(μ1, μ2) U^{J1}[μ1] for μ1 = low …, μ1 + μ2 = sum. */
// @ts-ignore: decorator
@inline
function scaleRows<T>(coupling: Coupling, sum: i32, low: i32, count: i32, matrices: usize, scaled: usize): void {
  const numbers = 2 * (coupling.j1 + 1);
  const step = <usize>coupling.j2 << 3;
  let first = matrices + <usize>(coupling.firstAt + low * (coupling.j1 + 1)) * 2 * sizeof<T>();
  let coefficient = coupling.rows + (<usize>(low * (coupling.j2 + 1) + sum - low) << 3);
  for (let k = 0; k < count; k++) {
    const factor = broadcast<T>(2 * load<f64>(coefficient));
    for (let i = 0; i < numbers; i++) {
      store<T>(scaled, times<T>(factor, load<T>(first)));
      scaled += sizeof<T>();
      first += sizeof<T>();
    }
    coefficient += step;
  }
}

// @ts-ignore: decorator
@inline
function halve<T>(at: usize): void {
  const half = broadcast<T>(0.5);
  store<T>(at, times<T>(half, load<T>(at)));
  store<T>(at, times<T>(half, load<T>(at, sizeof<T>())), sizeof<T>());
}

/** z[c] += coefficient[c] Σ_k a[k] b[−k][c], complex; COLUMNS is a literal at every call. */
// @ts-ignore: decorator
@inline
function tile<T>(COLUMNS: i32, count: i32, a: usize, aStep: usize, b: usize, bStep: usize, coefficients: usize, z: usize): void {
  const size = 2 * sizeof<T>();
  const zero = broadcast<T>(0);
  let r0 = zero, i0 = zero, r1 = zero, i1 = zero, r2 = zero, i2 = zero, r3 = zero, i3 = zero;
  for (let k = 0; k < count; k++) {
    const p = load<T>(a);
    const q = load<T>(a, sizeof<T>());
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
      x = load<T>(b, 6 * sizeof<T>());
      y = load<T>(b, 7 * sizeof<T>());
      r3 = minusTimes<T>(q, y, timesPlus<T>(p, x, r3));
      i3 = timesPlus<T>(q, x, timesPlus<T>(p, y, i3));
    }
    a += aStep;
    b -= bStep;
  }
  add<T>(z, loadBroadcast<T>(coefficients), r0, i0);
  if (COLUMNS > 1) add<T>(z + size, loadBroadcast<T>(coefficients + 8), r1, i1);
  if (COLUMNS > 2) {
    add<T>(z + 2 * size, loadBroadcast<T>(coefficients + 16), r2, i2);
    add<T>(z + 3 * size, loadBroadcast<T>(coefficients + 24), r3, i3);
  }
}

// @ts-ignore: decorator
@inline
function add<T>(z: usize, coefficient: T, real: T, imaginary: T): void {
  store<T>(z, timesPlus<T>(coefficient, real, load<T>(z)));
  store<T>(z, timesPlus<T>(coefficient, imaginary, load<T>(z, sizeof<T>())), sizeof<T>());
}
