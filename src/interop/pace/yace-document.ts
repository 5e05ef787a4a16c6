import { LineCounter, parseDocument } from "yaml";
import { FormatError } from "../../errors.js";

/** Lists that a writer of YAML names once and refers to, as PyYAML does: so many in all. */
const MOST_ALIASES = 100_000;

/** Keys of pairs at the beginning of a line, [0, 1]: the parser knows them in the first line of a table only. */
const PAIR_KEY = /^([ \t]*)(?:\?[ \t]*)?(\[[ \t]*\d+[ \t]*,[ \t]*\d+[ \t]*\])[ \t]*:(?=\s)/gmu;

/** The numbers of a pair where its key is a text: "[0, 1]", "(0, 1)", "0, 1" or "0 1". */
const PAIR_TEXT = /^\s*[[(]?\s*(\d+)\s*(?:,\s*|\s)(\d+)\s*[\])]?\s*$/u;

/** What no text has: control characters other than those of spaces and ends of lines. */
const BINARY = /(?![\t-\r\u{85}])\p{Cc}/u;

/**
 * The tables and lists of a .yace file, which is YAML. Keys of pairs become their two numbers with a space between them, however they are written.
 * @throws {FormatError} with line and column for what is no YAML, or has a key twice; for what is no text
 */
export function yaceDocument(text: string, file: string): unknown {
  if (BINARY.test(text)) throw new FormatError({ file }, "it is not a text: it is compressed, or a file of another kind; give a .yace file, unpacked");
  const lineCounter = new LineCounter();
  const document = parseDocument(text.replace(PAIR_KEY, '$1"$2":'), { lineCounter, prettyErrors: false });
  const [problem] = document.errors;
  if (problem) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw new FormatError({ file, line, column: col }, `${problem.message.split("\n", 1)[0]}: it is not a .yace file, or cut off`);
  }
  try {
    return plain(document.toJS({ mapAsMap: true, maxAliasCount: MOST_ALIASES }), file);
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new FormatError({ file }, `${error.message}: write lists out in place of aliases (*)`, { cause: error });
  }
}

function plain(value: unknown, file: string): unknown {
  if (Array.isArray(value)) return value.map((own) => plain(own, file));
  if (!(value instanceof Map)) return value;
  const entries = new Map<string, unknown>();
  for (const [key, own] of value as Map<unknown, unknown>) {
    const name = keyText(key);
    if (entries.has(name)) throw new FormatError({ file }, `the key ${Array.isArray(key) ? `[${key.join(", ")}]` : String(key)} stands there twice`);
    entries.set(name, plain(own, file));
  }
  return Object.fromEntries(entries);
}

function keyText(key: unknown): string {
  if (Array.isArray(key)) return key.join(" ");
  const text = String(key);
  const pair = PAIR_TEXT.exec(text);
  return pair ? `${pair[1]} ${pair[2]}` : text;
}
