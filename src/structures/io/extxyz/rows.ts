import { describeUnknownElement, findAtomicNumber } from "../../periodic-table.js";
import type { AtomInfo } from "../../structure.js";
import { describeUnknownType } from "../atom-types.js";
import type { WantedColumn } from "../column-reader.js";
import { asciiText, isBlank, readReals } from "../decimal.js";
import type { ColumnLayout, FrameLayout } from "./properties.js";
import { parseBoolean } from "./value.js";

/** What is wrong with an atom line, and at which byte of the window. */
export class RowProblem extends Error {
  constructor(
    readonly reason: string,
    readonly position: number,
  ) {
    super(reason);
  }
}

type Values = Float64Array | Uint8Array | string[];

interface Store {
  readonly layout: ColumnLayout;
  values: Values;
}

/** A per-atom column that was asked for, as it stands in the file. */
export interface WantedRows {
  readonly layout: ColumnLayout & { readonly wanted: WantedColumn };
  readonly values: ArrayLike<number>;
}

/** The data of the atom lines of one frame. */
export interface Rows {
  readonly atomicNumbers: Uint8Array;
  readonly positions: Float64Array;
  /** Undefined without a column of forces. */
  readonly forces?: Float64Array;
  /** Those that were asked for. */
  readonly wanted: readonly WantedRows[];
  /** The others. */
  readonly atomInfo: AtomInfo[];
}

const NEWLINE = 10;
const RETURN = 13;
/** Rows reserved at first: a false number of atoms in a damaged file must not ask for memory that the file cannot fill. */
const FIRST_CAPACITY = 1 << 16;

const decoder = new TextDecoder();
/** Most frames have no other columns: they share it. */
export const NO_ATOM_INFO: AtomInfo[] = [];

/** Atomic numbers by the one or two bytes of a symbol; 0 where there is none. */
export const atomicNumbersOfSymbols = new Uint8Array(1 << 16);
for (let first = 65; first <= 122; first++) {
  for (const second of [0, ...Array.from({ length: 58 }, (_, i) => 65 + i)]) {
    const text = second === 0 ? String.fromCharCode(first) : String.fromCharCode(first, second);
    atomicNumbersOfSymbols[first | (second << 8)] = findAtomicNumber(text) ?? 0;
  }
}

/** Reads the atom lines of frames of one layout from bytes into arrays. */
export class RowReader {
  nRows = 0;
  private nAtoms = 0;
  private readonly stores: Store[];
  /** Rows that the arrays have room for. */
  private capacity = 0;

  /**
   * @param usesAgain whether the arrays of a frame are used again for the next; other columns have their own in any case
   * @param types atomic numbers of the atom types 1, 2, … that may stand in place of symbols
   */
  constructor(
    private readonly layout: FrameLayout,
    private readonly usesAgain: boolean,
    private readonly types: readonly number[],
  ) {
    this.stores = layout.columns.map((column) => ({ layout: column, values: emptyValues(column, 0) }));
  }

  /** Begins a frame. */
  begin(nAtoms: number): void {
    this.nAtoms = nAtoms;
    this.nRows = 0;
    const needed = Math.min(nAtoms, FIRST_CAPACITY);
    const isFresh = !this.usesAgain || needed > this.capacity;
    if (isFresh) this.capacity = needed;
    for (const store of this.stores) if (isFresh || Array.isArray(store.values)) store.values = emptyValues(store.layout, this.capacity);
  }

  /**
   * Reads one line that starts at `start` and is ended by a line break in the window; returns the position behind the break.
   * @throws {RowProblem}
   */
  readRow(bytes: Uint8Array, start: number): number {
    if (this.nRows === this.capacity) this.grow();
    let p = start;
    for (let c = 0; c < this.stores.length; c++) {
      const { layout, values } = this.stores[c];
      const index = this.nRows * layout.width;
      if (layout.type === "text") p = this.readTexts(bytes, p, layout, values, index);
      else if (layout.type === "logical") p = this.readLogicals(bytes, p, layout, values as Uint8Array, index);
      else {
        const end = readReals(bytes, p, layout.width, values as Float64Array, index);
        if (end < 0) this.refuseNumber(bytes, -1 - end, layout);
        if (layout.type === "integer" || layout.role === "positions") this.checkNumbers(bytes, p, layout, values as Float64Array, index);
        p = end;
      }
    }
    this.nRows++;
    return this.endOfLine(bytes, p, start);
  }

