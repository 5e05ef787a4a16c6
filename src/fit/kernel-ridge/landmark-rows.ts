import { copyGeometry } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import { NumericalError } from "../../errors.js";
import { structureKernels } from "../../models/kernel-ridge/structure-kernels.js";
import type { KernelRidgeTermTables } from "../../models/kernel-ridge/tables.js";
import { defineTask } from "../../parallel/task.js";
import type { Dataset } from "../../structures/dataset.js";
import { BLOCK_ROWS, type Block } from "../least-squares/blocks.js";
import type { RowsInput, RowSource } from "../least-squares/chains.js";
import { strideOf } from "../least-squares/triangle.js";

/** Atoms of structures that are described and compared at once: about as many as a block of kernels has rows. */
export const TILE_ATOMS = 240;
/** Atoms of a block of structures, about; a block also has some rows, so that updates of the factor are efficient. */
const BLOCK_ATOMS = 2400;
const LEAST_ROWS = 32;

/** Structures that are reduced together: by the size of the data alone. */
export function landmarkBlocks(nStructures: number, nAtoms: number): Block[] {
  const step = Math.max(LEAST_ROWS, Math.min(BLOCK_ROWS, Math.floor((BLOCK_ATOMS * nStructures) / Math.max(1, nAtoms))));
  return Array.from({ length: Math.ceil(nStructures / step) }, (_, b) => {
    const nRows = Math.min(step, nStructures - b * step);
    return { items: Array.from({ length: nRows }, (__, i) => b * step + i), nRows };
  });
}

/** Kernels of some structures with the landmarks. */
interface LandmarkRows {
  readonly terms: readonly KernelRidgeTermTables[];
  readonly species: readonly number[];
  readonly nLandmarks: number;
  readonly geometries: readonly Geometry[];
  /** eV, one for each of them */
  readonly targets: Float64Array;
}

/** Describes structures and writes their rows of K_NM with the targets behind: neither is held for the data set. */
const writeLandmarkRows = defineTask("fit/kernel-ridge/landmark-rows", ({ wasm, scratch }, { rows, design }: RowsInput<LandmarkRows>): null => {
  const { terms, species, nLandmarks, geometries, targets } = rows;
  const stride = strideOf(nLandmarks);
  for (const [first, last] of tilesOf(geometries)) {
    const kernels = structureKernels(wasm, terms, species, geometries.slice(first, last), nLandmarks, scratch);
    for (const [i, own] of kernels.entries()) {
      if (!own.every(Number.isFinite)) throw new NumericalError(`${geometries[first + i].label}: a kernel with a landmark is not finite: look at its positions, or leave it out`);
      const out = wasm.f64(design + 8 * (first + i) * stride, stride).fill(0);
      out.set(own);
      out[nLandmarks] = targets[first + i];
    }
  }
  return null;
});

/** Consecutive structures with about as many atoms as a tile. */
function* tilesOf(geometries: readonly Geometry[]): Generator<[number, number]> {
  for (let first = 0, last = 0; first < geometries.length; first = last) {
    for (let atoms = 0; last < geometries.length && (last === first || atoms + geometries[last].atomicNumbers.length <= TILE_ATOMS); last++) atoms += geometries[last].atomicNumbers.length;
    yield [first, last];
  }
}

/** Rows [K_NM, y], block by block. */
export function landmarkSource(
  tables: Pick<LandmarkRows, "terms" | "species" | "nLandmarks">, dataset: Dataset, targets: Float64Array, blocks: readonly Block[],
): RowSource<LandmarkRows> {
  return {
    count: blocks.length,
    maximumRows: Math.max(...blocks.map(({ nRows }) => nRows)),
    rowsOf: (block) => blocks[block].nRows,
    write: writeLandmarkRows,
    input(block) {
      const { items } = blocks[block];
      return { ...tables, geometries: items.map((i) => copyGeometry(dataset.structure(i))), targets: Float64Array.from(items, (i) => targets[i]) };
    },
  };
}
