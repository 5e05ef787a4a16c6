import { z } from "zod";
import { validate } from "../../validation.js";
import { type ClosedForm, type ClosedFormModel, closedFormType } from "./closed-form.js";
import { NamedPairs, pairOptionsShape } from "./pair-options.js";
import { truncationSchema } from "./truncation.js";

const parameters = {
  depth: z.number().nonnegative().describe("D, eV: depth of the well"),
  alpha: z.number().positive().describe("α, 1/Å: how narrow it is"),
  distance: z.number().positive().describe("r0, Å: where it is deepest"),
};

/** Parameters of a Morse potential. */
export const morseSchema = z.strictObject({
  /** Chooses the Morse potential. */
  type: z.literal("morse").describe("D (e^{−2α(r − r0)} − 2 e^{−α(r − r0)})"),
  pairs: z.array(z.strictObject({ ...pairOptionsShape, ...parameters })).min(1).describe("every pair of species that interacts"),
  ...truncationSchema,
});

interface MorsePair extends Readonly<Record<string, number>> {
  /** D, eV */
  readonly depth: number;
  /** α, 1/Å */
  readonly alpha: number;
  /** r0, Å */
  readonly distance: number;
}

/** Its functions. */
export const morseForm: ClosedForm<MorsePair> = {
  type: "morse",
  schema: z.object(parameters),
  whole({ depth, alpha, distance }) {
    return (r, out) => {
      const decay = Math.exp(-alpha * (r - distance));
      out[0] = depth * decay * (decay - 2);
      out[1] = -2 * alpha * depth * decay * (decay - 1);
    };
  },
};

export const morseType = closedFormType(morseForm);

/**
 * Morse potential, D (e^{−2α(r − r0)} − 2 e^{−α(r − r0)}): Morse, Phys. Rev. 34, 57 (1929), 10.1103/PhysRev.34.57.
 * @param species atomic numbers, ascending; pairs that the options do not name do not interact
 * @param place of the options, for messages
 * @throws {InvalidParameterError} for parameters that do not fit together
 */
export function morseModel(species: readonly number[], options: z.input<typeof morseSchema>, place = "morse"): ClosedFormModel {
  const { pairs: own, cutoff, truncation, switchFrom } = validate(morseSchema, options, { what: place });
  const pairs = new NamedPairs<MorsePair>({ cutoff, truncation, switchFrom }, place);
  for (const { depth, alpha, distance, ...pair } of own) pairs.add(pair, { depth, alpha, distance });
  return pairs.model(morseForm, species);
}
