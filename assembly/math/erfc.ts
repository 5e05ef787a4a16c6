/** √π */
const ROOT_PI: f64 = 1.772453850905516;
/** Terms of the continued fraction: at 2.5, where it converges slowest, the rest is below 10⁻¹⁶. */
const TERMS: i32 = 60;

/**
 * 1 − erf(x) for x ≥ 0, good to 2·10⁻¹⁶ absolutely: the series e^{−x²} Σ 2^k x^{2k+1} / (2k+1)!!, whose terms are all positive; from 2.5 on
 * the continued fraction, evaluated from its front with one division.
 */
export function erfc(x: f64): f64 {
  const gauss = Math.exp(-x * x) / ROOT_PI;
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (2 * x * x) / <f64>(2 * k + 1);
      sum += term;
    }
    return 1 - 2 * gauss * sum;
  }
  // convergents of x + ½/(x + (2/2)/(x + (3/2)/…))
  let before = 1.0;
  let numerator = x;
  let beneath = 0.0;
  let denominator = 1.0;
  for (let k = 1; k <= TERMS; k++) {
    const half = 0.5 * <f64>k;
    const above = x * numerator + half * before;
    const below = x * denominator + half * beneath;
    before = numerator;
    numerator = above;
    beneath = denominator;
    denominator = below;
  }
  return (gauss * denominator) / numerator;
}
