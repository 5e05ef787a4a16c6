import type { z } from "zod";
import { learnFromData } from "../../environments/learn.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { requireCenterRows, requireInvariantRows } from "../../descriptors/requirements.js";
import { createDescriptor, type descriptorSchema } from "../../descriptors/registry.js";
import type { KernelPoints } from "../../kernels/kernel.js";
import { attachKernel, type KernelParameters, kernelScale, prepareKernelPoints } from "../../kernels/registry.js";
import { matrix, type Matrix, rowBlock } from "../../linalg/matrix.js";
import type { CachedEnvironments } from "../../environments/cache/environment-cache.js";
import type { Executor } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Pointer } from "../../wasm/memory.js";
import type { KernelHistogram } from "./kernel-histogram.js";
import { mergeMoments, type Moments, noMoments, shapeOf } from "./moments.js";
import { centerNumbers } from "../../environments/center-selection.js";
import { type EnvironmentSample, knownSample } from "./sample.js";
import { Described, type Source, Undescribed } from "./source.js";
import { GROUP_SIZE, type HistogramRange, kernelBlockTask } from "./kernel-block.js";

/** The part of a model's term that its kernel depends on. */
export interface KernelTerm {
  /** The `descriptor` section of a model's term. */
  readonly descriptor: z.output<typeof descriptorSchema>;
  /** The `kernel` section of a model's term. */
  readonly kernel: KernelParameters;
  /** Chemical symbols of the centers; default: all atoms */
  readonly centers?: readonly string[];
}

/** How much of a data set a distribution of kernels looks at. */
export interface KernelDistributionOptions {
  /** Most environments that every environment is compared with; default 3000. */
  readonly references?: number;
  /** Share of the environments of the data that are looked at, a seeded sample; default 1. */
  readonly fraction?: number;
  /** of the histogram; default 100 */
  readonly bins?: number;
  /** of the samples; default 1 */
  readonly seed?: number;
  /** For descriptors that are in memory at once, without those of the references; default 128 MB. The result does not depend on it. */
  readonly blockBytes?: number;
  /** Where environments of the whole data are described once for several calls; not used for a share of it. */
  readonly environments?: CachedEnvironments;
  /** Stops between blocks of environments with a CancelledError. */
  readonly signal?: AbortSignal;
}

/** How the kernel values between the environments of a data set are distributed, in units of `scale`. */
export interface KernelDistribution {
  /** Between 0 and 1 for a dot product of unit vectors. */
  readonly mean: number;
  /** Standard deviation. */
  readonly std: number;
  /** Third standardised moment, with its sign; 0 where all values are equal. */
  readonly skewness: number;
  /** Of all kernel values, also below 0 where the kernel can be. */
  readonly minimum: number;
  /** Of all kernel values, above 1 only between an environment and a reference of a smaller k(x, x). */
  readonly maximum: number;
  /** From 0 to 1; values outside count in the first or last bin. */
  readonly histogram: KernelHistogram;
  /** Kernel values. */
  readonly pairs: number;
  /** Number of environments that were looked at. */
  readonly environments: number;
  /** Number of environments that each of them was compared with. */
  readonly references: number;
  /** Largest k(x, x) of the references, eV²: δ² for descriptors of unit length. */
  readonly scale: number;
}

export const DEFAULT_REFERENCES = 3000;
export const DEFAULT_BINS = 100;
const BLOCK_BYTES = 128e6;
/** A quarter of the memory: what an environment cache holds. */
const CACHED_BYTES = 2 ** 30;
/** Environments of one task: the same for any number of threads. */
const BLOCK_ROWS = 512;

/**
 * Distribution of the kernel values k(x_i, x_j) between all environments i of a data set and up to `references` seeded random ones j,
 * an environment with itself left out, for one term of a model: kernels of descriptors as the model has them, over the centers of the
 * term, whatever their species. Kondati Natarajan & Caro, arXiv:2101.00049 (2020). The same bits for any number of threads; memory is
 * bounded by the references and `blockBytes`.
 * @throws {InvalidParameterError} for a descriptor that is averaged or species that the data does not have, and where fewer than two
 * environments are left; {NumericalError} for kernel values that are not finite; {CancelledError}
 */
export async function kernelDistribution(
  dataset: Dataset,
  term: KernelTerm,
  executor: Executor,
  options: KernelDistributionOptions = {},
): Promise<KernelDistribution> {
  const { references = DEFAULT_REFERENCES, fraction = 1, seed = 1, signal } = options;
  const centers = term.centers ? centerNumbers(term.centers, dataset.species()) : null;
  const sample = knownSample(dataset, centers, { references, fraction, seed });
  const unlearned: AnyDescriptor = createDescriptor(term.descriptor);
  requireCenterRows(unlearned, "kernels between environments");
  requireInvariantRows(unlearned, "kernels between environments");
  const descriptor = await learnFromData(executor, unlearned, dataset, { species: dataset.species(), centers: centers ? { species: centers } : undefined, signal });
  const holdings = new Holdings(executor);
  try {
    const species = dataset.species();
    const request = { descriptor, species, centers, withState: false };
    const described = fraction === 1 ? await options.environments?.describe(request, signal) : undefined;
    const source = described ? new Described(holdings.keep(described)) : new Undescribed(dataset, descriptor, holdings);
    return await measure(sample, source, term.kernel, holdings, options);
  } finally {
    holdings.release();
  }
}

