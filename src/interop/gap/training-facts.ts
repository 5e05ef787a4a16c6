import { isIsolatedName } from "../../structures/isolated-atom.js";
import { readStructures } from "../../structures/io/read-structures.js";
import type { Structure } from "../../structures/structure.js";

/** What a conversion has to know of the training file. */
export interface TrainingFacts {
  /** Atomic numbers, ascending. */
  readonly species: readonly number[];
  /** Names of the comment lines. */
  readonly frameKeys: ReadonlySet<string>;
  /** Names of the columns of atoms. */
  readonly atomKeys: ReadonlySet<string>;
  /** Groups; "" where frames have none. */
  readonly configTypes: ReadonlySet<string>;
  /** By atomic number. */
  readonly isolatedAtoms: ReadonlyMap<number, IsolatedAtom>;
  /** eV: mean over the structures of energy / nAtoms; null without energies */
  readonly meanEnergy: number | null;
}

/** A frame of one atom out of reach of its images. */
export interface IsolatedAtom {
  /** eV */
  readonly energy: number;
  /** Å: shortest distance to an image of itself */
  readonly distance: number;
  /** Whether a fit finds it, too: not periodic, or named as isolated. */
  readonly isFound: boolean;
}

/** How the file is read. */
export interface SurveyOptions {
  /** Key of the energy in the comment lines. */
  readonly energyKey: string;
  /** Key of the groups. */
  readonly configTypeKey: string;
  /** Stops with a CancelledError. */
  readonly signal?: AbortSignal;
}

/**
 * Reads through a training file once.
 * @throws as {@link readStructures}
 */
export async function surveyTraining(path: string, { energyKey, configTypeKey, signal }: SurveyOptions): Promise<TrainingFacts> {
  const species = new Set<number>();
  const frameKeys = new Set<string>();
  const atomKeys = new Set<string>();
  const configTypes = new Set<string>();
  const isolatedAtoms = new Map<number, IsolatedAtom>();
  let [energies, sum] = [0, 0];
  // what is no target and no column is kept under its own name
  for await (const structure of readStructures(path, { keys: { energy: false, forces: false, virial: false, stress: false }, signal })) {
    const { atomicNumbers, info, atomInfo } = structure;
    for (const atomicNumber of atomicNumbers) species.add(atomicNumber);
    for (const key of info.keys()) frameKeys.add(key);
    for (const { name } of atomInfo) atomKeys.add(name);
    const group = info.get(configTypeKey) ?? structure.configType;
    const configType = typeof group === "string" || typeof group === "number" ? String(group) : "";
    configTypes.add(configType);
    const energy = info.get(energyKey);
    if (typeof energy !== "number" || !Number.isFinite(energy) || atomicNumbers.length === 0) continue;
    energies++;
    sum += energy / atomicNumbers.length;
    if (atomicNumbers.length === 1) {
      const atom = { energy, distance: imageDistance(structure), isFound: !structure.pbc.includes(true) || isIsolatedName(configType) };
      const other = isolatedAtoms.get(atomicNumbers[0]);
      if (!other || other.distance < atom.distance) isolatedAtoms.set(atomicNumbers[0], atom);
    }
  }
  const meanEnergy = energies > 0 ? sum / energies : null;
  return { species: [...species].sort((a, b) => a - b), frameKeys, atomKeys, configTypes, isolatedAtoms, meanEnergy };
}

/** Å: to the nearest image, of those one cell away; infinite without periodicity. */
function imageDistance({ cell, pbc }: Structure): number {
  if (!cell) return Infinity;
  const steps = pbc.map((isPeriodic) => (isPeriodic ? [-1, 0, 1] : [0]));
  let shortest = Infinity;
  for (const i of steps[0]) {
    for (const j of steps[1]) {
      for (const k of steps[2]) {
        if (i === 0 && j === 0 && k === 0) continue;
        shortest = Math.min(shortest, Math.hypot(...[0, 1, 2].map((x) => i * cell[x] + j * cell[3 + x] + k * cell[6 + x])));
      }
    }
  }
  return shortest;
}
