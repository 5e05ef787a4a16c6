import type { Estimate, KernelShape } from "../analysis/information/information.js";
import { kernelShapeTask } from "../analysis/information/kernel-shape.js";
import { compactGroups } from "../analysis/information/learning.js";
import { describeSample, type SampledRows } from "../analysis/information/sampled-rows.js";
import { spectrumTask } from "../analysis/information/spectrum.js";
import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import type { Executor } from "../parallel/executor.js";
import { Holdings } from "../parallel/holdings.js";
import type { ProgressListener } from "../parallel/progress.js";
import { settled } from "../parallel/settled.js";
import type { Dataset } from "../structures/dataset.js";
import type { Audit, Part } from "./audit.js";
import type { AuditEstimate, KernelPart, LinearPart, VariancePart } from "./row-results.js";
import { kernelErrorsTask } from "./kernel-errors.js";

/** How rows are sampled. */
export interface RowOptions {
  /** Most rows. */
  readonly sampleSize: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressListener | undefined;
}

/** What a sample of rows tells without derivatives. */
export type RowParts = Pick<Audit, "variance" | "linear" | "kernels">;

/** Errors of kernels that components are counted for. */
export const KERNEL_ERRORS = [1e-6, 1e-10] as const;
/** Groups of rows that are left out in turn for standard errors. */
const GROUPS = 8;
/** Cosines of rows that are equal are 1 up to this. */
const EQUAL = 1e-9;
/** Rows or columns, whichever are fewer, that eigenvectors are still found of in seconds. */
const MOST_DIRECTIONS = 1000;

/** Rows of the sample: fewer where rows are long, as the work grows with the cube of the smaller of the two numbers. */
export function rowsOfSample(wanted: number, columns: number): number {
  return columns > MOST_DIRECTIONS ? Math.min(wanted, MOST_DIRECTIONS) : wanted;
}

/** Describes a sample and looks at its rows. */
export async function rowParts(dataset: Dataset, descriptor: AnyDescriptor, executor: Executor, options: RowOptions): Promise<RowParts> {
  const { signal, onProgress } = options;
  const holdings = new Holdings(executor);
  const steps = ["describe a sample", "directions of rows", "kernels"];
  const step = (done: number): void => onProgress?.({ stage: steps[done], done, total: steps.length, unit: "steps" });
  try {
    const { tables } = holdings.keep(descriptor.prepare(executor.wasm, executor.pool, dataset.species()));
    step(0);
    const sampleSize = rowsOfSample(options.sampleSize, tables.nFeatures);
    const sampled = await describeSample(dataset, descriptor, tables, holdings, { seed: options.seed, sampleSize, signal });
    step(1);
    const groups = groupsOf(sampled);
    const [variance, linear] = await settled([variancePart(sampled, groups, holdings, signal), linearPart(sampled, executor, signal)]);
    step(2);
    const kernels = await kernelPart(descriptor, sampled, groups, executor, signal);
    return { variance, linear, kernels };
  } finally {
    holdings.release();
  }
}

/** Structures as groups where there are enough of them, rows otherwise. */
function groupsOf({ rows }: SampledRows): Int32Array {
  const structures = new Map<number, number>();
  for (const { structure } of rows) if (!structures.has(structure)) structures.set(structure, structures.size % GROUPS);
  if (structures.size < GROUPS) return compactGroups(rows.map((_, i) => i % Math.min(GROUPS, rows.length)));
  return compactGroups(rows.map(({ structure }) => structures.get(structure)!));
}

function tooFew({ rows }: SampledRows): string | undefined {
  return rows.length < 2 ? `there ${rows.length === 1 ? "is one row" : "are no rows"}, so there is nothing to compare it with` : undefined;
}

async function variancePart({ x, rows }: SampledRows, groups: Int32Array, holdings: Holdings, signal: AbortSignal | undefined): Promise<Part<VariancePart>> {
  if (rows.length < 2) return { leftOut: "fewer than two rows have no variance" };
  const components = holdings.allocate(8 * 2 * x.columns, "principal components").pointer;
  const { spectrum } = await holdings.executor.submit(spectrumTask, { x, groups, components, length: Math.min(2, x.columns) }, { signal });
  const { columns, rank, constantColumns, duplicateColumns, eigenvalues, participationRatio } = spectrum;
  return { rows: rows.length, columns, effectiveRank: estimateOf(participationRatio), rank, constantColumns, duplicateColumns, eigenvalues };
}

async function linearPart({ x, rows }: SampledRows, executor: Executor, signal: AbortSignal | undefined): Promise<Part<LinearPart>> {
  if (rows.length === 0) return { leftOut: "there are no rows" };
  const errors = Array.from(await executor.submit(kernelErrorsTask, { x }, { signal }));
  if (!(errors[0] > 0)) return { leftOut: "every row is 0, so that any kernel of two rows is 0" };
  const needed = KERNEL_ERRORS.map((error) => ({ error, components: errors.findIndex((reached) => reached <= error) }));
  return { rows: rows.length, columns: x.columns, needed, isBoundedBySample: rows.length < x.columns, errors };
}

async function kernelPart(descriptor: AnyDescriptor, sampled: SampledRows, groups: Int32Array, executor: Executor, signal: AbortSignal | undefined): Promise<Part<KernelPart>> {
  if (descriptor.turns) return { leftOut: `rows of ${descriptor.name} turn with the structure, so that kernels of them depend on its orientation` };
  const few = tooFew(sampled);
  if (few !== undefined) return { leftOut: few };
  const shape = await executor.submit(kernelShapeTask, { x: sampled.x, groups }, { signal });
  if (!shape) return { leftOut: "fewer than two rows of the sample are not 0, so there are no cosines" };
  // the middle of a bin says nothing of rows that are equal up to rounding
  const median = shape.mean.mean > 1 - EQUAL && shape.std.mean < EQUAL ? 1 : medianOf(shape.histogram);
  const halvingZeta = median > 0 && median < 1 ? Math.log(0.5) / Math.log(median) : undefined;
  return { mean: estimateOf(shape.mean), std: estimateOf(shape.std), skewness: estimateOf(shape.skewness), median, halvingZeta, histogram: shape.histogram };
}

/** Within its bin as if the values there were spread evenly. */
function medianOf({ from, to, counts }: KernelShape["histogram"]): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let below = 0;
  const bin = counts.findIndex((count) => (below += count) >= half);
  return from + ((to - from) / counts.length) * (bin + 1 - (below - half) / counts[bin]);
}

function estimateOf({ mean, error }: Estimate): AuditEstimate {
  return { value: mean, error: Number.isFinite(error) ? error : undefined };
}
