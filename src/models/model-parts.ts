import { z } from "zod";
import { calibrationSchema } from "./calibration.js";
import type { ModelPart, NamedArray } from "./model-type.js";

/** A part of a model file, beside its arrays. */
export const partSchema = z.object({ type: z.string(), parameters: z.unknown(), calibration: calibrationSchema.optional() });

/** What a model file says of a part. */
export type PartContent = z.output<typeof partSchema>;

/**
 * A part as parameters and arrays of the model that it is a part of.
 * @param name of the part in that model: its arrays are `name.…`
 */
export function encodePart(name: string, { type, parameters, calibration, arrays }: ModelPart): { parameters: PartContent; arrays: NamedArray[] } {
  return { parameters: { type, parameters, ...(calibration && { calibration }) }, arrays: arrays.map((array) => ({ ...array, name: `${name}.${array.name}` })) };
}

/** The other way round. */
export function decodePart(name: string, { type, parameters, calibration }: PartContent, arrays: readonly NamedArray[]): ModelPart {
  const prefix = `${name}.`;
  const own = arrays.filter((array) => array.name.startsWith(prefix));
  return { type, parameters, calibration, arrays: own.map((array) => ({ ...array, name: array.name.slice(prefix.length) })) };
}
