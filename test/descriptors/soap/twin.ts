// SOAP from its formulas, slow and plain: radial functions by quadrature instead of splines, harmonics from their definition, every
// feature as a sum over m. See docs/theory/soap.md for the equations.
import type { SoapParameters } from "../../../src/descriptors/index.js";
import { integrate, inverseSquareRoot, realHarmonics, scaledBessel } from "../../math/special-functions.js";
import type { Environments } from "../calculator.js";

/** q_nl(r) as [l][n], without weights. */
export type RadialFunctions = (r: number) => number[][];

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

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

/** Solution of a symmetric positive system. */
function solveWith(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const x = [...right];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i][k] * x[k];
    x[i] /= lower[i][i];
  }
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

export function radialFunctions(parameters: BasisParameters): RadialFunctions {
  return { gto: gtoFunctions, polynomial: polynomialFunctions, "equispaced-gaussian": equispacedFunctions }[parameters.basis](parameters);
}

function cutoffWeight({ cutoff }: SoapParameters, r: number): number {
  if (cutoff.function !== "cosine") return 1;
  if (r >= cutoff.radius) return 0;
  const t = (r - cutoff.radius + cutoff.width) / cutoff.width;
  return t <= 0 ? 1 : 0.5 * (1 + Math.cos(Math.PI * t));
}

function weight({ weighting }: SoapParameters, r: number): number {
  if (!weighting) return 1;
  const { c, d, m, r0 } = weighting;
  const x = r / r0;
  if (weighting.function === "poly") return x < 1 ? c * (1 + 2 * x ** 3 - 3 * x ** 2) ** m : 0;
  return c / (d + (weighting.function === "pow" ? x ** m : Math.exp(-x)));
}

/** Values of every center, and the features of one center from its coefficients. */
export class SoapTwin {
  private readonly radial: RadialFunctions;
  private readonly isQuip: boolean;

  /** @param parameters with all defaults filled in @param symbols of the species, in order of atomic number */
  constructor(
    private readonly parameters: SoapParameters,
    private readonly symbols: readonly string[],
  ) {
    this.isQuip = parameters.basis === "equispaced-gaussian";
    this.radial = radialFunctions(parameters);
  }

  values(environments: Environments): number[] {
    return environments.centerSpecies.flatMap((_, center) => this.features(this.coefficients(environments, center)));
  }

  /** c[species][n][lm] */
  private coefficients({ centerSpecies, offsets, neighborSpecies, displacements }: Environments, center: number): number[][][] {
    const { nMax, lMax } = this.parameters;
    const c = this.symbols.map(() => range(nMax).map(() => range((lMax + 1) ** 2).map(() => 0)));
    const addAtom = (species: number, r: number, direction: readonly number[], factor: number): void => {
      const [q, y] = [this.radial(r), realHarmonics(lMax, direction[0], direction[1], direction[2])];
      for (let l = 0; l <= lMax; l++) {
        for (let lm = l * l; lm < (l + 1) ** 2; lm++) for (let n = 0; n < nMax; n++) c[species][n][lm] += factor * q[l][n] * y[lm];
      }
    };
    if (centerSpecies[center] >= 0) addAtom(centerSpecies[center], 0, [0, 0, 1], this.centralWeight());
    for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) {
      const d = displacements.subarray(3 * pair, 3 * pair + 3);
      const r = Math.hypot(...d);
      const factor = cutoffWeight(this.parameters, r) * weight(this.parameters, r);
      if (factor !== 0) addAtom(neighborSpecies[pair], r, [...d].map((x) => x / r), factor);
    }
    return c;
  }

  private centralWeight(): number {
    return this.parameters.centralWeight ?? (this.isQuip ? 1 : weight(this.parameters, 0));
  }

  /** The factors of the power spectrum, [species][n][lm] each; null species or n: summed. */
  private factors(c: readonly number[][][]): { left: number[][][]; right: number[][][]; symmetric: boolean } {
    const { mode, nuR = 2, nuS = 2, speciesWeights } = this.parameters.compression;
    const sum = (rows: readonly number[][]): number[] => rows.reduce((a, b) => a.map((x, i) => x + b[i]));
    const overSpecies = (from: readonly number[][][]): number[][][] => {
      const scaled = from.map((rows, s) => rows.map((row) => row.map((x) => x * (speciesWeights?.[this.symbols[s]] ?? 1))));
      return [scaled[0].map((_, n) => sum(scaled.map((rows) => rows[n])))];
    };
    const keep = (species: boolean, radial: boolean): number[][][] => {
      const some = species ? c.map((rows) => rows) : overSpecies(c);
      return radial ? some : some.map((rows) => [sum(rows)]);
    };
    if (mode === "mu2") return { left: keep(false, true), right: keep(false, true), symmetric: true };
    if (mode === "mu1nu1") return { left: keep(true, true), right: keep(false, true), symmetric: false };
    if (mode === "nu") return { left: keep(nuS >= 1, nuR >= 1), right: keep(nuS === 2, nuR === 2), symmetric: nuR !== 1 && nuS !== 1 };
    return { left: keep(true, true), right: keep(true, true), symmetric: true };
  }

  private features(c: readonly number[][][]): number[] {
    const { left, right, symmetric } = this.factors(c);
    const values = this.isQuip ? this.quipOrder(left, right, symmetric) : this.dscribeOrder(left, right, symmetric);
    if (!this.parameters.normalize) return values;
    const norm = Math.hypot(...values);
    return norm === 0 ? values : values.map((x) => x / norm);
  }

  private dscribeOrder(left: readonly number[][][], right: readonly number[][][], symmetric: boolean): number[] {
    const values: number[] = [];
    left.forEach((rowsA, a) =>
      right.forEach((rowsB, b) => {
        if (symmetric && b < a) return;
        if (this.parameters.compression.mode === "crossover" && a !== b) return;
        for (let l = 0; l <= this.parameters.lMax; l++) {
          rowsA.forEach((rowA, n) =>
            rowsB.forEach((rowB, m) => {
              if (symmetric && a === b && m < n) return;
              values.push(Math.PI * Math.sqrt(8 / (2 * l + 1)) * dot(rowA, rowB, l));
            }),
          );
        }
      }),
    );
    return values;
  }

  private quipOrder(left: readonly number[][][], right: readonly number[][][], symmetric: boolean): number[] {
    const values: number[] = [];
    const channels = (rows: readonly number[][][]): { n: number; row: number[] }[] => rows.flatMap((some) => some.map((row, n) => ({ n, row })));
    channels(left).forEach(({ n, row: rowA }, a) =>
      channels(right).forEach(({ n: m, row: rowB }, b) => {
        if (symmetric && b > a) return;
        if (this.parameters.compression.mode === "diagonal-radial" && n !== m) return;
        const factor = symmetric && a !== b ? Math.SQRT2 : 1;
        for (let l = 0; l <= this.parameters.lMax; l++) values.push((factor * dot(rowA, rowB, l)) / Math.sqrt(2 * l + 1));
      }),
    );
    return values;
  }
}

/** Σ_m of one degree */
function dot(a: readonly number[], b: readonly number[], l: number): number {
  let sum = 0;
  for (let lm = l * l; lm < (l + 1) ** 2; lm++) sum += a[lm] * b[lm];
  return sum;
}
