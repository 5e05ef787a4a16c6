import { createReadStream, type ReadStream } from "node:fs";
import { createGunzip, type Gunzip } from "node:zlib";
import { CancelledError, FormatError, InvalidParameterError, PestleError } from "../../errors.js";
import { throwIfAborted } from "../../parallel/executor.js";
import { type Dataset, DatasetBuilder } from "../dataset.js";
import type { TargetName } from "../dataset-report.js";
import type { Structure } from "../structure.js";
import { ExtxyzParser } from "./extxyz-parser.js";
import { KeyTally, type TargetKeys } from "./target-keys.js";

/** Which keys are read, and what must be there. */
export interface ReadStructuresOptions {
  /** Keys of the reference values; detected where not given, see {@link TargetKeys}. */
  readonly keys?: TargetKeys;
  /** Targets that must occur in at least one frame. */
  readonly require?: readonly TargetName[];
  readonly signal?: AbortSignal;
}

const CHUNK_BYTES = 1 << 20;
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Frames of extended XYZ files, one at a time; files compressed with gzip are recognised by their content.
 * Holds no more than a chunk of the file and one frame.
 * @throws {FormatError} with file, line and column; {InvalidParameterError} when a file cannot be read, or when a target that
 * `require` names, or whose key was given, occurs in no frame; {CancelledError}
 */
export async function* readStructures(path: string | readonly string[], options: ReadStructuresOptions = {}): AsyncGenerator<Structure> {
  const tally = new KeyTally();
  yield* readFiles(typeof path === "string" ? [path] : path, options, tally);
}

/**
 * Reads one or more extended XYZ files into a data set; its `report` says what was found and which keys were read.
 * @throws as {@link readStructures}; also {InvalidParameterError} when there are no frames
 */
export async function readDataset(path: string | readonly string[], options: ReadStructuresOptions = {}): Promise<Dataset> {
  const paths = typeof path === "string" ? [path] : path;
  const tally = new KeyTally();
  const builder = new DatasetBuilder();
  for await (const structure of readFiles(paths, options, tally)) builder.add(structure);
  if (builder.nStructures === 0) throw new InvalidParameterError(`${paths.join(", ") || "the list of files"}: there are no structures`);
  return builder.finish(tally.report());
}

/** Frames of a text in memory; `name` stands for the file in messages. */
export function parseStructures(text: string | Uint8Array, name = "text", keys: TargetKeys = {}): Structure[] {
  const parser = new ExtxyzParser(name, keys);
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return [...parser.push(bytes), ...parser.finish()];
}

async function* readFiles(paths: readonly string[], options: ReadStructuresOptions, tally: KeyTally): AsyncGenerator<Structure> {
  const { keys = {}, require = [], signal } = options;
  for (const path of paths) {
    const parser = new ExtxyzParser(path, keys, tally);
    for await (const chunk of readChunks(path, signal)) yield* parser.push(chunk);
    yield* parser.finish();
  }
  tally.check(keys, require);
}

/** The bytes of a file, decompressed if it is gzip. */
async function* readChunks(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  throwIfAborted(signal);
  let file: ReadStream | undefined;
  let gunzip: Gunzip | undefined;
  try {
    const isGzip = await startsWith(path, GZIP_MAGIC);
    file = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal });
    if (isGzip) {
      const inflating = createGunzip({ chunkSize: CHUNK_BYTES });
      file.once("error", (error) => inflating.destroy(error));
      gunzip = file.pipe(inflating);
    }
    for await (const chunk of gunzip ?? file) {
      throwIfAborted(signal);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw describeReadError(error, path, signal);
  } finally {
    file?.destroy();
    gunzip?.destroy();
  }
}

async function startsWith(path: string, magic: readonly number[]): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: magic.length - 1 })) {
    const bytes = chunk as Uint8Array;
    return magic.every((byte, i) => bytes[i] === byte);
  }
  return false;
}

function describeReadError(error: unknown, path: string, signal: AbortSignal | undefined): unknown {
  if (error instanceof PestleError) return error;
  if (signal?.aborted) return new CancelledError("cancelled", { cause: error });
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reasons: Record<string, string> = { ENOENT: "there is no such file", EISDIR: "it is a folder", EACCES: "permission denied" };
  if (code.startsWith("Z_")) return new FormatError({ file: path }, `the gzip data is damaged or cut off: ${(error as Error).message}`, { cause: error });
  return new InvalidParameterError(`cannot read ${path}: ${reasons[code] ?? (error as Error).message}`, { cause: error });
}
