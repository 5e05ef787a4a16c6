// The solution of a fit in plain steps, to compare with: rows by prediction, the regularised problem by QR in ml-matrix.
import { CholeskyDecomposition, Matrix, QrDecomposition } from "ml-matrix";
import type { FitOptions } from "../../src/fit/index.js";
import { kernelValue } from "../../src/kernels/index.js";
import { evaluateDataset, SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Dataset, Structure } from "../../src/structures/index.js";

/** eV, of the models that are compared */
export const isolatedAtomEnergies = { Na: -1.5, Cl: -2.25 };

/** Coefficients of all terms, one after the other. */
export const coefficientsOf = (fitted: SparseGpModel): number[] => fitted.terms.flatMap((term) => [...term.coefficients]);

/** σ of the values of one target of a structure, in place of those by the options; infinite: the value is left out. */
export type OwnSigma = (structure: Structure, target: "energy" | "forces" | "virial", usual: readonly number[]) => readonly number[];

/** c that minimises |A c − b|² + cᵀ K c, by QR of [A; Lᵀ] in ml-matrix. */
export async function plainCoefficients(executor: Executor, fitted: SparseGpModel, options: FitOptions, data: Dataset, own?: OwnSigma): Promise<number[]> {
  const { rows, targets } = await plainSystem(executor, fitted, options, data, own);
  return solvePlain(rows, targets, plainPrior(fitted, options));
}

/** AᵀA + K: the inverse covariance of the coefficients. */
export async function plainPrecision(executor: Executor, fitted: SparseGpModel, options: FitOptions, data: Dataset): Promise<Matrix> {
  const all = new Matrix([...(await plainSystem(executor, fitted, options, data)).rows, ...plainPrior(fitted, options)]);
  return all.transpose().mmul(all);
}

/** Lᵀ of K = L Lᵀ: rows that stand for the prior. */
export function plainPrior(fitted: SparseGpModel, options: FitOptions): number[][] {
  const nColumns = fitted.terms.reduce((sum, term) => sum + term.coefficients.length, 0);
  const prior = Matrix.zeros(nColumns, nColumns);
  let first = 0;
  for (const { descriptor, kernel, sparsePoints, coefficients } of fitted.terms) {
    const nFeatures = descriptor.featureCount(fitted.species);
    for (let i = 0; i < coefficients.length; i++) {
      for (let j = 0; j < coefficients.length; j++) {
        const [x, y] = [i, j].map((s) => sparsePoints.subarray(s * nFeatures, (s + 1) * nFeatures));
        const value = kernelValue(kernel, x, y, descriptor.weighsRows);
        const jitter = typeof options.jitter === "number" ? options.jitter : options.jitter.relative * value;
        prior.set(first + i, first + j, value + (i === j ? jitter : 0));
      }
    }
    first += coefficients.length;
  }
  return new CholeskyDecomposition(prior).lowerTriangularMatrix.transpose().to2DArray();
}

/** c that minimises the squares of rows·c − targets and of prior·c. */
export function solvePlain(rows: readonly (readonly number[])[], targets: readonly number[], prior: readonly (readonly number[])[]): number[] {
  const system = new Matrix([...rows, ...prior].map((row) => [...row]));
  const right = Matrix.columnVector([...targets, ...prior.map(() => 0)]);
  return new QrDecomposition(system).solve(right).to1DArray();
}

const voigt = [[0, 0], [4, 4], [8, 8], [5, 7], [2, 6], [1, 3]];

/** Rows of the design matrix by prediction: the model is linear in its coefficients, so column s is the prediction for c = e_s. */
export async function plainSystem(
  executor: Executor,
  fitted: SparseGpModel,
  options: FitOptions,
  dataset: Dataset,
  own: OwnSigma = (_structure, _target, usual) => usual,
): Promise<{ rows: number[][]; targets: number[] }> {
  const nColumns = fitted.terms.reduce((sum, term) => sum + term.coefficients.length, 0);
  const columns: number[][] = [];
  const weights: number[] = [];
  const targets: number[] = [];
  for (let s = 0; s < nColumns; s++) {
    let column = 0;
    const terms = fitted.terms.map((term) => ({ ...term, coefficients: term.coefficients.map(() => (column++ === s ? 1 : 0)) }));
    const unit = new SparseGpModel({ ...fitted, isolatedAtomEnergies: [0, 0], terms });
    const values: number[] = [];
    for await (const { structure, prediction } of evaluateDataset(unit, dataset, executor, { want: { forces: true, virial: true } })) {
      if (structure.targets.energy !== undefined) values.push(prediction.energy);
      if (structure.targets.forces) values.push(...prediction.forces!);
      if (structure.targets.virial) values.push(...voigt.map(([a, b]) => (prediction.virial![a] + prediction.virial![b]) / 2));
    }
    columns.push(values);
  }
  for (const structure of dataset) {
    const { energy, forces, virial } = structure.targets;
    const nAtoms = structure.atomicNumbers.length;
    const scale = options.sigma.perAtom ? Math.sqrt(nAtoms) : 1;
    const sigma = { ...options.sigma, ...options.sigma.configTypes[structure.configType] };
    const free = structure.atomicNumbers.reduce((sum, z) => sum + (z === 11 ? isolatedAtomEnergies.Na : isolatedAtomEnergies.Cl), 0);
    const add = (target: "energy" | "forces" | "virial", values: number[], s: number): void => {
      targets.push(...values);
      weights.push(...own(structure, target, values.map(() => s)).map((value) => 1 / value));
    };
    if (energy !== undefined) add("energy", [energy - free], sigma.energy! * scale);
    if (forces) add("forces", [...forces], sigma.forces!);
    if (virial) add("virial", voigt.map(([a, b]) => (virial[a] + virial[b]) / 2), sigma.virial! * scale);
  }
  return {
    rows: weights.map((weight, r) => columns.map((column) => weight * column[r])),
    targets: targets.map((target, r) => weights[r] * target),
  };
}
