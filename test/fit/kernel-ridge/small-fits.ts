// Small data for fits of kernel ridge regression, and what a plain solution makes of it.
import { CholeskyDecomposition, Matrix as Dense } from "ml-matrix";
import { createDescriptor } from "../../../src/descriptors/index.js";
import { describeStructures, learnFromData } from "../../../src/environments/index.js";
import type { KernelRidgeFit } from "../../../src/fit/index.js";
import { type KernelParameters, kernelValue } from "../../../src/kernels/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import type { Column } from "../../../src/structures/column.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { randomSource } from "../../linalg/dense.js";
import { makeStructure, randomStructure } from "../../models/systems.js";

type Terms = KernelRidgeFit["model"]["terms"][number];
export type TermInput = Omit<Terms, "descriptor"> & { readonly descriptor: Terms["descriptor"] & Readonly<Record<string, unknown>> };

export const soap = { type: "soap", basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.6, cutoff: { radius: 3.6, width: 0.8 } } as const;
export const gaussian: KernelParameters = { type: "squared-exponential", lengthScale: 0.8, delta: 1.2 };
export const mbtr = {
  type: "mbtr",
  k2: { geometry: "inverse-distance", grid: { min: 0, max: 0.8, n: 24, sigma: 0.06 }, weighting: { function: "exp", scale: 2, threshold: 1e-12 } },
} as const;

/** Structures of 3 to 6 atoms with energies and forces that depend on their distances, and two properties. */
export function smallData(count = 12, seed = 100, periodic = false): Dataset {
  const next = randomSource(seed);
  return Dataset.from(Array.from({ length: count }, (_, i) => withTargets(randomStructure(seed + i, 3 + (i % 4), periodic), `group ${i % 3}`, next())));
}

export function withTargets(structure: Structure, configType: string, noise: number): Structure {
  const { positions, atomicNumbers } = structure;
  let energy = 0;
  const forces = new Float64Array(positions.length);
  for (let i = 0; i < atomicNumbers.length; i++) {
    energy -= atomicNumbers[i] === 11 ? 1 : 2;
    for (let j = 0; j < i; j++) {
      const between = [0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * j + k]);
      const square = between.reduce((sum, value) => sum + value * value, 0);
      energy -= 2 / square;
      between.forEach((value, k) => {
        forces[3 * i + k] -= (4 * value) / square ** 2;
        forces[3 * j + k] += (4 * value) / square ** 2;
      });
    }
  }
  const property = (name: string, value: number): [string, Column] => [name, { name, unit: "1", per: "structure", width: 1, values: Float64Array.of(value) }];
  return { ...makeStructure(structure, { energy, forces }, configType), columns: new Map([property("size", atomicNumbers.length + 0.3 * noise), property("gap", Math.sin(energy))]) };
}

/** K_AB of two data sets for terms, as plain sums; each descriptor learns from `trained`. */
export async function plainKernels(executor: Executor, terms: readonly TermInput[], a: Dataset, b: Dataset, trained: Dataset): Promise<Dense> {
  const sum = Dense.zeros(a.nStructures, b.nStructures);
  for (const term of terms) {
    const [left, right] = [await plainRows(executor, term, a, trained), await plainRows(executor, term, b, trained)];
    const kernel = { delta: 1, ...term.kernel } as KernelParameters;
    const of = (x: readonly PlainRow[], y: readonly PlainRow[]): number => {
      let total = 0;
      for (const p of x) for (const q of y) if (term.pairs === "all" || p.kind === q.kind) total += kernelValue(kernel, p.values, q.values);
      return total;
    };
    const own = (rows: readonly PlainRow[]): number => (term.normalize ? Math.sqrt(of(rows, rows)) : 1);
    for (let i = 0; i < a.nStructures; i++) for (let j = 0; j < b.nStructures; j++) sum.set(i, j, sum.get(i, j) + of(left[i], right[j]) / (own(left[i]) * own(right[j])));
  }
  return sum;
}

interface PlainRow {
  readonly kind: number;
  readonly values: Float64Array;
}

/** Rows of every structure. */
export async function plainRows(executor: Executor, term: TermInput, dataset: Dataset, trained: Dataset): Promise<PlainRow[][]> {
  const species = trained.species();
  const descriptor = await learnFromData(executor, createDescriptor(term.descriptor as { type: string }), trained, { species });
  const rows: PlainRow[][] = Array.from({ length: dataset.nStructures }, () => []);
  for await (const { nRows, values, frames, atomicNumbers } of describeStructures(executor, descriptor, dataset, { species })) {
    const width = values.length / nRows;
    for (let row = 0; row < nRows; row++) {
      const isCenter = !term.centers || term.centers.includes(atomicNumbers[row] === 11 ? "Na" : "Cl");
      if (isCenter) rows[frames[row]].push({ kind: atomicNumbers[row], values: values.slice(row * width, (row + 1) * width) });
    }
  }
  return rows;
}

/** Of K + λ. */
function factorOf(kernels: Dense, lambda: number): CholeskyDecomposition {
  const shifted = Dense.add(kernels, Dense.eye(kernels.rows, kernels.rows).mul(lambda));
  return new CholeskyDecomposition(shifted.add(shifted.transpose()).mul(0.5));
}

/** (K + λ)⁻¹ y */
export function plainSolution(kernels: Dense, lambda: number, y: readonly number[]): number[] {
  return factorOf(kernels, lambda).solve(Dense.columnVector([...y])).to1DArray();
}

/** −½ yᵀ(K + λ)⁻¹y − ½ ln det (K + λ) − ½ n ln 2π */
export function plainEvidence(kernels: Dense, lambda: number, y: readonly number[]): number {
  const n = kernels.rows;
  const factor = factorOf(kernels, lambda).lowerTriangularMatrix.diagonal();
  const alpha = plainSolution(kernels, lambda, y);
  return -0.5 * alpha.reduce((sum, value, i) => sum + value * y[i], 0) - factor.reduce((sum, value) => sum + Math.log(value), 0) - 0.5 * n * Math.log(2 * Math.PI);
}
