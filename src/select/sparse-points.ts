import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { DescriptorTables, SpeciesList } from "../descriptors/descriptor.js";
import { InvalidParameterError } from "../errors.js";
import type { DescribedStructures } from "../environments/cache/environment-cache.js";
import { atomicNumberOf, symbolOf } from "../structures/periodic-table.js";
import type { Dataset } from "../structures/dataset.js";
import type { Choices } from "./choices.js";
import { listCandidates } from "../environments/candidates.js";
import type { EnvironmentSource } from "../environments/collect.js";
import { cur } from "./cur.js";
import { distinctChoices, removeDuplicates } from "./duplicates.js";
import { farthestPoints } from "./farthest-point.js";
import { sampleIndices } from "../math/sampling.js";
import type { SparseOptions } from "./schema.js";
import type { SelectionContext } from "./selection.js";
import { readSparsePoints } from "./sparse-file.js";
import { suggestionFor } from "../suggestion.js";
import { uniformPoints } from "./uniform.js";

/** Memory for the descriptors that sparse points are chosen from; of more environments a sample is taken. */
export const CHOICE_BYTES = 256e6;
/** The same for short rows, of which there may be many millions: equal ones are found by sorting. */
export const CHOICE_ROWS = 1e6;

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
    case "uniform":
      return ({ values, count: rows, nFeatures, weighsRows }, count, random, { executor }) =>
        uniformPoints({ values: executor.wasm.f64(values, rows * nFeatures), count: rows, nFeatures, nCoordinates: nFeatures - (weighsRows ? 1 : 0) }, count, random);
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
 * @throws {InvalidParameterError} for counts of species or config_types that the data or the term does not have; {FormatError} for a bad file
 */
export async function selectSparsePoints(
  term: SelectionTerm,
  dataset: Dataset,
  random: RandomGenerator,
  context: SelectionContext,
): Promise<SparseSelection> {
  const { sparse } = term;
  if (sparse.method === "file") {
    const points = await readSparsePoints(sparse.path, term.descriptor.nFeatures, { layout: sparse.layout, weighsRows: term.descriptor.weighsRows });
    return { ...points, sources: [], choices: points.count };
  }
  const method = methodOf(sparse);
  const parts: SparseSelection[] = [];
  for (const group of groupsOf(term, sparse, dataset)) {
    if (group.count > 0) parts.push(await selectGroup(term, group, method, dataset, random, context));
  }
  const { nFeatures } = term.descriptor;
  const joined = joinSelections(parts, nFeatures);
  return sparse.configTypes ? distinctPoints(joined, nFeatures, context) : joined;
}

/** Equal environments of different groups of structures count once. */
function distinctPoints(selection: SparseSelection, nFeatures: number, { executor: { pool, wasm } }: SelectionContext): SparseSelection {
  const { values, count, sources } = selection;
  if (count === 0) return selection;
  const region = pool.allocate(8 * values.length, "sparse points");
  try {
    wasm.f64(region.pointer, values.length).set(values);
    const distinct = distinctChoices(wasm, { values: region.pointer, count, nFeatures });
    const points = new Float64Array(distinct.length * nFeatures);
    distinct.forEach((row, i) => points.set(values.subarray(row * nFeatures, (row + 1) * nFeatures), i * nFeatures));
    return { ...selection, values: points, count: distinct.length, sources: Array.from(distinct, (row) => sources[row]) };
  } finally {
    pool.release(region);
  }
}

/** Rows that sparse points of a term are chosen from, at most. */
export function mostChoices(nFeatures: number, count = 0): number {
  return Math.max(count, Math.min(CHOICE_ROWS, Math.floor(CHOICE_BYTES / (8 * nFeatures))));
}

interface Group {
  readonly centers: readonly number[] | null;
  readonly count: number;
  /** config_types: of these structures, or of all but these. */
  readonly structures: { readonly of: readonly string[] } | { readonly butOf: readonly string[] };
}

function groupsOf(term: SelectionTerm, { count, configTypes = {} }: Exclude<SparseOptions, { method: "file" }>, dataset: Dataset): Group[] {
  const known = new Set(dataset.configTypes);
  const names = Object.keys(configTypes);
  for (const name of names) {
    if (known.has(name)) continue;
    const list = [...known].sort().map((other) => `"${other}"`).join(", ");
    throw new InvalidParameterError(`sparse.configTypes names "${name}"; the data has ${list}${suggestionFor(name, known)}`);
  }
  const own = names.flatMap((name) => ofSpecies(term, configTypes[name]).map((group) => ({ ...group, structures: { of: [name] } })));
  return [...ofSpecies(term, count).map((group) => ({ ...group, structures: { butOf: names } })), ...own];
}

function ofSpecies(term: SelectionTerm, count: number | Readonly<Record<string, number>>): Omit<Group, "structures">[] {
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
  { centers, count, structures }: Group,
  method: Method,
  dataset: Dataset,
  random: RandomGenerator,
  context: SelectionContext,
): Promise<SparseSelection> {
  const { pool, wasm } = context.executor;
  const { nFeatures, weighsRows } = term.descriptor;
  const { descriptor, described } = term;
  const includes = (i: number): boolean => ("of" in structures ? structures.of.includes(dataset.configTypes[i]) : !structures.butOf.includes(dataset.configTypes[i]));
  const candidates = await listCandidates(dataset, { descriptor, centers, includes, limit: mostChoices(nFeatures, count), described }, random, context);
  if (candidates.count === 0) return { values: new Float64Array(0), count: 0, sources: [], choices: 0 };
  const region = pool.allocate(8 * candidates.count * nFeatures, "environments to choose sparse points from");
  try {
    await candidates.write(region.pointer, context);
    const all = { values: region.pointer, count: candidates.count, nFeatures, weighsRows };
    const distinct = await context.executor.submit(removeDuplicates, all, { signal: context.signal, label: "environments to choose sparse points from" });
    const choices = { ...all, count: distinct.length };
    // A sample depends on the seed, all environments on the descriptors alone.
    const recall: SelectionContext["recall"] =
      candidates.isSample ? undefined : (name, compute) => described!.recall(`${name} of ${centers?.join() ?? "all"} of ${JSON.stringify(structures)}`, compute);
    const chosen = await method(choices, Math.min(count, choices.count), random, { ...context, recall: described && recall });
    const values = wasm.f64(region.pointer, choices.count * nFeatures);
    const points = new Float64Array(chosen.length * nFeatures);
    chosen.forEach((row, i) => points.set(values.subarray(row * nFeatures, (row + 1) * nFeatures), i * nFeatures));
    const sources = Array.from(chosen, (row) => candidates.sourceOf(distinct[row]));
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
