import { z } from "zod";

/** One value, or one for each species by chemical symbol. */
const perSpecies = <Value extends z.ZodNumber>(value: Value) => z.union([value, z.record(z.string(), value)]);

const innerSwitch = z
  .strictObject({
    center: perSpecies(z.number().nonnegative().max(50)).describe("Å: where the weight of a neighbor is one half (sinner)"),
    halfWidth: perSpecies(z.number().positive().max(50)).describe("Å: it rises from 0 to 1 within so much on both sides (dinner)"),
  })
  .describe("neighbors that come close fade out; of a pair the mean of both species counts");

/** Parameters of the bispectrum; see docs/theory/bispectrum.md. */
export const bispectrumSchema = z.strictObject({
  /** Chooses the bispectrum. */
  type: z.literal("bispectrum"),
  twoJMax: z.number().int().min(0).max(14).default(6).describe("twice the highest angular momentum (twojmax): 6 gives 30 components, 8 gives 55"),
  rcutfac: z.number().positive().max(50).describe("Å: the cutoff of a pair is rcutfac (R_i + R_j)"),
  radii: perSpecies(z.number().positive().max(50)).default(0.5).describe("R of each species; 0.5 makes rcutfac the cutoff itself"),
  weights: perSpecies(z.number()).default(1).describe("w of a neighbor of each species"),
  rfac0: z.number().positive().max(1).default(0.99363).describe("part of the half circle that θ₀ reaches at the cutoff"),
  rmin0: z.number().nonnegative().max(50).default(0).describe("Å: distance at which θ₀ is 0"),
  switch: z.boolean().default(true).describe("cosine cutoff function (switchflag)"),
  innerSwitch: innerSwitch.optional(),
  bzero: z.boolean().default(true).describe("subtract the value of an isolated atom (bzeroflag)"),
  bnorm: z.boolean().default(false).describe("divide by 2j + 1 (bnormflag)"),
  chem: z
    .union([z.boolean(), z.record(z.string(), z.number().int().min(0).max(15))])
    .default(false)
    .describe("a density for each species, so that components tell them apart; or the channel of each, from 0, by chemical symbol"),
  wselfall: z.boolean().default(false).describe("with chem: the center is part of every density, not of that of its species alone (wselfallflag)"),
  species: z.array(z.string()).min(1).optional().describe("chemical symbols; default: those in the data"),
});

/** Parameters of the bispectrum with every default filled in, see docs/theory/bispectrum.md; lengths in Å. */
export type BispectrumParameters = z.output<typeof bispectrumSchema>;
