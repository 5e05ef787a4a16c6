// Real orthonormal spherical harmonics and gradients of the solid harmonics r^l Y_lm at unit vectors, by the recursions of
// Bigi, Fraux, Browning & Ceriotti, J. Chem. Phys. 159, 064802 (2023), doi:10.1063/5.0156307 (without the Condon–Shortley phase).
// Order: l² + l + m; m < 0 are the sines. `table` comes from the host (`src/math/spherical-harmonics.ts`): for m = 0…L and
// l = m…L four numbers: a, b of the recursion Q_l = a z Q_{l−1} − b Q_{l−2} (for l = m: the value itself, 0), and the factors of
// ∂Q/∂z and ∂Q/∂x.
import { broadcast, lanes, loadBroadcast, minusTimes, times, timesPlus } from "./lanes";
import { OK, INVALID_ARGUMENT } from "../status";

/** Y at `slot` of out [lm][stride bytes]. */
// @ts-ignore: decorator
@inline
export function harmonicsAt<T>(lMax: i32, x: T, y: T, z: T, table: usize, out: usize, stride: usize): void {
  let c = broadcast<T>(1);
  let s = broadcast<T>(0);
  for (let m = 0; m <= lMax; m++) {
    let before = broadcast<T>(0);
    let q = loadBroadcast<T>(table);
    table += 32;
    let plusM = out + <usize>(m * m + m + m) * stride;
    let minusM = plusM - <usize>(m + m) * stride;
    for (let l = m; ; ) {
      store<T>(plusM, times<T>(q, c));
      if (m > 0) store<T>(minusM, times<T>(q, s));
      if (++l > lMax) break;
      const next = minusTimes<T>(loadBroadcast<T>(table + 8), before, times<T>(times<T>(loadBroadcast<T>(table), z), q));
      before = q;
      q = next;
      table += 32;
      // l² + l grows by 2l from l−1 to l
      plusM += <usize>(l + l) * stride;
      minusM += <usize>(l + l) * stride;
    }
    const nextC = minusTimes<T>(y, s, times<T>(x, c));
    s = timesPlus<T>(y, c, times<T>(x, s));
    c = nextC;
  }
}

/**
 * Y and the gradient of r^l Y at r = 1. gradients: three arrays [lm][stride], `size` bytes apart.
 * scratch: (L+1)(L+2)/2 numbers of T.
 */
// @ts-ignore: decorator
@inline
export function harmonicsWithGradientAt<T>(
  lMax: i32,
  x: T,
  y: T,
  z: T,
  table: usize,
  out: usize,
  stride: usize,
  gradients: usize,
  size: usize,
  scratch: usize,
): void {
  storeLegendre<T>(lMax, z, table, scratch);
  let c = broadcast<T>(1);
  let s = broadcast<T>(0);
  let cBefore = broadcast<T>(0);
  let sBefore = broadcast<T>(0);
  let q = scratch;
  for (let m = 0; m <= lMax; m++) {
    const fm = broadcast<T>(<f64>m);
    const nextColumn = scratch + <usize>(((m + 1) * (lMax + 1) - (((m + 1) * m) >> 1)) * sizeof<T>());
    for (let l = m; l <= lMax; l++) {
      const value = load<T>(q);
      const plusM = <usize>(l * l + l + m) * stride;
      const slopeZ = l > m ? times<T>(loadBroadcast<T>(table + 16), load<T>(q - sizeof<T>())) : broadcast<T>(0);
      const across =
        l > m + 1
          ? times<T>(loadBroadcast<T>(table + 24), load<T>(nextColumn + <usize>((l - m - 2) * sizeof<T>())))
          : broadcast<T>(0);
      const along = times<T>(fm, value);
      const acrossC = times<T>(across, c);
      store<T>(out + plusM, times<T>(value, c));
      store<T>(gradients + plusM, minusTimes<T>(x, acrossC, times<T>(along, cBefore)));
      store<T>(gradients + size + plusM, minusTimes<T>(y, acrossC, minusTimes<T>(along, sBefore, broadcast<T>(0))));
      store<T>(gradients + 2 * size + plusM, times<T>(slopeZ, c));
      if (m > 0) {
        const minusM = plusM - <usize>(m + m) * stride;
        const acrossS = times<T>(across, s);
        store<T>(out + minusM, times<T>(value, s));
        store<T>(gradients + minusM, minusTimes<T>(x, acrossS, times<T>(along, sBefore)));
        store<T>(gradients + size + minusM, minusTimes<T>(y, acrossS, times<T>(along, cBefore)));
        store<T>(gradients + 2 * size + minusM, times<T>(slopeZ, s));
      }
      table += 32;
      q += sizeof<T>();
    }
    cBefore = c;
    sBefore = s;
    c = minusTimes<T>(y, sBefore, times<T>(x, cBefore));
    s = timesPlus<T>(y, cBefore, times<T>(x, sBefore));
  }
}

