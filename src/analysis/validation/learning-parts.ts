import { InvalidParameterError } from "../../errors.js";
import type { Dataset } from "../../structures/dataset.js";
import { requireSpecies } from "../../structures/folds.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { splitIndices } from "../../structures/split.js";
import { TrainingOrder } from "../../structures/training-order.js";
import type { LearningCurveOptions } from "./schema.js";

/** Data that a learning curve is made of. */
export interface LearningData {
  /** Parts of it are fitted to. */
  readonly train: Dataset;
  /** Errors may be of it. */
  readonly validation?: Dataset | undefined;
  /** Errors may be of it. */
  readonly test?: Dataset | undefined;
}

/** One fit of a learning curve. Ascending indices. */
export interface LearningPart {
  /** Structures beside isolated atoms that were asked for. */
  readonly size: number;
  /** From 0. */
  readonly repeat: number;
  /** Structures that are fitted to, with the isolated atoms. */
  readonly train: readonly number[];
}

/** What a learning curve consists of. */
export interface LearningParts {
  /** Smaller ones first. */
  readonly parts: readonly LearningPart[];
  /** Of `scored`. */
  readonly scoredIndices: readonly number[];
  /** Data that errors are of. */
  readonly scored: Dataset;
  /** "validation", "test" or "held-out" */
  readonly on: string;
}

/**
 * Random parts of the training data, stratified by config_type; each repeat has an order of its own, of which every size takes the first.
 * @throws {InvalidParameterError} when the data has not as much as is asked for, or no data that errors could be of
 */
export function learningParts(data: LearningData, options: LearningCurveOptions & { readonly seed: number }): LearningParts {
  const { train } = data;
  const { on, scored, scoredIndices, rest } = chooseScored(data, options);
  const orders = Array.from({ length: options.repeats }, (_, repeat) => new TrainingOrder(train, options.seed + 1 + repeat, rest));
  const available = orders[0].divisible;
  const parts = sizesOf(options, available).flatMap((size) =>
    // all structures are the same part in every repeat
    orders.slice(0, size === available ? 1 : undefined).map((order, repeat): LearningPart => ({ size, repeat, train: order.first(size) })),
  );
  return { parts, scored, scoredIndices, on };
}

interface Scored extends Pick<LearningParts, "on" | "scored" | "scoredIndices"> {
  /** Of the training data. */
  readonly rest: readonly number[];
}

function chooseScored({ train, validation, test }: LearningData, { on: wanted, heldOut, seed }: LearningCurveOptions & { readonly seed: number }): Scored {
  const on = wanted ?? (validation ? "validation" : test ? "test" : "held-out");
  if (on === "held-out") {
    const split = splitIndices(train, { seed, fractions: { test: heldOut }, stratify: true });
    if (split.test.length === 0) {
      throw new InvalidParameterError(`heldOut is ${heldOut} of ${train.nStructures} structures, which leaves none for errors: add validation or test data, or raise it`);
    }
    requireSpecies(train, { train: split.train, heldOut: split.test }, "the learning curve");
    return { on, scored: train, scoredIndices: split.test, rest: split.train };
  }
  const scored = { validation, test }[on];
  if (!scored) throw new InvalidParameterError(`on is "${on}", but there is no ${on} data: add data.${on}, or use held-out`);
  const unknown = scored.species().filter((atomicNumber) => !train.species().includes(atomicNumber));
  if (unknown.length > 0) throw new InvalidParameterError(`the ${on} data hold ${unknown.map(symbolOf).join(", ")}, which the training data lack`);
  return { on, scored, scoredIndices: [...scored.labels.keys()], rest: [...train.labels.keys()] };
}

/** From a range without a smallest size, the largest divided by so much. */
const DEFAULT_RATIO = 16;

/** Ascending, each once. */
function sizesOf({ sizes }: LearningCurveOptions, available: number): number[] {
  const list = Array.isArray(sizes) ? sizes : spreadSizes(sizes, available);
  const largest = Math.max(...list);
  if (largest > available || available === 0) {
    const found = available === 1 ? "is only 1 structure" : `are only ${available} structures`;
    throw new InvalidParameterError(`sizes has ${largest}, but there ${found} to fit to beside isolated atoms and what errors are of; ${available < 2 ? "add structures" : "use smaller sizes"}`);
  }
  return [...new Set(list)].sort((a, b) => a - b);
}

function spreadSizes({ from, to, points }: { readonly from?: number | undefined; readonly to?: number | undefined; readonly points: number }, available: number): number[] {
  const last = to ?? Math.max(1, available);
  const first = from ?? Math.min(last, Math.max(1, Math.round(last / DEFAULT_RATIO)));
  if (first > last) throw new InvalidParameterError(`sizes goes from ${first} to ${last}; the smallest size comes first`);
  if (points === 1) return [last];
  return Array.from({ length: points }, (_, k) => Math.round(first * (last / first) ** (k / (points - 1))));
}
