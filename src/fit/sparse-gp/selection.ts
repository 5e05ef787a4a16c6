import { InvalidParameterError } from "../../errors.js";
import { seededRandom } from "../../math/random.js";
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
    const open = await openTerm(options, dataset, needsDerivatives(fit.sigma), context, holdings);
    const term = { descriptor: open.tables, species, centers: open.centers, sparse: options.sparse, described: open.described };
    const selection = await selectSparsePoints(term, dataset, random, { executor, signal, onProgress });
    if (selection.count === 0) throw new InvalidParameterError(`term ${terms.length + 1} of the model has no sparse points: raise sparse.count`);
    terms.push({ ...open, options, selection });
  }
  return terms;
}
