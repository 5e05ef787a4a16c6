import { z } from "zod";
import { InternalError, InvalidParameterError } from "../errors.js";
import { suggestionFor } from "../suggestion.js";
import { valueAt } from "../parameter-path.js";
import { composedTrainer } from "./composed/trainer.js";
import { kernelRidgeTrainer } from "./kernel-ridge/trainer.js";
import { linearTrainer } from "./linear/trainer.js";
import { sparseGpTrainer } from "./sparse-gp/trainer.js";
import type { FitSection, ModelSection, ModelSectionSchema, Trainer } from "./trainer.js";

/** The trainers, one line each. */
const trainers: Trainer[] = [sparseGpTrainer, linearTrainer, kernelRidgeTrainer, composedTrainer];
/** Of all of them, made on use. */
let anyModel: z.ZodType<ModelSection> | undefined;

/**
 * Adds a trainer of a type of models that a program brings along: fit and tune files may name it from then on. Its model type goes to
 * `registerModelType`.
 * @throws {InternalError} when there is one of this type already
 */
export function registerTrainer(trainer: Trainer): void {
  if (trainers.some(({ type }) => type === trainer.type)) throw new InternalError(`there is a trainer for "${trainer.type}" already`);
  trainers.push(trainer);
  anyModel = undefined;
}

/** Names of the trainers, which are the types of models that can be fitted. */
export function trainerNames(): string[] {
  return trainers.map(({ type }) => type);
}

/** @throws {InvalidParameterError} for a type that nobody trains */
export function trainerOf({ type }: { readonly type: string }): Trainer {
  const trainer = trainers.find((candidate) => candidate.type === type);
  if (trainer) return trainer;
  throw new InvalidParameterError(`model.type is ${JSON.stringify(type)}; it must be one of ${trainerNames().join(", ")}${suggestionFor(type, trainerNames())}`);
}

/** What tables call a size of a model, whichever trainer speaks of it; undefined where none gives it a title. */
export function sizeTitle(name: string): string | undefined {
  return trainers.map(({ sizeTitles }) => sizeTitles[name]).find((title) => title !== undefined);
}

/** Schemas of the sections that a request has. */
export interface RequestSchemas {
  readonly model: z.ZodType<ModelSection>;
  readonly fit: z.ZodType<FitSection>;
}

/**
 * Schemas for a request: any known type of model, and the fit section of the type that the request names. Where it names none, any fit
 * section will do, beside an error about the type.
 * @param request undefined: the fit section of the first trainer
 */
export function schemasFor(request: unknown): RequestSchemas {
  const type = valueAt(request, ["model", "type"]);
  const trainer = request === undefined ? trainers[0] : trainers.find((candidate) => candidate.type === type);
  return { model: (anyModel ??= unionOf(trainers)), fit: trainer?.fitSchema ?? anyFit };
}

const anyFit = z.looseObject({}) as unknown as z.ZodType<FitSection>;

/** Schemas of the sections, trainer by trainer. */
export function schemasOfEach(): RequestSchemas[] {
  return trainers.map((trainer) => ({ model: unionOf([trainer]), fit: trainer.fitSchema }));
}

function unionOf(some: readonly Trainer[]): z.ZodType<ModelSection> {
  const schemas = some.map(({ schema }) => schema) as unknown as [ModelSectionSchema];
  return z.discriminatedUnion("type", schemas) as unknown as z.ZodType<ModelSection>;
}
