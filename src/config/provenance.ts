import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { throwIfAborted } from "../parallel/executor.js";
import { version } from "../version.js";

/** A file that went into a result. */
export interface FileRecord {
  readonly role: string;
  readonly path: string;
  /** Hexadecimal; of the bytes on disk, compressed or not. */
  readonly sha256: string;
}

/** @throws {CancelledError}; the system's error when the file cannot be read */
export async function recordFile(role: string, path: string, signal?: AbortSignal): Promise<FileRecord> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash, { signal });
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
  return { role, path, sha256: hash.digest("hex") };
}

/** Versions of what computed a result. */
export function programVersions(): { readonly pestle: string; readonly node: string } {
  return { pestle: version, node: process.versions.node };
}
