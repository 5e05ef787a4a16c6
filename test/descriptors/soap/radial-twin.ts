// Radial functions of a density of Gaussians from their definitions: integrals by quadrature, small dense algebra.
import type { SoapParameters } from "../../../src/descriptors/index.js";
import { integrate, inverseSquareRoot, scaledBessel } from "../../math/special-functions.js";

/** q_nl(r) as [l][n], without weights. */
export type RadialFunctions = (r: number) => number[][];

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** ∫ g(x) x² of the density of an atom at r, projected on degree l; the factor of the power spectrum is not included. */
function projection(g: (x: number) => number, l: number, r: number, eta: number, end: number): number {
  const integrand = (x: number): number => g(x) * x * x * Math.exp(-eta * (x - r) ** 2) * scaledBessel(l, 2 * eta * x * r);
  return 4 * Math.PI * integrate(integrand, 0, end, 160);
}

type BasisParameters = Pick<SoapParameters, "basis" | "nMax" | "lMax" | "sigma" | "cutoff">;

function gtoFunctions({ nMax, lMax, sigma, cutoff: { radius } }: BasisParameters): RadialFunctions {
  const eta = 0.5 / sigma ** 2;
  const end = radius + 12 * sigma + 8;
  const bases = range(lMax + 1).map((l) => {
    const primitives = range(nMax).map((n) => {
      const a = nMax === 1 ? radius : 1 + (n * (radius - 1)) / (nMax - 1);
      const alpha = -Math.log(1e-3 / a ** l) / a ** 2;
      return (x: number): number => x ** l * Math.exp(-alpha * x * x);
    });
    const overlap = primitives.map((f) => primitives.map((g) => integrate((x) => f(x) * g(x) * x * x, 0, 60, 600)));
    return { primitives, transform: inverseSquareRoot(overlap) };
  });
  return (r) =>
    bases.map(({ primitives, transform }, l) => {
      const projected = primitives.map((g) => projection(g, l, r, eta, end));
      return transform.map((row) => row.reduce((sum, weight, k) => sum + weight * projected[k], 0));
    });
}

function polynomialFunctions({ nMax, lMax, sigma, cutoff: { radius } }: BasisParameters): RadialFunctions {
  const eta = 0.5 / sigma ** 2;
  const primitives = range(nMax).map((n) => (x: number): number => (radius - x) ** (n + 3));
  const overlap = primitives.map((f) => primitives.map((g) => integrate((x) => f(x) * g(x) * x * x, 0, radius, 100)));
  const transform = inverseSquareRoot(overlap);
  return (r) =>
    range(lMax + 1).map((l) => {
      const projected = primitives.map((g) => projection(g, l, r, eta, radius));
      return transform.map((row) => row.reduce((sum, weight, k) => sum + weight * projected[k], 0));
    });
}

/** Cholesky factor, lower. */
function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j];
      for (let k = 0; k < j; k++) sum -= lower[i][k] * lower[j][k];
      lower[i][j] = i === j ? Math.sqrt(sum) : sum / lower[j][j];
    }
  }
  return lower;
}

/** Solution of a lower triangular system. */
function forward(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const x = [...right];
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i][k] * x[k];
    x[i] /= lower[i][i];
  }
  return x;
}

/** Solution of a symmetric positive system. */
function solveWith(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const x = forward(lower, right);
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= lower[k][i] * x[k];
    x[i] /= lower[i][i];
  }
  return x;
}

function equispacedFunctions({ nMax, lMax, sigma, cutoff: { radius } }: BasisParameters): RadialFunctions {
  const alpha = 0.5 / sigma ** 2;
  const end = radius + sigma * Math.sqrt(20 * Math.LN10);
  const grid = range(nMax).map((k) => (k * end) / nMax);
  const gauss = (x: number): number => Math.exp(-alpha * x * x);
  const overlap = grid.map((a) => grid.map((b) => integrate((x) => gauss(x - a) * gauss(x - b) * x * x, 0, end + 12 * sigma, 300)));
  const lower = cholesky(overlap);
  const interpolation = cholesky(grid.map((a) => grid.map((b) => gauss(a - b))));
  return (r) =>
    range(lMax + 1).map((l) => {
      // coefficients of the primitives that interpolate the radial part of the atom's Gaussian at the grid points
      const primitives = solveWith(interpolation, grid.map((x) => gauss(x - r) * scaledBessel(l, 2 * alpha * x * r)));
      return range(nMax).map((n) => range(nMax).reduce((sum, k) => sum + primitives[k] * lower[k][n], 0));
    });
}

