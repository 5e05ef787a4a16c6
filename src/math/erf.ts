/**
 * Error function for x ≥ 0 to double precision: below 2.5 the series e^{−x²} Σ 2^k x^{2k+1} / (2k+1)!!, whose terms are all
 * positive, above it the continued fraction.
 */
export function erf(x: number): number {
  const factor = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return 2 * factor * sum;
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction);
  return 1 - factor / (x + fraction);
}
