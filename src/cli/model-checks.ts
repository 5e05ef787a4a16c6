import { InvalidParameterError } from "../errors.js";
import type { FileRecord, Model } from "../models/model-type.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";

/** @throws {InvalidParameterError} where the data hold a species that the model does not know */
export function requireKnownSpecies(model: Model, dataset: Dataset, modelPath: string): void {
  const unknown = dataset.species().filter((species) => !model.species.includes(species));
  if (unknown.length === 0) return;
  throw new InvalidParameterError(
    `the data hold ${unknown.map(symbolOf).join(", ")}, which ${modelPath} does not know (${model.species.map(symbolOf).join(", ")}); ` +
      "leave those structures out, or fit a model with them",
  );
}

/**
 * @param remedy what to do, for the end of the message
 * @throws {InvalidParameterError} for a model without error bars
 */
export function requireErrorBars(model: Model, remedy: string): void {
  if (model.hasErrorBars) return;
  throw new InvalidParameterError(`this ${model.type} model has no error bars of energies and forces; fits with errorBars: true (in fit) and committees have them: ${remedy}`);
}

/** Warnings of files that the model was fitted to. */
export function trainingFiles(model: Model, files: readonly FileRecord[]): string[] {
  const train = (model.provenance.data ?? []).filter(({ role }) => role === "train");
  return files
    .filter(({ sha256 }) => train.some((file) => file.sha256 === sha256))
    .map(({ path }) => `${path} is training data of the model (by its checksum); the errors are not those of new structures`);
}
