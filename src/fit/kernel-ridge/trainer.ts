import { createDescriptor } from "../../descriptors/registry.js";
import { defineTrainer } from "../define-trainer.js";
import { describeTerms, speciesOfTerms } from "../design/terms.js";
import { sigmaOnPart } from "../partial-data.js";
import { estimateKernelRidgeBytes, planKernelRidgeFit } from "./estimate.js";
import { fitKernelRidge } from "./fit.js";
import { kernelRidgeFitSchema, kernelRidgeSchema } from "./schema.js";

/** Kernel ridge regression of whole structures, see `fitKernelRidge`. */
export const kernelRidgeTrainer = defineTrainer({
  schema: kernelRidgeSchema,
  fitSchema: kernelRidgeFitSchema,
  sizeTitles: { nFeatures: "features", nKernels: "kernels" },
  describe: ({ model }) => describeTerms(model.terms),
  notes: ({ model }) =>
    model.terms.flatMap(({ descriptor }, index) => {
      const made = createDescriptor(descriptor);
      if (made.describes === "structures" || made.isSmoothAtCutoff) return [];
      const remedy = made.smoothedBy ? `set ${made.smoothedBy}` : "choose another descriptor";
      return `model.terms[${index}].descriptor is not smooth at its cutoff, so energies and forces jump as atoms cross it: ${remedy}`;
    }),
  species({ model: { isolatedAtomEnergies, terms } }) {
    return [...(typeof isolatedAtomEnergies === "string" ? [] : Object.keys(isolatedAtomEnergies)), ...speciesOfTerms(terms)];
  },
  // rows of structures are none of environments; none of them come from caches, which hold environments of structures one by one
  kernels: ({ model }) => model.terms.filter(({ descriptor }) => createDescriptor(descriptor).rows === "center"),
  sigma: ({ fit }) => fit.sigma,
  onPart({ fit }, part) {
    if (!fit.sigma) return { errorBars: false };
    const sigma = sigmaOnPart(fit.sigma, part);
    return sigma && { sigma, errorBars: false };
  },
  plan: planKernelRidgeFit,
  estimateBytes: estimateKernelRidgeBytes,
  async train(request, dataset, executor, context) {
    const { model, summary } = await fitKernelRidge(request, dataset, executor, context);
    return { model, summary };
  },
});
