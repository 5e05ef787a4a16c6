import { z } from "zod";
import type { Executor } from "../../parallel/executor.js";
import type { Objective, ObjectiveData } from "./objective.js";
import { KernelDistributionObjective } from "./kernel-distribution/kernel-distribution.js";
import { kernelDistributionSchema } from "./kernel-distribution/options.js";
import { validationLossSchema } from "./validation-loss/options.js";
import { ValidationLoss } from "./validation-loss/validation-loss.js";

/** The objectives, one line each; the `objective` section of a tune file. */
export const objectiveSchema = z.discriminatedUnion("type", [validationLossSchema, kernelDistributionSchema]);

/** The `objective` section of a tune file with every default filled in. */
export type ObjectiveOptions = z.output<typeof objectiveSchema>;

/** What an objective is told beside its options. */
export interface ObjectiveSettings {
  /** Of shares and folds of the data, and of whatever else the objective draws. */
  readonly seed: number;
  /** Of shared memory for neighbor lists and descriptors that evaluations have in common; default: a quarter of the memory limit. */
  readonly cacheBytes?: number;
}

type Create<Options> = (options: Options, data: ObjectiveData, executor: Executor, settings: ObjectiveSettings) => Objective;

const types: { [Type in ObjectiveOptions["type"]]: Create<Extract<ObjectiveOptions, { type: Type }>> } = {
  "validation-loss": (options, data, executor, settings) => new ValidationLoss(options, data, executor, settings),
  "kernel-distribution": (options, data, executor, { seed }) => new KernelDistributionObjective(options, data, executor, seed),
};

export const objectiveNames: readonly string[] = Object.keys(types);

/**
 * Binds an objective to its data.
 * @throws {InvalidParameterError} when the data does not allow what the options ask for
 */
export function createObjective(options: ObjectiveOptions, data: ObjectiveData, executor: Executor, settings: ObjectiveSettings): Objective {
  const create = types[options.type] as Create<ObjectiveOptions>;
  return create(options, data, executor, settings);
}
