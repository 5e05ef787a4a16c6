import type { Dataset } from "../dataset.js";
import { isIsolatedAtom } from "../isolated-atom.js";
import { KnownStructures } from "../same-structure.js";
import { describeFrames } from "./named-frames.js";

/** eV/atom: energies of one geometry differ by more than the convergence of a calculation. */
const SAME_ENERGY = 1e-3;

/**
 * Sentences about frames with the same species, positions and cell as an earlier one, and about those of them with another energy. Isolated
 * atoms may stand there several times.
 * @param name of the data: "training"
 */
export function repeatedFrameWarnings(dataset: Dataset, name: string): string[] {
  const known = new KnownStructures(dataset);
  const repeated: string[] = [];
  const contradicting: string[] = [];
  for (let i = 0; i < dataset.nStructures; i++) {
    if (dataset.atomCount(i) === 0 || isIsolatedAtom(dataset, i)) continue;
    const first = known.find(dataset, i);
    if (first === undefined) {
      known.add(i);
      continue;
    }
    const pair = `${dataset.labels[i]} = ${dataset.labels[first]}`;
    repeated.push(pair);
    const difference = Math.abs(dataset.energies[i] - dataset.energies[first]) / dataset.atomCount(i);
    if (difference > SAME_ENERGY) contradicting.push(`${pair}, ${(1000 * difference).toPrecision(3)} meV/atom`);
  }
  return [
    ...sentence(repeated, (count) => `${count} of ${dataset.nStructures} ${name} frames ${count === 1 ? "repeats" : "repeat"} the geometry of an earlier one`, "the same reference counts twice, or more often"),
    ...sentence(contradicting, (count) => `${count} ${name} ${count === 1 ? "frame has" : "frames have"} the geometry of an earlier one and another energy`, "no potential can follow both: other spin states or settings look like this"),
  ];
}

/** A sentence about frames without any reference value, where others have some. @param name of the data: "training" */
export function bareFrameWarnings(dataset: Dataset, name: string): string[] {
  const bare: string[] = [];
  for (let i = 0; i < dataset.nStructures; i++) {
    const { energy, forces, virial } = dataset.structure(i).targets;
    if (energy === undefined && !virial && (!forces || forces.every(Number.isNaN))) bare.push(dataset.labels[i]);
  }
  if (bare.length === dataset.nStructures) return [];
  return sentence(bare, (count) => `${count} of ${dataset.nStructures} ${name} frames ${count === 1 ? "has" : "have"} neither energy nor forces nor virial`, "fits and errors pass over them");
}

function sentence(frames: readonly string[], what: (count: number) => string, why: string): string[] {
  if (frames.length === 0) return [];
  return [`${what(frames.length)} (${describeFrames(frames)}); ${why}`];
}
