/**
 * Exponentially scaled modified spherical Bessel functions of the first kind, e^{−x} i_l(x) for l = 0…lMax, x ≥ 0, by Miller's
 * downward recurrence i_{l−1} = i_{l+1} + (2l+1)/x i_l, normalised with i_0 = sinh(x)/x: relative error of a few units in the last
 * place for every x and l (upward recurrence loses all digits for l > x).
 */
export function scaledBesselI(lMax: number, x: number, out: Float64Array): void {
  out.fill(0, 0, lMax + 1);
  if (x < 1e-30) {
    out[0] = 1;
    return;
  }
  const start = lMax + 24 + Math.ceil(Math.sqrt(40 * x));
  let above = 0;
  let here = 1e-290;
  for (let l = start; l > 0; l--) {
    const below = above + ((2 * l + 1) / x) * here;
    above = here;
    here = below;
    if (l - 1 <= lMax) out[l - 1] = here;
    if (here > 1e250) {
      for (let k = Math.max(0, l - 1); k <= lMax; k++) out[k] *= 1e-250;
      above *= 1e-250;
      here *= 1e-250;
    }
  }
  const zeroth = x < 1e-4 ? 1 - x + (2 / 3) * x * x - (1 / 3) * x ** 3 : -Math.expm1(-2 * x) / (2 * x);
  const factor = zeroth / out[0];
  for (let l = 0; l <= lMax; l++) out[l] *= factor;
}
