import { quick, thorough } from "../compare/cost/effort.js";
import { measureCosts } from "../compare/cost/measure-costs.js";
import { Reference } from "../compare/cost/reference.js";
import { rescaled } from "../compare/cost/rescale.js";
import type { Cost, Timing } from "../compare/comparison.js";
import { sampleStructures } from "../compare/sample.js";
import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import type { LeftOut, Part } from "./audit.js";
import type { CostPart } from "./row-results.js";

/** Of a kernel that the cost of rows is compared with: usual for one element. */
const SPARSE_POINTS = 1000;

/** How costs are measured. */
export interface CostOptions {
  readonly sampleSize: number;
  readonly seed: number;
  readonly isQuick: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressListener | undefined;
}

/** Times a descriptor on one core as `compareDescriptors` does. */
export async function costPart(dataset: Dataset, descriptor: AnyDescriptor, executor: Executor, options: CostOptions): Promise<Part<CostPart>> {
  const { wasm, pool } = executor;
  const { sampleSize, seed, isQuick, signal, onProgress } = options;
  const reference = new Reference(wasm, pool);
  try {
    const input = { name: descriptor.name, descriptor, species: dataset.species(), structures: sampleStructures(dataset, sampleSize, seed) };
    const context = { wasm, pool, reference, effort: isQuick ? quick : thorough, signal, onProgress, mayGoOn: () => true };
    const result = (await measureCosts(context, [input])).results.get(descriptor.name);
    if (result === undefined || "refused" in result) return { leftOut: result?.refused ?? "there was nothing to time" } satisfies LeftOut;
    return costOf(rescaled(result.cost, reference), descriptor.featureCount(dataset.species()), reference.gemm);
  } finally {
    reference.close();
  }
}

function costOf(cost: Cost, columns: number, gemm: number): CostPart {
  const micro = ({ median }: Timing): number => 1e6 * median;
  return {
    unit: cost.unit,
    sampleSize: cost.sampleSize,
    neighbors: cost.neighborsPerCenter,
    microseconds: {
      neighbors: cost.neighbors && micro(cost.neighbors),
      values: micro(cost.values),
      backward: micro(cost.backward),
      jacobian: cost.jacobian && micro(cost.jacobian),
      // kernels and their slopes: two products with the sparse points
      kernel: (1e6 * 4 * SPARSE_POINTS * columns) / gemm,
    },
    range: [1e6 * cost.values.low, 1e6 * cost.values.high],
    sparsePoints: SPARSE_POINTS,
    bytes: { row: cost.bytes.row, jacobian: cost.bytes.jacobian },
  };
}
