import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CancelledError } from "../../errors.js";
import { OutputFile } from "../../output-file.js";
import { throwIfAborted } from "../../parallel/executor.js";
import type { Structure } from "../structure.js";
import type { FormatStructureOptions, PredictedValues, StructureWriter } from "./format.js";
import { formatToWrite } from "./formats.js";

/** What is written beside the structures. */
export interface WriteStructuresOptions extends FormatStructureOptions {
  /** Predicted values to add to each structure. */
  readonly predictions?: (structure: Structure, index: number) => PredictedValues | undefined | Promise<PredictedValues | undefined>;
  /** Stops between structures with a CancelledError; the file is not left behind. */
  readonly signal?: AbortSignal;
}

const CHUNK_BYTES = 1 << 18;

/**
 * Writes structures in the format of the file's name (extended XYZ unless another claims it), compressed when the name ends in `.gz`. The
 * file appears under its name when it is whole; a failed or cancelled call leaves nothing, and what was there before stays.
 * @throws {InvalidStructureError} for a structure that cannot be written; {InvalidParameterError} when two values want one key, the
 * format can only be read, or the file cannot be written; {CancelledError}
 */
export async function writeStructures(
  path: string,
  structures: Iterable<Structure> | AsyncIterable<Structure>,
  options: WriteStructuresOptions = {},
): Promise<void> {
  const { signal, predictions, ...formatOptions } = options;
  throwIfAborted(signal);
  const writer = formatToWrite(path).write(formatOptions);
  const output = await OutputFile.reserve(path);
  let handle: FileHandle | undefined;
  try {
    const content = Readable.from(writeChunks(structures, writer, predictions), { objectMode: false });
    // open before anything can fail: a file that opens after the failure would stay behind
    handle = await open(output.temporaryPath, "w");
    const file = handle.createWriteStream();
    await (path.endsWith(".gz") ? pipeline(content, createGzip(), file, { signal }) : pipeline(content, file, { signal }));
    throwIfAborted(signal);
    await output.commit();
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await output.discard();
    throw signal?.aborted ? new CancelledError("cancelled", { cause: error }) : output.failure(error);
  }
}

async function* writeChunks(
  structures: Iterable<Structure> | AsyncIterable<Structure>,
  writer: StructureWriter,
  predictions: WriteStructuresOptions["predictions"],
): AsyncGenerator<Buffer> {
  const chunk = new PendingChunk();
  let index = 0;
  for await (const structure of structures) {
    chunk.add(writer.push(structure, await predictions?.(structure, index++)));
    if (chunk.length >= CHUNK_BYTES) yield chunk.take();
  }
  chunk.add(writer.finish());
  if (chunk.length > 0) yield chunk.take();
}

/** Pieces of content, gathered into larger writes. */
class PendingChunk {
  /** Characters of text count as bytes. */
  length = 0;
  private parts: Uint8Array[] = [];
  private text = "";

  add(piece: string | Uint8Array): void {
    this.length += piece.length;
    if (typeof piece === "string") {
      this.text += piece;
      return;
    }
    this.parts.push(Buffer.from(this.text), piece);
    this.text = "";
  }

  take(): Buffer {
    const bytes = Buffer.from(this.text);
    const all = this.parts.length > 0 ? Buffer.concat([...this.parts, bytes]) : bytes;
    this.parts = [];
    this.text = "";
    this.length = 0;
    return all;
  }
}
