import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, visit } from "yaml";
import { type FileLocation, FormatError } from "../errors.js";
import type { ParameterPath } from "../parameter-path.js";

/** A configuration text with the place of everything in it. JSON is YAML too. */
export interface LocatedConfig {
  /** Plain data, not validated. */
  readonly value: unknown;
  /** Place of a key or value; of the nearest enclosing one when the path itself is not in the file (a missing key). */
  locate(path: ParameterPath, part: "key" | "value"): FileLocation;
}

/** @throws {FormatError} with line and column, for text that is not YAML and for a key given twice */
export function parseYaml(text: string, file: string): LocatedConfig {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const place = (offset: number | undefined): FileLocation => {
    if (offset === undefined) return { file };
    const { line, col } = lineCounter.linePos(offset);
    return { file, line, column: col };
  };
  const problem = document.errors[0];
  if (problem?.code === "DUPLICATE_KEY") throw new FormatError(place(problem.pos[0]), `the key ${keyAt(text, problem.pos[0])} is given twice in one group; leave one of them out`);
  if (problem) throw new FormatError(place(problem.pos[0]), firstLine(problem.message) + hintFor(text, problem.pos[0]));
  return {
    value: valueOf(document, place),
    locate: (path, part) => place(offsetOf(document.contents, path, part)),
  };
}

/** @throws {FormatError} for what only the whole tells: an alias without an anchor, one that contains itself, a merge of what is no group */
function valueOf(document: Document.Parsed, place: (offset: number | undefined) => FileLocation): unknown {
  visit(document, {
    Alias(_, alias, ancestors) {
      const { source } = alias;
      const target = alias.resolve(document);
      if (target && !ancestors.includes(target)) return;
      const reason = target
        ? `*${source} stands inside the value that it stands for, which would never end`
        : `*${source} stands for a value that is named nowhere before; write &${source} in front of that value, or quote the text: "*${source}"`;
      throw new FormatError(place(alias.range?.[0]), reason);
    },
  });
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw new FormatError(place(undefined), firstLine(error instanceof Error ? error.message : String(error)), { cause: error });
  }
}

/** Messages of the parser may quote a long part of the file. */
const MAX_MESSAGE = 200;

function firstLine(text: string): string {
  const [line] = text.split("\n", 1);
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}

/** The key that begins there, as it is written. */
function keyAt(text: string, offset: number): string {
  return /^(?:"[^"]*"|'[^']*'|[^:\n]*)/u.exec(text.slice(offset, offset + MAX_MESSAGE))![0].trim();
}

/** YAML reads the brackets of `terms[0]` inside `{ }` as a list. */
function hintFor(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1).split("\n", 1)[0];
  return /\{.*\w\[(?:\d+|\*)\]/u.test(line) ? "; inside { } write terms.0 in place of terms[0], or put the path in quotes" : "";
}

function offsetOf(root: Node | null, path: ParameterPath, part: "key" | "value"): number | undefined {
  let node: Node | null = root;
  let offset = root?.range?.[0];
  for (const [depth, name] of path.entries()) {
    const child = childOf(node, name);
    if (!child) return offset;
    const isLast = depth === path.length - 1;
    offset = (isLast && part === "value" ? (child.value ?? child.key) : (child.key ?? child.value))?.range?.[0] ?? offset;
    node = child.value;
  }
  return offset;
}

function childOf(node: Node | null, name: PropertyKey): { key?: Node; value: Node | null } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
    return pair && { key: pair.key as Scalar, value: pair.value as Node | null };
  }
  if (isSeq(node)) return { value: (node.items[Number(name)] as Node | undefined) ?? null };
  return undefined;
}
