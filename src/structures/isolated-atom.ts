import { symbolOf } from "./periodic-table.js";

/** What is asked of a `Dataset`, which uses this file itself. */
export interface AtomsOfData {
  readonly nStructures: number;
  readonly offsets: Int32Array;
  readonly atomicNumbers: Uint8Array;
  readonly pbc: Uint8Array;
  readonly energies: Float64Array;
  readonly configTypes: readonly string[];
  readonly labels: readonly string[];
  atomCount(index: number): number;
}

const NAME = /^isolated[-_ ]?atom$/iu;

/** Whether a `config_type` says that a structure is an isolated atom. */
export function isIsolatedName(configType: string): boolean {
  return NAME.test(configType);
}

/**
 * Whether structure `index` is a single atom that is alone: not periodic, or with a `config_type` that says so (`IsolatedAtom`), as in
 * files whose atoms stand in large periodic cells. Its energy may serve as isolated-atom energy, so it belongs to the training data.
 */
export function isIsolatedAtom(dataset: AtomsOfData, index: number): boolean {
  if (dataset.atomCount(index) !== 1) return false;
  const isPeriodic = dataset.pbc.subarray(3 * index, 3 * index + 3).includes(1);
  return !isPeriodic || isIsolatedName(dataset.configTypes[index]);
}

/** Energy of an isolated atom, and what else the data say of it. */
export interface IsolatedAtomChoice {
  /** eV, of the frame that is best founded */
  readonly energy: number;
  /** Where it comes from, for messages. */
  readonly label: string;
  /** A sentence, where other frames say something else; undefined where all agree. */
  readonly warning: string | undefined;
}

/**
 * Energies of isolated atoms in the data, by atomic number: frames that are called so go before those that are only not periodic, and of
 * these the lowest energy is taken, which is the ground state.
 * @param isUsable whether the energy of a structure counts
 */
export function isolatedAtomChoices(dataset: AtomsOfData, isUsable: (index: number) => boolean): Map<number, IsolatedAtomChoice> {
  const found = new Map<number, number[]>();
  for (let i = 0; i < dataset.nStructures; i++) {
    if (!isIsolatedAtom(dataset, i) || !isUsable(i)) continue;
    const atomicNumber = dataset.atomicNumbers[dataset.offsets[i]];
    const others = found.get(atomicNumber);
    if (others) others.push(i);
    else found.set(atomicNumber, [i]);
  }
  return new Map([...found].map(([atomicNumber, indices]) => [atomicNumber, chooseAtom(dataset, atomicNumber, indices)]));
}

function chooseAtom(dataset: AtomsOfData, atomicNumber: number, indices: readonly number[]): IsolatedAtomChoice {
  const { energies, labels, configTypes } = dataset;
  const isNamed = (index: number): boolean => isIsolatedName(configTypes[index]);
  const named = indices.filter(isNamed);
  const founded = named.length > 0 ? named : indices;
  const best = founded.reduce((lowest, index) => (energies[index] < energies[lowest] ? index : lowest));
  const others = indices.filter((index) => energies[index] !== energies[best]);
  const reason = isNamed(best) && !others.some(isNamed) ? "its config_type says IsolatedAtom" : "it is the lowest";
  const shown = others.slice(0, 3).map((index) => `${energies[index]} eV (${labels[index]})`).join(", ");
  const warning =
    `isolated ${symbolOf(atomicNumber)} atoms have different energies: ${energies[best]} eV (${labels[best]}) counts, since ${reason}; ` +
    `not ${shown}${others.length > 3 ? ` and ${others.length - 3} more` : ""}`;
  return { energy: energies[best], label: labels[best], warning: others.length > 0 ? warning : undefined };
}
