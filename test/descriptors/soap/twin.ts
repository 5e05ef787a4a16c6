// SOAP from its formulas, slow and plain: radial functions by quadrature instead of splines, harmonics from their definition, every
// feature as a sum over m. See docs/theory/soap.md for the equations.
import type { SoapParameters } from "../../../src/descriptors/index.js";
import { realHarmonics } from "../../math/special-functions.js";
import type { Environments } from "../calculator.js";
import { radialFunctions, type RadialFunctions, range } from "./radial-twin.js";

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
  private readonly program: "dscribe" | "quip" | "librascal";

  /** @param parameters with all defaults filled in @param symbols of the species, in order of atomic number */
  constructor(
    private readonly parameters: SoapParameters,
    private readonly symbols: readonly string[],
  ) {
    const { basis } = parameters;
    this.program = basis.startsWith("librascal") ? "librascal" : basis === "gto" || basis === "polynomial" ? "dscribe" : "quip";
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
    const references = this.parameters.centralReference === "all" ? range(this.symbols.length) : [centerSpecies[center]];
    if (centerSpecies[center] >= 0) for (const species of references) addAtom(species, 0, [0, 0, 1], this.centralWeight());
    for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) {
      const d = displacements.subarray(3 * pair, 3 * pair + 3);
      const r = Math.hypot(...d);
      const factor = cutoffWeight(this.parameters, r) * weight(this.parameters, r);
      if (factor !== 0) addAtom(neighborSpecies[pair], r, [...d].map((x) => x / r), factor);
    }
    return c;
  }

  private centralWeight(): number {
    return this.parameters.centralWeight ?? (this.program === "dscribe" ? weight(this.parameters, 0) : 1);
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
    const order = { dscribe: this.dscribeOrder, quip: this.quipOrder, librascal: this.librascalOrder }[this.program];
    const values = order.call(this, left, right, symmetric);
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

  private librascalOrder(left: readonly number[][][], right: readonly number[][][], symmetric: boolean): number[] {
    const degrees = range(this.parameters.lMax + 1);
    return left.flatMap((rowsA, a) =>
      right.flatMap((rowsB, b) => {
        if (symmetric && (b < a || (b !== a && this.parameters.compression.mode === "crossover"))) return [];
        const factor = symmetric && a !== b ? Math.SQRT2 : 1;
        return rowsA.flatMap((rowA) => rowsB.flatMap((rowB) => degrees.map((l) => (factor * dot(rowA, rowB, l)) / Math.sqrt(2 * l + 1))));
      }),
    );
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
