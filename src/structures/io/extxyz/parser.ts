import { FormatError } from "../../../errors.js";
import { loadFrameRoutine } from "../../../wasm/frame-routine.js";
import type { FrameBlock } from "../../frame-block.js";
import type { AtomInfo, Structure, Targets } from "../../structure.js";
import { symbolOf } from "../../periodic-table.js";
import { ColumnProblem } from "../column-reader.js";
import type { ReadSource, StructureReader } from "../format.js";
import { addRows, type FrameColumns } from "./columns.js";
import { FrameBlocks, type ReadBlock } from "./frame-blocks.js";
import { sourceOf } from "./frame-source.js";
import { HeaderReader } from "./header.js";
import type { Header } from "./header-plan.js";
import type { FrameLayout } from "./properties.js";
import { lineStart, RowProblem, RowReader, type Rows } from "./rows.js";
import { type FrameTargets, ValueProblem } from "./targets.js";

const NEWLINE = 10;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const NOTHING = new Uint8Array(0);
const LARGEST_FRAME = 2 ** 31 - 1;
/** Files have few kinds of frames; the limit is for those that do not. */
const MOST_LAYOUTS = 100;

/**
 * Reads extended XYZ from chunks of bytes: give them to `push` one after the other, then call `finish`; both yield the frames that
 * are complete. Holds no more than one chunk and one frame.
 */
export class ExtxyzParser implements StructureReader {
  private readonly source: ReadSource;
  private readonly decoder = new TextDecoder();
  private readonly headers: HeaderReader;
  private readonly readers = new Map<FrameLayout, RowReader>();
  /** The beginning of a line whose end has not come yet. */
  private rest: Uint8Array = NOTHING;
  private isFirst = true;
  /** Lines read so far. */
  private line = 0;
  private frame = 0;
  private state: "count" | "comment" | "atoms" = "count";
  private nAtoms = 0;
  private countLine = 0;
  private header: Header | undefined;
  private reader: RowReader | undefined;
  private blocks: FrameBlocks | undefined;
  /** How many plans had been made when the blocks were told of them. */
  private plansKnown = 0;

  constructor(source: ReadSource) {
    this.source = source;
    this.headers = new HeaderReader(source);
  }

  async prepareBlocks(): Promise<void> {
    if (this.source.columns.wanted.length === 0) this.blocks = new FrameBlocks(await loadFrameRoutine(), this.source.name, this.source.tally);
  }

  /** @throws {FormatError} */
  *pushBlocks(chunk: Uint8Array): Generator<Structure | FrameBlock> {
    const isLong = this.rest.length + chunk.length >= BYTE_ORDER_MARK.length;
    const window = isLong ? this.blocks?.load(this.rest, chunk) : undefined;
    if (!window) yield* this.push(chunk);
    else {
      const start = this.isFirst ? window.length - this.withoutByteOrderMark(window).length : 0;
      // what is left stays where it is until the next window
      this.rest = window.subarray(yield* this.readWindow(window, start));
    }
  }

  /** @throws {FormatError} */
  *push(bytes: Uint8Array): Generator<Structure> {
    // code that has seen a Buffer of Node is compiled once more for plain arrays
    const chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    let window: Uint8Array = chunk;
    if (this.isFirst) {
      window = this.rest.length === 0 ? chunk : concatenate(this.rest, chunk);
      this.rest = NOTHING;
      if (window.length < BYTE_ORDER_MARK.length) {
        this.rest = new Uint8Array(window);
        return;
      }
      window = this.withoutByteOrderMark(window);
    }
    const start = this.rest.length === 0 ? 0 : window.indexOf(NEWLINE) + 1;
    const end = window.lastIndexOf(NEWLINE) + 1;
    // the line that the chunk before began, by itself: long chunks are not copied
    const line = start > 0 ? concatenate(this.rest, window.subarray(0, start)) : NOTHING;
    // a copy, because the owner of the chunk may use it again (and `slice` of a Buffer is none)
    this.rest = end > 0 ? new Uint8Array(window.subarray(end)) : concatenate(this.rest, window);
    yield* this.readLines(line, line.length);
    yield* this.readLines(window.subarray(start), end - start);
  }

