import type { Column, ColumnShape } from "../../column.js";
import type { ColumnSource, InfoValue, Structure } from "../../structure.js";
import { TRANSPOSED } from "../../tensor.js";
import { ColumnProblem, type ColumnReader, inUnitOfFile, type WantedColumn } from "../column-reader.js";
import type { CommentEntry } from "./comment.js";
import { FORMAT_NAME, type FrameLayout } from "./properties.js";
import type { WantedRows } from "./rows.js";
import { ValueProblem } from "./targets.js";

/** Columns of one frame that were asked for, and how the file wrote them. */
export interface FrameColumns {
  readonly columns: ReadonlyMap<string, Column>;
  /** Undefined where the plain way of writing serves. */
  readonly sources: Readonly<Record<string, ColumnSource>> | undefined;
}

export const NO_COLUMNS: FrameColumns = { columns: new Map(), sources: undefined };

/**
 * Takes the columns that were asked for out of the entries of a comment line.
 * @throws {ValueProblem}
 */
export function takeColumns(entries: Map<string, CommentEntry>, layout: FrameLayout, reader: ColumnReader): FrameColumns {
  const found = new FoundColumns(reader);
  for (const wanted of reader.wanted) {
    const entry = wanted.per === "atom" ? undefined : entries.get(wanted.key);
    if (!entry) continue;
    if (layout.columns.some((column) => column.wanted === wanted)) {
      throw new ValueProblem(`"${wanted.key}" is a key and a column; say which is meant with columns.${wanted.name}.per`, entry.column);
    }
    entries.delete(entry.key);
    const numbers = numbersOf(entry, wanted);
    try {
      found.add(wanted, "structure", numbers.length, numbers, typeOf(entry));
    } catch (error) {
      throw error instanceof ColumnProblem ? new ValueProblem(error.reason, entry.column) : error;
    }
  }
  return found;
}

/**
 * Adds the per-atom columns.
 * @throws {ColumnProblem}
 */
export function addRows(own: FrameColumns, rows: readonly WantedRows[], reader: ColumnReader): FrameColumns {
  const found = new FoundColumns(reader, own);
  for (const { layout, values } of rows) found.add(layout.wanted, "atom", layout.width, values, layout.type === "text" ? "real" : layout.type);
  return found;
}

/** A column as it is written: under the key and in the unit that it was read in. */
export interface ColumnToWrite {
  readonly key: string;
  readonly type: ColumnSource["type"];
  readonly width: number;
  readonly values: readonly number[];
}

/** The further columns of a structure, of one kind, in the unit of the file that they came from. */
export function columnsToWrite({ columns, source }: Structure, per: ColumnShape["per"]): ColumnToWrite[] {
  return [...(columns?.values() ?? [])]
    .filter((column) => column.per === per)
    .map(({ name, width, values }) => {
      const own = source?.format === FORMAT_NAME ? source.columns?.[name] : undefined;
      const numbers = Array.from(values, (value) => inUnitOfFile(value, own?.factor ?? 1));
      return { key: own?.key ?? name, type: typeFor(numbers, own?.type ?? "real"), width, values: numbers };
    });
}

/** Numbers that were changed since they were read may need reals. */
function typeFor(numbers: readonly number[], type: ColumnSource["type"]): ColumnSource["type"] {
  const fits = { real: () => true, integer: Number.isSafeInteger, logical: (number: number) => number === 0 || number === 1 }[type];
  return numbers.every(fits) ? type : "real";
}

class FoundColumns implements FrameColumns {
  readonly columns: Map<string, Column>;
  sources: Readonly<Record<string, ColumnSource>> | undefined;

  constructor(
    private readonly reader: ColumnReader,
    before: FrameColumns = NO_COLUMNS,
  ) {
    this.columns = new Map(before.columns);
    this.sources = before.sources;
  }

  add(wanted: WantedColumn, per: ColumnShape["per"], width: number, numbers: ArrayLike<number>, type: ColumnSource["type"]): void {
    const { name, key, factor } = wanted;
    const column = this.reader.read(wanted, per, width, numbers);
    if (!column) return;
    this.columns.set(name, column);
    if (key !== name || factor !== 1 || type !== "real") this.sources = { ...this.sources, [name]: { key, factor, type } };
  }
}

/** The numbers of an entry; T and F are 1 and 0. Nine in quotes stand column by column, as those of virials. */
function numbersOf(entry: CommentEntry, { name }: WantedColumn): number[] {
  const values = itemsOf(entry.value);
  if (values.length === 0 || !values.every((value) => typeof value === "number" || typeof value === "boolean")) {
    throw new ValueProblem(`${entry.key} is "${entry.text}"; the column "${name}" needs numbers`, entry.column);
  }
  const numbers = values.map(Number);
  const isColumnMajor = numbers.length === 9 && entry.form !== "bracketed" && !Array.isArray((entry.value as InfoValue[])[0]);
  return isColumnMajor ? TRANSPOSED.map((i) => numbers[i]) : numbers;
}

function typeOf({ value, isReal }: CommentEntry): ColumnSource["type"] {
  const values = itemsOf(value);
  if (values.every((item) => typeof item === "boolean")) return "logical";
  return !isReal && values.every(Number.isSafeInteger) ? "integer" : "real";
}

/** What stands in an array of any depth. */
function itemsOf(value: InfoValue): InfoValue[] {
  return Array.isArray(value) ? value.flatMap(itemsOf) : [value];
}
