import type { Dataset } from "../../structures/dataset.js";
import { copyGeometry } from "../../environments/environments.js";
import type { SigmaOptions } from "../schema.js";
import { rowCount, sigmaOf } from "../targets.js";
import type { StructureTargets } from "./plan.js";

/** Rows of a block: many enough for an efficient update of R, few enough to bound memory and to share work evenly. */
export const BLOCK_ROWS = 600;

/** Consecutive structures whose rows are factored together. */
export interface Block {
  readonly structures: readonly number[];
  readonly nRows: number;
}

/** Splits a data set into blocks of about BLOCK_ROWS rows; a larger structure is a block of its own. Depends on the data only. */
export function splitBlocks(dataset: Dataset, sigma: SigmaOptions): Block[] {
  const blocks: Block[] = [];
  let structures: number[] = [];
  let nRows = 0;
  const close = (): void => {
    if (structures.length > 0) blocks.push({ structures, nRows });
    [structures, nRows] = [[], 0];
  };
  for (let i = 0; i < dataset.nStructures; i++) {
    const rows = rowCount(sigmaOf(dataset, i, sigma), dataset.atomCount(i));
    if (rows === 0) continue;
    if (nRows + rows > BLOCK_ROWS) close();
    structures.push(i);
    nRows += rows;
  }
  close();
  return blocks;
}

/** Reference values of one structure, the energy without that of its isolated atoms; copies that may cross threads. */
export function targetsOf(
  dataset: Dataset,
  index: number,
  sigma: SigmaOptions,
  species: readonly number[],
  isolatedAtomEnergies: readonly number[],
): StructureTargets {
  const own = sigmaOf(dataset, index, sigma);
  const [first, last] = [dataset.offsets[index], dataset.offsets[index + 1]];
  let energy = dataset.energies[index];
  for (const atomicNumber of dataset.atomicNumbers.subarray(first, last)) energy -= isolatedAtomEnergies[species.indexOf(atomicNumber)];
  return {
    geometry: copyGeometry(dataset.structure(index)),
    energy: own.energy === null ? null : { value: energy, sigma: own.energy },
    forces: own.forces === null ? null : { values: dataset.forces.slice(3 * first, 3 * last), sigma: own.forces },
    virial: own.virial === null ? null : { values: dataset.virials.slice(9 * index, 9 * index + 9), sigma: own.virial },
  };
}
