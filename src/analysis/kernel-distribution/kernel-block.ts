import { attachKernel, type KernelParameters } from "../../kernels/registry.js";
import type { KernelPoints } from "../../kernels/kernel.js";
import { matrix } from "../../linalg/matrix.js";
import { defineTask } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
import { MOMENT_FIELDS, type Moments, noMoments, packMoments, unpackMoments } from "./moments.js";

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
  const state = scratch.f64(MOMENT_FIELDS);
  const routineScratch = scratch.f64(MOMENT_FIELDS);
  const counts = scratch.i32(HISTOGRAMS * bins);
  wasm.f64(state, MOMENT_FIELDS).set(packMoments(noMoments));
  wasm.i32(counts, HISTOGRAMS * bins).fill(0);
  groups.forEach((group, g) => {
    for (let first = 0; first < nRows; first += TILE_ROWS) {
      const count = Math.min(TILE_ROWS, nRows - first);
      evaluator.evaluate({ rows: matrix(rows + 8 * first * nFeatures, count, nFeatures), points: group, values, slopes: 0 }, scratch);
      const own = referenceOfRow.subarray(first, first + count);
      wasm.i32(excluded, count).set(own.map((reference) => columnInGroup(reference, g)));
      wasm.routines.addMoments(count, group.count, bins, values, excluded, from, bins / (to - from), state, counts, routineScratch);
    }
  });
  return { moments: unpackMoments(wasm.f64(state, MOMENT_FIELDS)), counts: foldCounts(wasm.i32(counts, HISTOGRAMS * bins), bins) };
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
