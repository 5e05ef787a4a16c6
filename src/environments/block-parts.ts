import type { RowKind } from "../descriptors/rows.js";
import type { Structure } from "../structures/structure.js";
import { type CenterSelection, selectCenters } from "./center-selection.js";
import type { RowIndex, StructurePart } from "./describe-task.js";
import { copyGeometry } from "./environments.js";
import type { FingerprintBlock } from "./fingerprint-block.js";

const ROWS_PER_BLOCK = 512;
const BLOCK_BYTES = 8e6;
/** A structure is cut into at most this many blocks where memory allows: each of them sorts all of its atoms into cells. */
const BLOCKS_PER_STRUCTURE = 64;
const MAXIMUM_BLOCK_BYTES = 64e6;

/** How fingerprints are cut into blocks. */
export interface BlockSizes {
  /** Rows that are gathered from small structures. */
  readonly rowsPerBlock: number;
  /** Most rows of a block of a large structure. */
  readonly maximumRows: number;
  /** Blocks that are computed or written at once. */
  readonly inFlight: number;
}

/** Block sizes for rows of a length; the number of threads decides about memory only, not about what is in a block. */
export function blockSizes(nFeatures: number, threads: number): BlockSizes {
  const rowBytes = Math.max(8, nFeatures * 8);
  return {
    rowsPerBlock: Math.max(1, Math.min(ROWS_PER_BLOCK, Math.floor(BLOCK_BYTES / rowBytes))),
    maximumRows: Math.max(1, Math.floor(MAXIMUM_BLOCK_BYTES / rowBytes)),
    inFlight: threads === 1 ? 2 : 2 * threads + 2, // some wait to be written while others are computed
  };
}

/** Centers of one structure that are described together. */
export interface BlockPart extends StructurePart {
  /** Number of the structure. */
  readonly frame: number;
  /** Atoms that are centers, at least one. */
  readonly chosen: Int32Array;
}

/** Gathers small structures into one block and cuts large ones, whose rows do not belong to a whole structure, into several. */
export async function* gatherBlocks(
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  kind: RowKind,
  { rowsPerBlock, maximumRows }: BlockSizes,
  selection: CenterSelection | undefined,
): AsyncGenerator<BlockPart[]> {
  let gathered: BlockPart[] = [];
  let count = 0;
  let frame = 0;
  for await (const structure of structures) {
    const { atomicNumbers, label } = structure;
    const centers = selectCenters(atomicNumbers, selection, label);
    const nCenters = centers?.length ?? atomicNumbers.length;
    const geometry = copyGeometry(structure);
    const step = kind === "structure" ? nCenters : Math.min(maximumRows, Math.max(rowsPerBlock, Math.ceil(nCenters / BLOCKS_PER_STRUCTURE)));
    for (let start = 0; start < nCenters; start += step) {
      const end = Math.min(nCenters, start + step);
      const isWhole = end - start === atomicNumbers.length && centers === null;
      const chosen = centers?.subarray(start, end) ?? Int32Array.from({ length: end - start }, (_, i) => start + i);
      if (count > 0 && count + chosen.length > rowsPerBlock) {
        yield gathered;
        [gathered, count] = [[], 0];
      }
      gathered.push({ geometry, centers: isWhole ? null : chosen, frame, chosen });
      count += chosen.length;
    }
    frame++;
  }
  if (count > 0) yield gathered;
}

/** What the rows of a block are about. */
export type BlockIndex = Omit<FingerprintBlock, "values">;

/**
 * Rows of the parts of a block, one after the other.
 * @param tuples rows of each part where they are tuples
 */
export function indexOf(parts: readonly BlockPart[], kind: RowKind, tuples: readonly RowIndex[] | undefined): BlockIndex {
  const rows = parts.map(({ chosen }, i) => {
    if (kind === "structure") return { nRows: 1, atomOf: () => -1 };
    if (kind === "center") return { nRows: chosen.length, atomOf: (row: number) => chosen[row] };
    const { nRows, members } = tuples![i];
    return { nRows, atomOf: (row: number) => members[(row * members.length) / nRows] };
  });
  const nRows = rows.reduce((sum, part) => sum + part.nRows, 0);
  const [frames, atoms, atomicNumbers] = [new Int32Array(nRows), new Int32Array(nRows), new Int32Array(nRows)];
  let at = 0;
  for (const [i, part] of rows.entries()) {
    for (let row = 0; row < part.nRows; row++, at++) {
      const atom = part.atomOf(row);
      frames[at] = parts[i].frame;
      atoms[at] = atom;
      atomicNumbers[at] = atom < 0 ? 0 : parts[i].geometry.atomicNumbers[atom];
    }
  }
  return { nRows, frames, atoms, atomicNumbers, ...(tuples && { neighbors: neighborsOf(tuples) }) };
}

/** Number of rows of each part. */
export function rowCounts(parts: readonly BlockPart[], kind: RowKind, tuples: readonly RowIndex[] | undefined): number[] {
  return parts.map(({ chosen }, i) => (kind === "structure" ? 1 : (tuples?.[i].nRows ?? chosen.length)));
}

function neighborsOf(tuples: readonly RowIndex[]): Int32Array {
  const widths = tuples.filter(({ nRows }) => nRows > 0).map(({ nRows, members }) => members.length / nRows - 1);
  const width = Math.max(0, ...widths);
  const nRows = tuples.reduce((sum, tuple) => sum + tuple.nRows, 0);
  const neighbors = new Int32Array(nRows * width).fill(-1);
  let at = 0;
  for (const tuple of tuples) {
    const own = tuple.members.length / tuple.nRows;
    for (let row = 0; row < tuple.nRows; row++, at += width) neighbors.set(tuple.members.subarray(row * own + 1, (row + 1) * own), at);
  }
  return neighbors;
}
