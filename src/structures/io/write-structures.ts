import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CancelledError } from "../../errors.js";
import { OutputFile } from "../../output-file.js";
import { throwIfAborted } from "../../parallel/executor.js";
import type { Structure } from "../structure.js";
import { type FormatStructureOptions, formatStructure, type PredictedValues } from "./extxyz-writer.js";

/** What is written beside the structures. */
export interface WriteStructuresOptions extends FormatStructureOptions {
  /** Predicted values to add to each structure. */
  readonly predictions?: (structure: Structure, index: number) => PredictedValues | undefined | Promise<PredictedValues | undefined>;
  readonly signal?: AbortSignal;
}

const CHUNK_CHARACTERS = 1 << 18;

/**
 * Writes structures as extended XYZ, compressed when the name ends in `.gz`. The file appears under its name when it is whole;
 * a failed or cancelled call leaves nothing, and what was there before stays.
 * @throws {InvalidStructureError} for a structure that cannot be written; {InvalidParameterError} when two values want one key or the
 * file cannot be written; {CancelledError}
 */
export async function writeStructures(
  path: string,
  structures: Iterable<Structure> | AsyncIterable<Structure>,
  options: WriteStructuresOptions = {},
): Promise<void> {
  const { signal } = options;
  throwIfAborted(signal);
  const output = await OutputFile.reserve(path);
  try {
    const text = Readable.from(formatChunks(structures, options), { objectMode: false });
    const file = createWriteStream(output.temporaryPath);
    await (path.endsWith(".gz") ? pipeline(text, createGzip(), file, { signal }) : pipeline(text, file, { signal }));
    throwIfAborted(signal);
    await output.commit();
  } catch (error) {
    await output.discard();
    throw signal?.aborted ? new CancelledError("cancelled", { cause: error }) : error;
  }
}

async function* formatChunks(structures: Iterable<Structure> | AsyncIterable<Structure>, options: WriteStructuresOptions): AsyncGenerator<Buffer> {
  let text = "";
  let index = 0;
  for await (const structure of structures) {
    text += formatStructure(structure, options, await options.predictions?.(structure, index++));
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}
