import type { Dataset } from "./dataset.js";

/** Positions and cells that agree to this are the same, Å: files write them with different numbers of digits. */
const PRECISION = 1e-5;

/** The numbers that make a structure, rounded. */
function* contentOf({ atomicNumbers, positions, cells, pbc, offsets }: Dataset, index: number): Generator<number> {
  for (let axis = 0; axis < 3; axis++) yield pbc[3 * index + axis];
  // a cell that does not repeat along any axis is only a frame around the atoms
  if (pbc[3 * index] || pbc[3 * index + 1] || pbc[3 * index + 2]) for (let k = 0; k < 9; k++) yield rounded(cells[9 * index + k]);
  for (let atom = offsets[index]; atom < offsets[index + 1]; atom++) {
    yield atomicNumbers[atom];
    for (let k = 0; k < 3; k++) yield rounded(positions[3 * atom + k]);
  }
}

function rounded(value: number): number {
  return Math.round(value / PRECISION) + 0;
}

/** FNV-1a over the low and high halves of the numbers of a structure: the same for the same species, positions and cell, to 1e-5 Å. */
export function structureHash(dataset: Dataset, index: number): number {
  let hash = 0x811c9dc5;
  for (const value of contentOf(dataset, index)) {
    hash = Math.imul(hash ^ (value | 0), 0x01000193);
    hash = Math.imul(hash ^ (value / 2 ** 32), 0x01000193) ^ (hash >>> 15);
  }
  return hash;
}

/** Whether two structures have the same species, positions and cell, in the same order, to 1e-5 Å. */
export function areSameStructure(a: Dataset, i: number, b: Dataset, j: number): boolean {
  if (a.atomCount(i) !== b.atomCount(j)) return false;
  const other = contentOf(b, j);
  for (const value of contentOf(a, i)) if (!Object.is(value, other.next().value)) return false;
  return true;
}

/** Finds structures again. */
export class KnownStructures {
  private readonly known = new Map<number, number[]>();

  constructor(private readonly dataset: Dataset) {}

  /** Makes a structure of the data set known. */
  add(index: number): void {
    const hash = structureHash(this.dataset, index);
    const indices = this.known.get(hash);
    if (indices) indices.push(index);
    else this.known.set(hash, [index]);
  }

  /** The first known structure that is the same as one of another data set, or of the same; undefined where none is. */
  find(other: Dataset, index: number): number | undefined {
    return this.known.get(structureHash(other, index))?.find((known) => areSameStructure(this.dataset, known, other, index));
  }
}
