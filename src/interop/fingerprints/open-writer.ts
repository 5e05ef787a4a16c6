import { InvalidParameterError } from "../../errors.js";
import { Hdf5Writer } from "./hdf5.js";
import { JsonWriter } from "./json.js";
import { NpyWriter } from "./npy.js";
import type { FingerprintHeader, FingerprintPrecision, FingerprintWriter } from "./writer.js";

/** How numbers are written. */
export interface FingerprintFileOptions {
  /** Of the numbers in .npy and .h5 files; JSON always has every digit. Default: double. */
  readonly precision?: FingerprintPrecision;
}

type OpenWriter = (path: string, header: FingerprintHeader, precision: FingerprintPrecision) => Promise<FingerprintWriter>;

/** Formats by file extension. */
const writers: Readonly<Record<string, OpenWriter>> = {
  npy: NpyWriter.open,
  h5: Hdf5Writer.open,
  hdf5: Hdf5Writer.open,
  json: (path, header) => JsonWriter.open(path, header, false),
  jsonl: (path, header) => JsonWriter.open(path, header, true),
  ndjson: (path, header) => JsonWriter.open(path, header, true),
};

function writerFor(path: string): OpenWriter {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(writers, extension)) return writers[extension];
  const known = Object.keys(writers).map((name) => `.${name}`).join(", ");
  throw new InvalidParameterError(`cannot tell the format of the output "${path}"; its name must end in one of ${known}`);
}

/** @throws {InvalidParameterError} when the name has no known extension */
export function checkFingerprintPath(path: string): void {
  writerFor(path);
}

/**
 * Opens a fingerprint file in the format of its extension: .npy (with a .npy.json beside), .h5, .json or .jsonl.
 * @throws {InvalidParameterError} when the extension is not known or the folder does not exist
 */
export async function openFingerprintWriter(
  path: string,
  header: FingerprintHeader,
  options: FingerprintFileOptions = {},
): Promise<FingerprintWriter> {
  return writerFor(path)(path, header, options.precision ?? "double");
}

/** JSON lines on a stream: the header, then one row per line. The stream stays open. */
export function openFingerprintStream(stream: NodeJS.WritableStream, header: FingerprintHeader): Promise<FingerprintWriter> {
  return JsonWriter.open(stream, header, true);
}
