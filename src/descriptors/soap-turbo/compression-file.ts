import { InvalidParameterError } from "../../errors.js";
import { heldText } from "../../held-files.js";
import { reasonOf } from "../../system-error.js";
import { type CompressionFile, parseCompressionFile } from "./compression.js";

/**
 * Reads a `compress_file` of GAP. Descriptors are part of the browser build, so the module for files is asked for only here.
 * @throws {InvalidParameterError} when it cannot be read, {FormatError} when it is something else
 */
export function readCompressionFile(path: string): CompressionFile {
  const fs = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs");
  if (!fs) throw new InvalidParameterError("soap-turbo: a compression file can be read in Node.js only; give mode features or projection instead");
  let text: string;
  try {
    text = heldText(path, (file) => fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new InvalidParameterError(`soap-turbo: cannot read the compression file ${path}: ${reasonOf(error)}`, { cause: error });
  }
  return parseCompressionFile(text, path);
}
