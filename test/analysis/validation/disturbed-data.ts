// Predictions of a linear model with errors of known size, for fits that are judged.
import type { FitRequest } from "../../../src/fit/index.js";
import { evaluateStructures } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset, type Structure, type Targets } from "../../../src/structures/index.js";
import { linearTerms, randomLinearModel } from "../../models/linear-systems.js";
import { makeStructure, randomStructure } from "../../models/systems.js";

export const isolatedAtomEnergies = { Na: -1.5, Cl: -2.25 };
export const terms = JSON.parse(JSON.stringify(linearTerms)) as object[];
export const sigma = { energy: 0.01, forces: 0.1, virial: 0.05, configTypes: { loose: { energy: 0.1 } } };

/** A linear fit whose regularization does not depend on the data. */
export const linearRequest = (fit: object = {}): FitRequest => ({
  model: { type: "linear", isolatedAtomEnergies, terms },
  fit: { sigma, solver: { type: "ridge", regularization: 0.01 }, prior: { scale: "none" }, ...fit },
});

/** A structure of the data: every third is of the group "loose". */
export type Change = (index: number, targets: Targets) => Targets;

/** Structures with disturbed energies, forces and virials; some lack one of them. */
export async function disturbedData(executor: Executor, count: number, change: Change = (_, targets) => targets): Promise<Dataset> {
  const all = Array.from({ length: count }, (_, i) => randomStructure(900 + i, 4 + (i % 4), i % 2 === 0));
  const structures: Structure[] = [];
  for await (const { structure, prediction } of evaluateStructures(randomLinearModel(5), all, executor, { want: { forces: true, virial: true } })) {
    const i = structures.length;
    const targets = {
      ...(i === 2 ? {} : { energy: prediction.energy + 0.1 * Math.sin(i) }),
      ...(i === 4 ? {} : { forces: prediction.forces!.map((force, k) => force + 0.1 * Math.sin(7 * k + 3 * i)) }),
      ...(i % 2 === 0 && { virial: Float64Array.from([0, 1, 2, 1, 4, 5, 2, 5, 8], (k) => prediction.virial![k] + 0.2 * Math.sin(k + i)) }),
    };
    structures.push(makeStructure(structure, change(i, targets), i % 3 === 1 ? "loose" : ""));
  }
  return Dataset.from(structures);
}
