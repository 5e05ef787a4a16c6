// Descriptor strings of QUIP as our parameters, by the conversion that commands and models of GAP go through.
import { type DescriptorString, readDescriptorString } from "../../src/interop/gap/descriptors/descriptor-string.js";
import type { ConvertedDescriptor } from "../../src/interop/gap/descriptors/gap-descriptor.js";
import { LocatedText } from "../../src/interop/gap/located-text.js";
import { Notes } from "../../src/interop/gap/notes.js";
import { NotThere } from "./not-there.js";

/** Descriptors with a row for each pair or triplet. */
export const tupleNames: readonly string[] = ["distance_2b", "angle_3b"];

export const nameOf = (params: string): string => params.trim().split(/\s+/u)[0];

/** Why a string has no counterpart that others could have: random numbers. */
export function whyNotThere(params: string): NotThere | undefined {
  const mixed = /\b([ZR]_mix)\s*=\s*\{?\s*\.?t/iu.exec(params);
  return mixed ? new NotThere(`${mixed[1]} draws from QUIP's own random numbers`) : undefined;
}

/**
 * @param species atomic numbers of the data, ascending
 * @param pathOf where files that the string names are
 * @throws {Error} for what is not understood: a reference that is not must not pass
 */
export function fromQuip(params: string, species: readonly number[], pathOf: (name: string) => string): ConvertedDescriptor {
  const { kind, group } = understood(params);
  const changed = group.changed();
  if (changed) throw changed.key.error(changed.reason);
  const notes = new Notes();
  const converted = kind.convert(group, { choice: {}, species, pathOf, notes });
  if (converted) return converted;
  throw new Error(`${params}: ${notes.list.map(({ option, text }) => `${option}: ${text}`).join("; ")}`);
}

function understood(params: string): DescriptorString {
  const read = readDescriptorString(LocatedText.of({ name: "these tests", text: params }));
  if ("instead" in read) throw new Error(`the suite does not know the descriptor ${read.name}`);
  return read;
}
