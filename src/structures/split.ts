import { uniformInt } from "pure-rand/distribution/uniformInt";
import { InvalidParameterError } from "../errors.js";
import { seededRandom } from "../math/random.js";
import { suggestionFor } from "../suggestion.js";
import type { Dataset } from "./dataset.js";
import { isIsolatedAtom } from "./isolated-atom.js";

/** Parts of the data of a fit. */
export type DatasetPart = "train" | "validation" | "test";

/** How a data set is divided. */
export interface SplitOptions {
  /** A whole number; the same seed gives the same split on every machine. */
  readonly seed: number;
  /** Shares of the structures in 0 … 1; the rest is for training. */
  readonly fractions?: {
    /** Default: 0. */
    readonly validation?: number;
    /** Default: 0. */
    readonly test?: number;
  };
  /** Whether every `configType` is divided in the same shares. Default: false. */
  readonly stratify?: boolean;
  /** Groups that go whole to one part; the fractions divide the others. */
  readonly configTypes?: {
    /** Names of groups that are never taken from the training data. */
    readonly train?: readonly string[];
    /** Names of groups. */
    readonly validation?: readonly string[];
    /** Names of groups. */
    readonly test?: readonly string[];
  };
}

/** Indices of the structures of each part, ascending. */
export type SplitIndices = Record<DatasetPart, number[]>;

/**
 * Divides a data set. Isolated atoms ({@link isIsolatedAtom}) are for training unless their group is named, because they give the
 * isolated-atom energies.
 * @throws {InvalidParameterError} for shares outside 0 … 1 or above 1 together, a group that does not exist or is named twice, and when
 * nothing is left for training
 */
export function splitIndices(dataset: Dataset, options: SplitOptions): SplitIndices {
  checkOptions(dataset, options);
  const parts: SplitIndices = { train: [], validation: [], test: [] };
  const free: number[] = [];
  for (let i = 0; i < dataset.nStructures; i++) {
    const part = partOfGroup(dataset.configTypes[i], options);
    if (part) parts[part].push(i);
    else if (isIsolatedAtom(dataset, i)) parts.train.push(i);
    else free.push(i);
  }
  const shuffled = shuffledOrder(dataset, free, options);
  const { validation = 0, test = 0 } = options.fractions ?? {};
  const nTest = Math.round(test * shuffled.length);
  const nValidation = Math.min(Math.round(validation * shuffled.length), shuffled.length - nTest);
  parts.test.push(...shuffled.slice(0, nTest));
  parts.validation.push(...shuffled.slice(nTest, nTest + nValidation));
  parts.train.push(...shuffled.slice(nTest + nValidation));
  for (const indices of Object.values(parts)) indices.sort((a, b) => a - b);
  if (parts.train.length === 0) {
    throw new InvalidParameterError("the split leaves no structure for training; make the shares of validation and test smaller");
  }
  return parts;
}

/** As {@link splitIndices}, with data sets of copies. */
export function splitDataset(dataset: Dataset, options: SplitOptions): Record<DatasetPart, Dataset> {
  const { train, validation, test } = splitIndices(dataset, options);
  return { train: dataset.subset(train), validation: dataset.subset(validation), test: dataset.subset(test) };
}

function partOfGroup(name: string, { configTypes = {} }: SplitOptions): DatasetPart | undefined {
  return (["train", "validation", "test"] as const).find((part) => configTypes[part]?.includes(name));
}

function checkOptions(dataset: Dataset, { seed, fractions = {}, configTypes = {} }: SplitOptions): void {
  if (!Number.isSafeInteger(seed)) throw new InvalidParameterError(`seed is ${seed}; it must be a whole number`);
  const { validation = 0, test = 0 } = fractions;
  for (const [part, share] of [["validation", validation], ["test", test]] as const) {
    if (!(share >= 0 && share <= 1)) throw new InvalidParameterError(`the ${part} share is ${share}; it must be from 0 to 1`);
  }
  if (validation + test > 1) throw new InvalidParameterError(`the shares of validation and test are ${validation} + ${test}, more than 1`);
  const known = new Set(dataset.configTypes);
  const named = new Set<string>();
  for (const name of Object.values(configTypes).flat()) {
    if (!known.has(name)) {
      const list = [...known].sort().map((type) => `"${type}"`).join(", ");
      throw new InvalidParameterError(`the data has no configuration type "${name}"${suggestionFor(name, known) || `; it has ${list}`}`);
    }
    if (named.has(name)) throw new InvalidParameterError(`the configuration type "${name}" is given to two parts`);
    named.add(name);
  }
}

/**
 * The indices in random order; stratified, every stretch of them holds the groups in their shares: member k of n in its group has
 * place (k + ½)/n, and all are sorted by place.
 */
export function shuffledOrder(dataset: Dataset, indices: readonly number[], { seed, stratify }: Pick<SplitOptions, "seed" | "stratify">): number[] {
  const generator = seededRandom(seed);
  const order = [...indices];
  for (let last = order.length - 1; last > 0; last--) {
    const other = uniformInt(generator, 0, last);
    [order[last], order[other]] = [order[other], order[last]];
  }
  if (!stratify) return order;
  const sizes = new Map<string, number>();
  for (const i of order) sizes.set(dataset.configTypes[i], (sizes.get(dataset.configTypes[i]) ?? 0) + 1);
  const seen = new Map<string, number>();
  const places = order.map((index, rank) => {
    const group = dataset.configTypes[index];
    const k = seen.get(group) ?? 0;
    seen.set(group, k + 1);
    return { index, rank, place: (k + 0.5) / sizes.get(group)! };
  });
  return places.sort((a, b) => a.place - b.place || a.rank - b.rank).map(({ index }) => index);
}
