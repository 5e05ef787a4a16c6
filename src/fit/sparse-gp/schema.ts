import { z } from "zod";
import { descriptorSchema } from "../../descriptors/registry.js";
import { kernelSchema } from "../../kernels/registry.js";
import { sparseSchema } from "../../select/schema.js";
import { validate } from "../../validation.js";
import { isolatedAtomEnergiesSchema } from "../isolated-atoms.js";
import { sigmaSchema } from "../sigma.js";
import type { FitRequest } from "../trainer.js";

const termSchema = z.strictObject({
  descriptor: descriptorSchema,
  kernel: kernelSchema,
  sparse: sparseSchema,
  /** Symbols of the species that the term is centered on; default: all. */
  centers: z.array(z.string()).min(1).optional(),
});

/** The `model` section of a fit file, for a sparse Gaussian process. */
export const sparseGpSchema = z.strictObject({
  type: z.literal("sparse-gp"),
  isolatedAtomEnergies: isolatedAtomEnergiesSchema.default("from-data"),
  terms: z.array(termSchema).min(1),
});

/** The `fit` section of a fit file, for a sparse Gaussian process. Targets without a σ are not fitted. */
export const fitSchema = z.strictObject({
  sigma: sigmaSchema,
  /** Added to the diagonal of the kernel matrix of the sparse points, eV² */
  jitter: z.number().nonnegative().default(1e-8),
});

/** What a fit is asked for, as in a fit file: defaults may be left out. */
export interface SparseGpFit {
  readonly model: z.input<typeof sparseGpSchema>;
  readonly fit?: z.input<typeof fitSchema>;
  /** Of the random numbers of the selection; default 1. */
  readonly seed?: number;
}

/** The same with every default filled in. */
export interface ResolvedFit {
  readonly model: SparseGpModelOptions;
  readonly fit: FitOptions;
  readonly seed: number;
}

/** @throws {InvalidParameterError} */
export function resolveFit({ model, fit = {}, seed = 1 }: SparseGpFit | FitRequest): ResolvedFit {
  return { model: validate(sparseGpSchema, model, { what: "model" }), fit: validate(fitSchema, fit, { what: "fit" }), seed };
}

/** The `model` section of a sparse Gaussian process, validated, with every default filled in. */
export type SparseGpModelOptions = z.output<typeof sparseGpSchema>;
export type SparseGpTermOptions = z.output<typeof termSchema>;
/** The `fit` section of a fit file, validated, with every default filled in. */
export type FitOptions = z.output<typeof fitSchema>;
