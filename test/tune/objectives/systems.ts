import { evaluateStructure } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import type { Candidate } from "../../../src/tune/search-space/search-space.js";
import { makeStructure, randomModel, randomStructure } from "../../models/systems.js";

export const isolated = { Na: -1.5, Cl: -2.25 };

/** One short-ranged term: enough to learn something in milliseconds. */
export function candidate(changes: { sparse?: object; kernel?: object; sigma?: object; centers?: string[]; descriptor?: object; second?: object } = {}): Candidate {
  const term = {
    descriptor: {
      type: "soap" as const,
      basis: "equispaced-gaussian" as const,
      nMax: 3,
      lMax: 2,
      sigma: 0.5,
      cutoff: { radius: 3.5, width: 0.5, function: "cosine" as const },
      ...changes.descriptor,
    },
    kernel: { type: "dot-product" as const, zeta: 2, delta: 0.5, ...changes.kernel },
    sparse: { method: "cur" as const, count: 15, ...changes.sparse },
    ...(changes.centers && { centers: changes.centers }),
  };
  const terms = changes.second ? [term, { ...term, ...changes.second }] : [term];
  return {
    model: { type: "sparse-gp", isolatedAtomEnergies: isolated, terms },
    fit: { sigma: { energy: 0.005, forces: 0.05, ...changes.sigma }, jitter: 1e-6 },
    seed: 1,
  };
}

export interface DataOptions {
  readonly seed: number;
  readonly count: number;
  readonly forces?: boolean;
}

/** Periodic and open structures of Na and Cl in two groups, with targets of a random model; and isolated atoms of both species in front. */
export async function makeData(executor: Executor, { seed, count, forces = true }: DataOptions): Promise<Dataset> {
  const truth = await randomModel(executor, 5);
  const structures: Structure[] = [];
  for (const atomicNumber of [11, 17]) {
    const atom = { ...randomStructure(seed, 1, false), atomicNumbers: Uint8Array.of(atomicNumber) };
    structures.push(makeStructure(atom, { energy: atomicNumber === 11 ? isolated.Na : isolated.Cl }, "IsolatedAtom"));
  }
  for (let i = 0; i < count; i++) {
    const atoms = randomStructure(seed + i, 4 + (i % 3), i % 3 !== 2);
    const { energy, forces: truthForces, virial } = await evaluateStructure(truth, atoms, executor, { want: { forces: true, virial: true } });
    const targets = { energy, ...(forces ? { forces: truthForces } : {}), ...(i % 3 === 2 ? {} : { virial }) };
    structures.push(makeStructure(atoms, targets, i % 4 === 0 ? "rare" : "usual"));
  }
  return Dataset.from(structures);
}
