import { InternalError } from "../errors.js";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";

/**
 * What a row of a descriptor is about: a center; a tuple, such as a pair or a triplet of a center with its neighbors; a whole structure.
 */
export type RowKind = "center" | "tuple" | "structure";

/**
 * The rows that a descriptor makes of a batch of environments, in the order of the centers, and the pairs that each depends on: an entry
 * is one row's derivative by the displacement of one pair. Pointers into the WebAssembly memory, plain data.
 */
export interface Rows {
  /** What a row is about. */
  readonly kind: RowKind;
  /** Rows of all centers of the batch. */
  readonly nRows: number;
  /** Pairs of a row and a displacement it depends on; as many as pairs where rows are centers. */
  readonly nEntries: number;
  /** i32 [nRows + 1]: entries of row r are offsets[r] … offsets[r + 1] − 1; outputs start with entry offsets[0] */
  readonly offsets: Pointer;
  /** i32: the pair of every entry; 0 where entry e is about pair e */
  readonly pairs: Pointer;
  /** i32 [nCenters + 1]: the first row of every center; 0 where row r is that of center r, or one row is about all centers */
  readonly ofCenters: Pointer;
}

/** Centers with their neighbors and the rows that a descriptor makes of them. */
export interface RowBatch extends EnvironmentBatch {
  /** In the order of the centers. */
  readonly rows: Rows;
}

/** One row for each center: the arrays of the batch serve as they are. */
export function centerRows({ nCenters, nPairs, offsets }: EnvironmentBatch): Rows {
  return { kind: "center", nRows: nCenters, nEntries: nPairs, offsets, pairs: 0, ofCenters: 0 };
}

/** One row for all centers together, which depends on every pair; none where there are no centers. */
export function structureRows(wasm: Wasm, { nCenters, nPairs }: EnvironmentBatch, arena: Arena): Rows {
  const offsets = arena.i32(2);
  wasm.i32(offsets, 2).set([0, nPairs]);
  return { kind: "structure", nRows: Math.min(1, nCenters), nEntries: nPairs, offsets, pairs: 0, ofCenters: 0 };
}

/** What stands before each center of a batch, and at the end. */
export interface RowsByCenter {
  /** nCenters + 1: rows */
  readonly rows: Int32Array;
  /** nCenters + 1: entries */
  readonly entries: Int32Array;
}

/** Rows and entries of each center, counted from the first of the batch; rows are of centers or of tuples. */
export function rowsByCenter(wasm: Wasm, { nCenters, rows }: RowBatch): RowsByCenter {
  const ends = wasm.i32(rows.offsets, rows.nRows + 1);
  const firstRows = rows.ofCenters ? wasm.i32(rows.ofCenters, nCenters + 1) : undefined;
  const before = Int32Array.from({ length: nCenters + 1 }, (_, center) => (firstRows ? firstRows[center] - firstRows[0] : center));
  return { rows: before, entries: before.map((row) => ends[row] - ends[0]) };
}

/** For every row the element of its center; rows are of centers or of tuples. */
export function spreadOverRows(wasm: Wasm, batch: RowBatch, ofCenters: Int32Array): Int32Array {
  if (!batch.rows.ofCenters) return ofCenters;
  const { rows } = rowsByCenter(wasm, batch);
  const spread = new Int32Array(batch.rows.nRows);
  for (let center = 0; center < batch.nCenters; center++) spread.fill(ofCenters[center], rows[center], rows[center + 1]);
  return spread;
}

/** Bytes that a descriptor keeps for its derivatives, each on top of the others. */
export interface StateSize {
  /** Whatever the batch holds. */
  readonly perBatch: number;
  /** For each center. */
  readonly perCenter: number;
  /** For each pair of a center and a neighbor. */
  readonly perPair: number;
}

/** Bytes of the state of a batch. */
export function stateBytes({ perBatch, perCenter, perPair }: StateSize, { nCenters, nPairs }: Pick<EnvironmentBatch, "nCenters" | "nPairs">): number {
  return perBatch + perCenter * nCenters + perPair * nPairs;
}

/** Bytes that a descriptor works in, each on top of the others. */
export interface ScratchSize extends StateSize {
  /** For each row where rows are tuples: pairs do not tell their number. */
  readonly perRow?: number | undefined;
}

/** Bytes of the scratch of a batch. */
export function scratchBytes(
  { perRow = 0, ...size }: ScratchSize,
  batch: Pick<EnvironmentBatch, "nCenters" | "nPairs"> & { readonly rows: Pick<Rows, "nRows"> },
): number {
  return stateBytes(size, batch) + perRow * batch.rows.nRows;
}

/** A batch with what its descriptor made of it. */
export interface DescribedBatch {
  /** What was described. */
  readonly batch: RowBatch;
  /** f64 [nRows × nFeatures] */
  readonly values: Pointer;
  /** what the derivatives need; 0 where only the values were asked for */
  readonly state: Pointer;
}

/**
 * Centers first … last − 1 with their rows: indices into the arrays of pairs and entries stay those of the whole.
 * The state of a center stands together, its pairs' part included, in the order of the centers.
 */
export function sliceBatch(
  wasm: Wasm,
  { nFeatures, stateSize }: { readonly nFeatures: number; readonly stateSize: StateSize },
  { batch, values, state }: DescribedBatch,
  first: number,
  last: number,
): DescribedBatch {
  const { rows } = batch;
  if (rows.kind === "structure" || stateSize.perBatch > 0) throw new InternalError("a descriptor of whole structures cannot describe parts of them");
  const pairsBefore = (center: number): number => wasm.i32(batch.offsets + 4 * center, 1)[0];
  const nPairs = pairsBefore(last) - pairsBefore(first);
  const ofPart = { nCenters: last - first, nPairs, centerSpecies: batch.centerSpecies + 4 * first, offsets: batch.offsets + 4 * first };
  const part = { ...batch, ...ofPart };
  const rowsBefore = (center: number): number => (rows.ofCenters ? wasm.i32(rows.ofCenters + 4 * center, 1)[0] - wasm.i32(rows.ofCenters, 1)[0] : center);
  return {
    batch: { ...part, rows: rows.kind === "center" ? centerRows(part) : sliceRows(wasm, rows, rowsBefore, first, last) },
    values: values + 8 * nFeatures * rowsBefore(first),
    state: state && state + stateSize.perCenter * first + stateSize.perPair * (pairsBefore(first) - pairsBefore(0)),
  };
}

function sliceRows(wasm: Wasm, rows: Rows, rowsBefore: (center: number) => number, first: number, last: number): Rows {
  const firstRow = rowsBefore(first);
  const nRows = rowsBefore(last) - firstRow;
  const offsets = rows.offsets + 4 * firstRow;
  const ends = wasm.i32(offsets, nRows + 1);
  return { ...rows, nRows, nEntries: ends[nRows] - ends[0], offsets, ofCenters: rows.ofCenters + 4 * first };
}
