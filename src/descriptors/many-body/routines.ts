import { InvalidStructureError } from "../../errors.js";
import { type EnvironmentBatch, placeEnvironments } from "../../neighbors/environment-batch.js";
import { alignUp, type Arena, type Pointer } from "../../wasm/memory.js";
import { enumerations, placeRecord, readField, recordBytes } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import { CLOSEST } from "../apart.js";
import type { Grid } from "./terms.js";
import { profileShape } from "./profiles.js";

const { TensorMode } = enumerations;

/** Where a routine finds rows and writes to; see `TensorTask` in `assembly/descriptors/many-body/task.ts`. */
export interface TensorTarget {
  readonly mode: keyof typeof TensorMode;
  /** At the first column of the first row. */
  readonly rows: Pointer;
  readonly rowLength: number;
  readonly pairs?: Pointer;
  readonly rowsOfPairs?: Pointer;
  readonly rowsOfCenters?: Pointer;
  readonly strain?: Pointer;
}

/** A term in shared memory, and where its columns begin. */
export interface PlacedTerm {
  /** A `TensorTerm`. */
  readonly pointer: Pointer;
  readonly order: 2 | 3;
  readonly column: number;
}

/** Runs the terms of pairs and triplets over a batch. */
export function runTerms(wasm: Wasm, scratch: Arena, batch: EnvironmentBatch, terms: readonly PlacedTerm[], target: TensorTarget): void {
  const mark = scratch.mark();
  const environments = placeEnvironments(wasm, scratch, batch);
  const { mode, rows, rowLength, pairs = 0, rowsOfPairs = 0, rowsOfCenters = 0, strain = 0 } = target;
  for (const { pointer, order, column } of terms) {
    const inner = scratch.mark();
    const field = (name: "nBins" | "reach" | "width" | "nChannels"): number => readField(wasm, pointer, "TensorTerm", name);
    const task = placeRecord(wasm, scratch, "TensorTask", {
      term: pointer, environments, nCenters: batch.nCenters, mode: TensorMode[mode], rowLength,
      rows: rows + 8 * column, pairs, rowsOfPairs, rowsOfCenters, strain: strain && strain + 8 * column,
      accumulators: scratch.f64(accumulatorLength(field("nChannels"), field("nBins"), field("reach"))),
      scratch: scratch.allocate(workBytes(field("width")) + 8 * batch.nPairs),
    });
    if (order === 2) wasm.routines.tensorPairs(task);
    else wasm.routines.tensorTriplets(task);
    scratch.reset(inner);
  }
  scratch.reset(mark);
}

/** `channelStride` of `assembly/descriptors/many-body/profile.ts` for every channel. */
function accumulatorLength(nChannels: number, nBins: number, reach: number): number {
  return nChannels * ((nBins + 4 * reach + 3) & ~1);
}

/** Bytes before the lists of neighbors in the scratch of a routine. */
function workBytes(width: number): number {
  return 8 * (2 * width + 32);
}

/** Bytes that `runTerms` takes at once, beside 8 for each pair. */
export function runBytes(terms: readonly { readonly grid: Grid; readonly nChannels: number }[]): number {
  const each = terms.map(({ grid, nChannels }) => {
    const { reach, width } = profileShape(grid);
    return alignUp(8 * accumulatorLength(nChannels, grid.n, reach)) + alignUp(workBytes(width)) + alignUp(recordBytes("TensorTask"));
  });
  return Math.max(0, ...each) + alignUp(recordBytes("Environments")) + 64;
}

/**
 * Makes sure that no neighbor coincides with its center.
 * @throws {InvalidStructureError}
 */
export function requireDistances(wasm: Wasm, { nPairs, nCenters, offsets, distances }: EnvironmentBatch): void {
  if (nCenters === 0) return;
  const [first] = wasm.i32(offsets, 1);
  const pair = wasm.f64(distances + 8 * first, nPairs).findIndex((r) => r < CLOSEST);
  if (pair < 0) return;
  const center = wasm.i32(offsets, nCenters + 1).findIndex((_, c, ends) => ends[c + 1] - first > pair);
  const distance = wasm.f64(distances + 8 * (first + pair), 1)[0];
  throw new InvalidStructureError(
    `an atom is ${distance.toFixed(4)} Å from center ${center} (from 0); atoms must be at least ${CLOSEST} Å apart here: remove one of them or correct the cell`,
  );
}
