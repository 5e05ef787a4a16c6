import { attachKernel, type KernelParameters } from "../../kernels/registry.js";
import type { KernelPoints } from "../../kernels/kernel.js";
import { matrix } from "../../linalg/matrix.js";
import { defineTask } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
import { placeRecord, readRecord } from "../../wasm/records.js";
import { type Moments, noMoments } from "./moments.js";

/** References of one group: with TILE_ROWS rows of kernel values they stay in the L2 cache. */
export const GROUP_SIZE = 512;
const TILE_ROWS = 32;
/** The routine counts four histograms side by side. */
const HISTOGRAMS = 4;

export interface HistogramRange {
  readonly from: number;
  readonly to: number;
  readonly bins: number;
}

export interface KernelBlockInput {
  readonly kernel: KernelParameters;
  /** f64 [nRows × nFeatures], descriptors of environments */
  readonly rows: Pointer;
  readonly nRows: number;
  readonly nFeatures: number;
  /** The references, GROUP_SIZE to a group. */
  readonly groups: readonly KernelPoints[];
  /** Which reference each row is; −1 for none. */
  readonly referenceOfRow: Int32Array;
  /** in the units of the kernel */
  readonly histogram: HistogramRange;
}

export interface KernelBlock {
  readonly moments: Moments;
  readonly counts: Float64Array;
}

/** Kernel values between some environments and all references, each environment left out where it meets itself. */
export const kernelBlockTask = defineTask("analysis/kernel-block", ({ wasm, scratch }, input: KernelBlockInput): KernelBlock => {
  const { rows, nRows, nFeatures, groups, referenceOfRow } = input;
  const { from, to, bins } = input.histogram;
  const evaluator = attachKernel(wasm, input.kernel);
  const excluded = scratch.i32(TILE_ROWS);
  const values = scratch.f64(TILE_ROWS * GROUP_SIZE);
  const counts = scratch.i32(HISTOGRAMS * bins);
  const histogram = placeRecord(wasm, scratch, "Histogram", { from, binsPerUnit: bins / (to - from), bins, counts });
  const [moments, ofBlock] = [placeRecord(wasm, scratch, "Moments", noMoments), placeRecord(wasm, scratch, "Moments", noMoments)];
  wasm.i32(counts, HISTOGRAMS * bins).fill(0);
  groups.forEach((group, g) => {
    for (let first = 0; first < nRows; first += TILE_ROWS) {
      const count = Math.min(TILE_ROWS, nRows - first);
      evaluator.evaluate({ rows: matrix(rows + 8 * first * nFeatures, count, nFeatures), points: group, values, slopes: 0 }, scratch);
      const own = referenceOfRow.subarray(first, first + count);
      wasm.i32(excluded, count).set(own.map((reference) => columnInGroup(reference, g)));
      wasm.routines.addMoments(count, group.count, values, excluded, histogram, moments, ofBlock);
    }
  });
  return { moments: readRecord(wasm, moments, "Moments"), counts: foldCounts(wasm.i32(counts, HISTOGRAMS * bins), bins) };
});

function columnInGroup(reference: number, group: number): number {
  const column = reference - group * GROUP_SIZE;
  return column >= 0 && column < GROUP_SIZE ? column : -1;
}

function foldCounts(counts: Int32Array, bins: number): Float64Array {
  const sums = new Float64Array(bins);
  counts.forEach((count, i) => (sums[i % bins] += count >>> 0));
  return sums;
}
