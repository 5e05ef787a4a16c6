import { InvalidParameterError } from "../../errors.js";
import { ownUnit } from "../../units.js";
import { type Column, type ColumnShape, isAbsent } from "../column.js";
import { isTargetName } from "../target-columns.js";
import type { KeyTally, TargetKeys } from "./target-keys.js";

/** Where the numbers of a column stand in files, and in which unit. */
export interface ColumnRequest {
  /** Key of a value for the whole frame, or name of a per-atom column; default: the name of the column. */
  readonly key?: string;
  /** Unit of the numbers in the file, as `unitFactor` takes it; they are converted to the unit of pestle. Default: `1`, no unit. */
  readonly unit?: string;
  /** Default: whichever the files have under the key. */
  readonly per?: ColumnShape["per"];
}

/** Columns that are asked for, by the names that they get. */
export type ColumnRequests = Readonly<Record<string, ColumnRequest>>;

/** A column that was asked for, as readers see it. */
export interface WantedColumn {
  /** In the data set. */
  readonly name: string;
  /** In the file. */
  readonly key: string;
  /** Undefined: whichever the file has. */
  readonly per: ColumnShape["per"] | undefined;
  /** Unit of pestle. */
  readonly unit: string;
  /** By what the numbers of the file are multiplied. */
  readonly factor: number;
}

/** What is wrong with the numbers of a column; the reader of a format adds the place. */
export class ColumnProblem extends Error {
  constructor(
    /** Without the place. */
    readonly reason: string,
    /** Of the numbers, from 0: an atom where the column is per atom. */
    readonly row: number,
  ) {
    super(reason);
  }
}

/** Makes the columns that were asked for from the numbers of files: the same for every format. */
export class ColumnReader {
  /** In the order in which they were asked for. */
  readonly wanted: readonly WantedColumn[];
  /** Of those that were found. */
  private readonly shapes = new Map<string, ColumnShape>();

  /** @throws {InvalidParameterError} for a unit that is not known, the name of a reference value, and a key that is asked for twice */
  constructor(
    requests: ColumnRequests,
    keys: TargetKeys,
    private readonly tally: KeyTally,
  ) {
    this.wanted = Object.entries(requests).map(([name, { key = name, unit = "1", per }]) => ({ name, key, per, ...unitOf(name, unit) }));
    this.wanted.forEach((column, index) => checkRequest(column, this.wanted.slice(0, index), keys));
  }

  /**
   * The column of one frame; undefined where all its numbers are NaN, which counts as absent.
   * @param numbers in the unit of the file, rows × width
   * @throws {ColumnProblem} for numbers that are infinite, or of another shape than in frames before
   */
  read({ name, key, unit, factor }: WantedColumn, per: ColumnShape["per"], width: number, numbers: ArrayLike<number>): Column | undefined {
    const before = this.shapes.get(name);
    if (before && before.per !== per) {
      const reason = `"${key}" is given per ${per} here, but per ${before.per} in frames before`;
      throw new ColumnProblem(`${reason}; say which with columns.${name}.per`, 0);
    }
    if (before && before.width !== width) {
      throw new ColumnProblem(`"${key}" has ${width} numbers per ${per} here, but ${before.width} in frames before`, 0);
    }
    const values = Float64Array.from(numbers, (number) => number * factor);
    const bad = values.findIndex((value) => Math.abs(value) === Infinity);
    if (bad >= 0) throw new ColumnProblem(`"${key}" is ${values[bad]}; it must be finite, or NaN where it is absent`, Math.floor(bad / width));
    this.shapes.set(name, { name, unit, per, width });
    this.tally.addColumn(name, key);
    return isAbsent(values) ? undefined : { name, unit, per, width, values };
  }

  /** @throws {InvalidParameterError} when a column was in no frame; names the keys that exist */
  check(): void {
    const lost = this.wanted.find(({ name }) => !this.shapes.has(name));
    if (!lost) return;
    const { name, key, per } = lost;
    const place = per === undefined ? "a key or a column" : per === "atom" ? "a column" : "a key";
    const missing = `the column "${name}" was asked for, but no frame has ${place} "${key}"`;
    throw new InvalidParameterError(this.tally.describeAbsentColumn(missing, key, per));
  }
}

function unitOf(name: string, unit: string): ReturnType<typeof ownUnit> {
  try {
    return ownUnit(unit);
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    throw new InvalidParameterError(`columns.${name}.unit: ${error.message}`, { cause: error });
  }
}

function checkRequest({ name, key, per }: WantedColumn, others: readonly WantedColumn[], keys: TargetKeys): void {
  if (isTargetName(name)) {
    throw new InvalidParameterError(`columns.${name}: reference values are read by keys.${name}; choose another name for a further column`);
  }
  const twin = others.find((other) => other.key === key && (other.per === undefined || per === undefined || other.per === per));
  if (twin) throw new InvalidParameterError(`columns.${twin.name} and columns.${name} both ask for "${key}"; keep one`);
  for (const [target, targetKey] of Object.entries(keys)) {
    if (targetKey === key && per !== (target === "forces" ? "structure" : "atom")) {
      throw new InvalidParameterError(`keys.${target} and columns.${name} both ask for "${key}"; keep one`);
    }
  }
}

/** The number of a file that gives `value` back when it is multiplied by the factor. */
export function inUnitOfFile(value: number, factor: number): number {
  if (factor === 1) return value;
  const quotient = value / factor;
  const neighbors = [0, 0.5, -0.5, 1, -1, 1.5, -1.5].map((steps) => quotient * (1 + steps * Number.EPSILON));
  return neighbors.find((number) => number * factor === value) ?? quotient;
}
