import { CholeskyDecomposition, EigenvalueDecomposition, Matrix, solve } from "ml-matrix";
import { NumericalError } from "../../errors.js";
import { scaledBesselI } from "../../math/bessel.js";
import { ChebyshevPanels } from "../../math/chebyshev.js";
import { erf } from "../../math/erf.js";
import type { SmoothFunctions } from "../../math/hermite-table.js";
import { gaussLegendre } from "../../math/quadrature.js";

/** Radial functions of a Gaussian neighbor: q_nl(r), without weights. */
export interface RadialBasis {
  /** q_nl(r) or a derivative as [l][n] */
  readonly functions: SmoothFunctions;
  /** what an atom at the center adds to the coefficients c_n00 */
  readonly center: Float64Array;
}

export interface RadialBasisParameters {
  readonly nMax: number;
  readonly lMax: number;
  /** Å */
  readonly sigma: number;
  /** Å: the nominal cutoff */
  readonly radius: number;
  /** Å: how far the functions are needed */
  readonly range: number;
}

const Y00 = 0.5 / Math.sqrt(Math.PI);

/** S^{−1/2}: symmetric (Löwdin) orthonormalisation. */
function inverseSquareRoot(overlap: Matrix, what: string): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(overlap, { assumeSymmetric: true });
  if (!realEigenvalues.every((value) => value > 0)) {
    throw new NumericalError(`the ${what} radial basis is linearly dependent in double precision: use a smaller nMax`);
  }
  const scaled = Matrix.mul(eigenvectorMatrix, Matrix.ones(overlap.rows, overlap.rows));
  scaled.mulRowVector(realEigenvalues.map((value) => 1 / Math.sqrt(value)));
  return scaled.mmul(eigenvectorMatrix.transpose());
}

/** Γ(l + 3/2) */
function gammaHalf(l: number): number {
  let value = Math.sqrt(Math.PI) / 2;
  for (let k = 1; k <= l; k++) value *= k + 0.5;
  return value;
}

/**
 * Gaussian-type orbitals r^l exp(−α_nl r²), α chosen so that function n of each l has decayed to 10⁻³ at a_n, n_max points from
 * 1 Å to the cutoff; overlap with the atomic Gaussian in closed form over all space. DScribe's convention: Himanen et al., Comput.
 * Phys. Commun. 247, 106949 (2020), doi:10.1016/j.cpc.2019.106949; factor √(π √(8/(2l+1))) per coefficient included.
 */
export function gaussianTypeOrbitals({ nMax, lMax, sigma, radius }: RadialBasisParameters): RadialBasis {
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
    const factor = Math.sqrt(Math.PI * Math.sqrt(8 / (2 * l + 1)));
    decays.push(alpha.map((value) => (value * eta) / (value + eta)));
    weights.push(
      Float64Array.from({ length: nMax * nMax }, (_, i) => {
        const [k, n] = [Math.floor(i / nMax), i % nMax];
        const p = alpha[k] + eta;
        return factor * (Math.PI / p) ** 1.5 * (eta / p) ** l * transform.get(n, k);
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
export function polynomialBasis({ nMax, lMax, sigma, radius, range }: RadialBasisParameters): RadialBasis {
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
      const factor = Math.sqrt(Math.PI * Math.sqrt(8 / (2 * l + 1)));
      for (let n = 0; n < nMax; n++) out[l * nMax + n] *= factor;
    }
    return out;
  };
  const functions = new ChebyshevPanels(evaluate, (lMax + 1) * nMax, range, sigma);
  return { functions, center: evaluate(0).slice(0, nMax).map((q) => q * Y00) };
}

/** Gaussians reach this many decades below one at the end of QUIP's radial grid. */
const BASIS_ERROR_EXPONENT = 10;

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
 * Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115); the factor (2l+1)^{−1/4} per coefficient is included.
 */
export function equispacedGaussians({ nMax, lMax, sigma, radius, range }: RadialBasisParameters): RadialBasis {
  const alpha = 0.5 / sigma ** 2;
  const end = radius + sigma * Math.sqrt(2 * BASIS_ERROR_EXPONENT * Math.LN10);
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
        const primitive = gauss * bessel[l] * (2 * l + 1) ** -0.25;
        for (let n = 0; n < nMax; n++) out[l * nMax + n] += primitive * transform.get(k, n);
      }
    }
    return out;
  };
  const center = Float64Array.from({ length: nMax }, (_, n) => lower.get(0, n) * Y00);
  return { functions: new ChebyshevPanels(evaluate, (lMax + 1) * nMax, range, sigma), center };
}

export const radialBases = {
  gto: gaussianTypeOrbitals,
  polynomial: polynomialBasis,
  "equispaced-gaussian": equispacedGaussians,
} as const;
