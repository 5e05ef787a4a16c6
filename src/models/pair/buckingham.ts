import { z } from "zod";
import { validate } from "../../validation.js";
import { type ClosedForm, type ClosedFormModel, closedFormType } from "./closed-form.js";
import { NamedPairs, pairOptionsShape } from "./pair-options.js";
import { truncationSchema } from "./truncation.js";

const parameters = {
  A: z.number().nonnegative().describe("eV: of the repulsion A e^{−r/ρ}"),
  rho: z.number().positive().describe("ρ, Å"),
  C: z.number().nonnegative().default(0).describe("eV Å⁶: of the attraction −C/r⁶"),
};

/** Parameters of a Buckingham potential. */
export const buckinghamSchema = z.strictObject({
  /** Chooses the Buckingham potential. */
  type: z.literal("buckingham").describe("A e^{−r/ρ} − C/r⁶; it falls to −∞ at short distance"),
  pairs: z.array(z.strictObject({ ...pairOptionsShape, ...parameters })).min(1).describe("every pair of species that interacts"),
  ...truncationSchema,
});

interface BuckinghamPair extends Readonly<Record<string, number>> {
  /** eV */
  readonly A: number;
  /** ρ, Å */
  readonly rho: number;
  /** eV Å⁶ */
  readonly C: number;
}

/** Its functions. */
export const buckinghamForm: ClosedForm<BuckinghamPair> = {
  type: "buckingham",
  schema: z.object({ ...parameters, C: z.number() }),
  whole({ A, rho, C }) {
    return (r, out) => {
      const repulsion = A * Math.exp(-r / rho);
      const attraction = C / (r * r * r) ** 2;
      out[0] = repulsion - attraction;
      out[1] = (6 * attraction) / r - repulsion / rho;
    };
  },
};

export const buckinghamType = closedFormType(buckinghamForm);

/**
 * Buckingham potential, A e^{−r/ρ} − C/r⁶, without charges: Buckingham, Proc. R. Soc. A 168, 264 (1938), 10.1098/rspa.1938.0173.
 * @param species atomic numbers, ascending; pairs that the options do not name do not interact
 * @param place of the options, for messages
 * @throws {InvalidParameterError} for parameters that do not fit together
 */
export function buckinghamModel(species: readonly number[], options: z.input<typeof buckinghamSchema>, place = "buckingham"): ClosedFormModel {
  const { pairs: own, cutoff, truncation, switchFrom } = validate(buckinghamSchema, options, { what: place });
  const pairs = new NamedPairs<BuckinghamPair>({ cutoff, truncation, switchFrom }, place);
  for (const { A, rho, C, ...pair } of own) pairs.add(pair, { A, rho, C });
  return pairs.model(buckinghamForm, species);
}
