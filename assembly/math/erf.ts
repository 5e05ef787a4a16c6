/**
 * Error function for x ≥ 0 to double precision: below 2.5 the series e^{−x²} Σ 2^k x^{2k+1} / (2k+1)!!, whose terms are all positive,
 * above it the continued fraction.
 */
export function erf(x: f64): f64 {
  const factor = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (2 * x * x) / <f64>(2 * k + 1);
      sum += term;
    }
    return 2 * factor * sum;
  }
  let fraction: f64 = 0;
  for (let k = 60; k > 0; k--) fraction = (0.5 * <f64>k) / (x + fraction);
  return 1 - factor / (x + fraction);
}
