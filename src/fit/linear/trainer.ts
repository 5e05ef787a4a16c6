import { committeeOfModel } from "../../models/linear/committee.js";
import { LinearModel } from "../../models/linear/model.js";
import { defineTrainer } from "../define-trainer.js";
import { describeTerms, smoothnessNotes, speciesOfTerms, withDescriptorDefaults } from "../design/terms.js";
import { sigmaOnPart } from "../partial-data.js";
import { estimateLinearBytes, planLinearFit } from "./estimate.js";
import { fitLinear } from "./fit.js";
import { countOperations } from "./operations.js";
import { linearFitSchema, linearSchema } from "./schema.js";

/** Linear models of one or more terms, see `fitLinear`. */
export const linearTrainer = defineTrainer({
  schema: linearSchema,
  fitSchema: linearFitSchema,
  sizeTitles: { nFeatures: "features", nCoefficients: "coefficients", rank: "rank" },
  describe: ({ model }) => describeTerms(model.terms),
  notes: ({ model }) => smoothnessNotes(model.terms),
  complete: withDescriptorDefaults,
  species({ model: { isolatedAtomEnergies, terms } }) {
    return [...(typeof isolatedAtomEnergies === "string" ? [] : Object.keys(isolatedAtomEnergies)), ...speciesOfTerms(terms)];
  },
  descriptors: ({ model }) => model.terms,
  sigma: ({ fit }) => fit.sigma,
  onPart({ fit }, part) {
    const sigma = sigmaOnPart(fit.sigma, part);
    // candidates are judged by their predictions alone
    return sigma && { sigma, activeSet: false, errorBars: false, crossValidation: "none" as const };
  },
  plan: async (request, dataset, threads, room) => planLinearFit(request, dataset, threads, room),
  estimateBytes: estimateLinearBytes,
  operations: countOperations,
  async train(request, dataset, executor, context) {
    const { model, summary } = await fitLinear(request, dataset, executor, context);
    return { model, summary };
  },
  drawFrom: (model) => (model instanceof LinearModel && model.covariance ? (how) => committeeOfModel(model, how) : undefined),
});
