import type { Matrix } from "../../linalg/matrix.js";
import { KernelRidgeModel } from "../../models/kernel-ridge/model.js";
import type { KernelRidgeErrorBars, KernelRidgeTarget } from "../../models/kernel-ridge/options.js";
import type { KernelRidgeTerm } from "../../models/kernel-ridge/term.js";
import type { Executor } from "../../parallel/executor.js";
import type { KernelFitJob } from "./job.js";
import type { LengthChoice } from "./length-scales.js";
import { fitsForces } from "./schema.js";
import type { KernelSolution } from "./solve.js";
import type { TermRows } from "./term-rows.js";

/** The lower triangle of a matrix, row by row. */
export function lowerOf({ wasm }: Executor, { pointer, rows, stride }: Matrix): Float64Array {
  const values = new Float64Array((rows * (rows + 1)) / 2);
  for (let i = 0, at = 0; i < rows; at += ++i) values.set(wasm.f64(pointer + 8 * i * stride, i + 1), at);
  return values;
}

/** What the terms of a model are put together of. */
export interface TermParts {
  readonly rows: readonly TermRows[];
  readonly choice: LengthChoice;
  readonly norms: readonly (Float64Array | null)[];
  /** Of each term, where forces were fitted. */
  readonly derivatives?: readonly Pick<KernelRidgeTerm, "directions" | "jacobians">[];
}

/** Terms of a model, with copies of the rows. */
export function termsOf({ terms, executor }: KernelFitJob, { rows, choice, norms, derivatives }: TermParts): KernelRidgeTerm[] {
  return terms.map(({ descriptor, centers, options: { pairs, normalize } }, t): KernelRidgeTerm => {
    const { structures, atomicNumbers, pointer, nFeatures } = rows[t];
    const values = executor.wasm.f64(pointer, structures.length * nFeatures).slice();
    const own = derivatives?.[t] ?? { directions: null, jacobians: null };
    return { descriptor, kernel: choice.kernels[t], centers, pairs, normalize, rows: values, structures, atomicNumbers, norms: norms[t], ...own };
  });
}

/** What a model is put together of. */
export interface ModelParts {
  readonly terms: readonly KernelRidgeTerm[];
  readonly solution: Pick<KernelSolution, "coefficients">;
  readonly errorBars: KernelRidgeErrorBars | null;
  readonly lambda: number | undefined;
  /** Factor of σ²; default: 1 */
  readonly noiseScale?: number | undefined;
}

/** Puts a model together. */
export function modelOf({ options, context, data }: KernelFitJob, { terms, solution, errorBars, lambda, noiseScale = 1 }: ModelParts): KernelRidgeModel {
  const nTargets = data.targets.length;
  const targets = data.targets.map(({ name, unit, mean, atomValues }, t): KernelRidgeTarget => ({
    name, unit, mean, atomValues, coefficients: solution.coefficients.filter((_, at) => at % nTargets === t),
  }));
  const scaled = (sigma: number | undefined): number | undefined => sigma && Math.sqrt(noiseScale) * sigma;
  const noise = lambda === undefined || !errorBars ? scaled(options.fit.sigma?.energy) : Math.sqrt(lambda * errorBars.scale);
  const perAtom = lambda === undefined && options.fit.sigma!.perAtom;
  const withForces = fitsForces(options.fit);
  return new KernelRidgeModel({
    species: data.species,
    isolatedAtomEnergies: data.isolated?.values,
    targets,
    terms,
    errorBars,
    residualNoise: noise === undefined && !withForces ? undefined : { energy: noise, perAtom, ...(withForces && { forces: scaled(options.fit.sigma!.forces) }) },
    provenance: { ...context.provenance, options: { model: options.model, fit: options.fit, seed: options.seed } },
  });
}
