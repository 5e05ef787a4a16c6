import { z } from "zod";
import type { Descriptor } from "../../descriptors/descriptor.js";
import { createEnvironmentDescriptor } from "../../descriptors/registry.js";
import { FormatError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { NamedArray } from "../model-type.js";

/** What a term needs its descriptor for, in messages. */
export const LOCAL_ENERGIES = "the local energies of a potential";

/** Atomic numbers of a model file, ascending. */
export const speciesSchema = z.array(z.int().min(1).max(118));

/** Energies of a model file, eV by chemical symbol. */
export const energiesSchema = z.record(z.string(), z.number());

/** A term of a model file, beside what the model adds. */
export const termContentSchema = z.object({
  descriptor: z.looseObject({ type: z.string() }),
  centers: z.array(z.int()).nullable(),
});

/** What a model file says of the descriptor of a term and its centers. */
export function encodeTerm({ descriptor, centers }: { readonly descriptor: Descriptor; readonly centers: readonly number[] | null }): z.input<typeof termContentSchema> {
  return { descriptor: { ...descriptor.parameters, type: descriptor.name }, centers: centers === null ? null : [...centers] };
}

/** The descriptor of a term and its centers. */
export function decodeTerm({ descriptor, centers }: z.output<typeof termContentSchema>): { descriptor: Descriptor; centers: readonly number[] | null } {
  return { descriptor: createEnvironmentDescriptor(descriptor, LOCAL_ENERGIES), centers };
}

/** By chemical symbol, as in a model file. */
export function encodeEnergies(species: readonly number[], energies: readonly number[]): Record<string, number> {
  return Object.fromEntries(species.map((atomicNumber, i) => [symbolOf(atomicNumber), energies[i]]));
}

/** By species index. */
export function decodeEnergies(species: readonly number[], energies: Readonly<Record<string, number>>): number[] {
  return species.map((atomicNumber) => energies[symbolOf(atomicNumber)]);
}

/** @throws {FormatError} for parameters of a model file that the schema refuses */
export function parseContent<Schema extends z.ZodType>(schema: Schema, parameters: unknown, file: string): z.output<Schema> {
  const result = schema.safeParse(parameters);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new FormatError({ file }, `model parameters: ${issue.path.join(".")}: ${issue.message}`);
}

/** @throws {FormatError} where the model file does not have the array */
export function arrayOf(arrays: readonly NamedArray[], name: string, file: string): Float64Array {
  const found = arrays.find((candidate) => candidate.name === name);
  if (!found) throw new FormatError({ file }, `the array "${name}" is missing`);
  return found.values;
}
