import { z } from "zod";
import { basisNames } from "./conventions.js";

const positive = z.number().positive();

const cutoffSchema = z
  .strictObject({
    radius: positive.max(50).describe("Å: range of the neighbors"),
    function: z
      .enum(["none", "cosine"])
      .optional()
      .describe("cosine goes to zero over `width`; default: none for gto and polynomial (DScribe), cosine for the bases of QUIP and librascal"),
    width: positive.default(0.5).describe("Å: transition width of the cosine"),
  })
  .refine((value) => value.width <= value.radius, { message: "must not exceed cutoff.radius", path: ["width"] })
  .describe("how far an atom sees, and how the density ends");

const weighting = z
  .strictObject({
    function: z.enum(["poly", "pow", "exp"]).describe("poly: c (1 + 2x³ − 3x²)^m below r0; pow: c / (d + x^m); exp: c / (d + e^−x); x = r / r0"),
    c: positive.default(1).describe("factor in front"),
    d: z.number().nonnegative().default(1).describe("added in the denominator of pow and exp"),
    m: positive.default(1).describe("exponent of poly and pow"),
    r0: positive.describe("Å: where poly reaches 0, and the unit of length of the others"),
  })
  .describe("weight of a neighbor by its distance");

/** Parameters of a density of Gaussians and its radial functions, which descriptors share. */
export const densityShape = {
  basis: z
    .enum(basisNames)
    .default("gto")
    .describe(
      "radial basis, with the conventions of its program: gto, polynomial (DScribe); equispaced-gaussian, quip-gto, quip-polynomial (QUIP); " +
        "librascal-gto, librascal-dvr (librascal)",
    ),
  nMax: z.number().int().min(1).max(32).describe("number of radial functions"),
  lMax: z.number().int().min(0).max(20).describe("highest degree of the spherical harmonics"),
  sigma: positive.max(10).describe("Å: width of the Gaussian of an atom"),
  cutoff: cutoffSchema,
  weighting: weighting.optional(),
  centralWeight: z
    .number()
    .nonnegative()
    .optional()
    .describe("weight of the center atom; default: the weighting function at 0 (DScribe), 1 (QUIP, librascal)"),
  centralReference: z
    .enum(["own", "all"])
    .optional()
    .describe("species whose density the center atom adds to: its own, or all (QUIP's central_reference_all_species); default: own"),
  basisErrorExponent: positive
    .max(30)
    .optional()
    .describe("QUIP's bases: the radial grid ends where the Gaussian of an atom at the cutoff has fallen to ten to minus this; default: 10"),
};

/** Species of a density that do not follow the data. */
export const densitySpecies = z.array(z.string()).min(1).optional().describe("chemical symbols; default: those in the data");

type DensitySchema = z.ZodObject<typeof densityShape & { species: typeof densitySpecies }>;

/** Parameters of a density of Gaussians and its radial functions; lengths in Å. */
export type DensityParameters = z.output<DensitySchema> & { readonly otherSpecies?: "refuse" | "ignore" | undefined };
