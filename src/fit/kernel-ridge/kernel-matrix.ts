import { attachKernels, type KernelParameters } from "../../kernels/registry.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import type { Holdings } from "../../parallel/holdings.js";
import { defineTask } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { BlocksName, KeptBlocks, KeptParts, PartName } from "../checkpoint/checkpoint.js";
import { mapBlocks } from "../checkpoint/map-blocks.js";
import type { PlacedGroup, RowSet } from "./term-rows.js";

/** Rows that a kernel block has on either side, at most: pairs of atoms are never held for more. */
const BLOCK_ROWS = 480;
/** Structures of a tile, at most. */
const TILE = 240;

/** A term of the kernel of two structures, for several length scales at once. */
export interface KernelTerm {
  /** Rows of the structures on the left, and on the right. */
  readonly left: RowSet;
  readonly right: RowSet;
  /** One for each matrix. */
  readonly kernels: readonly KernelParameters[];
  /** f64 [matrices × nStructures] each: 1/√K_AA of the structures on either side; null where kernels are not normalized */
  readonly norms: { readonly left: Pointer; readonly right: Pointer } | null;
}

/** Where kernels of structures go. */
export interface KernelMatrixJob {
  readonly terms: readonly KernelTerm[];
  /** One for each length scale: nLeft × nRight */
  readonly outs: readonly Matrix[];
  /** Of a matrix that is symmetric, the half that is computed. */
  readonly part: "lower" | "upper" | "full";
}

/** Structures on both sides. */
interface Tile {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** Where tiles are kept. */
export interface KeptTiles extends PartName, Pick<BlocksName, "share"> {
  readonly kept: KeptParts;
}

/**
 * Computes kernel matrices tile by tile on all threads. The same bits for any number of them.
 * @param keeping goes on with what an earlier process has kept of the tiles, and keeps them
 * @returns what is kept, to be settled when it is not needed any more
 */
export async function fillKernelMatrices(job: KernelMatrixJob, work: WorkContext, keeping?: KeptTiles): Promise<KeptBlocks | undefined> {
  const tiles = tilesOf(job);
  const { wasm } = work.executor;
  const { outs } = job;
  const elementsOf = (block: number): number => outs.length * sizeOf(tiles[block]);
  const read = (block: number): Float64Array => {
    const values = new Float64Array(elementsOf(block));
    eachTileRow(wasm, outs, tiles[block], (row, at) => values.set(row, at));
    return values;
  };
  const { kept, name = "", of, share } = keeping ?? {};
  const blocks = kept?.blocks({ name, of, share, count: tiles.length, elementsOf, read });
  const place = (block: number, values: Float64Array): void => eachTileRow(wasm, outs, tiles[block], (row, at) => row.set(values.subarray(at, at + row.length)));
  await mapBlocks({ task: kernelTile, inputs: tiles.map((tile) => ({ job, tile })), stage: "kernel matrix", unit: "tiles", place }, work, blocks);
  return blocks;
}

function sizeOf({ rows, columns }: Tile): number {
  return (rows[1] - rows[0]) * (columns[1] - columns[0]);
}

/** Rows of a tile in all matrices, one after the other. */
function eachTileRow(wasm: Wasm, outs: readonly Matrix[], { rows, columns: [first, last] }: Tile, visit: (row: Float64Array, at: number) => void): void {
  let at = 0;
  for (const { pointer, stride } of outs) {
    for (let i = rows[0]; i < rows[1]; i++, at += last - first) visit(wasm.f64(pointer + 8 * (i * stride + first), last - first), at);
  }
}

function tilesOf({ outs: [{ rows, columns }], terms, part }: KernelMatrixJob): Tile[] {
  const [height, width] = [stepOf(terms, "left"), stepOf(terms, "right")];
  const step = part === "full" ? height : Math.min(height, width);
  const tiles: Tile[] = [];
  for (let i = 0; i < rows; i += step) {
    const [first, last] = part === "upper" ? [i, columns] : [0, part === "lower" ? Math.min(columns, i + step) : columns];
    const across = part === "full" ? width : step;
    for (let j = first; j < last; j += across) tiles.push({ rows: [i, Math.min(rows, i + step)], columns: [j, Math.min(columns, j + across)] });
  }
  return tiles;
}

/** Structures that have about as many rows as a block. */
function stepOf(terms: readonly KernelTerm[], side: "left" | "right"): number {
  const perStructure = terms.map((term) => term[side].groups.reduce((sum, { count }) => sum + count, 0) / Math.max(1, term[side].nStructures));
  return Math.max(1, Math.min(TILE, Math.floor(BLOCK_ROWS / Math.max(1, ...perStructure))));
}

const kernelTile = defineTask("fit/kernel-ridge/tile", ({ wasm, scratch }, { job: { terms, outs }, tile }: { readonly job: KernelMatrixJob; readonly tile: Tile }): null => {
  const [firstRow, lastRow] = tile.rows;
  const [firstColumn, lastColumn] = tile.columns;
  const columns = lastColumn - firstColumn;
  const sums = outs.map(() => new Float64Array((lastRow - firstRow) * columns));
  for (const term of terms) addTerm(wasm, term, tile, sums, scratch);
  const size = (lastRow - firstRow) * columns;
  eachTileRow(wasm, outs, tile, (row, at) => row.set(sums[Math.floor(at / size)].subarray(at % size, (at % size) + columns)));
  return null;
});

function addTerm(wasm: Wasm, { left, right, kernels, norms }: KernelTerm, tile: Tile, sums: readonly Float64Array[], scratch: Arena): void {
  const columns = tile.columns[1] - tile.columns[0];
  const own = norms ? sums.map((sum) => new Float64Array(sum.length)) : sums;
  const matrices = attachKernels(wasm, kernels);
  for (const group of left.groups) {
    const other = right.groups.find(({ atomicNumber }) => atomicNumber === group.atomicNumber);
    if (!other) continue;
    for (const x of blocksOf(wasm, left, group, tile.rows)) {
      for (const y of blocksOf(wasm, right, other, tile.columns)) {
        const mark = scratch.mark();
        const outs = kernels.map(() => matrix(scratch.f64(x.rows.rows * y.rows.rows), x.rows.rows, y.rows.rows));
        matrices(x.rows, y.rows, outs, scratch);
        for (const [k, out] of outs.entries()) addSums(wasm.f64(out.pointer, out.rows * out.columns), x.owners, y.owners, own[k], columns);
        scratch.reset(mark);
      }
    }
  }
  if (norms) for (const [k, sum] of sums.entries()) addNormalized(wasm, own[k], norms, k, { left, right }, tile, sum);
}

/** Rows of some structures, and the structure of each, counted from the first of the tile. */
interface RowsBlock {
  readonly rows: Matrix;
  readonly owners: Int32Array;
}

function blocksOf(wasm: Wasm, { pointer, nFeatures, nStructures }: RowSet, { offsets }: PlacedGroup, [first, last]: readonly [number, number]): RowsBlock[] {
  const ends = wasm.i32(offsets, nStructures + 1);
  const blocks: RowsBlock[] = [];
  let structure = first;
  for (let row = ends[first]; row < ends[last]; row += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, ends[last] - row);
    const owners = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      while (ends[structure + 1] <= row + i) structure++;
      owners[i] = structure - first;
    }
    blocks.push({ rows: matrix(pointer + 8 * row * nFeatures, count, nFeatures), owners });
  }
  return blocks;
}

