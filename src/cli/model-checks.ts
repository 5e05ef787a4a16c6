import { InvalidParameterError } from "../errors.js";
import type { FileRecord, Model } from "../models/model-type.js";
import type { LoadedData } from "../structures/data-schema.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";
import { dataTitles, partsOf } from "./loaded-data.js";

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
 * Before a fit: what it is judged on must be made of what it is fitted to.
 * @throws {InvalidParameterError} for validation and test data with other species
 */
export function requireTrainedSpecies(data: LoadedData): void {
  const known = data.train.species();
  for (const [name, dataset] of partsOf(data)) {
    const unknown = dataset.species().filter((species) => !known.includes(species));
    if (unknown.length === 0) continue;
    const first = dataset.labels[Array.from(dataset.labels.keys()).find((i) => dataset.atoms(i).atomicNumbers.some((atomicNumber) => unknown.includes(atomicNumber)))!];
    throw new InvalidParameterError(
      `the ${dataTitles[name]} data hold ${unknown.map(symbolOf).join(", ")} (${first}), which the training data do not (${known.map(symbolOf).join(", ")}); leave those structures out, or add some to the training data`,
    );
  }
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
