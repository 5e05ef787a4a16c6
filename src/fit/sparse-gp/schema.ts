import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import { kernelLacksDerivatives, kernelSchema } from "../../kernels/registry.js";
import { sparseSchema } from "../../select/schema.js";
import { validate } from "../../validation.js";
import { termSchema } from "../design/terms.js";
import { isolatedAtomEnergiesSchema } from "../isolated-atoms.js";
import { needsDerivatives, sigmaSchema } from "../sigma.js";
import type { FitRequest } from "../trainer.js";

/** What is added to the diagonal of a kernel matrix: a share of each of its elements, or eV² (as `sparse_jitter` of gap_fit). */
const jitterSchema = z.union([
  z.strictObject({ relative: z.number().nonnegative().describe("share of the diagonal element itself, whatever delta and the length of the fingerprints") }),
  z.number().nonnegative().describe("eV², the same for every sparse point"),
]);

const sparseTermSchema = z.strictObject({
  /** Of the environments. */
  descriptor: termSchema.shape.descriptor,
  kernel: kernelSchema.describe("how alike two environments are"),
  sparse: sparseSchema.describe("which environments of the training data are the sparse points, and how many"),
  /** Symbols. */
  centers: termSchema.shape.centers,
  jitter: jitterSchema.optional().describe("of the kernel matrix of this term; default: fit.jitter"),
});

/** The `model` section of a fit file, for a sparse Gaussian process. */
export const sparseGpSchema = z.strictObject({
  /** Chooses the sparse Gaussian process. */
  type: z.literal("sparse-gp"),
  isolatedAtomEnergies: isolatedAtomEnergiesSchema.default("from-data").describe("eV by chemical symbol, or where to take them from"),
  terms: z.array(sparseTermSchema).min(1).describe("parts that the energy is the sum of"),
});

/** The `fit` section of a fit file, for a sparse Gaussian process. Targets without a σ are not fitted. */
export const fitSchema = z.strictObject({
  sigma: sigmaSchema.describe("expected errors of the reference values: the smaller, the closer the fit follows the data"),
  jitter: jitterSchema.default({ relative: 1e-8 }).describe("added to the diagonal of the kernel matrix of the sparse points, so that it can be factored"),
  errorBars: z
    .boolean()
    .default(false)
    .describe("keep with the model what the data leave open of the coefficients, so that predictions of energies and forces have error bars: 4 bytes for each pair of sparse points"),
});

/** What a fit is asked for, as in a fit file: defaults may be left out. */
export interface SparseGpFit {
  /** What is fitted: terms and isolated-atom energies. */
  readonly model: z.input<typeof sparseGpSchema>;
  /** How closely it follows the data; default: σ of 0.01 eV/atom for energies and 0.05 eV/Å for forces. */
  readonly fit?: z.input<typeof fitSchema>;
  /** Of the random numbers of the selection; default 1. */
  readonly seed?: number;
}

/** The same with every default filled in. */
export interface ResolvedFit {
  /** With its defaults. */
  readonly model: SparseGpModelOptions;
  /** With its defaults. */
  readonly fit: FitOptions;
  /** Of the random numbers of the selection. */
  readonly seed: number;
}

/** @throws {InvalidParameterError} also for forces or virials with a kernel that has no derivatives */
export function resolveFit({ model, fit = {}, seed = 1 }: SparseGpFit | FitRequest): ResolvedFit {
  const resolved = { model: validate(sparseGpSchema, model, { what: "model" }), fit: validate(fitSchema, fit, { what: "fit" }), seed };
  if (needsDerivatives(resolved.fit.sigma)) {
    for (const [t, { kernel }] of resolved.model.terms.entries()) {
      const reason = kernelLacksDerivatives(kernel);
      if (reason) throw new InvalidParameterError(`model.terms[${t}].kernel cannot be fitted to forces or virials: ${reason}, or give sigma.energy alone`);
    }
  }
  return resolved;
}

/** The `model` section of a sparse Gaussian process, validated, with every default filled in. */
export type SparseGpModelOptions = z.output<typeof sparseGpSchema>;
export type SparseGpTermOptions = z.output<typeof sparseTermSchema>;
/** The `fit` section of a fit file, validated, with every default filled in. */
export type FitOptions = z.output<typeof fitSchema>;
/** In eV², or a share of the diagonal. */
export type Jitter = FitOptions["jitter"];