/** Bytes of WebAssembly memory that the distribution takes, roughly, beside neighbor lists. */
export function estimateDistributionBytes(dataset: Dataset, nFeatures: number, references = DEFAULT_REFERENCES): number {
  const all = 8 * dataset.nAtoms * nFeatures;
  // described by structure where that fits into a cache, gathered in blocks, references as they are and packed
  return Math.min(all, CACHED_BYTES) + Math.min(all, BLOCK_BYTES) + 16 * Math.min(references, dataset.nAtoms) * nFeatures;
}

async function measure(
  { environments, references }: EnvironmentSample,
  source: Source,
  kernel: KernelParameters,
  holdings: Holdings,
  { bins = DEFAULT_BINS, blockBytes = BLOCK_BYTES, signal }: KernelDistributionOptions,
): Promise<KernelDistribution> {
  const { executor } = holdings;
  const { nFeatures } = source;
  const chunkRows = Math.max(BLOCK_ROWS, Math.floor(blockBytes / (8 * nFeatures * BLOCK_ROWS)) * BLOCK_ROWS);
  const isOneChunk = environments.length <= chunkRows;
  const chunk = holdings.allocate(8 * Math.min(chunkRows, environments.length) * nFeatures, "descriptors of a kernel distribution");
  const rows = holdings.allocate(8 * references.length * nFeatures, "reference environments of a kernel distribution");
  if (isOneChunk) {
    await source.write(environments, chunk.pointer, { executor, signal });
    copyRows(executor, chunk.pointer, references, nFeatures, rows.pointer);
  } else {
    await source.write(Array.from(references, (index) => environments[index]), rows.pointer, { executor, signal });
  }
  const referenceRows = matrix(rows.pointer, references.length, nFeatures);
  const scale = largestKernel(executor, referenceRows, kernel);
  const groups = groupReferences(holdings, referenceRows, kernel);
  const histogram: HistogramRange = { from: 0, to: scale, bins };
  const total = new Total(bins);
  for (let first = 0; first < environments.length; first += chunkRows) {
    const part = environments.slice(first, first + chunkRows);
    if (!isOneChunk) await source.write(part, chunk.pointer, { executor, signal });
    const inputs = [];
    for (let row = 0; row < part.length; row += BLOCK_ROWS) {
      const nRows = Math.min(BLOCK_ROWS, part.length - row);
      const referenceOfRow = referencesAmong(references, first + row, nRows);
      inputs.push({ kernel, rows: chunk.pointer + 8 * row * nFeatures, nRows, nFeatures, groups, referenceOfRow, histogram });
    }
    total.add(await executor.map(kernelBlockTask, inputs, { signal, label: () => "kernel values" }));
  }
  return { ...total.result(scale), environments: environments.length, references: references.length, scale };
}

/** Sums up blocks in their order. */
class Total {
  private moments: Moments = noMoments;
  private readonly counts: Float64Array;

  constructor(bins: number) {
    this.counts = new Float64Array(bins);
  }

  add(blocks: readonly { readonly moments: Moments; readonly counts: Float64Array }[]): void {
    for (const { moments, counts } of blocks) {
      this.moments = mergeMoments(this.moments, moments);
      counts.forEach((count, bin) => (this.counts[bin] += count));
    }
  }

  result(scale: number): Omit<KernelDistribution, "environments" | "references" | "scale"> {
    const { count, mean, minimum, maximum } = this.moments;
    const { std, skewness } = shapeOf(this.moments);
    const histogram = { from: 0, to: 1, counts: Array.from(this.counts) };
    return { mean: mean / scale, std: std / scale, skewness, minimum: minimum / scale, maximum: maximum / scale, histogram, pairs: count };
  }
}

function copyRows({ wasm }: Executor, from: Pointer, indices: Int32Array, nFeatures: number, to: Pointer): void {
  const target = wasm.f64(to, indices.length * nFeatures);
  indices.forEach((index, i) => target.set(wasm.f64(from + 8 * index * nFeatures, nFeatures), i * nFeatures));
}

/** Largest k(x, x); δ² exactly where that is it but for rounding, as for descriptors of unit length. */
function largestKernel({ wasm }: Executor, rows: Matrix, kernel: KernelParameters): number {
  const scale = kernelScale(kernel);
  const largest = attachKernel(wasm, kernel).diagonal(rows).reduce((most, value) => (value <= most ? most : value), 0);
  return Math.abs(largest / scale - 1) < 1e-9 || !(largest > 0) ? scale : largest;
}

function groupReferences(holdings: Holdings, rows: Matrix, kernel: KernelParameters): KernelPoints[] {
  const groups: KernelPoints[] = [];
  const allocate = (bytes: number): Pointer => holdings.allocate(bytes, "reference environments of a kernel distribution").pointer;
  for (let first = 0; first < rows.rows; first += GROUP_SIZE) {
    const group = rowBlock(rows, first, Math.min(GROUP_SIZE, rows.rows - first));
    groups.push(prepareKernelPoints(holdings.executor.wasm, kernel, group, false, allocate));
  }
  return groups;
}

/** Which of the references the environments first … first + count are; −1 for those that are none. */
function referencesAmong(references: Int32Array, first: number, count: number): Int32Array {
  const found = new Int32Array(count).fill(-1);
  references.forEach((index, i) => {
    if (index >= first && index < first + count) found[index - first] = i;
  });
  return found;
}
