import { InvalidParameterError } from "../errors.js";
import { suggestionFor } from "../suggestion.js";
import type { Dataset } from "./dataset.js";
import { isIsolatedAtom } from "./isolated-atom.js";
import { symbolOf } from "./periodic-table.js";
import { shuffledOrder } from "./split.js";
import { TrainingOrder } from "./training-order.js";

/** How structures come together in folds. */
export type FoldMethod = "stratified" | "random" | "contiguous" | "grouped";

/** How a data set is divided into folds. */
export interface FoldOptions {
  /** At least 2. */
  readonly folds: number;
  /** Default: grouped where a group is named, else stratified. */
  readonly split?: FoldMethod | undefined;
  /** What structures of one group share: `config_type`, a column of structures, or a key of their comment lines. */
  readonly group?: string | undefined;
  /** A whole number. */
  readonly seed: number;
}

/** One fold: what is fitted to, and what is left out of it. Ascending indices. */
export interface Fold {
  /** With all isolated atoms. */
  readonly train: readonly number[];
  /** At least one. */
  readonly heldOut: readonly number[];
}

/** Folds, and what is to be said of them. */
export interface Folds {
  /** Every structure but isolated atoms is left out of exactly one. */
  readonly folds: readonly Fold[];
  /** With its default. */
  readonly split: FoldMethod;
  /** One sentence each. */
  readonly notes: readonly string[];
}

/**
 * Divides a data set into folds. Isolated atoms are in none of them: they stay in every training part.
 * - stratified: at random, every config_type in the same shares;
 * - random: at random;
 * - contiguous: in the order of the data, so that frames of a trajectory that follow each other stay together, each config_type by itself;
 * - grouped: all structures of a group in one fold, the largest groups first, each into the smallest fold.
 * @throws {InvalidParameterError} for fewer structures or groups than folds, structures without a group, and species that a training part lacks
 */
export function makeFolds(dataset: Dataset, options: FoldOptions): Folds {
  const { folds: count, group, split = group === undefined ? "stratified" : "grouped" } = options;
  if (!Number.isInteger(count) || count < 2) throw new InvalidParameterError(`folds is ${count}; it must be a whole number from 2`);
  if (group !== undefined && split !== "grouped") {
    throw new InvalidParameterError(`group is "${group}", but split is ${split}, which keeps no groups together: use split: grouped, or leave group out`);
  }
  const divisible = all(dataset).filter((index) => !isIsolatedAtom(dataset, index));
  requireStructures(divisible.length, count);
  const { parts, notes = [] } = divide[split](dataset, divisible, { ...options, group: group ?? "config_type" });
  const folds = parts.map((part): Fold => {
    const left = new Set(part);
    return { train: all(dataset).filter((index) => !left.has(index)), heldOut: part.sort((a, b) => a - b) };
  });
  folds.forEach((fold, index) => requireSpecies(dataset, fold, `fold ${index + 1} of ${count}`));
  return { folds, split, notes };
}

interface Divided {
  readonly parts: number[][];
  readonly notes?: readonly string[];
}

type Divide = (dataset: Dataset, divisible: readonly number[], options: FoldOptions & { readonly group: string }) => Divided;

const divide: Readonly<Record<FoldMethod, Divide>> = {
  stratified: (dataset, _, { folds, seed }) => ({ parts: new TrainingOrder(dataset, seed).folds(folds) }),
  random(dataset, divisible, { folds, seed }) {
    const parts = empty(folds);
    shuffledOrder(dataset, divisible, { seed, stratify: false }).forEach((index, place) => parts[place % folds].push(index));
    return { parts };
  },
  contiguous(dataset, divisible, { folds }) {
    const parts = empty(folds);
    let first = 0;
    for (const group of groupsOf(divisible, (index) => dataset.configTypes[index]).values()) {
      // the next config_type begins where this one ends, so that small ones do not all fall into the first folds
      group.forEach((index, place) => parts[(Math.floor((place * folds) / group.length) + first) % folds].push(index));
      first += group.length;
    }
    return { parts: filled(parts) };
  },
  grouped(dataset, divisible, { folds, group: name, seed }) {
    const nameOf = groupNames(dataset, divisible, name);
    const groups = groupsOf(shuffledOrder(dataset, divisible, { seed, stratify: false }), nameOf);
    if (groups.size < folds) {
      throw new InvalidParameterError(`folds is ${folds}, but there ${groups.size === 1 ? "is only one group" : `are only ${groups.size} groups`} of ${name}; ${groups.size < 2 ? "choose another group" : `use at most ${groups.size} folds`}`);
    }
    const parts = empty(folds);
    const bySize = [...groups.values()].sort((a, b) => b.length - a.length);
    for (const group of bySize) parts.reduce((smallest, part) => (part.length < smallest.length ? part : smallest)).push(...group);
    const [largest] = bySize;
    if (largest.length <= (2 * divisible.length) / folds) return { parts };
    const note = `the group "${nameOf(largest[0])}" of ${name} has ${largest.length} of ${divisible.length} structures: folds are of unequal sizes`;
    return { parts, notes: [note] };
  },
};

