import { isDeepStrictEqual } from "node:util";
import { Document, isMap, isNode, isScalar, isSeq, type Node, parse, parseDocument, Scalar, type YAMLMap } from "yaml";
import { InternalError, InvalidParameterError } from "../errors.js";
import { type ParameterPath, valueAt } from "../parameter-path.js";
import { isRecord } from "../plain-data.js";
import type { Candidate } from "../tune/search-space/search-space.js";
import { fillDefaults } from "../tune/search-space/complete.js";
import { pathsBeside } from "./fit-config.js";

/** What the fit file is made of that a search leaves. */
export interface TunedFile {
  /** The tune file: its comments, order and layout are kept. Without one the file is written anew. */
  readonly source?: string;
  /** The `data` section, with paths from the working directory. */
  readonly data: unknown;
  /** What was found, with paths from the working directory. */
  readonly candidate: Candidate;
  /** Where the text will be written: its paths start from that folder. JSON, where it ends like this. */
  readonly path: string;
  /** Goes to the top; may have several lines. */
  readonly comment: string;
}

/** The text of a fit file with the values of a candidate, ready for `pestle fit`. */
export function tunedFitFile({ source, data, candidate, path, comment }: TunedFile): string {
  const wanted = structuredClone({ data, ...candidate }) as Record<string, unknown>;
  pathsBeside(wanted, path);
  if (path.toLowerCase().endsWith(".json")) return `${JSON.stringify(wanted, undefined, 2)}\n`;
  const document = source === undefined ? new Document(wanted) : parseDocument(source);
  const root = document.contents;
  const earlier = takeComments(document);
  if (source !== undefined && isMap(root)) new Merge(document, knownDefaults(document)).map(root, wanted, []);
  document.commentBefore = header(comment, earlier);
  const text = document.toString({ lineWidth: 0 });
  checkResult(text, wanted);
  return text;
}

/** The lines at the top of a file; the parser gives them to the document, or to the first key. */
function takeComments({ commentBefore, contents }: Document): string {
  const key = isMap(contents) ? contents.items[0]?.key : undefined;
  const holders = [contents, key].filter((node) => isNode(node));
  const texts = [commentBefore, ...holders.map((node) => node.commentBefore)];
  for (const node of holders) node.commentBefore = undefined;
  return texts.map((text) => text ?? "").join("\n");
}

/** The comment, then what stood there, without the line that tells editors the schema of a tune file. */
function header(comment: string, earlier: string): string {
  const lines = comment.split("\n").map((line) => ` ${line}`);
  const kept = earlier.split("\n").filter((line) => line.trim() !== "" && !line.includes("yaml-language-server"));
  return [...lines, ...kept].join("\n");
}

/** What the values mean that the file leaves out; undefined where it cannot stand alone (a part came from the command line). */
function knownDefaults(document: Document): unknown {
  const { model, fit = {}, seed = 1 } = (document.toJS() ?? {}) as Record<string, unknown>;
  try {
    return fillDefaults({ model, fit, seed });
  } catch (error) {
    if (error instanceof InvalidParameterError) return undefined;
    throw error;
  }
}

/** Changes the values of a document where they differ, and leaves everything else as it is written. */
class Merge {
  constructor(
    private readonly document: Document,
    private readonly defaults: unknown,
  ) {}

  map(node: YAMLMap, wanted: Record<string, unknown>, path: ParameterPath): void {
    node.items = node.items.filter(({ key }) => Object.hasOwn(wanted, keyOf(key)));
    for (const [key, value] of Object.entries(wanted)) {
      const pair = node.items.find((item) => keyOf(item.key) === key);
      const here = [...path, key];
      if (pair) pair.value = this.value(pair.value as Node | null, value, here);
      // defaults that nobody wrote need not be written now
      else if (value !== undefined && !isDeepStrictEqual(value, valueAt(this.defaults, here)) && !this.isDefaultGroup(value, here)) node.set(key, this.document.createNode(value));
    }
  }

  private value(node: Node | null, wanted: unknown, path: ParameterPath): Node {
    if (isMap(node) && isRecord(wanted)) {
      this.map(node, wanted, path);
      return node;
    }
    if (isSeq(node) && Array.isArray(wanted) && wanted.length === node.items.length) {
      node.items = node.items.map((item, index) => this.value(item as Node, wanted[index], [...path, index]));
      return node;
    }
    if (isScalar(node) && (node.value === wanted || isDeepStrictEqual(wanted, valueAt(this.defaults, path)))) return node;
    const fresh = this.document.createNode(wanted) as Node;
    if (node) Object.assign(fresh, { comment: node.comment, commentBefore: node.commentBefore, spaceBefore: node.spaceBefore });
    if (isScalar(node) && fresh instanceof Scalar && typeof wanted === "string") fresh.type = node.type;
    return fresh;
  }

  private isDefaultGroup(value: unknown, path: ParameterPath): boolean {
    return isRecord(value) && Object.entries(value).every(([key, inner]) => isDeepStrictEqual(inner, valueAt(this.defaults, [...path, key])));
  }
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function checkResult(text: string, wanted: Record<string, unknown>): void {
  const { data, ...written } = parse(text) as Record<string, unknown>;
  const { data: wantedData, ...candidate } = wanted;
  const complete = ({ model, fit = {}, seed = 1 }: Record<string, unknown>): unknown => fillDefaults({ model, fit, seed });
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  if (!isDeepStrictEqual(complete(written), complete(candidate)) || !isDeepStrictEqual(plain(data), plain(wantedData))) {
    throw new InternalError("the fit file that was to be written does not hold the values that were found");
  }
}
