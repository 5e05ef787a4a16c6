import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { changeFilePaths } from "../file-path.js";
import type { FileRecord, Model } from "../models/model-type.js";
import { throwIfAborted } from "../parallel/executor.js";
import { shortInputName } from "../structures/io/input-name.js";
import { version } from "../version.js";
import { fitFileSchema } from "./fit-config.js";

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

/**
 * The model as a fit stores it: files in its provenance by their names without folders, so that its bytes depend on neither the working
 * directory nor the spelling of paths. Checksums tell files of one name apart.
 */
export function withoutFolders(model: Model): Model {
  const { data, options, ...others } = model.provenance;
  const named = structuredClone(options);
  changeFilePaths(fitFileSchema(named), named, shortInputName);
  return model.withProvenance({
    ...others,
    ...(data && { data: data.map((file) => ({ ...file, path: shortInputName(file.path) })) }),
    ...(options !== undefined && { options: named }),
  });
}
