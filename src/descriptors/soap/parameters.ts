import { z } from "zod";

const positive = z.number().positive();

const cutoffSchema = z
  .strictObject({
    radius: positive.max(50).describe("Å: range of the neighbors"),
    function: z
      .enum(["none", "cosine"])
      .optional()
      .describe("cosine goes to zero over `width`; default: none for gto and polynomial (DScribe), cosine for equispaced-gaussian (QUIP)"),
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

const nu = z.number().int().min(0).max(2);

const compressionMode = z
  .enum(["off", "mu2", "mu1nu1", "crossover", "diagonal-radial", "nu"])
  .describe(
    "mu2: species summed; mu1nu1: one factor summed over species; crossover: no products of different species; " +
      "diagonal-radial: equal radial indices only; nu: nuR and nuS of Darby et al. 2022",
  );

const compression = z.strictObject({
  mode: compressionMode.default("off"),
  nuR: nu.optional().describe("how many factors keep the radial index (mode nu)"),
  nuS: nu.optional().describe("how many factors keep the species (mode nu)"),
  speciesWeights: z.record(z.string(), z.number()).optional().describe("weight of each species where species are summed; default 1"),
});

/** Parameters of SOAP; see docs/theory/soap.md. */
export const soapSchema = z.strictObject({
  /** Chooses SOAP. */
  type: z.literal("soap"),
  basis: z
    .enum(["gto", "polynomial", "equispaced-gaussian"])
    .default("gto")
    .describe("radial basis: gto and polynomial in DScribe's convention, equispaced-gaussian in QUIP's"),
  nMax: z.number().int().min(1).max(32).describe("number of radial functions"),
  lMax: z.number().int().min(0).max(20).describe("highest degree of the spherical harmonics"),
  sigma: positive.max(10).describe("Å: width of the Gaussian of an atom"),
  cutoff: cutoffSchema,
  weighting: weighting.optional(),
  centralWeight: z
    .number()
    .nonnegative()
    .optional()
    .describe("weight of the center atom; default: the weighting function at 0 (DScribe), 1 (QUIP)"),
  normalize: z.boolean().optional().describe("unit vectors; default: true for equispaced-gaussian (QUIP), false otherwise (DScribe)"),
  compression: z
    .union([compressionMode.transform((mode): z.output<typeof compression> => ({ mode })), compression])
    .default({ mode: "off" })
    .describe("a mode, or an object with mode and its parameters"),
  average: z
    .enum(["off", "inner", "outer"])
    .default("off")
    .describe("one vector per structure: inner averages the coefficients, outer the vectors"),
  species: z.array(z.string()).min(1).optional().describe("chemical symbols; default: those in the data"),
});

/** Parameters of SOAP with every default filled in, see docs/theory/soap.md; lengths in Å. */
export type SoapParameters = z.output<typeof soapSchema>;
