import type { StructureFormat } from "../format.js";
import { ExtxyzParser } from "./parser.js";
import { FORMAT_NAME } from "./properties.js";
import { formatStructure } from "./writer.js";

const COUNT_LINE = /^\s*\+?\d+[^\S\n]*(?:\r?\n|$)/u;

/** Extended XYZ, and plain XYZ as its simplest case: the number of atoms, a comment of keys and values, a line for each atom. */
export const extendedXyz: StructureFormat = {
  name: FORMAT_NAME,
  matches: (_path, head) => COUNT_LINE.test(new TextDecoder().decode(head.subarray(0, 64))),
  read: (source) => new ExtxyzParser(source),
  write: (options) => ({
    push: (structure, predictions) => formatStructure(structure, options, predictions),
    finish: () => "",
  }),
};
