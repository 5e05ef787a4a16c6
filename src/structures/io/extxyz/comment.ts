import { interpretBraces, interpretText, parseArray, type ParsedValue, readQuoted } from "./value.js";

/** One `key=value` of the comment line. */
export interface CommentEntry extends ParsedValue {
  readonly key: string;
  /** The value without quotes, as written. */
  readonly text: string;
  /** A bracketed array counts its rows first; old quoted arrays of nine are column-major. */
  readonly form: "bare" | "quoted" | "braced" | "bracketed" | "absent";
  /** Where the value starts (the key, if there is none); counts from 1. */
  readonly column: number;
}

/** What is wrong with a comment line, and where (counts from 1). */
export interface CommentProblem {
  readonly reason: string;
  readonly column: number;
}

class ProblemSignal extends Error {
  constructor(readonly problem: CommentProblem) {
    super(problem.reason);
  }
}

/** Whether the line follows the extended format, and not the free text of plain XYZ. */
function isExtended(line: string): boolean {
  return /(?:^|\s)"?(?:properties|lattice)"?\s*=/i.test(line);
}

/**
 * Splits a comment line into its entries, in order. Free text of a plain XYZ file becomes one entry `comment`.
 * Returns what is wrong instead, if something is.
 */
export function parseComment(line: string): CommentEntry[] | CommentProblem {
  const freeText = (): CommentEntry[] => [{ key: "comment", value: line.trim(), isReal: false, text: line.trim(), form: "quoted", column: 1 }];
  if (line.trim() === "") return [];
  const extended = isExtended(line);
  if (!extended && !line.includes("=")) return freeText();
  try {
    return readEntries(line);
  } catch (error) {
    if (!(error instanceof ProblemSignal)) throw error;
    return extended || NAMES_REFERENCE.test(line) ? error.problem : freeText();
  }
}

