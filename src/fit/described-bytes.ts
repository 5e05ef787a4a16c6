import { createEnvironmentDescriptor } from "../descriptors/registry.js";
import { estimateDescribedBytes } from "../environments/cache/environment-cache.js";
import { LOCAL_ENERGIES } from "../models/local-energy/content.js";
import { atomicNumberOf } from "../structures/periodic-table.js";
import type { Dataset } from "../structures/dataset.js";
import type { FitRequest, Trainer } from "./trainer.js";

/**
 * Bytes that the environments of a data set take in the cache once a fit has described them, roughly.
 * @param species of the model
 */
export function estimateFitDescribedBytes(trainer: Trainer, request: FitRequest, dataset: Dataset, species: readonly number[], withState: boolean): number {
  let bytes = 0;
  for (const { descriptor: parameters, centers: symbols } of trainer.descriptors(request)) {
    const descriptor = createEnvironmentDescriptor(parameters, LOCAL_ENERGIES);
    bytes += estimateDescribedBytes(dataset, { descriptor, species, centers: symbols?.map(atomicNumberOf) ?? null, withState });
  }
  return bytes;
}
