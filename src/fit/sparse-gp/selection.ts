import type { Descriptor, DescriptorTables } from "../../descriptors/descriptor.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { requireCenterRows, requireInvariantRows } from "../../descriptors/requirements.js";
import { createDescriptor } from "../../descriptors/registry.js";
import type { DescribedStructures } from "../../environments/cache/environment-cache.js";
import { centerNumbers } from "../../environments/center-selection.js";
import { learnFromData } from "../../environments/learn.js";
import { InvalidParameterError } from "../../errors.js";
import { seededRandom } from "../../math/random.js";
import type { Holdings } from "../../parallel/holdings.js";
import type { WorkContext } from "../../parallel/work-context.js";
import { selectSparsePoints, type SparseSelection } from "../../select/sparse-points.js";
import type { Dataset } from "../../structures/dataset.js";
import { needsDerivatives } from "../sigma.js";
import type { FitContext } from "../trainer.js";
import type { ResolvedFit, SparseGpTermOptions } from "./schema.js";

/** A term whose sparse points are chosen. */
export interface SelectedTerm {
  readonly options: SparseGpTermOptions;
  readonly descriptor: Descriptor;
  readonly tables: DescriptorTables;
  readonly described: DescribedStructures | undefined;
  readonly centers: readonly number[] | null;
  readonly selection: SparseSelection;
}

/**
 * Chooses the sparse points of every term; what terms hold in memory goes to the holdings.
 * @throws {InvalidParameterError} for an averaged descriptor, species that the data does not have, and a term without sparse points
 */
export async function selectTerms(
  { model, fit, seed }: ResolvedFit,
  dataset: Dataset,
  { signal, onProgress, environments }: FitContext,
  holdings: Holdings,
): Promise<SelectedTerm[]> {
  const { executor } = holdings;
  const species = dataset.species();
  const random = seededRandom(seed);
  const terms: SelectedTerm[] = [];
  for (const options of model.terms) {
    const centers = options.centers ? centerNumbers(options.centers, species) : null;
    let descriptor = await termDescriptor(options, dataset, centers, { executor, signal, onProgress });
    const described = await environments?.describe({ descriptor, species, centers, withState: needsDerivatives(fit.sigma) }, signal);
    if (described) ({ descriptor } = holdings.keep(described));
    const { tables } = described ?? holdings.keep(descriptor.prepare(executor.wasm, executor.pool, species));
    const term = { descriptor: tables, species, centers, sparse: options.sparse, described };
    const selection = await selectSparsePoints(term, dataset, random, { executor, signal, onProgress });
    if (selection.count === 0) throw new InvalidParameterError(`term ${terms.length + 1} of the model has no sparse points: raise sparse.count`);
    terms.push({ options, descriptor, tables, described, centers, selection });
  }
  return terms;
}

/** Descriptor of a term, with what it takes from the training data filled in. */
async function termDescriptor(
  options: SparseGpTermOptions,
  dataset: Dataset,
  centers: readonly number[] | null,
  { executor, signal, onProgress }: WorkContext,
): Promise<Descriptor> {
  const descriptor: AnyDescriptor = createDescriptor(options.descriptor);
  requireCenterRows(descriptor, "the local energies of a potential");
  requireInvariantRows(descriptor, "the local energies of a potential");
  return learnFromData(executor, descriptor, dataset, { species: dataset.species(), centers: centers ? { species: centers } : undefined, signal, onProgress });
}