  /** @throws {FormatError} when the last frame is not complete */
  *finish(): Generator<Structure> {
    if (this.isFirst) this.rest = this.withoutByteOrderMark(this.rest);
    if (this.rest.length > 0) {
      const window = this.rest.at(-1) === NEWLINE ? this.rest : concatenate(this.rest, Uint8Array.of(NEWLINE));
      this.rest = NOTHING;
      yield* this.readLines(window, window.length);
    }
    if (this.state === "comment") this.fail("the file ends where the comment line of a frame should be", this.line + 1);
    if (this.state === "atoms") {
      const found = this.reader!.nRows;
      this.fail(`the file ends after ${found} of the ${this.nAtoms} atoms of the frame that starts in line ${this.countLine}`, this.line + 1);
    }
  }

  private withoutByteOrderMark(window: Uint8Array): Uint8Array {
    this.isFirst = false;
    if (BYTE_ORDER_MARK.every((byte, i) => window[i] === byte)) return window.subarray(BYTE_ORDER_MARK.length);
    if ((window[0] === 0xff && window[1] === 0xfe) || (window[0] === 0xfe && window[1] === 0xff)) {
      this.fail("the file is UTF-16; save it as UTF-8", 1, 1);
    }
    return window;
  }

  private *readLines(window: Uint8Array, end: number): Generator<Structure> {
    for (let position = 0; position < end; ) {
      position = this.readOn(window, position, end);
      if (this.isComplete()) yield this.finishFrame();
    }
  }

  /** Reads the lines of a window, many frames at once where that is possible; returns where it ended. */
  private *readWindow(window: Uint8Array, start: number): Generator<Structure | FrameBlock, number> {
    const end = window.lastIndexOf(NEWLINE) + 1;
    let position = start;
    while (position < end) {
      if (this.state === "count") {
        const read = this.readBlock(position, end);
        position = read.position;
        if (read.block) yield read.block;
        if (read.isIncomplete && this.blocks!.holds(window.length - position)) break;
        if (read.block) continue;
      }
      position = this.readOn(window, position, end);
      if (this.isComplete()) yield this.finishFrame();
    }
    return position;
  }

  private readBlock(position: number, end: number): ReadBlock {
    const { plans, plansMade } = this.headers;
    if (plansMade !== this.plansKnown) this.blocks!.usePlans(plans);
    this.plansKnown = plansMade;
    const read = this.blocks!.read(position, end, this.frame);
    if (read.block) {
      this.line += read.lines;
      this.frame += read.block.atomCounts.length;
      this.nAtoms = read.block.atomCounts.at(-1)!;
    }
    return read;
  }

  private isComplete(): boolean {
    return this.state === "atoms" && this.reader!.nRows === this.nAtoms;
  }

  /** Reads one line, or the atom lines of a frame; returns the position behind them. */
  private readOn(window: Uint8Array, position: number, end: number): number {
    if (this.state === "atoms") return this.readAtoms(window, position, end);
    const lineEnd = window.indexOf(NEWLINE, position);
    this.line++;
    if (this.state === "count") this.readCount(this.decoder.decode(window.subarray(position, lineEnd)).replace(/\r$/, ""));
    else this.readHeader(window, position, lineEnd);
    return lineEnd + 1;
  }

  private readCount(text: string): void {
    const word = text.trim();
    if (word === "") return;
    const column = text.indexOf(word) + 1;
    if (!/^\+?\d+$/.test(word) || Number(word) > LARGEST_FRAME) {
      const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word;
      const hint = this.frame > 0 && /\s/.test(word) ? `; has frame ${this.frame} more than its ${this.nAtoms} atoms?` : "";
      this.fail(`expected the number of atoms of frame ${this.frame + 1}, a whole number; found "${shown}"${hint}`, this.line, column);
    }
    this.nAtoms = Number(word);
    this.countLine = this.line;
    this.state = "comment";
  }

  private readHeader(window: Uint8Array, start: number, end: number): void {
    try {
      this.header = this.headers.read(window, start, end);
    } catch (error) {
      if (error instanceof ValueProblem) this.fail(error.reason, this.line, error.column);
      throw error;
    }
    this.reader = this.readerFor(this.header.layout);
    this.reader.begin(this.nAtoms);
    this.state = "atoms";
  }

