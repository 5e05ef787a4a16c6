import { readFile } from "node:fs/promises";
import { InvalidParameterError } from "../errors.js";
import { writeWholeFile } from "../output-file.js";
import { reasonOf } from "../system-error.js";
import { decodeModel, encodeModel } from "./model-format.js";
import type { Model } from "./model-type.js";

/** Writes a model to a temporary name and renames it. */
export async function saveModel(path: string, model: Model): Promise<void> {
  await writeWholeFile(path, await encodeModel(model));
}

/**
 * @throws {InvalidParameterError} when the file cannot be read; {FormatError} when it is not a sound model file of a known version
 */
export async function loadModel(path: string): Promise<Model> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new InvalidParameterError(`cannot read the model ${path}: ${reasonOf(error)}`, { cause: error });
  }
  return decodeModel(bytes, path);
}
