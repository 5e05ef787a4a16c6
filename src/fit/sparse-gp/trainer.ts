import { defineTrainer } from "../define-trainer.js";
import { describeTerms, smoothnessNotes, speciesOfTerms, withDescriptorDefaults } from "../design/terms.js";
import { drawSparseGps } from "../../models/sparse-gp/draws.js";
import { SparseGpModel } from "../../models/sparse-gp/model.js";
import { sigmaOnPart } from "../partial-data.js";
import { estimateSparseGpBytes, planSparseGpFit } from "./estimate.js";
import { fitSparseGp } from "./fit.js";
import { fitSchema, sparseGpSchema } from "./schema.js";

/** Sparse Gaussian processes of one or more terms, see `fitSparseGp`. */
export const sparseGpTrainer = defineTrainer({
  schema: sparseGpSchema,
  fitSchema,
  sizeTitles: { nFeatures: "features", nSparse: "sparse environments" },
  describe: ({ model }) => describeTerms(model.terms),
  notes: ({ model }) => smoothnessNotes(model.terms),
  complete: withDescriptorDefaults,
  species({ model: { isolatedAtomEnergies, terms } }) {
    return [...(typeof isolatedAtomEnergies === "string" ? [] : Object.keys(isolatedAtomEnergies)), ...speciesOfTerms(terms)];
  },
  descriptors: ({ model }) => model.terms,
  kernels: ({ model }) => model.terms,
  sigma: ({ fit }) => fit.sigma,
  onPart({ fit }, part) {
    const sigma = sigmaOnPart(fit.sigma, part);
    // candidates are judged by their predictions alone
    return sigma && { sigma, errorBars: false };
  },
  plan: planSparseGpFit,
  estimateBytes: estimateSparseGpBytes,
  async train(request, dataset, executor, context) {
    const { model, summary } = await fitSparseGp(request, dataset, executor, context);
    const { terms: _, ...generic } = summary;
    return { model, summary: generic };
  },
  drawFrom: (model) => (model instanceof SparseGpModel && model.posterior ? (how) => drawSparseGps(model, how) : undefined),
});