function all({ nStructures }: Dataset): number[] {
  return Array.from({ length: nStructures }, (_, index) => index);
}

function empty(count: number): number[][] {
  return Array.from({ length: count }, () => []);
}

/** An empty fold takes a structure of the largest one: there are enough for all. */
function filled(parts: number[][]): number[][] {
  for (const part of parts) {
    if (part.length > 0) continue;
    const largest = parts.reduce((most, other) => (other.length > most.length ? other : most));
    part.push(largest.pop()!);
  }
  return parts;
}

function groupsOf(indices: readonly number[], nameOf: (index: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const index of indices) {
    const members = groups.get(nameOf(index));
    if (members) members.push(index);
    else groups.set(nameOf(index), [index]);
  }
  return groups;
}

/** The group of every structure. */
function groupNames(dataset: Dataset, indices: readonly number[], name: string): (index: number) => string {
  if (name === "config_type") return (index) => dataset.configTypes[index];
  const names = new Map(indices.map((index) => [index, groupOf(dataset, index, name)]));
  const without = indices.filter((index) => names.get(index) === undefined);
  if (without.length === 0) return (index) => names.get(index)!;
  if (without.length < indices.length) {
    throw new InvalidParameterError(`group is "${name}", but ${without.length} of ${indices.length} structures have none, such as ${dataset.labels[without[0]]}`);
  }
  const known = ["config_type", ...dataset.columns.keys(), ...indices.flatMap((index) => [...dataset.structure(index).info.keys()])];
  throw new InvalidParameterError(
    `group is "${name}", but the comment lines of the data have no such key, and data.columns names no such column of structures${suggestionFor(name, new Set(known))}`,
  );
}

function groupOf(dataset: Dataset, index: number, name: string): string | undefined {
  const column = dataset.columns.get(name);
  if (column?.per === "structure" && column.width === 1) return Number.isNaN(column.values[index]) ? undefined : String(column.values[index]);
  const value = dataset.structure(index).info.get(name);
  return value === undefined || value === null ? undefined : String(value);
}

function requireStructures(divisible: number, folds: number): void {
  if (divisible >= folds) return;
  const found = divisible === 1 ? "there is only 1 structure" : `there are only ${divisible} structures`;
  const remedy = divisible < 2 ? "add structures" : `use at most ${divisible} folds`;
  throw new InvalidParameterError(`folds is ${folds}, but ${found} beside isolated atoms, which are never left out; ${remedy}`);
}

/** @throws {InvalidParameterError} where structures would be predicted by a model that does not know a species of them */
export function requireSpecies(dataset: Dataset, { train, heldOut }: Fold, name: string): void {
  const known = new Set(train.flatMap((index) => [...speciesOf(dataset, index)]));
  const unknown = heldOut.find((index) => speciesOf(dataset, index).some((atomicNumber) => !known.has(atomicNumber)));
  if (unknown === undefined) return;
  const symbols = [...new Set(speciesOf(dataset, unknown))].filter((atomicNumber) => !known.has(atomicNumber)).map(symbolOf);
  throw new InvalidParameterError(
    `${name} would predict ${symbols.join(", ")} (${dataset.labels[unknown]}), which nothing that it is fitted to holds: ` +
      "add structures or isolated atoms with that species, or choose other folds",
  );
}

function speciesOf({ atomicNumbers, offsets }: Dataset, index: number): Uint8Array {
  return atomicNumbers.subarray(offsets[index], offsets[index + 1]);
}