  private readerFor(layout: FrameLayout): RowReader {
    const { mayUseAgain = false } = this.source;
    const known = this.readers.get(layout);
    if (known) return known;
    const reader = new RowReader(layout, mayUseAgain, this.source.types ?? []);
    if (mayUseAgain && this.readers.size < MOST_LAYOUTS) this.readers.set(layout, reader);
    return reader;
  }

  private readAtoms(window: Uint8Array, start: number, end: number): number {
    const reader = this.reader!;
    let position = start;
    const firstRow = reader.nRows;
    try {
      while (position < end && reader.nRows < this.nAtoms) position = reader.readRow(window, position);
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      const from = lineStart(window, error.position);
      const column = this.decoder.decode(window.subarray(from, error.position)).length + 1;
      this.fail(error.reason, this.line + 1 + countNewlines(window, start, from), column);
    }
    this.line += reader.nRows - firstRow;
    return position;
  }

  private finishFrame(): Structure {
    const { cell, pbc, layout, configType, targets, info, realKeys } = this.header!;
    const rows = this.reader!.finish();
    this.frame++;
    this.checkNumbers(rows, layout);
    const forces = this.checkForces(rows, layout);
    const { columns, sources } = this.finishColumns(rows);
    this.header = undefined;
    this.reader = undefined;
    this.state = "count";
    const source = sourceOf(targets, forces && layout.forcesChoice[0].key, realKeys, sources);
    return {
      atomicNumbers: rows.atomicNumbers,
      positions: rows.positions,
      cell,
      pbc,
      targets: targetsOf(targets, forces),
      ...(columns.size > 0 && { columns }),
      configType,
      info,
      // forces that are absent are written again as they were
      atomInfo: rows.forces && !forces ? [...rows.atomInfo, forcesAsInfo(rows.forces, layout)] : rows.atomInfo,
      label: `frame ${this.frame} of ${this.source.name}`,
      ...(source && { source }),
    };
  }

  private finishColumns(rows: Rows): FrameColumns {
    const { columns } = this.header!;
    if (rows.wanted.length === 0) return columns;
    try {
      return addRows(columns, rows.wanted, this.source.columns);
    } catch (error) {
      if (error instanceof ColumnProblem) this.fail(error.reason, this.countLine + 2 + error.row);
      throw error;
    }
  }

  /** Forces that are all NaN count as absent; a few of them are an error. */
  private checkForces(rows: Rows, layout: FrameLayout): Float64Array | undefined {
    const forces = rows.forces;
    if (!forces) return undefined;
    let bad = 0;
    while (bad < forces.length && Number.isFinite(forces[bad])) bad++;
    if (bad === forces.length) return forces;
    const key = layout.forcesChoice[0].key;
    if (!forces.every(Number.isNaN)) this.fail(`column ${key} holds ${forces[bad]}; forces must be finite`, this.countLine + 2 + Math.floor(bad / 3));
    this.source.tally.note(`"${key}" is NaN and counts as absent`);
    return undefined;
  }

  private checkNumbers(rows: Rows, layout: FrameLayout): void {
    const numbers = rows.atomInfo.find(({ name }) => name === layout.secondNumbers)?.values;
    if (!numbers) return;
    const bad = rows.atomicNumbers.findIndex((z, atom) => z !== numbers[atom]);
    if (bad < 0) return;
    const symbol = symbolOf(rows.atomicNumbers[bad]);
    this.fail(`the species is ${symbol}, but column ${layout.secondNumbers} says ${numbers[bad]}`, this.countLine + 2 + bad);
  }

  private fail(reason: string, line: number, column?: number): never {
    throw new FormatError({ file: this.source.file, line, column }, reason);
  }
}

function targetsOf({ energy, virial }: FrameTargets, forces: Float64Array | undefined): Targets {
  const targets: { -readonly [Name in keyof Targets]: Targets[Name] } = {};
  if (energy !== undefined) targets.energy = energy;
  if (forces) targets.forces = forces;
  if (virial) targets.virial = virial;
  return targets;
}

function forcesAsInfo(values: Float64Array, { forcesChoice }: FrameLayout): AtomInfo {
  return { name: forcesChoice[0].key, type: "real", width: 3, values };
}

function countNewlines(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (bytes[i] === NEWLINE) count++;
  return count;
}

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
