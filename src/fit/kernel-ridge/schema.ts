import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import { kernelDerivatives, kernelLacksDerivatives, kernelNeedsRanges, kernelSchema } from "../../kernels/registry.js";
import { validate } from "../../validation.js";
import { termSchema } from "../design/terms.js";
import { isolatedAtomEnergiesSchema } from "../isolated-atoms.js";
import { needsDerivatives, sigmaSchema } from "../sigma.js";
import type { FitRequest } from "../trainer.js";

const kernelTermSchema = z.strictObject({
  descriptor: termSchema.shape.descriptor.describe("of whole structures, or of environments, whose kernels are summed over pairs of atoms"),
  kernel: kernelSchema.describe("how alike two rows of the descriptor are"),
  /** Symbols. */
  centers: termSchema.shape.centers,
  pairs: z.enum(["same-element", "all"]).default("same-element").describe("pairs of atoms of two structures whose kernels are summed, for descriptors of environments"),
  normalize: z.boolean().default(false).describe("divides the kernel of two structures by √(K_AA K_BB): an average instead of a sum over atoms"),
});

/** The `model` section of a fit file, for kernel ridge regression. */
export const kernelRidgeSchema = z.strictObject({
  /** Chooses kernel ridge regression. */
  type: z.literal("kernel-ridge"),
  isolatedAtomEnergies: z
    .union([z.literal("none"), isolatedAtomEnergiesSchema])
    .default("least-squares")
    .describe("eV by chemical symbol, or where to take them from; none: the mean of the training energies is taken off instead"),
  terms: z.array(kernelTermSchema).min(1).describe("parts that the kernel of two structures is the sum of"),
});

/** Ways to choose among length scales and λ. */
export const scanCriteria = ["leave-one-out", "leave-group-out", "evidence", "validation"] as const;

/** Within the limits of the length scales of kernels. */
const lengths = z.array(z.number().min(1e-6).max(1e6)).min(1);

const scanSchema = z.strictObject({
  lengthScale: z
    .union([z.strictObject({ ofMedian: lengths.describe("multiples of the median distance of training rows, of each term its own") }), lengths])
    .optional()
    .describe("length scales of all kernels, in units of the features or of the median distance; default: those of the kernels"),
  lambda: z
    .array(z.number().nonnegative())
    .min(1)
    .optional()
    .describe("eV², added to the diagonal of the kernel matrix; default: 1e-12 … 1e-2. With sigma.forces: factors of σ²; default: 1e-2 … 1e2"),
  by: z.enum(scanCriteria).default("leave-one-out").describe("what decides: errors of structures or groups left out, evidence (with its scale fitted), errors of the validation data"),
  groups: z.string().min(1).default("config_type").describe("for leave-group-out: config_type, or a column of whole numbers in data.columns"),
});

/** What a scan is asked for, with its defaults. */
export type ScanOptions = z.output<typeof scanSchema>;

const sparseSchema = z.strictObject({
  method: z.enum(["farthest-point", "cur", "random"]).default("farthest-point").describe("how landmark structures are chosen"),
  count: z.int().min(1).describe("landmark structures"),
  approximation: z
    .enum(["subset-of-regressors", "projected-process"])
    .default("projected-process")
    .describe("what error bars hold: only what the landmarks span, or what they do not reach, too; predictions are the same"),
});

/** Landmarks, with their defaults. */
export type SparseKernelOptions = z.output<typeof sparseSchema>;

const targetSchema = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().min(1).describe("a name in data.columns"),
    baseline: z
      .enum(["mean", "composition"])
      .describe("what is taken off before the fit: the mean of the training data, for properties that do not grow with the structure; composition: what each species adds, too, by least squares, for those that do"),
  }),
]);

/** The `fit` section of a fit file, for kernel ridge regression. */
export const kernelRidgeFitSchema = z.strictObject({
  regularization: z
    .union([z.number().nonnegative(), z.strictObject({ scan: scanSchema.describe("values to choose from") })])
    .optional()
    .describe("λ, eV², added to the diagonal of the kernel matrix, or values to choose from; default: 1e-6, or sigma"),
  sigma: sigmaSchema.removeDefault().optional().describe("expected errors of the reference values in place of λ; with forces among them, these are fitted, too"),
  targets: z.array(targetSchema).min(1).default(["energy"]).describe("energy, and properties of structures: names in data.columns; they share one factorisation"),
  errorBars: z.boolean().optional().describe("whether the model holds what error bars need; default: where that is not more than 100 MB"),
  sparse: sparseSchema.optional().describe("landmark structures in place of all, for many thousand structures"),
});

/** What a fit is asked for, as in a fit file: defaults may be left out. */
export interface KernelRidgeFit {
  /** What is fitted: terms and isolated-atom energies. */
  readonly model: z.input<typeof kernelRidgeSchema>;
  /** How closely it follows the data. */
  readonly fit?: z.input<typeof kernelRidgeFitSchema>;
  /** Of the random numbers of medians and landmarks; default 1. */
  readonly seed?: number;
}

/** The `model` section, validated, with every default filled in. */
export type KernelRidgeModelOptions = z.output<typeof kernelRidgeSchema>;
/** One of its terms. */
export type KernelTermOptions = KernelRidgeModelOptions["terms"][number];
/** The `fit` section, validated, with every default filled in. */
export type KernelRidgeFitOptions = z.output<typeof kernelRidgeFitSchema>;

