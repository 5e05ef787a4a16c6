import { createEnvironmentDescriptor, type DescriptorParameters } from "../../descriptors/registry.js";
import { InvalidParameterError } from "../../errors.js";
import { sigmaOnPart } from "../partial-data.js";
import { defineTrainer } from "../trainer.js";
import { estimateSparseGpBytes, planSparseGpFit } from "./estimate.js";
import { fitSparseGp } from "./fit.js";
import { fitSchema, sparseGpSchema } from "./schema.js";

/** What a term needs its descriptor for, in messages. */
const LOCAL_ENERGIES = "the local energies of a potential";

/** Sparse Gaussian processes of one or more terms, see `fitSparseGp`. */
export const sparseGpTrainer = defineTrainer({
  schema: sparseGpSchema,
  fitSchema,
  sizeTitles: { nFeatures: "features", nSparse: "sparse environments" },
  describe: ({ model }) => model.terms.map(({ descriptor }) => descriptor.type).join(" + "),
  notes: ({ model }) =>
    model.terms.flatMap(({ descriptor }, index) => {
      // forces of a potential jump where a descriptor does
      const { isSmoothAtCutoff, smoothedBy } = createEnvironmentDescriptor(descriptor, LOCAL_ENERGIES);
      if (isSmoothAtCutoff) return [];
      const remedy = smoothedBy ? `set ${smoothedBy}` : "choose another descriptor";
      return `model.terms[${index}].descriptor is not smooth at its cutoff, so energies and forces jump as atoms cross it: ${remedy}`;
    }),
  complete: (model) => ({ ...model, terms: model.terms.map((term, index) => ({ ...term, descriptor: descriptorDefaults(term.descriptor, index) })) }),
  species({ model: { isolatedAtomEnergies, terms } }) {
    const inTerms = terms.flatMap(({ centers, descriptor }) => [...(centers ?? []), ...((descriptor as { species?: string[] }).species ?? [])]);
    return [...(typeof isolatedAtomEnergies === "string" ? [] : Object.keys(isolatedAtomEnergies)), ...inTerms];
  },
  descriptors: ({ model }) => model.terms,
  kernels: ({ model }) => model.terms,
  onPart({ fit }, part) {
    const sigma = sigmaOnPart(fit.sigma, part);
    return sigma && { sigma };
  },
  plan: planSparseGpFit,
  estimateBytes: estimateSparseGpBytes,
  async train(request, dataset, executor, context) {
    const { model, summary } = await fitSparseGp(request, dataset, executor, context);
    const { terms: _, ...generic } = summary;
    return { model, summary: generic };
  },
});

/** The defaults that a descriptor chooses by its other parameters. */
function descriptorDefaults(parameters: DescriptorParameters, index: number): unknown {
  try {
    return createEnvironmentDescriptor(parameters, LOCAL_ENERGIES).parameters;
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    throw new InvalidParameterError(`model.terms[${index}].descriptor: ${error.message}`, { cause: error });
  }
}
