// Values that QUIP predicts with GAP models.
import { basename, dirname } from "node:path/posix";
import type { Structure } from "../../src/structures/index.js";
import { flat, type Nested, type ReferenceFolder } from "./folder.js";
import type { GapFile } from "./gap-model.js";
import { expectKnown } from "./not-there.js";

export interface PredictionEntry {
  readonly model: string;
  readonly frame: string;
  /** eV */
  readonly energy: number;
  /** eV/Å */
  readonly forces: Nested;
  /** eV, −∂E/∂ε */
  readonly virial_3x3: Nested;
  readonly local_energies_including_e0?: readonly number[];
}

export interface Prediction {
  readonly structure: Structure;
  readonly energy: number;
  readonly forces: readonly number[];
  readonly virial: readonly number[];
  readonly localEnergies: readonly number[] | undefined;
}

/** What QUIP predicts with a model: entries of predictions.json, and files beside the model. */
export async function predictionsOf(from: ReferenceFolder, gap: GapFile): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  const entries = from.has("predictions.json") ? (from.json("predictions.json") as { entries: readonly PredictionEntry[] }).entries : [];
  for (const entry of entries.filter(({ model }) => model === gap.name)) {
    expectKnown("predictions.json", Object.keys(entry), ["model", "frame", "energy", "virial_3x3", "forces", "local_energies_including_e0"]);
    const structure = (await from.dataset(entry.frame)).structure(0);
    const localEnergies = entry.local_energies_including_e0;
    predictions.push({ structure, energy: entry.energy, forces: flat(entry.forces), virial: flat(entry.virial_3x3), localEnergies });
  }
  for (const file of predictionFilesOf(from, gap.name)) {
    for (const structure of await from.dataset(file, { energy: "energy", forces: "force", virial: "virial" })) {
      const { energy, forces, virial } = structure.targets;
      predictions.push({ structure, energy: energy!, forces: [...forces!], virial: [...virial!], localEnergies: undefined });
    }
  }
  return predictions;
}

export const predictionFilesOf = (from: ReferenceFolder, name: string): string[] =>
  from.files.filter((file) => dirname(file) === dirname(name) && /^predictions\w*\.xyz$/u.test(basename(file)));
