import { readFile } from "node:fs/promises";
import { PestleError } from "../../errors.js";
import { systemReason } from "../../system-error.js";
import { type GlueTable, glueTables, pairTableText } from "./glue-tables.js";
import type { Notes } from "./notes.js";
import type { OptionGroup } from "./option-group.js";

/** A file that belongs to a fit file, beside it. */
export interface CompanionFile {
  /** In the folder of the fit file. */
  readonly name: string;
  /** All of it. */
  readonly text: string;
}

/** `model.baseline`, with its tables. */
export interface ConvertedBaseline {
  /** undefined: there is none, which notes may say */
  readonly baseline: object | undefined;
  readonly files: readonly CompanionFile[];
}

/** gap_fit's own. */
const PARAMETER_FILE = "quip_params.xml";

/** What `core_param_file` gives: pair functions of `IP Glue`, or why there are none. */
export type CoreTables = readonly GlueTable[] | { readonly problem: string } | undefined;

/**
 * Reads the pair functions of the potential that a fit stands on.
 * @param placeOf where a file of the command is
 */
export async function readCoreTables(options: OptionGroup, placeOf: (name: string) => string): Promise<CoreTables> {
  const args = options.text("core_ip_args");
  if (!args) return undefined;
  const [, kind] = /^(?:xml_label=\S+\s+)?IP\s+(\w+)/u.exec(args) ?? [];
  if (kind?.toLowerCase() !== "glue") return { problem: "only pair functions of IP Glue are converted" };
  const name = options.text("core_param_file") ?? PARAMETER_FILE;
  try {
    return glueTables(await readFile(placeOf(name), "utf8"), name) ?? { problem: `${name} has embedding functions` };
  } catch (error) {
    const reason = error instanceof PestleError ? error.message : systemReason(error);
    if (reason === undefined) throw error;
    return { problem: `${name}: ${reason}` };
  }
}

/** The tables as a part of the fit file. */
export function baselineOf(options: OptionGroup, tables: CoreTables, notes: Notes): ConvertedBaseline {
  if (!tables) return { baseline: undefined, files: [] };
  const args = options.text("core_ip_args")!;
  if ("problem" in tables) {
    const remedy = "write model.baseline yourself: { type: zbl, … }, or { type: pair-table, pairs: [{ species: [Si, Si], path: table.txt }] }";
    notes.lost(options.nameOf("core_ip_args"), `${args} is not converted (${tables.problem}); ${remedy}`);
    return { baseline: undefined, files: [] };
  }
  const files = tables.map((table) => ({ name: `glue-${table.species.join("-")}.txt`, text: pairTableText(table) }));
  const pairs = tables.map(({ species }, i) => ({ species, path: files[i].name }));
  notes.remark(options.nameOf("core_ip_args"), `${args}: its splines are in ${files.map(({ name }) => name).join(", ")}, beside this file`);
  return { baseline: { type: "pair-table", pairs }, files };
}