/** A line that says a reference value is no free text. */
const NAMES_REFERENCE = /(?:energy|forces?|virials?|stress(?:es)?)["']?\s*=/i;

function readEntries(line: string): CommentEntry[] {
  const entries: CommentEntry[] = [];
  let position = skipSeparators(line, 0);
  while (position < line.length) {
    const key = readKey(line, position);
    const afterKey = skipSpace(line, key.end);
    if (line[afterKey] !== "=") {
      entries.push({ key: key.text, value: true, isReal: false, text: "T", form: "absent", column: position + 1 });
      position = skipSeparators(line, afterKey);
      continue;
    }
    const valueStart = startOfValue(line, afterKey + 1);
    const { value, isReal, text, form, end } = readValue(line, valueStart);
    entries.push({ key: key.text, value, isReal, text, form, column: Math.min(valueStart, line.length) + 1 });
    position = skipSeparators(line, end);
  }
  return entries;
}

const SPACES = /\s*/y;
const BARE_KEY = /[^\s=]+/y;
const BARE_VALUE = /\S*/y;
const SEPARATORS = /[\s,]*/y;

/** Where a match that starts at `position` ends; the position itself when there is none. */
function matchEnd(pattern: RegExp, line: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(line) ? pattern.lastIndex : position;
}

function skipSpace(line: string, position: number): number {
  const code = line.charCodeAt(position);
  return code > 32 && code < 128 ? position : matchEnd(SPACES, line, position);
}

/** Commas separate entries in some hand-written files. */
function skipSeparators(line: string, position: number): number {
  const code = line.charCodeAt(position);
  return code > 32 && code < 128 && code !== COMMA ? position : matchEnd(SEPARATORS, line, position);
}

const COMMA = 44;

function withoutCommas(text: string): string {
  return text.endsWith(",") ? text.replace(/,+$/, "") : text;
}

/** The grammar of keys, wherever one stands: in quotes, or all up to a blank or the equals sign. */
function readKey(line: string, start: number): { readonly text: string; readonly end: number } {
  if (line[start] === '"' || line[start] === "'") return quotedAt(line, start);
  if (line[start] === "=") throw new ProblemSignal({ reason: 'expected a key before "="', column: start + 1 });
  const end = matchEnd(BARE_KEY, line, start);
  return { text: withoutCommas(line.slice(start, end)), end };
}

function quotedAt(line: string, start: number): { readonly text: string; readonly end: number } {
  const quoted = readQuoted(line, start);
  if (!quoted) throw new ProblemSignal({ reason: `the quote ${line[start]} is not closed`, column: start + 1 });
  return quoted;
}

/** In `a= b=1` the value of `a` is empty; in `a = 1` it is 1. */
function startOfValue(line: string, afterSign: number): number {
  const next = skipSpace(line, afterSign);
  if (next === afterSign) return next;
  return startsEntry(line, next) ? afterSign : next;
}

/** Whether a key and an equals sign stand at `start`. */
function startsEntry(line: string, start: number): boolean {
  const opening = line[start];
  if (start >= line.length || opening === "=") return false;
  const isQuoted = opening === '"' || opening === "'";
  const end = isQuoted ? readQuoted(line, start)?.end : matchEnd(BARE_KEY, line, start);
  if (end === undefined || line[skipSpace(line, end)] !== "=") return false;
  // in `a= {b=1}` and `a= [b=1, 2]` the equals sign is a part of the value
  return isQuoted || !/[[{]/.test(opening) || isBalanced(line.slice(start, end));
}

function isBalanced(text: string): boolean {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return count(/[[{]/g) === count(/[\]}]/g);
}

type Value = Pick<CommentEntry, "value" | "isReal" | "text" | "form"> & { readonly end: number };

function valueOf({ value, isReal }: ParsedValue, text: string, form: CommentEntry["form"], end: number): Value {
  return { value, isReal, text, form, end };
}

function readValue(line: string, start: number): Value {
  const opening = line[start];
  if (opening === '"' || opening === "'") {
    const { text, end } = quotedAt(line, start);
    return valueOf(interpretText(text), text, "quoted", end);
  }
  if (opening === "{") return readBraces(line, start);
  if (opening === "[") {
    const array = parseArray(line, start);
    if (!array) throw new ProblemSignal({ reason: "the bracket [ is not closed", column: start + 1 });
    const isWhole = array.end >= line.length || /\s/.test(line[array.end]);
    if (isWhole) return valueOf(array.parsed, line.slice(start, array.end), "bracketed", array.end);
  }
  const end = matchEnd(BARE_VALUE, line, start);
  const text = withoutCommas(line.slice(start, end));
  return valueOf(interpretText(text), text, "bare", end);
}

function readBraces(line: string, start: number): Value {
  let depth = 0;
  for (let i = start; i < line.length; i++) {
    if (line[i] === '"') i = quotedAt(line, i).end - 1;
    else if (line[i] === "{") depth++;
    else if (line[i] === "}" && --depth === 0) {
      const text = line.slice(start + 1, i);
      return valueOf(interpretBraces(text), text, "braced", i + 1);
    }
  }
  throw new ProblemSignal({ reason: "the brace { is not closed", column: start + 1 });
}

/**
 * The entries by their keys, in order; numbers written differently (1.0 and 1e0) are the same value.
 * Returns what is wrong instead when a key has two values.
 */
export function uniqueEntries(entries: readonly CommentEntry[]): Map<string, CommentEntry> | CommentProblem {
  const unique = new Map<string, CommentEntry>();
  for (const entry of entries) {
    const earlier = unique.get(entry.key);
    if (earlier && earlier.text !== entry.text && !isSameValue(earlier, entry)) {
      return { reason: `the key "${entry.key}" is given twice, with different values: ${earlier.text} and ${entry.text}`, column: entry.column };
    }
    unique.set(entry.key, entry);
  }
  return unique;
}

function isSameValue(a: CommentEntry, b: CommentEntry): boolean {
  return a.form !== "absent" && b.form !== "absent" && JSON.stringify(a.value) === JSON.stringify(b.value);
}

/** Keys whose whole numbers were written as reals; undefined when there are none. */
export function realKeysOf(entries: readonly Pick<CommentEntry, "key" | "isReal">[]): ReadonlySet<string> | undefined {
  return entries.some(({ isReal }) => isReal) ? new Set(entries.filter(({ isReal }) => isReal).map(({ key }) => key)) : undefined;
}
