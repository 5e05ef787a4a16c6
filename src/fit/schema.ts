import { z } from "zod";
import { descriptorSchema } from "../descriptors/registry.js";
import { kernelSchema } from "../kernels/registry.js";
import { sparseSchema } from "../select/schema.js";
import { validate } from "../validation.js";

const termSchema = z.strictObject({
  descriptor: descriptorSchema,
  kernel: kernelSchema,
  sparse: sparseSchema,
  /** Symbols of the species that the term is centered on; default: all. */
  centers: z.array(z.string()).min(1).optional(),
});

/** E₀ from one-atom frames of the data, from a least-squares fit to all energies, or given in eV by symbol. */
const isolatedAtomEnergiesSchema = z.union([z.enum(["from-data", "least-squares"]), z.record(z.string(), z.number())]);

export const sparseGpSchema = z.strictObject({
  type: z.literal("sparse-gp"),
  isolatedAtomEnergies: isolatedAtomEnergiesSchema.default("from-data"),
  terms: z.array(termSchema).min(1),
});

/** The `model` section of a fit file. */
export const modelSchema = z.discriminatedUnion("type", [sparseGpSchema]);

const sigmaShape = {
  /** eV/atom (eV with perAtom: false) */
  energy: z.number().positive().optional(),
  /** eV/Å */
  forces: z.number().positive().optional(),
  /** eV/atom (eV with perAtom: false) */
  virial: z.number().positive().optional(),
};

/** The `fit` section of a fit file. Targets without a σ are not fitted. */
export const fitSchema = z.strictObject({
  /** Expected errors of the reference values (standard deviations): the smaller, the closer the fit follows the data. */
  sigma: z
    .strictObject({
      ...sigmaShape,
      /** Whether energy and virial σ are per atom, so that σ of a structure grows with √nAtoms, or of the structure as it is. */
      perAtom: z.boolean().default(true),
      /** Other σ for groups of structures, by config_type. */
      configTypes: z.record(z.string(), z.strictObject(sigmaShape)).default({}),
    })
    .default({ energy: 0.01, forces: 0.05, perAtom: true, configTypes: {} }),
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
export function resolveFit({ model, fit = {}, seed = 1 }: SparseGpFit): ResolvedFit {
  return { model: validate(sparseGpSchema, model, { what: "model" }), fit: validate(fitSchema, fit, { what: "fit" }), seed };
}

export type SparseGpModelOptions = z.output<typeof sparseGpSchema>;
export type SparseGpTermOptions = z.output<typeof termSchema>;
export type FitOptions = z.output<typeof fitSchema>;
export type SigmaOptions = FitOptions["sigma"];
