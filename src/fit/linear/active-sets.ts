import type { CachedEnvironments } from "../../environments/cache/environment-cache.js";
import { copyGeometry, namingStructure } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { StoredActiveRows } from "../../linalg/active-rows.js";
import { attachedEvaluator, detachEvaluator, type NumberedTables } from "../../models/attached.js";
import { type DescribedDataset, describeParts } from "../../models/evaluate.js";
import type { LinearEvaluator } from "../../models/linear/evaluator.js";
import type { LinearModel } from "../../models/linear/model.js";
import { linearPartOf } from "../../models/linear/part-of-sum.js";
import { nextSerial } from "../../models/open-potential.js";
import type { DescribedParts } from "../../models/potential.js";
import type { SumModel } from "../../models/sum/model.js";
import { throwIfAborted } from "../../parallel/executor.js";
import { defineTask } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import { type ActiveSetOptions, ActiveSetSearch } from "../../select/active-set.js";
import type { Dataset } from "../../structures/dataset.js";

/** Structures are put together until a task has this many atoms. */
const TASK_ATOMS = 256;

/** What a choice of active sets may be given. */
export interface ActiveSetsContext extends WorkContext {
  /** Where described environments of the data set may be found. */
  readonly environments?: CachedEnvironments | undefined;
}

interface RowsOfAtoms {
  readonly tables: NumberedTables;
  readonly geometries: readonly Geometry[];
  readonly described: readonly DescribedParts[] | undefined;
}

/** Rows φ of the atoms of some structures, by species; those that are 0 altogether, which are inside of everything, are left out. */
export const speciesRows = defineTask("fit/linear/species-rows", ({ wasm, scratch }, { tables, geometries, described }: RowsOfAtoms): Float64Array[] => {
  const evaluator = attachedEvaluator(wasm, tables) as LinearEvaluator;
  const parts = geometries.map((geometry, i) => namingStructure(geometry.label, () => evaluator.speciesRows(geometry, described?.[i], scratch)));
  return parts[0].map((_, s) => join(parts.map((part) => part[s])));
});

function join(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * The model with active sets, so that it grades environments: for every species of centers the environments of the data whose columns φ, of
 * all terms and without a constant, enclose the largest volume. Sets that the model has already are updated with the data, which are
 * then new ones. One pass over the structures, in blocks; the same bits for any number of threads.
 * @param whole a linear model, or a sum with one, such as a linear model on a baseline
 * @throws {InvalidStructureError} for a species that the model does not know; {InvalidParameterError} for a sum with none or several linear
 * models; {NumericalError}; {ResourceError}; {CancelledError}
 */
export async function withActiveSets<Whole extends LinearModel | SumModel>(
  whole: Whole,
  dataset: Dataset,
  context: ActiveSetsContext,
  options: ActiveSetOptions = {},
): Promise<Whole> {
  const { linear, replaced } = linearPartOf(whole);
  return replaced(await chooseActiveSets(linear, dataset, context, options));
}

async function chooseActiveSets(model: LinearModel, dataset: Dataset, context: ActiveSetsContext, options: ActiveSetOptions): Promise<LinearModel> {
  const { executor, signal, onProgress } = context;
  const searches = model.species.map((_, s) => {
    const width = model.speciesColumns(s);
    return width === 0 ? undefined : { width, search: new ActiveSetSearch(width, options, { executor, signal }, model.activeSets?.[s]), isEmpty: true };
  });
  let done = 0;
  for await (const { rows, count } of rowsOfDataset(model, dataset, context)) {
    for (const [s, found] of searches.entries()) {
      const filled = found && withoutZeros(rows[s], found.width);
      if (!filled || filled.length === 0) continue;
      found.isEmpty = false;
      await found.search.add(filled);
    }
    done += count;
    onProgress?.({ stage: "choose active sets", done, total: dataset.nStructures, unit: "structures" });
  }
  const activeSets = await Promise.all(searches.map(async (found, s) => (!found || found.isEmpty ? model.activeSets?.[s] : finish(found.search))));
  return model.with({ activeSets });
}

async function finish(search: ActiveSetSearch): Promise<StoredActiveRows> {
  const { inverse: _, ...stored } = (await search.finish()).active;
  return stored;
}

function withoutZeros(rows: Float64Array, width: number): Float64Array {
  const kept: Float64Array[] = [];
  for (let first = 0; first < rows.length; first += width) {
    const row = rows.subarray(first, first + width);
    if (row.some((value) => value !== 0)) kept.push(row);
  }
  return kept.length * width === rows.length ? rows : join(kept);
}

/** Rows of the species of all structures, in order, some structures at a time. */
async function* rowsOfDataset(model: LinearModel, dataset: Dataset, context: ActiveSetsContext): AsyncGenerator<{ rows: Float64Array[]; count: number }> {
  const { executor, signal, environments } = context;
  const groups = groupsOf(dataset);
  executor.announce(groups.length);
  const prepared = model.prepare(executor.wasm, executor.pool, {});
  const tables: NumberedTables = { serial: nextSerial(), tables: prepared.tables };
  let described: DescribedDataset | undefined;
  try {
    described = await describeParts(model, { environments, want: {}, signal });
    for (let first = 0; first < groups.length; first += executor.maximumInFlight) {
      throwIfAborted(signal);
      const some = groups.slice(first, first + executor.maximumInFlight);
      const inputs = some.map((group) => ({
        tables,
        geometries: group.map((i) => copyGeometry(dataset.structure(i))),
        described: described!.of(group[0], group.length),
      }));
      for (const [g, rows] of (await executor.map(speciesRows, inputs, { signal })).entries()) yield { rows, count: some[g].length };
    }
  } finally {
    described?.release();
    detachEvaluator(executor.wasm, tables.serial);
    prepared.release();
  }
}

/** Consecutive structures with some hundred atoms each. */
function groupsOf(dataset: Dataset): number[][] {
  const groups: number[][] = [];
  let atoms = Infinity;
  for (let i = 0; i < dataset.nStructures; i++) {
    if (atoms >= TASK_ATOMS) {
      groups.push([]);
      atoms = 0;
    }
    groups[groups.length - 1].push(i);
    atoms += dataset.atomCount(i);
  }
  return groups;
}
