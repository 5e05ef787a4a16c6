import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import { parseDuration } from "./duration.js";
import { objectiveSchema } from "./objectives/registry.js";
import { optimizerSchema } from "../optimizers/registry.js";
import { parametersSchema } from "./search-space/schema.js";

/** Seconds, or a text such as `15 min`. */
export const durationSchema = z
  .union([z.number().positive(), z.string()])
  .transform((given, context) => {
    if (typeof given === "number") return given;
    try {
      return parseDuration(given);
    } catch (error) {
      if (!(error instanceof InvalidParameterError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });

/** The `budget` of a search or a stage. */
export const budgetSchema = z
  .strictObject({
    evaluations: z.int().min(1).optional().describe("Candidates, beside the start"),
    time: durationSchema.optional().describe("Wall time of all sessions together: 90 s, 15 min, 2 h; evaluations that run then are finished"),
  })
  .refine(({ evaluations, time }) => evaluations !== undefined || time !== undefined, { message: "give evaluations, time, or both" })
  .describe("How long to search; what ends first counts");

const halvingSchema = z
  .strictObject({
    fractions: z
      .array(z.number().gt(0).max(1))
      .min(2)
      .refine((fractions) => fractions.every((fraction, i) => i === 0 || fraction > fractions[i - 1]) && fractions.at(-1) === 1, {
        message: "the shares must rise and end with 1, for example [0.25, 1]",
      })
      .describe("Shares of the data, rising to 1"),
    keep: z.number().gt(0).lt(1).default(0.5).describe("Share of the candidates of a generation that goes on to the next share of the data"),
  })
  .describe("Successive halving: hopeless candidates are stopped on a part of the data");

export const evaluationSchema = z.strictObject({
  penalty: z.number().default(1000).describe("Loss of a candidate that cannot be evaluated; worse than any real loss"),
  timeout: durationSchema.optional().describe("Of one evaluation: 90 s, 5 min; one that takes longer has failed"),
  parallel: z
    .union([z.literal("auto"), z.int().min(1).max(1024)])
    .default("auto")
    .describe("Evaluations at once, as far as the memory allows; auto: one more than there are threads"),
  halving: halvingSchema.optional(),
});

const stageShape = {
  parameters: parametersSchema.describe("what is searched, by its path in the fit file"),
  objective: objectiveSchema.default({ ...objectiveSchema.parse({ type: "validation-loss" }) }).describe("what is minimised; default: validation-loss"),
  optimizer: optimizerSchema.default({ ...optimizerSchema.parse({ type: "particle-swarm" }) }).describe("how; default: particle-swarm"),
  evaluation: evaluationSchema.prefault({}).describe("of one candidate after the other"),
  budget: budgetSchema.optional(),
};

/** One stage of the `tune` section. */
export const stageSchema = z.strictObject({ name: z.string().min(1).optional().describe("in messages and reports; default: stage 1, 2, …"), ...stageShape });

const NO_BUDGET = "how long to search is not given: add budget: { evaluations: 200 } or budget: { time: 15 min }, or --budget";
const ofOneStage = ["parameters", "objective", "optimizer", "evaluation"] as const;

/** The `tune` section: one stage, or several that start from the best of the one before. */
export const tuneSchema = z
  .strictObject({
    parameters: stageShape.parameters.optional().describe("what is searched, by its path in the fit file; absent beside stages"),
    objective: objectiveSchema.optional().describe("what is minimised; default: validation-loss; absent beside stages"),
    optimizer: optimizerSchema.optional().describe("how; default: particle-swarm; absent beside stages"),
    evaluation: evaluationSchema.optional().describe("of one candidate after the other; absent beside stages"),
    budget: budgetSchema.optional(),
    stages: z.array(stageSchema).min(1).optional().describe("searches one after the other; each starts from the best of the one before"),
  })
  .superRefine((tune, context) => {
    const issue = (message: string, path: PropertyKey[] = []): void => void context.addIssue({ code: "custom", message, path });
    if (!tune.stages) {
      if (!tune.parameters) issue("nothing is searched: add parameters, such as model.terms[0].kernel.zeta: { from: 1, to: 8 }, or stages");
      if (!tune.budget) issue(NO_BUDGET);
      return;
    }
    for (const key of ofOneStage) if (tune[key] !== undefined) issue(`${key} stands beside stages; move it into the stages that it is meant for`, [key]);
    const names = tune.stages.map(({ name }) => name).filter((name) => name !== undefined);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) issue(`two stages are called "${twice}"`, ["stages"]);
    if (!tune.budget) for (const [index, { budget }] of tune.stages.entries()) if (!budget) issue(NO_BUDGET, ["stages", index]);
  });

/** The `tune` section, validated. */
export type TuneOptions = z.output<typeof tuneSchema>;
/** One stage of a search with every default filled in. */
export type StageOptions = z.output<typeof stageSchema> & {
  /** Given, or made of its number. */
  readonly name: string;
};

/** The stages of a search with every default filled in. A budget at the top that stands beside stages is for all of them together. */
export function stagesOf({ parameters, objective, optimizer, evaluation, stages }: TuneOptions): StageOptions[] {
  if (stages) return stages.map((stage, index) => ({ ...stage, name: stage.name ?? `stage ${index + 1}` }));
  return [{ ...stageSchema.parse({ parameters, objective, optimizer, evaluation }), name: "search" }];
}
