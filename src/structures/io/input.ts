import { createHash, type Hash } from "node:crypto";
import { createReadStream, open, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { addAbortSignal, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";
import { CancelledError, FormatError, InternalError, InvalidParameterError, PestleError } from "../../errors.js";
import { type ByteSource, CHUNK_BYTES, fileChunks } from "./file-chunks.js";
import { throwIfAborted } from "../../parallel/executor.js";
import { inputName, STANDARD_INPUT } from "./input-name.js";

/** How much of the content a format sees to know it. */
const HEAD_BYTES = 4096;
const openFile = promisify(open);
const GZIP_MAGIC = [0x1f, 0x8b];

export interface OpenInputOptions {
  /** Whether to compute the checksum on the way. */
  readonly withChecksum?: boolean;
  readonly signal?: AbortSignal;
}

/** Content that is read once, from its beginning to its end: that of a file or of a pipe. */
export interface Input {
  /** The first bytes, decompressed: 4096, or all if there are fewer. */
  readonly head: Uint8Array;
  /** All bytes, decompressed if they are gzip. A chunk is good until the next one is asked for: its memory may then be used again. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Hexadecimal SHA-256 of the bytes as they came, compressed or not. Only after `chunks` has ended, and where it was asked for. */
  checksum(): Promise<string>;
  /** Lets go of the file, read to its end or not. */
  close(): void;
  /** Of all chunks together, where it is known: not for pipes and compressed files. */
  readonly size: number | undefined;
}

/**
 * Opens a file, a pipe or (`-`) the standard input; gzip is recognised by its content.
 * @throws {InvalidParameterError} when it cannot be read; {CancelledError}; reading `chunks` throws the same, and {FormatError} for gzip
 * that is damaged
 */
export async function openInput(path: string, { withChecksum = false, signal }: OpenInputOptions = {}): Promise<Input> {
  throwIfAborted(signal);
  const source = await openSource(path, signal);
  const hash = withChecksum ? createHash("sha256") : undefined;
  const raw = rawChunks(source.chunks, hash, path, signal);
  try {
    const start = await peek(raw);
    const isGzip = GZIP_MAGIC.every((byte, i) => start.head[i] === byte);
    const content = isGzip ? await peek(inflate(copies(start.chunks), path, signal)) : start;
    return { ...content, checksum: () => checksumOf(raw, hash), close: () => source.close(), size: isGzip ? undefined : source.size };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Whether a path can be read again from its beginning, as pipes and the standard input cannot; false where there is nothing. */
export async function canReadAgain(path: string): Promise<boolean> {
  return path !== STANDARD_INPUT && (await statOf(path))?.isFile() === true;
}

/**
 * Refuses paths of which two would read the same pipe.
 * @throws {InvalidParameterError}
 */
export async function refuseRepeatedPipes(paths: readonly string[]): Promise<void> {
  const pipes = new Map<string, string>();
  for (const path of paths.length > 1 ? paths : []) {
    const identity = await pipeIdentity(path);
    if (identity === undefined) continue;
    const earlier = pipes.get(identity);
    if (earlier !== undefined) {
      const what = earlier === path ? `${inputName(path)} is given twice` : `${inputName(earlier)} and ${inputName(path)} are the same`;
      throw new InvalidParameterError(`${what}, but a pipe can be read only once; write its content to a file first`);
    }
    pipes.set(identity, path);
  }
}

/** Equal for paths that lead to one pipe; undefined for files, which can be read again. */
async function pipeIdentity(path: string): Promise<string | undefined> {
  const status = await statOf(path);
  if (status && !status.isFile() && !status.isDirectory()) return `${status.dev}:${status.ino}`;
  // read as a stream even where it is a file
  return path === STANDARD_INPUT ? path : undefined;
}

/** Status of what a path leads to; undefined where there is nothing. */
function statOf(path: string): Promise<Stats | undefined> {
  return stat(path === STANDARD_INPUT ? "/dev/stdin" : path).catch(() => undefined);
}

async function openSource(path: string, signal: AbortSignal | undefined): Promise<ByteSource> {
  const status = path === STANDARD_INPUT ? undefined : await statOf(path);
  if (status?.isFile()) return fileChunks(path, status.size);
  const stream = await streamOf(path);
  const chunks = signal ? addAbortSignal(signal, stream) : stream;
  return { chunks: chunks as AsyncIterable<Uint8Array>, close: () => stream.destroy() };
}

async function streamOf(path: string): Promise<Readable> {
  if (path === STANDARD_INPUT) return freshStandardInput();
  if (/^\/(?:dev|proc)\//u.test(path)) {
    // a socket, as programs hand them on, cannot be opened by its path
    if (/^\/(?:dev\/stdin|dev\/fd\/0|proc\/self\/fd\/0)$/u.test(path)) return freshStandardInput();
    // a read of a silent pipe as a file would go on after Ctrl-C
    if ((await statOf(path))?.isFIFO()) return new Socket({ fd: await openFile(path, "r"), readable: true, writable: false });
  }
  return createReadStream(path, { highWaterMark: CHUNK_BYTES });
}

function freshStandardInput(): Readable {
  if (process.stdin.readableDidRead) {
    throw new InvalidParameterError("the standard input has been read already, and can be read only once; write its content to a file first");
  }
  return process.stdin;
}

async function* rawChunks(chunks: AsyncIterable<Uint8Array>, hash: Hash | undefined, path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks) {
      throwIfAborted(signal);
      hash?.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw describeReadError(error, path, signal);
  }
}

async function* inflate(chunks: AsyncIterable<Uint8Array>, path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // what fails there fails the loop below
  pipeline(chunks, gunzip).catch(() => undefined);
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      throwIfAborted(signal);
      yield chunk;
    }
  } catch (error) {
    throw describeReadError(error, path, signal);
  } finally {
    gunzip.destroy();
  }
}

/** For a stream, which holds chunks while it asks for more. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield new Uint8Array(chunk);
}

/** Reads the beginning, and gives it back with what follows. */
async function peek(source: AsyncGenerator<Uint8Array>): Promise<Pick<Input, "head" | "chunks">> {
  const parts: Uint8Array[] = [];
  for (let length = 0; length < HEAD_BYTES; length += parts.at(-1)!.length) {
    const next = await source.next();
    if (next.done) break;
    // the memory of a chunk is used again after the next one
    parts.push(next.value.length < HEAD_BYTES ? new Uint8Array(next.value) : next.value);
  }
  const first = parts.length === 1 ? parts[0] : Buffer.concat(parts);
  return { head: new Uint8Array(first.subarray(0, HEAD_BYTES)), chunks: resume(first, source) };
}

/** Leaves the source open when it is left: `Input.close` closes it. */
async function* resume(first: Uint8Array, source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

async function checksumOf(raw: AsyncGenerator<Uint8Array>, hash: Hash | undefined): Promise<string> {
  if (!hash) throw new InternalError("the checksum of an input was not asked for when it was opened");
  // bytes that may follow the compressed data belong to the file
  for (let next = await raw.next(); !next.done; next = await raw.next());
  return hash.digest("hex");
}

const reasons: Readonly<Record<string, string>> = { ENOENT: "there is no such file", EISDIR: "it is a folder", EACCES: "permission denied" };

function describeReadError(error: unknown, path: string, signal: AbortSignal | undefined): unknown {
  if (error instanceof PestleError) return error;
  if (signal?.aborted) return new CancelledError("cancelled", { cause: error });
  const { code = "", message } = error as NodeJS.ErrnoException;
  const file = inputName(path);
  if (code.startsWith("Z_")) return new FormatError({ file }, `the gzip data is damaged or cut off: ${message}`, { cause: error });
  return new InvalidParameterError(`cannot read ${file}: ${reasons[code] ?? message}`, { cause: error });
}
