/** Consecutive rows of fingerprints. All indices count from 0. */
export interface FingerprintBlock {
  /** At least 1. */
  readonly nRows: number;
  /** nRows × nFeatures. A view of shared memory: good until the next block is asked for. */
  readonly values: Float64Array;
  /** Structure of each row. */
  readonly frames: Int32Array;
  /** Atom of each row in its structure, the center of a tuple; −1 where a row belongs to a whole structure. */
  readonly atoms: Int32Array;
  /** Atomic number of that atom; 0 where a row belongs to a whole structure. */
  readonly atomicNumbers: Int32Array;
  /** Where rows are tuples: the neighbors of each, nRows × neighbors of a tuple, atoms of the structure; −1 where there are fewer. */
  readonly neighbors?: Int32Array;
}

/** The neighbors of a row that is a tuple; undefined where rows are not. */
export function neighborsOfRow({ nRows, neighbors }: FingerprintBlock, row: number): Int32Array | undefined {
  const width = (neighbors?.length ?? 0) / nRows;
  return neighbors?.subarray(row * width, (row + 1) * width);
}
