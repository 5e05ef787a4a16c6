import { NumericalError } from "../../errors.js";
import { scaledBesselI } from "../../math/bessel.js";
import { ChebyshevPanels } from "../../math/chebyshev.js";
import { gaussLegendre } from "../../math/quadrature.js";
import { type RadialBasis, type RadialBasisParameters, Y00 } from "./basis.js";

/** Points of the radial grid for each function. */
const POINTS_PER_FUNCTION = 3;
/** What is left of a function beside those before it, at least. */
const INDEPENDENT = 1e-12;

/** Å: where QUIP's radial grid ends. */
export function gridEnd({ radius, sigma, gridDecades }: RadialBasisParameters): number {
  return radius + sigma * Math.sqrt(2 * gridDecades * Math.LN10);
}

/**
 * Polynomials (R − r)^{n+2}, n = 1 … nMax, R the end of the grid, the same for every l; QUIP's `radial_basis=POLY`.
 */
export function polynomialsOnGrid(parameters: RadialBasisParameters): RadialBasis {
  const end = gridEnd(parameters);
  const primitive = (n: number, r: number): number => (1 - r / end) ** (n + 2);
  const fit = leastSquaresFit(parameters, primitive, "quip-polynomial");
  return basisOf(parameters, () => fit);
}

/**
 * r^l exp(−a_nl r²), n = 1 … nMax, a_nl so that a function has decayed to 10⁻³ at n R / nMax, R the end of the grid; QUIP's
 * `radial_basis=GTO`.
 */
export function orbitalsOnGrid(parameters: RadialBasisParameters): RadialBasis {
  const { nMax, lMax } = parameters;
  const end = gridEnd(parameters);
  const fits = Array.from({ length: lMax + 1 }, (_, l) => {
    const primitive = (n: number, r: number): number => {
      const decayed = (n * end) / nMax;
      const exponent = (Math.log(1e3) + l * Math.log(decayed)) / decayed ** 2;
      if (!(exponent > 0)) {
        throw new NumericalError(`the quip-gto radial basis grows instead of decaying for lMax ${lMax} and nMax ${nMax}: use smaller ones`);
      }
      return r ** l * Math.exp(-exponent * r * r);
    };
    return leastSquaresFit(parameters, primitive, "quip-gto");
  });
  return basisOf(parameters, (l) => fits[l]);
}

/**
 * The map from the radial part of an atom's Gaussian at the points of the grid to its coefficients: the least-squares fit by functions that
 * are orthonormal on [0, R] with the measure r². They are orthonormalised one after the other, as by the Cholesky factor of their overlap.
 * @returns [n][point]
 */
function leastSquaresFit(parameters: RadialBasisParameters, primitive: (n: number, r: number) => number, name: string): Float64Array[] {
  const { nMax } = parameters;
  const { nodes, weights } = gaussLegendre(Math.max(100, 20 * nMax), 0, gridEnd(parameters));
  const grid = gridOf(parameters);
  const index = Array.from({ length: nMax }, (_, n) => n);
  const onGrid = index.map((n) => Float64Array.from(grid, (r) => primitive(n + 1, r)));
  orthonormalize(index.map((n) => nodes.map((r, k) => Math.sqrt(weights[k]) * r * primitive(n + 1, r))), onGrid, name);
  const combinations = index.map((n) => Float64Array.from(index, (k) => Number(k === n)));
  const directions = onGrid.map((values) => values.slice());
  orthonormalize(directions, combinations, name);
  return index.map((n) => Float64Array.from(grid, (_, g) => directions.reduce((sum, direction, k) => sum + combinations[k][n] * direction[g], 0)));
}

/** Gram–Schmidt in place, in order, with the same combinations of other rows. */
function orthonormalize(rows: readonly Float64Array[], others: readonly Float64Array[], name: string): void {
  const subtract = (from: Float64Array, factor: number, row: Float64Array): void => row.forEach((x, i) => (from[i] -= factor * x));
  rows.forEach((row, n) => {
    const length = Math.hypot(...row);
    // twice, for orthogonality to the last digit
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < n; k++) {
        const overlap = row.reduce((sum, x, i) => sum + x * rows[k][i], 0);
        subtract(row, overlap, rows[k]);
        subtract(others[n], overlap, others[k]);
      }
    }
    const norm = Math.hypot(...row);
    if (!(norm > INDEPENDENT * length)) throw new NumericalError(`the ${name} radial basis is linearly dependent in double precision: use a smaller nMax`);
    for (const all of [row, others[n]]) all.forEach((x, i) => (all[i] = x / norm));
  });
}

function gridOf(parameters: RadialBasisParameters): number[] {
  const count = POINTS_PER_FUNCTION * parameters.nMax;
  return Array.from({ length: count }, (_, g) => (g * gridEnd(parameters)) / count);
}

/** Radial functions of an atom from their values at the points of the grid. */
function basisOf(parameters: RadialBasisParameters, fitOf: (l: number) => readonly Float64Array[]): RadialBasis {
  const { nMax, lMax, sigma, range, factor } = parameters;
  const alpha = 0.5 / sigma ** 2;
  const grid = gridOf(parameters);
  const bessel = new Float64Array(lMax + 1);
  const evaluate = (r: number): Float64Array => {
    const out = new Float64Array((lMax + 1) * nMax);
    grid.forEach((x, g) => {
      const gauss = Math.exp(-alpha * (r - x) ** 2);
      scaledBesselI(lMax, 2 * alpha * r * x, bessel);
      for (let l = 0; l <= lMax; l++) {
        const value = gauss * bessel[l] * factor(l);
        const fit = fitOf(l);
        for (let n = 0; n < nMax; n++) out[l * nMax + n] += value * fit[n][g];
      }
    });
    return out;
  };
  const functions = new ChebyshevPanels(evaluate, (lMax + 1) * nMax, range, sigma);
  return { functions, center: evaluate(0).slice(0, nMax).map((q) => q * Y00) };
}
