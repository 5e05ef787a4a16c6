import { InvalidParameterError } from "../../../errors.js";
import type { Dataset } from "../../../structures/dataset.js";
import { symbolOf } from "../../../structures/periodic-table.js";
import { TrainingOrder } from "../../../structures/training-order.js";
import type { ObjectiveData } from "../objective.js";
import type { ValidationLossOptions } from "./options.js";

/** One fit: structures of the training data (ascending), and what its potential is judged on. */
export interface Split {
  readonly train: readonly number[];
  /** Structures of `scored`, ascending. */
  readonly score: readonly number[];
}

/** On which data candidates are trained and judged. */
export interface Scheme {
  readonly train: Dataset;
  /** The training data itself for folds. */
  readonly scored: Dataset;
  /** One fit for each. */
  splits(fraction: number): readonly Split[];
  readonly notes: readonly string[];
}

const DEFAULT_FOLDS = 5;

/** @throws {InvalidParameterError} when the data does not allow what the options ask for */
export function makeScheme(options: ValidationLossOptions, data: ObjectiveData, seed: number): Scheme {
  const { on, folds } = options;
  if (on !== undefined && folds !== undefined) {
    throw new InvalidParameterError("objective: both `on` and `folds` are given; folds judges on training data that was left out: remove one of them");
  }
  if (folds !== undefined) return foldScheme(data.train, folds, seed, []);
  const part = on ?? (data.validation ? "validation" : "test");
  const scored = data[part];
  if (scored) {
    const note = `candidates are judged on the test data, because there is no validation data: errors on it are then no longer independent`;
    return heldOutScheme(data.train, scored, seed, on === undefined && part === "test" ? [note] : []);
  }
  if (on !== undefined) {
    throw new InvalidParameterError(`objective: on is "${on}", but there is no ${on} data: add data.${on}, or use folds`);
  }
  const note = `candidates are judged by ${DEFAULT_FOLDS}-fold cross-validation, because there is neither validation nor test data`;
  return foldScheme(data.train, DEFAULT_FOLDS, seed, [note]);
}

function heldOutScheme(train: Dataset, scored: Dataset, seed: number, notes: readonly string[]): Scheme {
  requireSpecies(train, scored);
  const order = new TrainingOrder(train, seed);
  const score = Array.from({ length: scored.nStructures }, (_, i) => i);
  return { train, scored, notes, splits: remembered((fraction) => [{ train: order.take(fraction), score }]) };
}

function foldScheme(train: Dataset, count: number, seed: number, notes: readonly string[]): Scheme {
  const whole = new TrainingOrder(train, seed);
  if (whole.divisible < count) {
    throw new InvalidParameterError(`objective: folds is ${count}, but the training data has only ${whole.divisible} structures beside isolated atoms`);
  }
  const parts = whole.folds(count).map((score) => {
    const left = new Set(score);
    const rest = Array.from({ length: train.nStructures }, (_, i) => i).filter((index) => !left.has(index));
    requireSpecies(train.subset(rest), train);
    return { order: new TrainingOrder(train, seed, rest), score };
  });
  const splits = remembered((fraction) => parts.map(({ order, score }) => ({ train: order.take(fraction), score })));
  return { train, scored: train, notes, splits };
}

/** Searches use few fractions, again and again. */
function remembered(splits: Scheme["splits"]): Scheme["splits"] {
  const known = new Map<number, readonly Split[]>();
  return (fraction) => {
    let found = known.get(fraction);
    if (!found) known.set(fraction, (found = splits(fraction)));
    return found;
  };
}

function requireSpecies(train: Dataset, scored: Dataset): void {
  const known = train.species();
  const missing = scored.species().find((atomicNumber) => !known.includes(atomicNumber));
  if (missing === undefined) return;
  throw new InvalidParameterError(
    `objective: candidates would be judged on ${symbolOf(missing)}, which they are not trained on (${known.map(symbolOf).join(", ")} only): ` +
      "add training data, or use fewer folds",
  );
}
