import { z } from "zod";
import { clusterCutoffs, speciesModes } from "../../descriptors/cluster/basis.js";
import { validate } from "../../validation.js";
import { isolatedAtomEnergiesSchema } from "../isolated-atoms.js";
import { sigmaSchema } from "../sigma.js";
import type { FitRequest } from "../trainer.js";
import { potentialSchema } from "./potential-option.js";

/** The `model` section of a fit file, for a composed potential. */
export const composedSchema = z.strictObject({
  /** Chooses the composed potential. */
  type: z.literal("composed"),
  potential: potentialSchema.describe("the terms, in the notation (E[G8 L4] + N[E[G8 L4]]) or as a tree of sum, product, linear, exp and neighborExp"),
  cutoff: z
    .strictObject({
      radius: z.number().positive().describe("Å"),
      function: z.enum(clusterCutoffs).default("poly4").describe("(1 − x²)⁴, x = r/radius; or a polynomial of degree 7; or exp(1 − 1/(1 − x²)): three derivatives vanish at the radius"),
    })
    .describe("where the functions of all bases end"),
  species: z
    .enum(speciesModes)
    .default("weights")
    .describe("how bases tell pairs of species apart: not at all, by a factor for each pair and function, or by functions of their own for each pair"),
  freezeFirstPair: z
    .boolean()
    .optional()
    .describe("keep the factors of the first pair of species at 1; default: of bases whose terms are all linear, where coefficients can take their part"),
  isolatedAtomEnergies: z
    .union([isolatedAtomEnergiesSchema, z.literal("none")])
    .optional()
    .describe("eV by chemical symbol, where to take them from, or none; shifts make up for any choice. Default: least-squares where the data has energies"),
});

const interval = (least: number) =>
  z.tuple([z.number().gt(least), z.number().gt(least)]).check(({ value, issues }) => {
    if (value[0] >= value[1]) issues.push({ code: "custom", input: value, message: `the first number must be the smaller one, not [${value.join(", ")}]` });
  });

const switchesSchema = z
  .strictObject({
    linear: z.boolean().default(true).describe("coefficients and shifts"),
    nonLinear: z.boolean().default(true).describe("α, β, ξ and factors of species"),
  })
  .default({ linear: true, nonLinear: true });

const boundsSchema = z
  .strictObject({
    alpha: interval(0).default([1e-3, 2]).describe("Å⁻², of the broadest Gaussian"),
    beta: interval(1).default([1.05, 4]).describe("ratio of one exponent to the next"),
    largestExponent: z.number().positive().default(10).describe("Å⁻²: of αβ^(N−1), the narrowest Gaussian"),
    argument: z.number().positive().max(300).default(20).describe("of |ξ|·max|X| over the data: what exponentials may be of"),
  })
  .check(({ value: { alpha, largestExponent }, issues, value }) => {
    if (largestExponent < alpha[0]) issues.push({ code: "custom", path: ["largestExponent"], input: value, message: `must be at least alpha[0], ${alpha[0]}: no Gaussian is within the bounds` });
  })
  .prefault({});

const startRangesSchema = z
  .strictObject({
    alpha: interval(0).optional().describe("Å⁻²; default: 0.125/radius² to 5/radius²"),
    beta: interval(1).default([1.3, 2.2]).describe("ratio of one exponent to the next"),
    argument: z.number().positive().max(300).default(6).describe("of |ξ|·max|X|; a tenth of it for sums over neighbors"),
  })
  .prefault({});

const bipartiteSchema = z
  .strictObject({
    /** Of the left operand; of a term alone. */
    left: switchesSchema.describe("parts of left operands that are trained"),
    /** Of the right operand. */
    right: switchesSchema.describe("parts of right operands that are trained"),
    sweeps: z.number().int().min(0).max(1000).default(6).describe("over all terms, at most"),
    linearSweeps: z.number().int().min(0).max(1000).default(20).describe("of the linear parts alone, at most, at the end"),
    tolerance: z.number().min(0).max(1).default(1e-4).describe("relative gain of a sweep below which sweeps end, when it happens twice"),
    initialPoints: z.number().int().min(1).max(1000).default(5).describe("of a search, for each of its dimensions"),
    proposals: z.number().int().min(0).max(1000).default(20).describe("of a search, for each of its dimensions"),
    panning: z.number().min(0).max(1).default(1).describe("γ of a window that goes on in one direction"),
    oscillation: z.number().min(0).max(1).default(0.7).describe("γ of a window that goes to and fro"),
    zoom: z.number().min(0).max(1).default(0.9).describe("η: what remains of a window whose best point stays"),
    minimumWindow: z.number().positive().max(1).default(0.01).describe("least width of a window, as a share of the whole range"),
  })
  .prefault({});

/** The `fit` section of a fit file, for a composed potential. Targets without a σ are not fitted. */
export const composedFitSchema = z.strictObject({
  sigma: sigmaSchema
    .default({ energy: 1, forces: 1, perAtom: false, configTypes: {} })
    .describe("expected errors of the reference values, weights are 1/σ; default: total energies and forces of weight 1, as published"),
  method: z
    .literal(["variable-projection", "bipartite"])
    .default("variable-projection")
    .describe("steps of Levenberg and Marquardt with the linear parameters eliminated, or Bayesian searches and linear least squares in turn"),
  starts: z.number().int().min(1).max(1000).default(24).describe("random values of the non-linear parameters that each term is trained from"),
  startShare: z.number().positive().max(1).default(0.25).describe("of the structures, that starts are compared on; all where these have too few rows"),
  alike: z.number().min(0).max(1).default(0.02).describe("losses that differ by less than this share are alike: of their potentials the one with the least product of energy and force errors is taken"),
  startRanges: startRangesSchema.describe("where starts, and searches of the bipartite scheme, are"),
  start: z.record(z.string(), z.number()).optional().describe("values by the names of the parameters, to go on from instead of random starts; linear ones are solved for"),
  bounds: boundsSchema.describe("where non-linear parameters may be"),
  maximumIterations: z.number().int().min(1).max(100_000).default(200).describe("steps of a descent"),
  tolerance: z.number().min(0).max(1).default(1e-6).describe("relative gain of a step below which a descent ends, when it happens twice"),
  bipartite: bipartiteSchema.describe("of method: bipartite"),
});

/** The sections with their defaults. */
export type ComposedSection = z.output<typeof composedSchema>;
/** {@inheritDoc ComposedSection} */
export type ComposedFitOptions = z.output<typeof composedFitSchema>;

/** What a fit of a composed potential is asked for, as in a fit file: defaults may be left out. */
export interface ComposedFit {
  /** What is fitted. */
  readonly model: z.input<typeof composedSchema>;
  /** How; default: weights of 1, variable projection. */
  readonly fit?: z.input<typeof composedFitSchema>;
  /** Of the starts and searches. */
  readonly seed?: number;
}

/** The same with every default filled in. */
export interface ResolvedComposedFit {
  /** With its defaults. */
  readonly model: ComposedSection;
  /** With its defaults. */
  readonly fit: ComposedFitOptions;
  /** Of the starts and searches. */
  readonly seed: number;
}

/** @throws {InvalidParameterError} */
export function resolveComposedFit({ model, fit = {}, seed = 1 }: ComposedFit | FitRequest): ResolvedComposedFit {
  return { model: validate(composedSchema, model, { what: "model" }), fit: validate(composedFitSchema, fit, { what: "fit" }), seed };
}
