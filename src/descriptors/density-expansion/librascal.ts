import { Matrix } from "ml-matrix";
import { scaledBesselI } from "../../math/bessel.js";
import { ChebyshevPanels } from "../../math/chebyshev.js";
import { gaussLegendre } from "../../math/quadrature.js";
import { inverseSquareRoot, type RadialBasis, type RadialBasisParameters, Y00 } from "./basis.js";

/** Widths beyond an atom at the cutoff where its Gaussian no longer counts, and those that the grid of `dvr` reaches. */
const REACH = 9;
const DVR_REACH = 3;

/**
 * r^n exp(−r² / 2s_n²), n = 0 … nMax − 1, s_n = r_cut max(√n, 1) / nMax, the same for every l; orthonormal over all space with the measure r²
 * (Löwdin). librascal's convention: Musil et al., J. Chem. Phys. 154, 114109 (2021), doi:10.1063/5.0044689.
 */
export function librascalOrbitals(parameters: RadialBasisParameters): RadialBasis {
  const { nMax, sigma, radius } = parameters;
  const decays = Array.from({ length: nMax }, (_, n) => 0.5 * (nMax / (radius * Math.max(Math.sqrt(n), 1))) ** 2);
  const norms = decays.map((b, n) => Math.sqrt(2 / (gammaOfHalf(2 * n + 3) * (2 * b) ** -(n + 1.5))));
  const overlap = Matrix.zeros(nMax, nMax);
  for (let i = 0; i < nMax; i++) {
    for (let j = 0; j < nMax; j++) {
      const half = 0.5 * (i + j + 3);
      overlap.set(i, j, 0.5 * norms[i] * norms[j] * gammaOfHalf(i + j + 3) * (decays[i] + decays[j]) ** -half);
    }
  }
  const transform = inverseSquareRoot(overlap, "librascal-gto");
  const end = radius + REACH * sigma;
  const { nodes, weights } = gaussLegendre(Math.max(100, Math.ceil((20 * end) / sigma)), 0, end);
  const projections = Array.from(nodes, (r, k) => {
    const primitives = decays.map((b, n) => norms[n] * r ** n * Math.exp(-b * r * r));
    return Float64Array.from({ length: nMax }, (_, n) => {
      const value = primitives.reduce((sum, primitive, j) => sum + transform.get(n, j) * primitive, 0);
      return (value * r * r * weights[k]) / Math.sqrt(Math.PI);
    });
  });
  return basisOf(parameters, nodes, projections);
}

/**
 * Discrete variable representation: the density at nMax Gauss–Legendre points on [0, r_cut + 3σ], times √weight and distance. librascal's
 * convention, see `librascalOrbitals`.
 */
export function librascalPoints(parameters: RadialBasisParameters): RadialBasis {
  const { nMax, sigma, radius } = parameters;
  const { nodes, weights } = gaussLegendre(nMax, 0, radius + DVR_REACH * sigma);
  const projections = Array.from(nodes, (x, k) => Float64Array.from({ length: nMax }, (_, n) => (n === k ? Math.sqrt(weights[k]) * x : 0)));
  return basisOf(parameters, nodes, projections);
}

/** Γ(k / 2) */
function gammaOfHalf(k: number): number {
  let value = k % 2 === 0 ? 1 : Math.sqrt(Math.PI);
  for (let x = k - 2; x > 0; x -= 2) value *= 0.5 * x;
  return value;
}

/** Σ_k projection_kn exp(−(x_k² + r²) / 2σ²) i_l(x_k r / σ²) */
function basisOf({ nMax, lMax, sigma, range, factor }: RadialBasisParameters, nodes: Float64Array, projections: readonly Float64Array[]): RadialBasis {
  const eta = 0.5 / sigma ** 2;
  const bessel = new Float64Array(lMax + 1);
  const evaluate = (r: number): Float64Array => {
    const out = new Float64Array((lMax + 1) * nMax);
    projections.forEach((projection, k) => {
      const gauss = Math.exp(-eta * (nodes[k] - r) ** 2);
      scaledBesselI(lMax, 2 * eta * nodes[k] * r, bessel);
      for (let l = 0; l <= lMax; l++) {
        const value = gauss * bessel[l] * factor(l);
        for (let n = 0; n < nMax; n++) out[l * nMax + n] += value * projection[n];
      }
    });
    return out;
  };
  const functions = new ChebyshevPanels(evaluate, (lMax + 1) * nMax, range, sigma);
  return { functions, center: evaluate(0).slice(0, nMax).map((q) => q * Y00) };
}
