import { printNotation } from "../../models/composed/notation.js";
import { defineTrainer } from "../define-trainer.js";
import { sigmaOnPart } from "../partial-data.js";
import { estimateComposedBytes, planComposedFit } from "./estimate.js";
import { fitComposed, formOf } from "./fit.js";
import { composedFitSchema, composedSchema } from "./schema.js";

/** Composed potentials, see `fitComposed`. */
export const composedTrainer = defineTrainer({
  schema: composedSchema,
  fitSchema: composedFitSchema,
  sizeTitles: { nLinear: "linear", nNonLinear: "non-linear" },
  describe: ({ model }) => printNotation(formOf(model)),
  species: ({ model: { isolatedAtomEnergies } }) => (typeof isolatedAtomEnergies === "object" ? Object.keys(isolatedAtomEnergies) : []),
  sigma: ({ fit }) => fit.sigma,
  onPart({ fit }, part) {
    const sigma = sigmaOnPart(fit.sigma, part);
    return sigma && { sigma };
  },
  plan: async (request, dataset, threads) => planComposedFit(request, dataset, threads),
  estimateBytes: estimateComposedBytes,
  async train(request, dataset, executor, context) {
    const { model, summary } = await fitComposed(request, dataset, executor, context);
    return { model, summary };
  },
});
