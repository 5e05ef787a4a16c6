import { FormatError, InvalidParameterError } from "../../errors.js";
import { extendedXyz } from "./extxyz/extxyz.js";
import type { StructureFormat } from "./format.js";
import { qm9 } from "./qm9.js";

/** The formats of pestle: one line each, in the order in which they are asked. */
const builtIn: readonly StructureFormat[] = [
  qm9,
  extendedXyz,
];

const registered: StructureFormat[] = [];

/**
 * Adds a format: from now on every function and command of this process reads and writes it. It is asked before the formats of pestle,
 * so that it may also take the place of one. Returns a function that takes it out again.
 * @throws {InvalidParameterError} when a format of this name is there already
 */
export function registerFormat(format: StructureFormat): () => void {
  if (formats().some(({ name }) => name === format.name)) throw new InvalidParameterError(`there is a format "${format.name}" already`);
  registered.unshift(format);
  return () => {
    const index = registered.indexOf(format);
    if (index >= 0) registered.splice(index, 1);
  };
}

/** All formats in the order in which they are asked: those that were registered, the last one first, then those of pestle. */
export function formats(): readonly StructureFormat[] {
  return [...registered, ...builtIn];
}

/** A format that was found for some content. */
export interface FormatChoice {
  readonly format: StructureFormat;
  /** Whether no format knows the content; text is tried as extended XYZ then. */
  readonly isGuess: boolean;
}

/**
 * The format of a file, by its name and its first bytes.
 * @throws {FormatError} naming the known formats, for content that is not text and of none of them
 */
export function formatOf(path: string, file: string, head: Uint8Array): FormatChoice {
  const known = formats().find((format) => format.matches(withoutGzip(path), head));
  if (known) return { format: known, isGuess: false };
  if (isText(head)) return { format: extendedXyz, isGuess: true };
  const compression = compressions.find(({ magic }) => magic.every((byte, i) => head[i] === byte))?.name;
  const what = compression ? `it is compressed with ${compression}; decompress it, or use gzip` : "the content is of no known format";
  throw new FormatError({ file }, `${what}; ${knownFormats()}`);
}

/** For messages: which formats can be read. */
export function knownFormats(): string {
  return `known formats: ${formats().map(({ name }) => name).reverse().join(", ")}`;
}

/**
 * The format in which a file of this name is written: extended XYZ unless another claims the name.
 * @throws {InvalidParameterError} when that format can only be read
 */
export function formatToWrite(path: string): Required<StructureFormat> {
  const format = formats().find((candidate) => candidate.matches(withoutGzip(path), new Uint8Array(0))) ?? extendedXyz;
  if (hasWriter(format)) return format;
  const others = formats().filter(hasWriter).map(({ name }) => name).join(", ");
  throw new InvalidParameterError(`cannot write ${path}: ${format.name} can only be read; formats that can be written: ${others}`);
}

function hasWriter(format: StructureFormat): format is Required<StructureFormat> {
  return format.write !== undefined;
}

function withoutGzip(path: string): string {
  return path.replace(/\.gz$/iu, "");
}

/** UTF-16 has zero bytes; its byte-order mark tells it from other content. */
function isText(head: Uint8Array): boolean {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  return isUtf16 || head.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13) || byte === 27);
}

const compressions: readonly { readonly name: string; readonly magic: readonly number[] }[] = [
  { name: "bzip2", magic: [0x42, 0x5a, 0x68] },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "zip", magic: [0x50, 0x4b, 3, 4] },
];
