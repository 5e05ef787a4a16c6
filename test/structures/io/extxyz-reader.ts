import type { StructureReader, TargetKeys } from "../../../src/structures/index.js";
import { extendedXyz } from "../../../src/structures/io/extxyz/extxyz.js";
import { KeyTally } from "../../../src/structures/io/target-keys.js";

/** A reader of extended XYZ for one file. */
export function extxyzReader(file: string, keys: TargetKeys = {}, tally = new KeyTally()): StructureReader {
  return extendedXyz.read({ file, name: file, keys, tally });
}
