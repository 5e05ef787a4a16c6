import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { CancelledError, FormatError } from "../../errors.js";
import { OutputFile } from "../../output-file.js";
import type { StoredPart } from "./checkpoint.js";
import { seconds, type WritingCost } from "./pace.js";

/** Before everything else; the number is the version of the format. */
const MARK = Buffer.from("pestle checkpoint 1\n");
const LENGTH_BYTES = 4;
const CHECK_BYTES = 32;
/** Written, read and checked at once, so that other work gets its turn. */
const CHUNK_BYTES = 8 << 20;

/** What a file says of itself. */
export interface PartHeader {
  /** As `PartName` has it. */
  readonly name: string;
  /** Of what the part depends on, hexadecimal. */
  readonly key: string;
  readonly meta: unknown;
  /** Elements of the arrays. */
  readonly lengths: readonly number[];
}

/**
 * Writes a part under its name when it is whole and on the disk: a process that ends at any moment leaves the part that was there before.
 * Mark, length and text of the header (JSON), the arrays (f64, little-endian), and SHA-256 over all of it.
 * @param isGivenUp looked at between chunks
 * @throws {InvalidParameterError} where the system refuses; {CancelledError} when it was given up
 */
export async function writePart(
  path: string,
  name: Pick<PartHeader, "name" | "key">,
  { meta = null, arrays }: StoredPart,
  isGivenUp: () => boolean = () => false,
): Promise<WritingCost> {
  const header: PartHeader = { ...name, meta, lengths: arrays.map(({ length }) => length) };
  const started = seconds();
  let work = 0;
  const file = await OutputFile.reserve(path);
  let handle: FileHandle | undefined;
  try {
    handle = await file.writing(open(file.temporaryPath, "w"));
    const hash = createHash("sha256");
    for (const chunk of chunksOf(header, arrays)) {
      if (isGivenUp()) throw new CancelledError("the part of a checkpoint was given up");
      const before = seconds();
      hash.update(chunk);
      work += seconds() - before;
      await file.writing(handle.writeFile(chunk));
    }
    await file.writing(handle.writeFile(hash.digest()));
    await file.writing(handle.sync());
    await file.writing(handle.close());
    await file.commit();
    await syncFolder(dirname(path));
    return { work, wall: seconds() - started };
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await file.discard();
    throw error;
  }
}

function* chunksOf(header: PartHeader, arrays: readonly Float64Array[]): Generator<Uint8Array> {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.length);
  yield Buffer.concat([MARK, length, text]);
  for (const array of arrays) yield* chunksIn(array);
}

function* chunksIn(array: Float64Array): Generator<Uint8Array> {
  for (let first = 0; first < array.byteLength; first += CHUNK_BYTES) {
    yield new Uint8Array(array.buffer, array.byteOffset + first, Math.min(CHUNK_BYTES, array.byteLength - first));
  }
}

/** So that the new name outlives a power failure, too; not every file system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close().catch(() => undefined);
}

/** A part as it was read. */
export interface ReadPart extends StoredPart {
  readonly header: PartHeader;
}

/**
 * Reads a part and compares it with its checksum.
 * @param withArrays false: they are compared and forgotten
 * @throws {FormatError} for a file that is damaged, cut off, of another version, or something else
 */
export async function readPart(path: string, withArrays = true): Promise<ReadPart> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const reader = new Reader(handle, path);
    const start = await reader.take(MARK.length + LENGTH_BYTES);
    if (!start.subarray(0, MARK.length).equals(MARK)) throw foreign(path, start);
    const length = start.readUInt32LE(MARK.length);
    if (length > size) throw damaged(path);
    const header = parseHeader(await reader.take(length), path);
    const bytes = header.lengths.reduce((sum, count) => sum + 8 * count, 0);
    if (size !== MARK.length + LENGTH_BYTES + length + bytes + CHECK_BYTES) throw damaged(path);
    const arrays: Float64Array[] = [];
    for (const count of header.lengths) {
      if (withArrays) arrays.push(await reader.array(count));
      else await reader.pass(8 * count);
    }
    const check = reader.digest();
    if (!(await reader.take(CHECK_BYTES)).equals(check)) throw damaged(path);
    return { header, meta: header.meta, arrays };
  } finally {
    await handle.close();
  }
}

function parseHeader(text: Buffer, path: string): PartHeader {
  let header: Partial<PartHeader> | null;
  try {
    header = JSON.parse(text.toString("utf8")) as Partial<PartHeader> | null;
  } catch {
    throw damaged(path);
  }
  // its checksum comes after all that it says
  const { lengths } = header ?? {};
  if (Array.isArray(lengths) && lengths.every((count: unknown) => Number.isInteger(count) && (count as number) >= 0)) return header as PartHeader;
  throw damaged(path);
}

/** Reads from the front and sums up what it has read. */
class Reader {
  private readonly hash: Hash = createHash("sha256");

  constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
  ) {}

  async take(length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    await this.fill(bytes);
    return bytes;
  }

  async array(length: number): Promise<Float64Array> {
    const array = new Float64Array(length);
    for (const chunk of chunksIn(array)) await this.fill(chunk);
    return array;
  }

  async pass(length: number): Promise<void> {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, length));
    for (let left = length; left > 0; left -= chunk.length) await this.fill(chunk.subarray(0, Math.min(left, chunk.length)));
  }

  /** Of all so far; what is read after it is not in it. */
  digest(): Buffer {
    return this.hash.copy().digest();
  }

  private async fill(bytes: Uint8Array): Promise<void> {
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await this.handle.read(bytes, filled, bytes.length - filled);
      if (bytesRead === 0) throw damaged(this.path);
      filled += bytesRead;
    }
    this.hash.update(bytes);
  }
}

function foreign(path: string, start: Buffer): FormatError {
  const [, version] = /^pestle checkpoint (\d+)\n/.exec(start.toString("latin1")) ?? [];
  const what = version === undefined ? "is damaged, or no part of a checkpoint" : `has version ${version} of the format, and this program reads version 1`;
  return new FormatError({ file: path }, `this file ${what}: delete it, and what it held is computed again`);
}

function damaged(path: string): FormatError {
  return new FormatError({ file: path }, "this part of the checkpoint is damaged, it does not agree with its checksum: delete it, and what it held is computed again");
}
