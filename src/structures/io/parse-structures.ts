import type { Structure } from "../structure.js";
import { elementsOfTypes } from "./atom-types.js";
import { ColumnReader, type ColumnRequests } from "./column-reader.js";
import { formatOf } from "./formats.js";
import { shortInputName } from "./input-name.js";
import { KeyTally, type TargetKeys } from "./target-keys.js";

/**
 * Frames of a text in memory; `name` stands for the file in messages, `types` are the chemical symbols of atom types 1, 2, ….
 * @throws {FormatError} with line and column; {InvalidParameterError} for columns that cannot be asked for
 */
export function parseStructures(text: string | Uint8Array, name = "text", keys: TargetKeys = {}, columns: ColumnRequests = {}, types: readonly string[] = []): Structure[] {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const { format } = formatOf(name, name, bytes.subarray(0, 4096));
  const tally = new KeyTally();
  const reader = format.read({ file: name, name: shortInputName(name), keys, types: elementsOfTypes(types), columns: new ColumnReader(columns, keys, tally), tally });
  return [...reader.push(bytes), ...reader.finish()];
}
