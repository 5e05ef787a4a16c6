import { z } from "zod";
import { densityShape, densitySpecies } from "../density-expansion/parameters.js";
import { turboShape } from "../soap-turbo/parameters.js";

/** Parameters of the spherical expansion; see docs/theory/spherical-expansion.md. */
export const sphericalExpansionSchema = z.strictObject({
  /** Chooses the spherical expansion. */
  type: z.literal("spherical-expansion"),
  ...densityShape,
  species: densitySpecies,
});

/** Parameters of the spherical expansion, see docs/theory/spherical-expansion.md; lengths in Å. */
export type SphericalExpansionParameters = z.output<typeof sphericalExpansionSchema>;

/** Parameters of the expansion of soap_turbo; see docs/theory/spherical-expansion.md. */
export const soapTurboExpansionSchema = z.strictObject({
  /** Chooses the expansion of soap_turbo. */
  type: z.literal("soap-turbo-expansion"),
  ...turboShape,
  nMax: z.number().int().min(1).describe("number of radial functions of every species; at most 10 (poly3) or 11 (poly3gauss)"),
  species: densitySpecies,
});

/** Parameters of the expansion of soap_turbo, see docs/theory/spherical-expansion.md; lengths in Å. */
export type SoapTurboExpansionParameters = z.output<typeof soapTurboExpansionSchema>;
