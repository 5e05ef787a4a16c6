import { readFile } from "node:fs/promises";
import { systemReason } from "../../system-error.js";
import { readDescriptorString } from "./descriptors/descriptor-string.js";
import { type CommandSource, LocatedText } from "./located-text.js";
import { listOf, numberFrom } from "./option-group.js";

/** θ of the coordinates, or why there are none. */
export type ThetaFile = readonly number[] | { readonly problem: string };

/**
 * Reads the files with length scales that descriptor strings name (`theta_file`), by their names there.
 * @param placeOf where a file of the command is
 * @throws {FormatError} for what is no number
 */
export async function readThetaFiles(strings: readonly LocatedText[], placeOf: (name: string) => string): Promise<ReadonlyMap<string, ThetaFile>> {
  const found = new Map<string, ThetaFile>();
  for (const string of strings) {
    const read = readDescriptorString(string);
    const name = "instead" in read ? undefined : read.group.text("theta_file");
    if (name && !found.has(name)) found.set(name, await readThetaFile(name, placeOf(name)));
  }
  return found;
}

async function readThetaFile(name: string, path: string): Promise<ThetaFile> {
  let source: CommandSource;
  try {
    source = { name: path, text: await readFile(path, "utf8") };
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    return { problem: `${name}: ${reason}` };
  }
  const file = LocatedText.of(source);
  const numbers = listOf(file).map((word) => ({ word, value: numberFrom(word, "a length scale") }));
  for (const { word, value } of numbers) if (!(value > 0)) throw word.error(`a length scale is ${value}; it must be above 0`);
  if (numbers.length === 0) throw file.error("there are no length scales in it; it needs one for each coordinate");
  return numbers.map(({ value }) => value);
}