  finish(): Rows {
    const rows: { -readonly [Part in keyof Rows]?: Rows[Part] } & { wanted: WantedRows[]; atomInfo: AtomInfo[] } = {
      wanted: [],
      atomInfo: this.layout.others.length === 0 ? NO_ATOM_INFO : [],
    };
    for (const { layout, values: store } of this.stores) {
      const { role, name, type, width } = layout;
      const length = this.nAtoms * width;
      const values = store.length === length || Array.isArray(store) ? store : store.subarray(0, length);
      if (role === "species") rows.atomicNumbers = values as Uint8Array;
      else if (role === "numbers") rows.atomicNumbers = Uint8Array.from(values as Float64Array);
      else if (role === "positions") rows.positions = values as Float64Array;
      else if (role === "forces") rows.forces = values as Float64Array;
      else if (isWanted(layout)) rows.wanted.push({ layout, values: values as ArrayLike<number> });
      else rows.atomInfo.push({ name, type, width, values: finishValues(layout, this.usesAgain ? values.slice() : values) });
    }
    return rows as Rows;
  }

  private grow(): void {
    this.capacity = Math.min(this.nAtoms, 2 * this.capacity);
    for (const store of this.stores) {
      if (Array.isArray(store.values)) continue;
      const larger = emptyValues(store.layout, this.capacity) as Float64Array;
      larger.set(store.values);
      store.values = larger;
    }
  }

  private readTexts(bytes: Uint8Array, start: number, layout: ColumnLayout, values: Values, index: number): number {
    let p = start;
    for (let k = 0; k < layout.width; k++) {
      while (bytes[p] === 32 || bytes[p] === 9) p++;
      const token = p;
      while (!isBlank(bytes[p])) p++;
      if (p === token) this.refuseMissing(bytes, p, layout);
      if (layout.role === "species") {
        const atomicNumber = readElement(bytes, token, p) || this.elementOfType(bytes, token, p);
        if (atomicNumber === 0) this.refuseElement(bytes, token, p);
        (values as Uint8Array)[index] = atomicNumber;
      } else (values as string[])[index + k] = decoder.decode(bytes.subarray(token, p));
    }
    return p;
  }

  /** 0 for what is no type. */
  private elementOfType(bytes: Uint8Array, start: number, end: number): number {
    if (this.types.length === 0) return 0;
    const text = asciiText(bytes, start, end);
    return /^[1-9]\d*$/.test(text) ? (this.types[Number(text) - 1] ?? 0) : 0;
  }

  private readLogicals(bytes: Uint8Array, start: number, layout: ColumnLayout, values: Uint8Array, index: number): number {
    let p = start;
    for (let k = 0; k < layout.width; k++) {
      while (bytes[p] === 32 || bytes[p] === 9) p++;
      const token = p;
      while (!isBlank(bytes[p])) p++;
      if (p === token) this.refuseMissing(bytes, p, layout);
      const text = asciiText(bytes, token, p);
      const value = text === "1" ? true : text === "0" ? false : parseBoolean(text);
      if (value === undefined) throw new RowProblem(`"${text}" in column ${layout.name} is not a logical value (T or F)`, token);
      values[index + k] = value ? 1 : 0;
    }
    return p;
  }

  /** Integers must be whole, positions finite, atomic numbers those of an element. */
  private checkNumbers(bytes: Uint8Array, start: number, layout: ColumnLayout, values: Float64Array, index: number): void {
    for (let k = 0; k < layout.width; k++) {
      const value = values[index + k];
      const isGood =
        layout.role === "positions" ? Number.isFinite(value) : Number.isSafeInteger(value) && (layout.role !== "numbers" || (value >= 1 && value <= 118));
      if (isGood) continue;
      const [token, end] = tokenAt(bytes, start, k);
      const text = asciiText(bytes, token, end);
      if (layout.role === "positions") throw new RowProblem(`the position is ${text}; it must be finite`, token);
      if (layout.role === "numbers") throw new RowProblem(`there is no element with atomic number ${text}; 1 … 118 are allowed`, token);
      throw new RowProblem(`"${text}" in column ${layout.name} is not an integer`, token);
    }
  }