/** Kernels of rows are added up by the structures that these are of. */
function addSums(values: Float64Array, left: Int32Array, right: Int32Array, sums: Float64Array, columns: number): void {
  const width = right.length;
  for (let i = 0, at = 0; i < left.length; i++) {
    const row = left[i] * columns;
    for (let j = 0; j < width; ) {
      const owner = right[j];
      let sum = 0;
      for (; j < width && right[j] === owner; j++) sum += values[at++];
      sums[row + owner] += sum;
    }
  }
}

function addNormalized(
  wasm: Wasm, own: Float64Array, norms: NonNullable<KernelTerm["norms"]>, k: number, { left, right }: Pick<KernelTerm, "left" | "right">, tile: Tile, sum: Float64Array,
): void {
  const rows = wasm.f64(norms.left + 8 * k * left.nStructures, left.nStructures);
  const columns = wasm.f64(norms.right + 8 * k * right.nStructures, right.nStructures);
  let at = 0;
  for (let i = tile.rows[0]; i < tile.rows[1]; i++) for (let j = tile.columns[0]; j < tile.columns[1]; j++, at++) sum[at] += own[at] * rows[i] * columns[j];
}

interface OwnInput {
  readonly rows: RowSet;
  readonly kernels: readonly KernelParameters[];
  readonly structures: readonly [number, number];
}

/** Kernels of structures with themselves: f64 [kernels × structures]. */
const ownKernels = defineTask("fit/kernel-ridge/own-kernels", ({ wasm, scratch }, { rows, kernels, structures: [first, last] }: OwnInput): Float64Array => {
  const out = new Float64Array(kernels.length * (last - first));
  for (let structure = first; structure < last; structure++) {
    const sums = kernels.map(() => new Float64Array(1));
    const tile: Tile = { rows: [structure, structure + 1], columns: [structure, structure + 1] };
    addTerm(wasm, { left: rows, right: rows, kernels, norms: null }, tile, sums, scratch);
    sums.forEach(([sum], k) => (out[k * (last - first) + structure - first] = sum));
  }
  return out;
});

/**
 * 1/√K_AA of all structures for every kernel: f64 [kernels × nStructures], in shared memory as long as the holdings; 0 for structures without rows.
 */
export async function placeNorms(rows: RowSet, kernels: readonly KernelParameters[], holdings: Holdings, signal: AbortSignal | undefined): Promise<Pointer> {
  const { executor } = holdings;
  const step = 32;
  const spans = Array.from({ length: Math.ceil(rows.nStructures / step) }, (_, i) => [i * step, Math.min(rows.nStructures, (i + 1) * step)] as const);
  const parts = await executor.map(ownKernels, spans.map((structures) => ({ rows, kernels, structures })), { signal });
  const { pointer } = holdings.allocate(8 * kernels.length * rows.nStructures, "norms of the kernels");
  const norms = executor.wasm.f64(pointer, kernels.length * rows.nStructures);
  for (const [p, [first, last]] of spans.entries()) {
    for (let k = 0; k < kernels.length; k++) {
      const own = parts[p].subarray(k * (last - first), (k + 1) * (last - first));
      norms.set(own.map((value) => (value > 0 ? 1 / Math.sqrt(value) : 0)), k * rows.nStructures + first);
    }
  }
  return pointer;
}
