import type { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import { evaluateDataset, evaluateStructure } from "../models/evaluate.js";
import { knownPotentialSchema, makeKnownPotential } from "../models/known-potential.js";
import type { Model } from "../models/model-type.js";
import type { Executor } from "../parallel/executor.js";
import type { WorkContext } from "../parallel/work-context.js";
import { type Dataset, DatasetBuilder } from "../structures/dataset.js";
import { atomicNumberOf, symbolOf } from "../structures/periodic-table.js";
import type { Targets } from "../structures/structure.js";

/** `model.baseline`: a potential that is known already; what it predicts is taken from the targets before a fit. */
export const baselineSchema = knownPotentialSchema.describe(
  "a potential that the energy stands on: its predictions are taken from the targets before the fit, and added by the model",
);

/** The same with its defaults. */
export type BaselineOptions = z.output<typeof baselineSchema>;

/**
 * The potential that a fit stands on.
 * @param species atomic numbers of the data
 * @throws {InvalidParameterError} for data without atoms, and a potential that does not know a species of the data; {FormatError}
 */
export async function openBaseline(options: BaselineOptions, species: readonly number[]): Promise<Model> {
  if (species.length === 0) throw new InvalidParameterError("the training data has no atoms");
  const model = await makeKnownPotential(options, species, "model.baseline");
  const unknown = species.filter((atomicNumber) => !model.species.includes(atomicNumber));
  if (unknown.length === 0) return model;
  const name = options.type === "file" ? options.path : `the ${options.type} potential`;
  throw new InvalidParameterError(`model.baseline: ${name} knows ${symbols(model.species)}; the data also has ${symbols(unknown)}`);
}

function symbols(species: readonly number[]): string {
  return species.map(symbolOf).join(", ");
}

/** The data with what a potential predicts taken from energies, forces and virials. */
export async function withoutBaseline(dataset: Dataset, baseline: Model, { executor, signal, onProgress }: WorkContext): Promise<Dataset> {
  const builder = new DatasetBuilder(dataset.columns.values());
  const { forceComponents, virials } = dataset.report;
  const want = { forces: forceComponents > 0, virial: virials > 0 };
  for await (const { structure, prediction } of evaluateDataset(baseline, dataset, executor, { want, signal, onProgress })) {
    const { energy, forces, virial } = structure.targets;
    const targets: Targets = {
      ...structure.targets,
      ...(energy !== undefined && { energy: energy - prediction.energy }),
      ...(forces && { forces: forces.map((value, i) => value - prediction.forces![i]) }),
      ...(virial && { virial: virial.map((value, i) => value - prediction.virial![i]) }),
    };
    builder.add({ ...structure, targets });
  }
  return builder.finish();
}

/**
 * What of energies of isolated atoms that are given is left to the model above a baseline: they are totals. Symbols that the baseline
 * does not know keep their energies.
 * @param given eV by chemical symbol
 */
export async function withoutBaselineAtoms(given: Readonly<Record<string, number>>, baseline: Model, executor: Executor): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const [symbol, energy] of Object.entries(given)) left[symbol] = energy - (await atomEnergy(baseline, atomicNumberOf(symbol), executor));
  return left;
}

/** eV, of an atom alone; 0 where the potential does not know it. */
async function atomEnergy(model: Model, atomicNumber: number, executor: Executor): Promise<number> {
  const index = model.species.indexOf(atomicNumber);
  if (index < 0) return 0;
  if (model.isolatedAtomEnergies) return model.isolatedAtomEnergies[index];
  const atom = { atomicNumbers: Uint8Array.of(atomicNumber), positions: new Float64Array(3), cell: null, pbc: [false, false, false] as const, label: `isolated ${symbolOf(atomicNumber)}` };
  return (await evaluateStructure(model, atom, executor, { want: {} })).energy;
}
