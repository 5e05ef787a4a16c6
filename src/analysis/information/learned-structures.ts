import type { Dataset } from "../../structures/dataset.js";

/** Bytes that models may take; rows that are too long for it are learned from fewer structures. */
export interface LearningMemory {
  /** Sums of rows over structures; default 256 MB. */
  readonly sums?: number | undefined;
  /** Normal equations of all structures; default 64 MB. */
  readonly equations?: number | undefined;
}

/** Fewest structures of a learning curve. */
export const FEWEST = 8;
const DEFAULT_MEMORY = { sums: 256e6, equations: 64e6 };

export function memoryOf({ sums = DEFAULT_MEMORY.sums, equations = DEFAULT_MEMORY.equations }: LearningMemory): { readonly sums: number; readonly equations: number } {
  return { sums, equations };
}

/** Structures in a seeded order until there are enough, by number and by atoms; their order is kept. */
export function chooseStructures(dataset: Dataset, order: Int32Array, isUsable: (structure: number) => boolean, most: number, mostAtoms: number): number[] {
  const chosen: number[] = [];
  let atoms = 0;
  for (const structure of order) {
    if (dataset.atomCount(structure) === 0 || !isUsable(structure)) continue;
    if (chosen.length >= most || (chosen.length >= FEWEST && atoms + dataset.atomCount(structure) > mostAtoms)) continue;
    chosen.push(structure);
    atoms += dataset.atomCount(structure);
  }
  return chosen;
}

/** Structures that are learned from, and how many more there would be were memory no limit. */
export interface ChosenStructures {
  readonly structures: readonly number[];
  readonly leftOut: number;
}

/** Says in `remarks` where rows are too long for as many structures as those of others. */
export function chooseWithin(bytes: number, bytesEach: number, target: "energies" | "forces", choose: (most: number) => number[], most: number, remarks: string[]): ChosenStructures {
  const wanted = choose(most).length;
  const structures = choose(Math.min(most, Math.max(FEWEST, Math.floor(bytes / bytesEach))));
  const leftOut = wanted - structures.length;
  if (leftOut > 0) {
    remarks.push(
      `Rows are so long that ${target} were learned from ${structures.length} structures instead of ${wanted}, for want of memory: with more, errors may be smaller.`,
    );
  }
  return { structures, leftOut };
}