/**
 * Σ_lm a_lm Y_lm and Σ_lm b_lm ∇(r^l Y_lm) at r = 1, without storing harmonics: for each m the sums over l come first, of Legendre
 * functions only, and the azimuthal factors once. a: rows [lm][stride], b: the same, behind a. out: four numbers of T,
 * the first sum and the three components of the second. scratch: (L+1)(L+2)/2 numbers of T.
 */
// @ts-ignore: decorator
@inline
export function contractHarmonicsAt<T>(
  lMax: i32, x: T, y: T, z: T, table: usize, a: usize, stride: usize, out: usize, scratch: usize,
): void {
  storeLegendre<T>(lMax, z, table, scratch);
  const size = <usize>((lMax + 1) * (lMax + 1)) * stride;
  const zero = broadcast<T>(0);
  let c = broadcast<T>(1), s = zero, cBefore = zero, sBefore = zero;
  let value = zero, gradientX = zero, gradientY = zero, gradientZ = zero, acrossSum = zero;
  let q = scratch;
  for (let m = 0; m <= lMax; m++) {
    let nextColumn = q + <usize>((lMax + 1 - m) * sizeof<T>());
    let plusM = a + <usize>(m * m + m + m) * stride;
    let minusM = plusM - <usize>(m + m) * stride;
    // sums over l of a and b with Q, and of b with the factors of ∂Q/∂z and ∂Q/∂x; cosines and sines
    let aC = zero, aS = zero, bC = zero, bS = zero, zC = zero, zS = zero, xC = zero, xS = zero;
    let before = zero;
    for (let l = m; ; ) {
      const legendre = load<T>(q);
      const slope = times<T>(loadBroadcast<T>(table + 16), before);
      let across = zero;
      if (l > m + 1) {
        across = times<T>(loadBroadcast<T>(table + 24), load<T>(nextColumn));
        nextColumn += sizeof<T>();
      }
      const bPlus = load<T>(plusM + size);
      aC = timesPlus<T>(legendre, load<T>(plusM), aC);
      bC = timesPlus<T>(legendre, bPlus, bC);
      zC = timesPlus<T>(slope, bPlus, zC);
      xC = timesPlus<T>(across, bPlus, xC);
      if (m > 0) {
        const bMinus = load<T>(minusM + size);
        aS = timesPlus<T>(legendre, load<T>(minusM), aS);
        bS = timesPlus<T>(legendre, bMinus, bS);
        zS = timesPlus<T>(slope, bMinus, zS);
        xS = timesPlus<T>(across, bMinus, xS);
      }
      before = legendre;
      q += sizeof<T>();
      table += 32;
      if (++l > lMax) break;
      plusM += <usize>(l + l) * stride;
      minusM += <usize>(l + l) * stride;
    }
    const fm = broadcast<T>(<f64>m);
    value = timesPlus<T>(s, aS, timesPlus<T>(c, aC, value));
    gradientZ = timesPlus<T>(s, zS, timesPlus<T>(c, zC, gradientZ));
    acrossSum = timesPlus<T>(s, xS, timesPlus<T>(c, xC, acrossSum));
    gradientX = timesPlus<T>(fm, timesPlus<T>(sBefore, bS, times<T>(cBefore, bC)), gradientX);
    gradientY = timesPlus<T>(fm, minusTimes<T>(sBefore, bC, times<T>(cBefore, bS)), gradientY);
    cBefore = c;
    sBefore = s;
    c = minusTimes<T>(y, sBefore, times<T>(x, cBefore));
    s = timesPlus<T>(y, cBefore, times<T>(x, sBefore));
  }
  store<T>(out, value);
  store<T>(out, minusTimes<T>(x, acrossSum, gradientX), sizeof<T>());
  store<T>(out, minusTimes<T>(y, acrossSum, gradientY), 2 * sizeof<T>());
  store<T>(out, gradientZ, 3 * sizeof<T>());
}