/** A request with every default filled in. */
export interface ResolvedKernelFit {
  readonly model: KernelRidgeModelOptions;
  readonly fit: KernelRidgeFitOptions;
  readonly seed: number;
}

/** λ where neither it nor σ are given, eV² */
export const DEFAULT_LAMBDA = 1e-6;

/** @throws {InvalidParameterError} also for options that exclude each other */
export function resolveKernelFit({ model, fit = {}, seed = 1 }: KernelRidgeFit | FitRequest): ResolvedKernelFit {
  const resolved = { model: validate(kernelRidgeSchema, model, { what: "model" }), fit: validate(kernelRidgeFitSchema, fit, { what: "fit" }), seed };
  checkKernels(resolved.model);
  checkTargets(resolved.fit);
  checkForces(resolved);
  checkSparse(resolved.fit);
  return resolved;
}

function checkKernels({ terms }: KernelRidgeModelOptions): void {
  for (const [t, { kernel }] of terms.entries()) {
    if (kernelNeedsRanges(kernel)) throw new InvalidParameterError(`model.terms[${t}].kernel.lengthScale.ofRange is for sparse-gp: give numbers, or regularization.scan.lengthScale.ofMedian`);
  }
}

/** What is fitted, in order, by name, and what is taken off it. */
export function namedTargets({ targets }: Pick<KernelRidgeFitOptions, "targets">): { readonly name: string; readonly baseline: "mean" | "composition" }[] {
  return targets.map((target) => (typeof target === "string" ? { name: target, baseline: "mean" } : target));
}

function checkTargets(fit: KernelRidgeFitOptions): void {
  const { targets, regularization, sigma } = fit;
  const isForceScan = fitsForces(fit) && typeof regularization === "object";
  const names = namedTargets({ targets }).map(({ name }) => name);
  if (names[0] !== "energy") {
    throw new InvalidParameterError(`fit.targets begins with "${names[0]}"; it must begin with energy: a potential has one. A property alone is read in its place with data.keys: { energy: <its key> } and isolatedAtomEnergies: none`);
  }
  if (typeof targets[0] !== "string") throw new InvalidParameterError("fit.targets[0] has a baseline; that of the energy is isolatedAtomEnergies: write targets: [energy, …]");
  if (new Set(names).size < names.length) throw new InvalidParameterError(`fit.targets names one twice: ${names.join(", ")}`);
  if (regularization !== undefined && sigma && !isForceScan) throw new InvalidParameterError("fit.regularization and fit.sigma say the same thing twice: give one of them");
}

/** λ of a scan, with its default: eV², or factors of σ² where forces are fitted; none without a scan. */
export function scanLambdas(fit: KernelRidgeFitOptions): readonly number[] {
  if (typeof fit.regularization !== "object") return [];
  return fit.regularization.scan.lambda ?? (fitsForces(fit) ? [1e-2, 1e-1, 1, 1e1, 1e2] : [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2]);
}

/** Whether forces are fitted. */
export function fitsForces({ sigma }: KernelRidgeFitOptions): boolean {
  return sigma !== undefined && needsDerivatives(sigma);
}

function checkForces({ model, fit }: ResolvedKernelFit): void {
  if (!fitsForces(fit)) return;
  const { sigma } = fit;
  const hasVirial = [sigma!, sigma!.columns ?? {}, ...Object.values(sigma!.configTypes)].some(({ virial }) => virial !== undefined);
  if (hasVirial) throw new InvalidParameterError("fit.sigma has a virial, which kernel ridge regression does not fit: leave it out, or use sparse-gp");
  if (fit.targets.length > 1) throw new InvalidParameterError("fit.targets has more than the energy beside sigma.forces: fit properties without forces");
  if (typeof fit.regularization === "object" && fit.regularization.scan.by === "validation") {
    throw new InvalidParameterError("regularization.scan.by is validation, which is for fits to energies alone: with sigma.forces take leave-one-out, leave-group-out or evidence");
  }
  if (fit.sparse) throw new InvalidParameterError("fit.sparse fits energies only: leave sigma.forces out, or use type: sparse-gp");
  for (const [t, { kernel, normalize }] of model.terms.entries()) {
    const reason = kernelLacksDerivatives(kernel);
    if (reason) throw new InvalidParameterError(`model.terms[${t}].kernel cannot be fitted to forces: ${reason}, or leave sigma.forces out`);
    if (!kernelDerivatives(kernel)) throw new InvalidParameterError(`model.terms[${t}].kernel: forces are fitted with one length scale and rows as they are: give a number, leave normalize out`);
    if (normalize) throw new InvalidParameterError(`model.terms[${t}].normalize is for fits to energies alone: leave it or sigma.forces out`);
  }
}

function checkSparse({ sparse, regularization, sigma }: KernelRidgeFitOptions): void {
  if (!sparse) return;
  if (typeof regularization === "object") throw new InvalidParameterError("fit.sparse and regularization.scan exclude each other: scan a part of the data first, and give the λ that it finds");
  if (regularization === 0) throw new InvalidParameterError("fit.regularization is 0; fit.sparse needs a λ above 0");
  if (sigma) throw new InvalidParameterError("fit.sparse takes fit.regularization, not fit.sigma");
}