/** QUIP's least-squares fits: (B L^−T) q = F at three points for each function. */
function fittedFunctions({ nMax, lMax, sigma, cutoff: { radius } }: BasisParameters, primitive: (n: number, l: number, end: number) => (x: number) => number): RadialFunctions {
  const alpha = 0.5 / sigma ** 2;
  const end = radius + sigma * Math.sqrt(20 * Math.LN10);
  const grid = range(3 * nMax).map((g) => (g * end) / (3 * nMax));
  const fits = range(lMax + 1).map((l) => {
    const primitives = range(nMax).map((n) => primitive(n + 1, l, end));
    const lower = cholesky(primitives.map((f) => primitives.map((g) => integrate((x) => f(x) * g(x) * x * x, 0, end, 300))));
    // rows of L^−1: the orthonormal functions
    const functions = range(nMax).map((n) => (x: number): number => forward(lower, primitives.map((f) => f(x)))[n]);
    const design = grid.map((x) => functions.map((f) => f(x)));
    const normal = cholesky(range(nMax).map((i) => range(nMax).map((j) => design.reduce((sum, row) => sum + row[i] * row[j], 0))));
    return { design, normal };
  });
  return (r) =>
    fits.map(({ design, normal }, l) => {
      const values = grid.map((x) => Math.exp(-alpha * (x - r) ** 2) * scaledBessel(l, 2 * alpha * x * r));
      return solveWith(normal, range(nMax).map((n) => design.reduce((sum, row, g) => sum + row[n] * values[g], 0)));
    });
}

function quipOrbital(n: number, l: number, end: number, nMax: number): (x: number) => number {
  const decayed = (n * end) / nMax;
  return (x) => x ** l * Math.exp((x / decayed) ** 2 * (Math.log(0.001) - l * Math.log(decayed)));
}

function librascalFunctions({ nMax, lMax, sigma, cutoff: { radius } }: BasisParameters): RadialFunctions {
  const eta = 0.5 / sigma ** 2;
  const widths = range(nMax).map((n) => (radius * Math.max(Math.sqrt(n), 1)) / nMax);
  const primitives = widths.map((s, n) => (x: number): number => x ** n * Math.exp(-0.5 * (x / s) ** 2));
  const product = (f: (x: number) => number, g: (x: number) => number): number => integrate((x) => f(x) * g(x) * x * x, 0, 60, 600);
  const norms = primitives.map((f) => Math.sqrt(product(f, f)));
  const transform = inverseSquareRoot(primitives.map((f, i) => primitives.map((g, j) => product(f, g) / norms[i] / norms[j])));
  return (r) =>
    range(lMax + 1).map((l) => {
      const projected = primitives.map((g, n) => projection(g, l, r, eta, radius + 12 * sigma) / norms[n] / (4 * Math.PI ** 1.5));
      return transform.map((row) => row.reduce((sum, weight, k) => sum + weight * projected[k], 0));
    });
}

/** At the points and weights of a quadrature rule with three points. */
function dvrFunctions({ nMax, lMax, sigma, cutoff: { radius } }: BasisParameters): RadialFunctions {
  if (nMax !== 3) throw new Error("the twin of librascal-dvr has three points");
  const eta = 0.5 / sigma ** 2;
  const half = 0.5 * (radius + 3 * sigma);
  const points = [-1, 0, 1].map((side) => ({ x: half * (1 + side * Math.sqrt(0.6)), weight: (half * (side === 0 ? 8 : 5)) / 9 }));
  return (r) =>
    range(lMax + 1).map((l) => points.map(({ x, weight }) => Math.sqrt(weight) * x * Math.exp(-eta * (x - r) ** 2) * scaledBessel(l, 2 * eta * x * r)));
}

const bases: Readonly<Record<SoapParameters["basis"], (parameters: BasisParameters) => RadialFunctions>> = {
  gto: gtoFunctions,
  polynomial: polynomialFunctions,
  "equispaced-gaussian": equispacedFunctions,
  "quip-gto": (parameters) => fittedFunctions(parameters, (n, l, end) => quipOrbital(n, l, end, parameters.nMax)),
  "quip-polynomial": (parameters) => fittedFunctions(parameters, (n, _, end) => (x) => (1 - x / end) ** (n + 2)),
  "librascal-gto": librascalFunctions,
  "librascal-dvr": dvrFunctions,
};

export function radialFunctions(parameters: BasisParameters): RadialFunctions {
  return bases[parameters.basis](parameters);
}