// @ts-ignore: decorator
@inline
function storeLegendre<T>(lMax: i32, z: T, table: usize, out: usize): void {
  for (let m = 0; m <= lMax; m++) {
    let before = broadcast<T>(0);
    let q = loadBroadcast<T>(table);
    table += 32;
    store<T>(out, q);
    out += sizeof<T>();
    for (let l = m + 1; l <= lMax; l++) {
      const next = minusTimes<T>(loadBroadcast<T>(table + 8), before, times<T>(times<T>(loadBroadcast<T>(table), z), q));
      before = q;
      q = next;
      store<T>(out, q);
      out += sizeof<T>();
      table += 32;
    }
  }
}

/** Harmonics of `n` (even) unit vectors; x, y, z: f64 [n]; out: f64 [lm][n]. */
export function sphericalHarmonics(n: i32, lMax: i32, x: usize, y: usize, z: usize, table: usize, out: usize): i32 {
  if (n < 0 || n & 1 || lMax < 0) return INVALID_ARGUMENT;
  if (ASC_FEATURE_SIMD) harmonicsOfAll<v128>(n, lMax, x, y, z, table, out);
  else harmonicsOfAll<f64>(n, lMax, x, y, z, table, out);
  return OK;
}

function harmonicsOfAll<T>(n: i32, lMax: i32, x: usize, y: usize, z: usize, table: usize, out: usize): void {
  const stride = <usize>n << 3;
  for (let i = 0; i < n; i += lanes<T>()) {
    const at = <usize>i << 3;
    harmonicsAt<T>(lMax, load<T>(x + at), load<T>(y + at), load<T>(z + at), table, out + at, stride);
  }
}

/** The same with gradients of the solid harmonics: gradients f64 [3][lm][n]; scratch f64 [(L+1)(L+2)]. */
export function solidHarmonicGradients(
  n: i32,
  lMax: i32,
  x: usize,
  y: usize,
  z: usize,
  table: usize,
  out: usize,
  gradients: usize,
  scratch: usize,
): i32 {
  if (n < 0 || n & 1 || lMax < 0) return INVALID_ARGUMENT;
  const stride = <usize>n << 3;
  const size = <usize>((lMax + 1) * (lMax + 1)) * stride;
  if (ASC_FEATURE_SIMD) gradientsOfAll<v128>(n, lMax, x, y, z, table, out, stride, gradients, size, scratch);
  else gradientsOfAll<f64>(n, lMax, x, y, z, table, out, stride, gradients, size, scratch);
  return OK;
}

/** Rows over vectors, `stride` bytes per lm; the three gradient arrays are `size` bytes apart. */
export function gradientsOfAll<T>(
  n: i32,
  lMax: i32,
  x: usize,
  y: usize,
  z: usize,
  table: usize,
  out: usize,
  stride: usize,
  gradients: usize,
  size: usize,
  scratch: usize,
): void {
  for (let i = 0; i < n; i += lanes<T>()) {
    const at = <usize>i << 3;
    harmonicsWithGradientAt<T>(
      lMax,
      load<T>(x + at),
      load<T>(y + at),
      load<T>(z + at),
      table,
      out + at,
      stride,
      gradients + at,
      size,
      scratch,
    );
  }
}
