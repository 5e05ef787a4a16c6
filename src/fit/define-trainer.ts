import type { z } from "zod";
import { filesIn } from "../file-path.js";
import { validate } from "../validation.js";
import { type BaselineOptions, baselineSchema } from "./baseline.js";
import { drawOnBaseline, planOnBaseline, trainOnBaseline } from "./on-baseline.js";
import type { FitPlan } from "./fit-plan.js";
import type { CompleteRequest, FitRequest, FitSection, ModelSection, ModelSectionSchema, Trainer, TrainerDefinition } from "./trainer.js";

/**
 * Makes a trainer: requests are validated, so that the definition sees its own types with every default filled in. Its models may stand on a
 * baseline, `model.baseline`: the definition sees requests without it, and data without what it predicts. Where the section has
 * `isolatedAtomEnergies` by number, these are totals, and the definition sees what is left of them.
 */
export function defineTrainer<ModelSchema extends ModelSectionSchema, FitSchema extends z.ZodType>(
  definition: TrainerDefinition<ModelSchema, FitSchema>,
): Trainer {
  type Section = z.output<ModelSchema>;
  const { fitSchema } = definition;
  const schema = definition.schema.extend({ baseline: baselineSchema.optional() }) as ModelSectionSchema;
  const [type] = [...schema.shape.type.values];
  const split = (model: ModelSection): { own: Section; baseline?: BaselineOptions } => {
    const { baseline, ...own } = validate(schema, model, { what: "model" });
    return { own: own as Section, baseline: baseline as BaselineOptions | undefined };
  };
  const resolve = ({ model, fit = {}, seed = 1 }: FitRequest): CompleteRequest<Section, z.output<FitSchema>> => ({
    model: split(model).own,
    fit: validate(fitSchema, fit, { what: "fit" }),
    seed,
  });
  const drawFrom: Trainer["drawFrom"] = (model) => drawOnBaseline(model, (own) => definition.drawFrom?.(own));
  return Object.freeze<Trainer>({
    type,
    schema,
    fitSchema: fitSchema as unknown as z.ZodType<FitSection>,
    sizeTitles: definition.sizeTitles ?? {},
    files: ({ model, fit = {} }) => [...filesIn(schema, model, "model"), ...filesIn(fitSchema, fit, "fit")],
    describe: (request) => definition.describe(resolve(request)),
    notes: (request) => definition.notes?.(resolve(request)) ?? [],
    complete(model) {
      const { own, baseline } = split(model);
      return plain({ ...(definition.complete?.(own) ?? own), baseline });
    },
    species: (request) => [...new Set(definition.species?.(resolve(request)) ?? [])],
    descriptors: (request) => definition.descriptors?.(resolve(request)) ?? [],
    kernels: (request) => definition.kernels?.(resolve(request)) ?? [],
    sigma: (request) => definition.sigma?.(resolve(request)),
    onPart: (request, part) => {
      const changes = definition.onPart(resolve(request), part);
      return changes && { ...request, fit: { ...request.fit, ...(changes as FitSection) } };
    },
    async plan(request, dataset, threads, room) {
      const { baseline } = split(request.model);
      const plan = (): Promise<FitPlan> => definition.plan(resolve(request), dataset, threads, room);
      return baseline ? planOnBaseline(baseline, dataset, plan) : plan();
    },
    estimateBytes: (request, dataset, threads) => definition.estimateBytes(resolve(request), dataset, threads),
    operations: (request, dataset) => definition.operations?.(resolve(request), dataset),
    drawFrom,
    async train(request, dataset, executor, context = {}) {
      const { baseline } = split(request.model);
      const own = resolve(request);
      const fitted = await (baseline
        ? trainOnBaseline(baseline, own.model, dataset, executor, context, (model, rest, inner) => definition.train({ ...own, model }, rest, executor, inner))
        : definition.train(own, dataset, executor, context));
      return { ...fitted, draw: drawFrom(fitted.model) };
    },
  });
}

/** Values that are undefined are as good as absent. */
function plain(model: unknown): ModelSection {
  return JSON.parse(JSON.stringify(model)) as ModelSection;
}
