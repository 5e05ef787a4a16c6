import { Matrix } from "ml-matrix";
import { scaledBesselI } from "../../math/bessel.js";
import { ChebyshevPanels } from "../../math/chebyshev.js";
import { gaussLegendre } from "../../math/quadrature.js";
import { inverseSquareRoot, type RadialBasis, type RadialBasisParameters, Y00 } from "./basis.js";

/** Γ(l + 3/2) */
function gammaHalf(l: number): number {
  let value = Math.sqrt(Math.PI) / 2;
  for (let k = 1; k <= l; k++) value *= k + 0.5;
  return value;
}

/**
 * Gaussian-type orbitals r^l exp(−α_nl r²), α chosen so that function n of each l has decayed to 10⁻³ at a_n, n_max points from
 * 1 Å to the cutoff; overlap with the atomic Gaussian in closed form over all space. DScribe's convention: Himanen et al., Comput.
 * Phys. Commun. 247, 106949 (2020), doi:10.1016/j.cpc.2019.106949.
 */
export function gaussianTypeOrbitals({ nMax, lMax, sigma, radius, factor }: RadialBasisParameters): RadialBasis {
  const eta = 0.5 / sigma ** 2;
  const threshold = 1e-3;
  const decays: Float64Array[] = [];
  // [l][primitive][n]
  const weights: Float64Array[] = [];
  for (let l = 0; l <= lMax; l++) {
    const alpha = Float64Array.from({ length: nMax }, (_, n) => {
      const a = nMax === 1 ? radius : 1 + (n * (radius - 1)) / (nMax - 1);
      return -Math.log(threshold / a ** l) / a ** 2;
    });
    const overlap = Matrix.zeros(nMax, nMax);
    for (let i = 0; i < nMax; i++) {
      for (let j = 0; j < nMax; j++) overlap.set(i, j, 0.5 * gammaHalf(l) * (alpha[i] + alpha[j]) ** -(l + 1.5));
    }
    const transform = inverseSquareRoot(overlap, "gto");
    const ofDegree = factor(l);
    decays.push(alpha.map((value) => (value * eta) / (value + eta)));
    weights.push(
      Float64Array.from({ length: nMax * nMax }, (_, i) => {
        const [k, n] = [Math.floor(i / nMax), i % nMax];
        const p = alpha[k] + eta;
        return ofDegree * (Math.PI / p) ** 1.5 * (eta / p) ** l * transform.get(n, k);
      }),
    );
  }
  const evaluate = (r: number, derivative: 0 | 1 | 2, out: Float64Array): void => {
    out.fill(0);
    for (let l = 0; l <= lMax; l++) {
      const ofDegree = weights[l];
      for (let k = 0; k < nMax; k++) {
        const kappa = decays[l][k];
        const primitive = Math.exp(-kappa * r * r) * orbitalDerivative(l, kappa, r, derivative);
        for (let n = 0; n < nMax; n++) out[l * nMax + n] += ofDegree[k * nMax + n] * primitive;
      }
    }
  };
  const atCenter = new Float64Array((lMax + 1) * nMax);
  evaluate(0, 0, atCenter);
  return { functions: { evaluate }, center: atCenter.slice(0, nMax).map((q) => q * Y00) };
}

/** exp(κr²) times a derivative of r^l exp(−κr²) */
function orbitalDerivative(l: number, kappa: number, r: number, derivative: 0 | 1 | 2): number {
  if (derivative === 0) return r ** l;
  if (derivative === 1) return (l > 0 ? l * r ** (l - 1) : 0) - 2 * kappa * r ** (l + 1);
  return (l > 1 ? l * (l - 1) * r ** (l - 2) : 0) - 2 * kappa * (2 * l + 1) * r ** l + 4 * kappa ** 2 * r ** (l + 2);
}

/**
 * Polynomials (r_cut − r)^{n+2}, orthonormalised (Löwdin), integrated numerically to the cutoff; DScribe's convention (see
 * `gaussianTypeOrbitals`).
 */
export function polynomialBasis({ nMax, lMax, sigma, radius, range, factor }: RadialBasisParameters): RadialBasis {
  const eta = 0.5 / sigma ** 2;
  const overlap = Matrix.zeros(nMax, nMax);
  for (let i = 1; i <= nMax; i++) {
    for (let j = 1; j <= nMax; j++) {
      overlap.set(i - 1, j - 1, (2 * radius ** (i + j + 7)) / ((i + j + 5) * (i + j + 6) * (i + j + 7)));
    }
  }
  const transform = inverseSquareRoot(overlap, "polynomial");
  const points = Math.max(100, Math.ceil((20 * radius) / sigma));
  const { nodes, weights } = gaussLegendre(points, 0, radius);
  // g_n(r_k) r_k² w_k 4π, by point
  const projections = Array.from(nodes, (r, k) =>
    Float64Array.from({ length: nMax }, (_, n) => {
      let g = 0;
      for (let j = 0; j < nMax; j++) g += transform.get(n, j) * (radius - r) ** (j + 3);
      return g * r * r * weights[k] * 4 * Math.PI;
    }),
  );
  const bessel = new Float64Array(lMax + 1);
  const evaluate = (r: number): Float64Array => {
    const out = new Float64Array((lMax + 1) * nMax);
    for (let k = 0; k < points; k++) {
      const x = nodes[k];
      const gauss = Math.exp(-eta * (x - r) ** 2);
      scaledBesselI(lMax, 2 * eta * x * r, bessel);
      for (let l = 0; l <= lMax; l++) {
        for (let n = 0; n < nMax; n++) out[l * nMax + n] += projections[k][n] * gauss * bessel[l];
      }
    }
    for (let l = 0; l <= lMax; l++) {
      const ofDegree = factor(l);
      for (let n = 0; n < nMax; n++) out[l * nMax + n] *= ofDegree;
    }
    return out;
  };
  const functions = new ChebyshevPanels(evaluate, (lMax + 1) * nMax, range, sigma);
  return { functions, center: evaluate(0).slice(0, nMax).map((q) => q * Y00) };
}
