import { closeSync, existsSync, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { FormatError, InvalidParameterError } from "../../errors.js";
import type { FileRecord } from "../../models/model-type.js";
import { version } from "../../version.js";
import { differences } from "../../differences.js";
import { decodeLines, encodeLine, type Entry, FIRST_CHECK } from "./lines.js";
import { FileLock } from "../../file-lock.js";

export const JOURNAL_VERSION = 1;

/** What a search must have in common with the journal that it continues. */
export interface JournalIdentity {
  /** The resolved configuration without budgets and paths of data, plain data. */
  readonly configuration: unknown;
  /** Checksums of the files that went in. */
  readonly data: readonly FileRecord[];
}

interface Header extends JournalIdentity {
  readonly kind: "header";
  readonly format: "pestle-journal";
  readonly version: number;
  readonly pestle: string;
}

/** Where a search keeps its results, one entry each, and finds those of earlier sessions. */
export interface Journal {
  /** What earlier sessions wrote, in order. */
  readonly entries: readonly Entry[];
  /** Adds an entry and returns it as a reader of the journal will see it. */
  append<Kind extends Entry>(entry: Kind): Kind;
}

const SYNC_INTERVAL = 1000; // ms

/**
 * Append-only JSON lines, each with a checksum chained to the line before. Every entry is handed to the system at once, so the end
 * of this process at any moment loses nothing; it reaches the disk within about a second (a power failure may take that last second).
 */
export class JournalFile implements Journal {
  /** What earlier sessions wrote, in order. */
  readonly entries: readonly Entry[];
  /** What was repaired on opening; empty in general. */
  readonly notes: readonly string[];
  private readonly descriptor: number;
  private readonly lock: FileLock;
  private check: string;
  private readonly path: string;
  private appended = 0;
  private isDirty = false;
  private isSyncing = false;
  private readonly syncTimer: NodeJS.Timeout;

  private constructor(opened: OpenedJournal) {
    this.path = opened.path;
    this.descriptor = opened.descriptor;
    this.lock = opened.lock;
    this.check = opened.check;
    this.entries = opened.entries;
    this.notes = opened.notes;
    this.syncTimer = setInterval(() => this.syncSoon(), SYNC_INTERVAL).unref();
  }

  /**
   * Starts a journal. One that never came to an entry is replaced.
   * @throws {InvalidParameterError} when there is one already, or another process uses it; {FormatError} for a file that is not a journal
   */
  static create(path: string, identity: JournalIdentity): JournalFile {
    const lock = FileLock.acquire(path, "journal");
    try {
      if (existsSync(path) && !decodeLines(readFileSync(path), path).entries.some(isResult)) rmSync(path);
      const descriptor = openForCreation(path);
      const check = begin(descriptor, identity);
      return new JournalFile({ path, descriptor, lock, check, entries: [], notes: [] });
    } catch (error) {
      lock.release();
      throw named(error, path);
    }
  }

  /**
   * Opens a journal to go on with it. What a killed process left unfinished at its end is cut off.
   * @throws {InvalidParameterError} when it belongs to another configuration or other data, naming what differs, or another process
   * uses it; {FormatError} when it is damaged
   */
  static resume(path: string, identity: JournalIdentity): JournalFile {
    const lock = FileLock.acquire(path, "journal");
    let descriptor: number | undefined;
    try {
      const content = readFileSync(path);
      const decoded = decodeLines(content, path);
      const [first, ...entries] = decoded.entries;
      const notes = first ? checkHeader(readHeader(first, path), identity, path) : [];
      descriptor = openSync(path, "r+");
      if (decoded.wholeBytes < content.length) {
        ftruncateSync(descriptor, decoded.wholeBytes);
        notes.push(`${path}: its last line was not written to the end and was cut off; that evaluation is repeated`);
      }
      closeSync(descriptor);
      descriptor = openSync(path, "a");
      // without a first line it ended before that was whole
      const check = first ? beginSession(descriptor, decoded.check) : begin(descriptor, identity);
      return new JournalFile({ path, descriptor, lock, check, entries: entries.filter(isResult), notes });
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      lock.release();
      throw named(error, path);
    }
  }

  append<Kind extends Entry>(entry: Kind): Kind {
    this.appended++;
    const { text, check } = encodeLine(entry, this.check);
    try {
      writeWhole(this.descriptor, text);
    } catch (error) {
      throw named(error, this.path);
    }
    this.check = check;
    this.isDirty = true;
    // as a reader sees it, so that a resumed search goes on from the same values
    const { check: _, ...stored } = JSON.parse(text) as Kind & { check: string };
    return stored as unknown as Kind;
  }

  /** A journal without entries is removed: nothing could be resumed from it. */
  close(): void {
    clearInterval(this.syncTimer);
    try {
      fsyncSync(this.descriptor);
      closeSync(this.descriptor);
      if (this.isEmpty) rmSync(this.path, { force: true });
    } finally {
      this.lock.release();
    }
  }

  /** Whether there is nothing to resume from. */
  get isEmpty(): boolean {
    return this.entries.length === 0 && this.appended === 0;
  }

  /** In the background: waiting for the disk after every entry would cost more than many an evaluation. */
  private syncSoon(): void {
    if (!this.isDirty || this.isSyncing) return;
    this.isDirty = false;
    this.isSyncing = true;
    fdatasync(this.descriptor, () => (this.isSyncing = false));
  }
}

interface OpenedJournal {
  readonly path: string;
  readonly descriptor: number;
  readonly lock: FileLock;
  readonly check: string;
  readonly entries: readonly Entry[];
  readonly notes: readonly string[];
}

/** A journal that is not kept: for searches from code that nobody resumes. */
export function memoryJournal(entries: readonly Entry[] = []): Journal {
  return { entries, append: (entry) => JSON.parse(JSON.stringify(entry)) as typeof entry };
}

/** A journal as read: what it is about, and what happened. */
export interface ReadJournal extends JournalIdentity {
  /** Of all sessions, in order. */
  readonly entries: readonly Entry[];
}

/**
 * Reads a journal without locking it: what it is about, and its entries.
 * @throws {FormatError} when it is damaged or not a journal
 */
export function readJournal(path: string): ReadJournal {
  const [first, ...entries] = decodeLines(readFileSync(path), path).entries;
  if (!first) throw new FormatError({ file: path }, "the journal is empty");
  const { configuration, data } = readHeader(first, path);
  return { configuration, data, entries: entries.filter(isResult) };
}

/** Writes the first lines and returns the check of the last. */
function begin(descriptor: number, identity: JournalIdentity): string {
  const { text, check } = encodeLine(headerOf(identity), FIRST_CHECK);
  writeWhole(descriptor, text);
  return beginSession(descriptor, check);
}

/** Says who writes from here on. */
function beginSession(descriptor: number, previous: string): string {
  const { text, check } = encodeLine({ kind: "session", at: new Date().toISOString(), pestle: version, node: process.versions.node }, previous);
  writeWhole(descriptor, text);
  fsyncSync(descriptor);
  return check;
}

function isResult({ kind }: Entry): boolean {
  return kind !== "session" && kind !== "header";
}

function headerOf({ configuration, data }: JournalIdentity): Entry & Header {
  return { kind: "header", format: "pestle-journal", version: JOURNAL_VERSION, pestle: version, configuration, data };
}

function readHeader(entry: Entry, path: string): Header {
  const header = entry as Entry & Partial<Header>;
  if (header.kind !== "header" || header.format !== "pestle-journal") throw new FormatError({ file: path, line: 1 }, "this is not the journal of a search");
  if (header.version !== JOURNAL_VERSION) {
    throw new FormatError({ file: path, line: 1 }, `the journal has version ${header.version}; this is ${version}, which reads version ${JOURNAL_VERSION}`);
  }
  return header as Header;
}

/** Remarks on what differs without harm. */
function checkHeader(header: Header, identity: JournalIdentity, path: string): string[] {
  const now = JSON.parse(JSON.stringify(identity)) as JournalIdentity;
  const changes = [...differences(header.configuration, now.configuration), ...changedFiles(header.data, now.data)];
  if (changes.length === 0) return header.pestle === version ? [] : [`${path} was begun by pestle ${header.pestle}; this is ${version}`];
  const listed = changes.length > 5 ? [...changes.slice(0, 5), `and ${changes.length - 5} more`] : changes;
  throw new InvalidParameterError(
    `${path} belongs to another search: ${listed.join("; ")}. Undo the change to resume, or start anew with another --journal`,
  );
}

/** Moved files are the same files. */
function changedFiles(earlier: JournalIdentity["data"], now: JournalIdentity["data"]): string[] {
  if (earlier.length !== now.length) return [`there were ${earlier.length} data files, now there are ${now.length}`];
  return now.flatMap(({ role, path, sha256 }, index) => {
    const before = earlier[index];
    if (before.role === role && before.sha256 === sha256) return [];
    return [`the ${role} data ${path} has another content (SHA-256 ${sha256.slice(0, 12)}…, was ${before.sha256.slice(0, 12)}…)`];
  });
}

function openForCreation(path: string): number {
  try {
    return openSync(path, "ax");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new InvalidParameterError(`there is a journal ${path} already: add --resume to go on with it, or delete it, or name another with --journal`);
  }
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** The system does not name what it could not write through a descriptor. */
function named(error: unknown, path: string): unknown {
  return error instanceof Error && "code" in error && "syscall" in error && !("path" in error) ? Object.assign(error, { path }) : error;
}
