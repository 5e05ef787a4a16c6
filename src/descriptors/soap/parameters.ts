import { z } from "zod";
import { densityShape, densitySpecies } from "../density-expansion/parameters.js";

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
  ...densityShape,
  normalize: z.boolean().optional().describe("unit vectors; default: true for the bases of QUIP and librascal, false for gto and polynomial (DScribe)"),
  compression: z
    .union([compressionMode.transform((mode): z.output<typeof compression> => ({ mode })), compression])
    .default({ mode: "off" })
    .describe("a mode, or an object with mode and its parameters"),
  average: z
    .enum(["off", "inner", "outer"])
    .default("off")
    .describe("one vector per structure: inner averages the coefficients, outer the vectors"),
  species: densitySpecies,
  otherSpecies: z.enum(["refuse", "ignore"]).optional().describe("with species: whether data with other species are refused, or their atoms not seen (GAP); default: refuse"),
});

/** Parameters of SOAP with every default filled in, see docs/theory/soap.md; lengths in Å. */
export type SoapParameters = z.output<typeof soapSchema>;
