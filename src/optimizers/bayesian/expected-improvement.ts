import { erf } from "../../math/erf.js";

/**
 * Logarithm of the expected improvement on `best` of a normal variable (minimisation): σ (φ(z) + z Φ(z)), z = (best − mean) / σ. Jones,
 * Schonlau & Welch 1998, doi:10.1023/A:1008306431147, eq. (15). The logarithm still tells hopeless points apart, where the improvement
 * itself would be 0 (Ament et al. 2023, arXiv:2310.20708).
 */
export function logExpectedImprovement(mean: number, variance: number, best: number): number {
  const sigma = Math.sqrt(variance);
  if (!(sigma > 0)) return best > mean ? Math.log(best - mean) : Number.NEGATIVE_INFINITY;
  const z = (best - mean) / sigma;
  const logDensity = -(z * z) / 2 - Math.log(2 * Math.PI) / 2;
  if (z < -3) return Math.log(sigma) + logDensity + Math.log1p(z * millsRatio(-z));
  const below = (z < 0 ? 1 - erf(-z / Math.SQRT2) : 1 + erf(z / Math.SQRT2)) / 2;
  return Math.log(sigma) + Math.log(Math.exp(logDensity) + z * below);
}

/** Φ(−x) / φ(x) for x ≥ 3 by its continued fraction 1/(x + 1/(x + 2/(x + …))). */
function millsRatio(x: number): number {
  let tail = 0;
  for (let k = 80; k > 0; k--) tail = k / (x + tail);
  return 1 / (x + tail);
}