  private refuseNumber(bytes: Uint8Array, position: number, layout: ColumnLayout): never {
    let end = position;
    while (!isBlank(bytes[end])) end++;
    if (end === position) this.refuseMissing(bytes, position, layout);
    const text = decoder.decode(bytes.subarray(position, Math.min(end, position + 40)));
    const reason = /^\*+$/.test(text) ? " (the program that wrote it ran out of columns)" : "";
    throw new RowProblem(`"${text}" in column ${layout.name} is not a number${reason}`, position);
  }

  private refuseElement(bytes: Uint8Array, start: number, end: number): never {
    const text = decoder.decode(bytes.subarray(start, Math.min(end, start + 40)));
    if (/^\d+$/.test(text)) {
      const hint = this.hintAtCount(bytes, start);
      if (hint === "") throw new RowProblem(describeUnknownType(text, this.types), start);
      throw new RowProblem(`${describeUnknownElement(text)}${hint}`, start);
    }
    throw new RowProblem(describeUnknownElement(text), start);
  }

  /** A line of one value is likely to be the number of atoms of the next frame. */
  private hintAtCount(bytes: Uint8Array, position: number): string {
    if (countTokens(bytes, lineStart(bytes, position)) > 1) return "";
    return `; the frame says it has ${this.nAtoms} atoms and this would be atom ${this.nRows + 1}`;
  }

  private refuseMissing(bytes: Uint8Array, position: number, layout: ColumnLayout): never {
    const found = countTokens(bytes, lineStart(bytes, position));
    const counts = `the line has ${found} of ${this.layout.nValues} values, column ${layout.name} is missing`;
    throw new RowProblem(`${counts}${this.hintAtCount(bytes, position)}`, position);
  }

  private endOfLine(bytes: Uint8Array, position: number, start: number): number {
    let p = position;
    while (bytes[p] === 32 || bytes[p] === 9 || bytes[p] === RETURN) p++;
    if (bytes[p] === NEWLINE) return p + 1;
    if (this.layout.allowsExtra) return bytes.indexOf(NEWLINE, p) + 1;
    throw new RowProblem(`the line has ${countTokens(bytes, start)} values, Properties names ${this.layout.nValues}`, p);
  }
}

function isWanted(layout: ColumnLayout): layout is WantedRows["layout"] {
  return layout.role === "wanted";
}

function emptyValues(column: ColumnLayout, rows: number): Values {
  if (column.role === "species") return new Uint8Array(rows);
  if (column.type === "text") return [];
  return column.type === "logical" ? new Uint8Array(rows * column.width) : new Float64Array(rows * column.width);
}

function finishValues(layout: ColumnLayout, values: Values): AtomInfo["values"] {
  if (layout.type !== "integer") return values;
  const integers = values as Float64Array;
  return integers.every((value) => Object.is(value | 0, value)) ? Int32Array.from(integers) : integers;
}

/** Atomic number of a symbol; 0 for anything else, numbers too: they may be those of types. */
function readElement(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const found = length > 2 ? 0 : atomicNumbersOfSymbols[bytes[start] | (length === 2 ? bytes[start + 1] << 8 : 0)];
  return found;
}

/** Where the line of a position starts. */
export function lineStart(bytes: Uint8Array, position: number): number {
  // lastIndexOf would count a negative start from the end
  return position === 0 ? 0 : bytes.lastIndexOf(NEWLINE, position - 1) + 1;
}

/** Start and end of the k-th token from `start`. */
function tokenAt(bytes: Uint8Array, start: number, k: number): [number, number] {
  let p = start;
  for (let token = 0; ; token++) {
    while (bytes[p] === 32 || bytes[p] === 9) p++;
    const first = p;
    while (!isBlank(bytes[p])) p++;
    if (token === k) return [first, p];
  }
}

function countTokens(bytes: Uint8Array, start: number): number {
  let count = 0;
  for (let p = start; bytes[p] !== NEWLINE && p < bytes.length; p++) if (!isBlank(bytes[p]) && (p === start || isBlank(bytes[p - 1]))) count++;
  return count;
}
