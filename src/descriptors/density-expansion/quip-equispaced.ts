import { CholeskyDecomposition, Matrix, solve } from "ml-matrix";
import { NumericalError } from "../../errors.js";
import { scaledBesselI } from "../../math/bessel.js";
import { ChebyshevPanels } from "../../math/chebyshev.js";
import { erf } from "../../math/erf.js";
import { type RadialBasis, type RadialBasisParameters, Y00 } from "./basis.js";
import { gridEnd } from "./quip-grid.js";

/** Integral of two primitives times r² over [0, ∞): Gaussians of exponent α at a and b. */
function equispacedOverlap(alpha: number, a: number, b: number): number {
  const sum = a + b;
  const decay = Math.exp(-alpha * (a * a + b * b));
  const near = Math.exp((-alpha * (a - b) ** 2) / 2);
  return (
    (Math.SQRT2 * alpha ** 1.5 * sum * decay +
      alpha * Math.sqrt(Math.PI) * near * (1 + alpha * sum * sum) * (1 + erf(Math.sqrt(alpha / 2) * sum))) /
    Math.sqrt(128 * alpha ** 5)
  );
}

/**
 * Gaussians of the atomic width on an equispaced grid that starts at the origin; the radial function of a neighbor is interpolated
 * at the grid points and orthonormalised by the Cholesky factor of the overlap. QUIP's convention (Bartók, Kondor & Csányi, Phys.
 * Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115).
 */
export function equispacedGaussians(parameters: RadialBasisParameters): RadialBasis {
  const { nMax, lMax, sigma, range, factor } = parameters;
  const alpha = 0.5 / sigma ** 2;
  const end = gridEnd(parameters);
  const grid = Array.from({ length: nMax }, (_, k) => (k * end) / nMax);
  const interpolation = Matrix.zeros(nMax, nMax);
  const overlap = Matrix.zeros(nMax, nMax);
  for (let i = 0; i < nMax; i++) {
    for (let j = 0; j < nMax; j++) {
      interpolation.set(i, j, Math.exp(-alpha * (grid[i] - grid[j]) ** 2));
      overlap.set(i, j, equispacedOverlap(alpha, grid[i], grid[j]));
    }
  }
  const cholesky = new CholeskyDecomposition(overlap);
  if (!cholesky.isPositiveDefinite()) {
    throw new NumericalError("the equispaced-gaussian radial basis is linearly dependent in double precision: use a smaller nMax");
  }
  const lower = cholesky.lowerTriangularMatrix;
  const transform = solve(interpolation, lower);
  const bessel = new Float64Array(lMax + 1);
  const evaluate = (r: number): Float64Array => {
    const out = new Float64Array((lMax + 1) * nMax);
    for (let k = 0; k < nMax; k++) {
      const gauss = Math.exp(-alpha * (r - grid[k]) ** 2);
      scaledBesselI(lMax, 2 * alpha * r * grid[k], bessel);
      for (let l = 0; l <= lMax; l++) {
        const primitive = gauss * bessel[l] * factor(l);
        for (let n = 0; n < nMax; n++) out[l * nMax + n] += primitive * transform.get(k, n);
      }
    }
    return out;
  };
  const center = Float64Array.from({ length: nMax }, (_, n) => lower.get(0, n) * Y00 * factor(0));
  return { functions: new ChebyshevPanels(evaluate, (lMax + 1) * nMax, range, sigma), center };
}
