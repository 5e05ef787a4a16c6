import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { FileRecord } from "../models/model-type.js";
import { throwIfAborted } from "../parallel/executor.js";
import { version } from "../version.js";

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
export type ProgramVersions = {
  /** As in package.json. */
  readonly pestle: string;
  /** As `node --version` prints it, without the v. */
  readonly node: string;
};

/** The versions that run at present. */
export function programVersions(): ProgramVersions {
  return { pestle: version, node: process.versions.node };
}
