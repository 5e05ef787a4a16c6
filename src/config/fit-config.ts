import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { crossValidationSchema, learningCurveSchema } from "../analysis/validation/schema.js";
import { changeFilePaths } from "../file-path.js";
import { committeeSchema } from "../fit/committee/schema.js";
import { type RequestSchemas, schemasFor, schemasOfEach, trainerOf } from "../fit/registry.js";
import { huberTrainer } from "../fit/robust/robust-fit.js";
import { robustSchema } from "../fit/robust/schema.js";
import type { Trainer } from "../fit/trainer.js";
import { STANDARD_INPUT } from "../structures/io/input-name.js";
import { dataSchema } from "../structures/data-schema.js";
import { resolveBeside } from "./config-file.js";

/** `seed` of the files of fits and searches. */
export const seedSchema = z.int().min(0).max(0xffffffff).default(1).describe("Of everything that is random: split and sparse sets");

/** What fit and tune files share: the sections of a trainer, and data. */
function requestFileOf({ model, fit }: RequestSchemas) {
  return z.strictObject({ data: dataSchema, model: model.describe("what is fitted; type names the trainer"), fit: fit.prefault({}).describe("how; of the trainer"), seed: seedSchema });
}

/** A fit file made of the sections of a trainer. */
function fileOf(schemas: RequestSchemas) {
  return requestFileOf(schemas).extend({
    robust: robustSchema.optional().describe("Huber's loss in place of squares: targets that lie far from the fit pull less"),
    committee: committeeSchema.optional().describe("several models in place of one, whose spread is the error bar of energies and forces"),
    crossValidation: crossValidationSchema.optional().describe("errors of structures in fits that they are no part of, beside the fit to all of them"),
    learningCurve: learningCurveSchema.optional().describe("errors against the number of structures that are fitted to, beside the fit to all of them"),
  });
}

/** The schema of the part that fit and tune files share. */
export type RequestFileSchema = ReturnType<typeof requestFileOf>;
/** The schema of fit files. */
export type FitFileSchema = ReturnType<typeof fileOf>;

/** The schema of the part that fit and tune files share, see {@link fitFileSchema}. */
export function requestFileSchema(config?: unknown): RequestFileSchema {
  return requestFileOf(schemasFor(config));
}

/** The same, one for each trainer. */
export function requestFileSchemas(): RequestFileSchema[] {
  return schemasOfEach().map(requestFileOf);
}

/**
 * The schema that a fit file is validated with: its `fit` section is that of the trainer of `model.type`.
 * @param config the file, before validation; without it, as if it named the first trainer
 */
export function fitFileSchema(config?: unknown): FitFileSchema {
  return fileOf(schemasFor(config));
}

/** The schemas of fit files, one for each trainer. */
export function fitFileSchemas(): FitFileSchema[] {
  return schemasOfEach().map(fileOf);
}

/** A fit file, validated, with every default filled in. */
export type FitConfig = z.output<FitFileSchema>;

/** The trainer of a fit file, with the loss that the file asks for. */
export function configuredTrainer({ model, robust }: Pick<FitConfig, "model" | "robust">): Trainer {
  const trainer = trainerOf(model);
  return robust ? huberTrainer(trainer, robust) : trainer;
}

/**
 * Makes the paths of an unvalidated fit file relative to the working directory instead of the folder of the file, so that paths
 * given on the command line may stand beside them.
 */
export function relocatePaths(config: Record<string, unknown>, configPath: string): void {
  changeFilePaths(fitFileSchema(config), config, (path) => resolveBeside(configPath, path));
}

/** The other way round: paths from the working directory become paths from the folder of a fit file that is to be written. */
export function pathsBeside(config: Record<string, unknown>, configPath: string): void {
  const folder = dirname(resolve(configPath));
  const fromFolder = (path: string): string => (isAbsolute(path) || path === STANDARD_INPUT ? path : relative(folder, resolve(path)).replaceAll(sep, "/"));
  changeFilePaths(fitFileSchema(config), config, fromFolder);
}
