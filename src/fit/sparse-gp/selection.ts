import { columnStatistics } from "../../environments/learn.js";
import { InvalidParameterError } from "../../errors.js";
import { checkKernel, kernelNeedsRanges, type KernelParameters, learnKernel } from "../../kernels/registry.js";
import { type RandomState, restoreRandom, saveRandom, seededRandom } from "../../math/random.js";
import type { Executor } from "../../parallel/executor.js";
import type { Holdings } from "../../parallel/holdings.js";
import { selectSparsePoints, type SparseSelection } from "../../select/sparse-points.js";
import type { Dataset } from "../../structures/dataset.js";
import { type PartCodec, recallPart } from "../checkpoint/checkpoint.js";
import { shortDigest } from "../checkpoint/identity.js";
import { type OpenTerm, openTerm } from "../design/terms.js";
import { needsDerivatives } from "../sigma.js";
import type { FitContext } from "../trainer.js";
import type { ResolvedFit, SparseGpTermOptions } from "./schema.js";

/** A term whose sparse points are chosen. */
export interface SelectedTerm extends OpenTerm {
  readonly options: SparseGpTermOptions;
  /** With numbers in place of what it takes from the training data. */
  readonly kernel: KernelParameters;
  readonly selection: SparseSelection;
}

/**
 * Chooses the sparse points of every term; what terms hold in memory goes to the holdings.
 * @throws {InvalidParameterError} for an averaged descriptor, species that the data does not have, and a term without sparse points
 */
export async function selectTerms({ model, fit, seed }: ResolvedFit, dataset: Dataset, context: FitContext, holdings: Holdings): Promise<SelectedTerm[]> {
  const { executor } = holdings;
  const { signal, onProgress, kept } = context;
  const species = dataset.species();
  let random = seededRandom(seed);
  const terms: SelectedTerm[] = [];
  for (const options of model.terms) {
    const open = await openTerm(options, dataset, needsDerivatives(fit.sigma), context, holdings, { withTuples: true });
    const term = { descriptor: open.tables, species, centers: open.centers, sparse: options.sparse, described: open.described };
    const kernel = await namingTerm(terms.length, model.terms.length, () => kernelOf(options.kernel, open, dataset, context, executor));
    const part = { name: `sparse points of term ${terms.length + 1}`, of: open.descriptor.parameters };
    const { selection, state } = await recallPart(kept, part, async () => {
      const made = await selectSparsePoints(term, dataset, random, { executor, signal, onProgress });
      return { selection: made, state: saveRandom(random) };
    }, selectionCodec);
    random = restoreRandom(state);
    if (selection.count === 0) throw new InvalidParameterError(`term ${terms.length + 1} of the model has no sparse points: raise sparse.count`);
    terms.push({ ...open, options, kernel, selection });
  }
  return terms;
}

/** @throws {InvalidParameterError} for a kernel that does not fit the rows */
async function kernelOf(
  kernel: KernelParameters,
  { descriptor, tables, centers }: OpenTerm,
  dataset: Dataset,
  { signal, onProgress, kept }: FitContext,
  executor: Executor,
): Promise<KernelParameters> {
  checkKernel(kernel, tables);
  if (!kernelNeedsRanges(kernel)) return kernel;
  const learn = async (): Promise<KernelParameters> => {
    const options = { species: dataset.species(), centers: centers ? { species: centers } : undefined, signal, onProgress };
    const { minima, maxima } = await columnStatistics(executor, descriptor, dataset, options);
    const nCoordinates = tables.nFeatures - (tables.weighsRows ? 1 : 0);
    return learnKernel(kernel, { minima: minima.subarray(0, nCoordinates), maxima: maxima.subarray(0, nCoordinates) });
  };
  return recallPart(kept, { name: `kernel ${shortDigest([kernel, descriptor.parameters, centers])}` }, learn, kernelCodec);
}

const kernelCodec: PartCodec<KernelParameters> = { encode: (kernel) => ({ meta: kernel, arrays: [] }), decode: ({ meta }) => meta as KernelParameters };

async function namingTerm<Result>(index: number, count: number, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InvalidParameterError && count > 1) error.message = `model.terms[${index}]: ${error.message}`;
    throw error;
  }
}

/** Sparse points, and where the generator stands after the choice: terms share it. */
interface Selected {
  readonly selection: SparseSelection;
  readonly state: RandomState;
}

const selectionCodec: PartCodec<Selected> = {
  encode: ({ selection: { values, count, sources, choices }, state }) => ({
    meta: { count, choices, state },
    arrays: [values, Float64Array.from(sources.flatMap(({ structure, atom }) => [structure, atom]))],
  }),
  decode: ({ meta, arrays: [values, sources] }) => {
    const { state, ...counts } = meta as Omit<SparseSelection, "values" | "sources"> & Pick<Selected, "state">;
    const places = Array.from({ length: sources.length / 2 }, (_, i) => ({ structure: sources[2 * i], atom: sources[2 * i + 1] }));
    return { selection: { values, ...counts, sources: places }, state };
  },
};
