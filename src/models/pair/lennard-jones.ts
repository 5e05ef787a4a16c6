import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import { type ClosedForm, type ClosedFormModel, closedFormType } from "./closed-form.js";
import { NamedPairs, pairOptionsShape } from "./pair-options.js";
import { truncationSchema } from "./truncation.js";

const epsilon = z.number().nonnegative().describe("eV: depth of the well");
const sigma = z.number().positive().describe("Å: distance of energy 0");

/** Parameters of a Lennard-Jones potential. */
export const lennardJonesSchema = z.strictObject({
  /** Chooses the Lennard-Jones potential. */
  type: z.literal("lennard-jones").describe("4ε ((σ/r)¹² − (σ/r)⁶)"),
  parameters: z
    .record(
      z.string(),
      z.strictObject({
        /** eV: depth of the well. */
        epsilon,
        /** Å: distance of energy 0. */
        sigma,
      }),
    )
    .default({})
    .describe("by chemical symbol: those of a pair of equal atoms"),
  mixing: z
    .enum(["lorentz-berthelot", "geometric"])
    .default("lorentz-berthelot")
    .describe("pairs of other species: ε is the geometric mean; σ the arithmetic mean (lorentz-berthelot) or the geometric one"),
  pairs: z
    .array(
      z.strictObject({
        ...pairOptionsShape,
        /** eV: depth of the well. */
        epsilon,
        /** Å: distance of energy 0. */
        sigma,
      }),
    )
    .default([])
    .describe("pairs with parameters of their own"),
  ...truncationSchema,
});

interface LennardJonesPair extends Readonly<Record<string, number>> {
  /** eV */
  readonly epsilon: number;
  /** Å */
  readonly sigma: number;
}

/** Its functions. */
export const lennardJonesForm: ClosedForm<LennardJonesPair> = {
  type: "lennard-jones",
  schema: z.object({ epsilon, sigma }),
  whole({ epsilon: depth, sigma: size }) {
    return (r, out) => {
      const ratio = size / r;
      const sixth = (ratio * ratio * ratio) ** 2;
      out[0] = 4 * depth * sixth * (sixth - 1);
      out[1] = (-24 * depth * sixth * (2 * sixth - 1)) / r;
    };
  },
};

export const lennardJonesType = closedFormType(lennardJonesForm);

/**
 * Lennard-Jones potential, 4ε ((σ/r)¹² − (σ/r)⁶): Jones, Proc. R. Soc. A 106, 463 (1924), 10.1098/rspa.1924.0082.
 * @param species atomic numbers, ascending
 * @param place of the options, for messages
 * @throws {InvalidParameterError} for a species without parameters, and for parameters that do not fit together
 */
export function lennardJonesModel(species: readonly number[], options: z.input<typeof lennardJonesSchema>, place = "lennard-jones"): ClosedFormModel {
  const { parameters, mixing, pairs: own, cutoff, truncation, switchFrom } = validate(lennardJonesSchema, options, { what: place });
  const pairs = new NamedPairs<LennardJonesPair>({ cutoff, truncation, switchFrom }, place);
  for (const { epsilon: depth, sigma: size, ...pair } of own) pairs.add(pair, { epsilon: depth, sigma: size });
  const symbols = Object.keys(parameters);
  for (const [i, a] of symbols.entries()) {
    for (const b of symbols.slice(i)) if (!pairs.has(a, b)) pairs.add({ species: [a, b] }, mixed(parameters[a], parameters[b], mixing));
  }
  const named = new Set([...symbols, ...own.flatMap((pair) => pair.species)]);
  const missing = symbols.length === 0 ? undefined : species.map(symbolOf).find((symbol) => !named.has(symbol));
  if (missing !== undefined) throw new InvalidParameterError(`${place} has no parameters of ${missing}; add parameters: { ${missing}: { epsilon: …, sigma: … } }`);
  return pairs.model(lennardJonesForm, species);
}

function mixed(a: { epsilon: number; sigma: number }, b: { epsilon: number; sigma: number }, mixing: "lorentz-berthelot" | "geometric"): LennardJonesPair {
  return {
    epsilon: Math.sqrt(a.epsilon * b.epsilon),
    sigma: mixing === "geometric" ? Math.sqrt(a.sigma * b.sigma) : (a.sigma + b.sigma) / 2,
  };
}
