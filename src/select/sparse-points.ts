import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { DescriptorTables, SpeciesList } from "../descriptors/descriptor.js";
import { InvalidParameterError } from "../errors.js";
import type { DescribedStructures } from "../environments/cache/environment-cache.js";
import { atomicNumberOf, symbolOf } from "../structures/periodic-table.js";
import type { Dataset } from "../structures/dataset.js";
import type { Choices } from "./choices.js";
import { collectDescriptors, type EnvironmentSource, gatherDescriptors, listEnvironments } from "../environments/collect.js";
import { cur } from "./cur.js";
import { removeDuplicates } from "./duplicates.js";
import { farthestPoints } from "./farthest-point.js";
import { sampleIndices } from "../math/sampling.js";
import type { SparseOptions } from "./schema.js";
import type { SelectionContext } from "./selection.js";
import { readSparsePoints } from "./sparse-file.js";

/** Memory for the descriptors that sparse points are chosen from; of more environments a sample is taken. */
export const CHOICE_BYTES = 256e6;

/** The sparse points of one term. */
export interface SparseSelection {
  /** count × nFeatures, row-major */
  readonly values: Float64Array;
  /** At most as many as were asked for. */
  readonly count: number;
  /** Environment of the data that each point is; empty for points from a file. */
  readonly sources: readonly EnvironmentSource[];
  /** Environments that were there to choose from, after duplicates were removed. */
  readonly choices: number;
}

/** What the sparse points of a term are made with. */
export interface SelectionTerm {
  /** Tables of the descriptor. */
  readonly descriptor: DescriptorTables;
  /** Atomic numbers, ascending. */
  readonly species: SpeciesList;
  /** Atomic numbers of the centers; null for all. */
  readonly centers: readonly number[] | null;
  /** How, and how many. */
  readonly sparse: SparseOptions;
  /** The environments of the data set where they are described already, of these centers or more. */
  readonly described?: DescribedStructures;
}

/** Which environments become sparse points: indices, in any order. */
type Method = (choices: Choices, count: number, random: RandomGenerator, context: SelectionContext) => Promise<Int32Array> | Int32Array;

function methodOf(options: Exclude<SparseOptions, { method: "file" }>): Method {
  switch (options.method) {
    case "random":
      return (choices, count, random) => sampleIndices(choices.count, count, random);
    case "farthest-point":
      return farthestPoints;
    case "cur":
      return (choices, count, random, context) => cur(choices, count, options.deterministic ? undefined : random, context);
  }
}

/**
 * Chooses the sparse points of a term among the environments of a data set, or reads them. Duplicates are removed first; where
 * fewer environments are left than asked for, all of them are taken.
 * @throws {InvalidParameterError} for counts of species that the data or the term does not have; {FormatError} for a bad file
 */
export async function selectSparsePoints(
  term: SelectionTerm,
  dataset: Dataset,
  random: RandomGenerator,
  context: SelectionContext,
): Promise<SparseSelection> {
  const { sparse } = term;
  if (sparse.method === "file") {
    const points = await readSparsePoints(sparse.path, term.descriptor.nFeatures);
    return { ...points, sources: [], choices: points.count };
  }
  const method = methodOf(sparse);
  const parts: SparseSelection[] = [];
  for (const group of groupsOf(term, sparse.count)) {
    if (group.count > 0) parts.push(await selectGroup(term, group, method, dataset, random, context));
  }
  return joinSelections(parts, term.descriptor.nFeatures);
}

interface Group {
  readonly centers: readonly number[] | null;
  readonly count: number;
}

function groupsOf(term: SelectionTerm, count: number | Readonly<Record<string, number>>): Group[] {
  if (typeof count === "number") return [{ centers: term.centers, count }];
  const allowed = term.centers ?? term.species;
  return Object.entries(count).map(([symbol, number]) => {
    const atomicNumber = atomicNumberOf(symbol);
    if (!allowed.includes(atomicNumber)) {
      const known = allowed.map(symbolOf).join(", ");
      throw new InvalidParameterError(`sparse.count names ${symbol}; the centers of the term are ${known}`);
    }
    return { centers: [atomicNumber], count: number };
  });
}

async function selectGroup(
  term: SelectionTerm,
  { centers, count }: Group,
  method: Method,
  dataset: Dataset,
  random: RandomGenerator,
  context: SelectionContext,
): Promise<SparseSelection> {
  const { pool, wasm } = context.executor;
  const { nFeatures } = term.descriptor;
  const limit = Math.max(count, Math.floor(CHOICE_BYTES / (8 * nFeatures)));
  const environments = listEnvironments(dataset, centers, limit, random);
  const region = pool.allocate(8 * environments.length * nFeatures, "environments to choose sparse points from");
  try {
    if (term.described) await gatherDescriptors(environments, term.described, region.pointer, context);
    else await collectDescriptors(dataset, environments, term.descriptor, region.pointer, context);
    const all = { values: region.pointer, count: environments.length, nFeatures };
    const distinct = await context.executor.submit(removeDuplicates, all, { signal: context.signal, label: "environments to choose sparse points from" });
    const choices = { ...all, count: distinct.length };
    // A sample depends on the seed, all environments on the descriptors alone.
    const recall: SelectionContext["recall"] =
      environments.length < limit ? (name, compute) => term.described!.recall(`${name} of ${centers?.join() ?? "all"}`, compute) : undefined;
    const chosen = await method(choices, Math.min(count, choices.count), random, { ...context, recall: term.described && recall });
    const values = wasm.f64(region.pointer, choices.count * nFeatures);
    const points = new Float64Array(chosen.length * nFeatures);
    chosen.forEach((row, i) => points.set(values.subarray(row * nFeatures, (row + 1) * nFeatures), i * nFeatures));
    const sources = Array.from(chosen, (row) => environments[distinct[row]]);
    return { values: points, count: chosen.length, sources, choices: choices.count };
  } finally {
    pool.release(region);
  }
}

function joinSelections(parts: readonly SparseSelection[], nFeatures: number): SparseSelection {
  if (parts.length === 1) return parts[0];
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const values = new Float64Array(count * nFeatures);
  let offset = 0;
  for (const part of parts) {
    values.set(part.values, offset);
    offset += part.values.length;
  }
  const choices = parts.reduce((sum, part) => sum + part.choices, 0);
  return { values, count, sources: parts.flatMap((part) => part.sources), choices };
}
