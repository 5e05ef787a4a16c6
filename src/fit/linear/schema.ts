import { z } from "zod";
import { validate } from "../../validation.js";
import { termSchema } from "../design/terms.js";
import { isolatedAtomEnergiesSchema } from "../isolated-atoms.js";
import { sigmaSchema } from "../sigma.js";
import type { FitRequest } from "../trainer.js";
import { defaultSolver, solverSchema } from "./solvers/schema.js";

const linearTermSchema = z.strictObject({
  /** Of the environments. */
  descriptor: termSchema.shape.descriptor,
  quadratic: z.boolean().default(false).describe("products of all pairs of columns beside the columns themselves, as quadratic SNAP"),
  /** Symbols. */
  centers: termSchema.shape.centers,
});

/** The `model` section of a fit file, for a linear model. */
export const linearSchema = z.strictObject({
  /** Chooses the linear model. */
  type: z.literal("linear"),
  isolatedAtomEnergies: z
    .union([isolatedAtomEnergiesSchema, z.literal("none")])
    .default("from-data")
    .describe("eV by chemical symbol, where to take them from, or none: energies are then not relative to isolated atoms"),
  intercept: z.boolean().optional().describe("fit a constant energy for each species; default: where isolatedAtomEnergies is none or least-squares, which isolated atoms do not fix"),
  terms: z.array(linearTermSchema).min(1).describe("parts that the energy is the sum of, each with coefficients for every species of its centers"),
});

const priorSchema = z.strictObject({
  scale: z
    .enum(["root-mean-square", "smoothness", "none"])
    .default("root-mean-square")
    .describe(
      "Γ of the regularization |Γ c|²: the root mean square of each weighted column, so that units do not matter; how rough the descriptor " +
        "says each column is; or 1",
    ),
});

/** The `fit` section of a fit file, for a linear model. Targets without a σ are not fitted. */
export const linearFitSchema = z.strictObject({
  sigma: sigmaSchema.describe("expected errors of the reference values; rows of the fit are divided by them, so that weights are 1/σ"),
  solver: solverSchema.default(defaultSolver).describe("how coefficients are found from the rows"),
  prior: priorSchema.default({ scale: "root-mean-square" }).describe("what coefficients are expected to be"),
  errorBars: z.boolean().default(true).describe("keep the covariance of the coefficients with the model, where the solver gives one: 8 bytes for each pair of coefficients"),
  crossValidation: z
    .literal(["none", "leave-structure-out"])
    .default("none")
    .describe("errors of each training structure in a fit to all others, exact for this regularization, without solving anew: the rows are made and multiplied once more, which doubles the time"),
  activeSet: z
    .boolean()
    .default(false)
    .describe(
      "keep the environments of every species that enclose all others of the data, so that predictions have extrapolation grades: one more description " +
        "of the data, and 8 bytes for each pair of coefficients of a species",
    ),
});

/** What a linear fit is asked for, as in a fit file: defaults may be left out. */
export interface LinearFit {
  /** What is fitted: terms and isolated-atom energies. */
  readonly model: z.input<typeof linearSchema>;
  /** How; default: σ of 0.01 eV/atom for energies and 0.05 eV/Å for forces, a Bayesian ridge. */
  readonly fit?: z.input<typeof linearFitSchema>;
  /** Nothing is random here. */
  readonly seed?: number;
}

/** The same with every default filled in. */
export interface ResolvedLinearFit {
  /** With its defaults. */
  readonly model: LinearModelSection;
  /** With its defaults. */
  readonly fit: LinearFitOptions;
  /** Nothing is random here. */
  readonly seed: number;
}

/** @throws {InvalidParameterError} */
export function resolveLinearFit({ model, fit = {}, seed = 1 }: LinearFit | FitRequest): ResolvedLinearFit {
  return { model: validate(linearSchema, model, { what: "model" }), fit: validate(linearFitSchema, fit, { what: "fit" }), seed };
}

/** The `model` section of a linear model, validated, with every default filled in. */
export type LinearModelSection = z.output<typeof linearSchema>;
export type LinearTermOptions = z.output<typeof linearTermSchema>;
/** The `fit` section of a linear model, validated, with every default filled in. */
export type LinearFitOptions = z.output<typeof linearFitSchema>;

/** Whether a constant is fitted for each species. */
export function hasIntercept({ intercept, isolatedAtomEnergies }: LinearModelSection): boolean {
  return intercept ?? (isolatedAtomEnergies === "none" || isolatedAtomEnergies === "least-squares");
}
