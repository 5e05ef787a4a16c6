import { readFile } from "node:fs/promises";
import { FormatError } from "../../errors.js";
import type { CommandSource } from "./located-text.js";
import { textOf } from "./xml.js";

/**
 * The command in a file: the whole file, or what stands in `<command_line>` of a gap.xml.
 * @throws {FormatError} for an XML file without one, and for what is no text; the system's error where it cannot be read
 */
export async function readCommandFile(path: string): Promise<CommandSource> {
  const text = await readFile(path, "utf8");
  if (/[\0\uFFFD]/u.test(text)) throw new FormatError({ file: path }, "it is not a text file; expected a gap_fit command, or a gap.xml");
  return { name: path, text: commandIn(text, path) };
}

/** Whether a text is a gap_fit command, or a gap.xml. What stands in comments does not count, as fit files made from commands have them there. */
export function isGapCommand(text: string): boolean {
  const own = text.replace(/(?<=^|\s)#.*$/gmu, "");
  if (/^\s*</u.test(own)) return /<(?:command_line|GAP_params|gpSparse)\b/u.test(own);
  const hasOption = (...names: readonly string[]): boolean => new RegExp(`(?<!\\w)(?:${names.join("|")})\\s*=(?!=)`, "u").test(own);
  return hasOption("gap") && hasOption("at_file", "atoms_filename", "default_sigma");
}

/** Whether a text is a gap.xml without the command that made it, as other programs than gap_fit write them. */
export function isGapModelAlone(text: string): boolean {
  return /^\s*</u.test(text) && isGapCommand(text) && !text.includes("<command_line>");
}

/** @throws {FormatError} for XML without a command */
export function commandIn(text: string, name: string): string {
  if (!/^\s*</u.test(text)) return text;
  const found = /<command_line>([^]*?)<\/command_line>/u.exec(text);
  if (!found) throw new FormatError({ file: name }, "there is no <command_line> in it, as gap_fit writes into every gap.xml; pestle import-gap reads the model itself");
  // lines before it keep their numbers in messages
  const lines = text.slice(0, found.index).replace(/[^\n]/gu, "");
  return lines + textOf(found[1]);
}
