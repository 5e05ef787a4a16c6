import type { StructureReader, TargetKeys } from "../../../src/structures/index.js";
import { extendedXyz } from "../../../src/structures/io/extxyz/extxyz.js";
import { ColumnReader, type ColumnRequests } from "../../../src/structures/io/column-reader.js";
import { KeyTally } from "../../../src/structures/io/target-keys.js";

/** A reader of extended XYZ for one file. */
export function extxyzReader(file: string, keys: TargetKeys = {}, tally = new KeyTally(), columns: ColumnRequests = {}): StructureReader {
  return extendedXyz.read({ file, name: file, keys, columns: new ColumnReader(columns, keys, tally), tally });
}
