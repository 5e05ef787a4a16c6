import { columnStatistics } from "../../environments/learn.js";
import { InvalidParameterError } from "../../errors.js";
import { checkKernel, kernelNeedsRanges, type KernelParameters, learnKernel } from "../../kernels/registry.js";
import { seededRandom } from "../../math/random.js";
import type { Executor } from "../../parallel/executor.js";
import type { Holdings } from "../../parallel/holdings.js";
import { selectSparsePoints, type SparseSelection } from "../../select/sparse-points.js";
import type { Dataset } from "../../structures/dataset.js";
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
  const { signal, onProgress } = context;
  const species = dataset.species();
  const random = seededRandom(seed);
  const terms: SelectedTerm[] = [];
  for (const options of model.terms) {
    const open = await openTerm(options, dataset, needsDerivatives(fit.sigma), context, holdings, { withTuples: true });
    const term = { descriptor: open.tables, species, centers: open.centers, sparse: options.sparse, described: open.described };
    const kernel = await namingTerm(terms.length, model.terms.length, () => kernelOf(options.kernel, open, dataset, context, executor));
    const selection = await selectSparsePoints(term, dataset, random, { executor, signal, onProgress });
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
  { signal, onProgress }: FitContext,
  executor: Executor,
): Promise<KernelParameters> {
  checkKernel(kernel, tables);
  if (!kernelNeedsRanges(kernel)) return kernel;
  const options = { species: dataset.species(), centers: centers ? { species: centers } : undefined, signal, onProgress };
  const { minima, maxima } = await columnStatistics(executor, descriptor, dataset, options);
  const nCoordinates = tables.nFeatures - (tables.weighsRows ? 1 : 0);
  return learnKernel(kernel, { minima: minima.subarray(0, nCoordinates), maxima: maxima.subarray(0, nCoordinates) });
}

async function namingTerm<Result>(index: number, count: number, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InvalidParameterError && count > 1) error.message = `model.terms[${index}]: ${error.message}`;
    throw error;
  }
}
