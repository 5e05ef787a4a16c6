import { createHash } from "node:crypto";
import { FormatError } from "../../errors.js";

/** Plain data that survives JSON. */
export type Entry = Readonly<Record<string, unknown>> & {
  /** What the entry is about: "evaluation", "generation", … */
  readonly kind: string;
};

const CHECK_LENGTH = 16;
const PREFIX = '{"check":"';
/** What the check of the first line continues. */
export const FIRST_CHECK = "0".repeat(CHECK_LENGTH);

/** 64 bits of SHA-256 over the check of the line before and the text of this one: a line that is changed, lost or moved breaks the chain. */
function checkOf(previous: string, body: string): string {
  return createHash("sha256").update(previous).update(body).digest("hex").slice(0, CHECK_LENGTH);
}

export interface EncodedLine {
  readonly text: string;
  readonly check: string;
}

/** One line of a journal, a JSON object whose first key is its check. */
export function encodeLine(entry: Entry, previous: string): EncodedLine {
  const body = JSON.stringify(entry).slice(1);
  const check = checkOf(previous, body);
  return { text: `${PREFIX}${check}",${body}\n`, check };
}

export interface DecodedLines {
  readonly entries: readonly Entry[];
  /** Check of the last line. */
  readonly check: string;
  /** Bytes of the file up to the end of the last whole line. */
  readonly wholeBytes: number;
}

/**
 * Reads the lines of a journal. A last line that was not written to its end (it lacks its newline) is left out.
 * @throws {FormatError} naming the first line that is damaged; for a file that is not a journal
 */
export function decodeLines(content: Buffer, file: string): DecodedLines {
  const whole = content.subarray(0, content.lastIndexOf(0x0a) + 1);
  const entries: Entry[] = [];
  let check = FIRST_CHECK;
  let start = 0;
  while (start < whole.length) {
    const end = whole.indexOf(0x0a, start);
    const line = whole.subarray(start, end);
    const entry = decodeLine(line, check);
    if (!entry) throw entries.length === 0 && !isOurs(content) ? foreign(file) : damage(file, entries.length + 1);
    entries.push(entry);
    check = line.toString("latin1", PREFIX.length, PREFIX.length + CHECK_LENGTH);
    start = end + 1;
  }
  // what is cut off as unfinished must be ours
  if (entries.length === 0 && !isOurs(content)) throw foreign(file);
  return { entries, check, wholeBytes: start };
}

/** As far as there is anything to judge by. */
function isOurs(content: Buffer): boolean {
  return PREFIX.startsWith(content.toString("latin1", 0, PREFIX.length));
}

function foreign(file: string): FormatError {
  return new FormatError({ file, line: 1 }, "this is not the journal of a search");
}

function decodeLine(line: Buffer, previous: string): Entry | undefined {
  const text = line.toString("utf8");
  const bodyStart = PREFIX.length + CHECK_LENGTH + 2;
  if (!text.startsWith(PREFIX)) return undefined;
  const body = text.slice(bodyStart);
  if (text !== `${PREFIX}${checkOf(previous, body)}",${body}`) return undefined;
  return JSON.parse(`{${body}`) as Entry;
}

function damage(file: string, line: number): FormatError {
  return new FormatError(
    { file, line },
    `the journal is damaged: the line or its place does not agree with its checksum. Restore the file from a copy` +
      (line > 1 ? `, or keep what is before (head -n ${line - 1}) and resume from there` : ""),
  );
}
