import { z } from "zod";
import { densityShape, densitySpecies } from "../density-expansion/parameters.js";

/** Parameters of the spherical expansion; see docs/theory/spherical-expansion.md. */
export const sphericalExpansionSchema = z.strictObject({
  /** Chooses the spherical expansion. */
  type: z.literal("spherical-expansion"),
  ...densityShape,
  species: densitySpecies,
});

/** Parameters of the spherical expansion, see docs/theory/spherical-expansion.md; lengths in Å. */
export type SphericalExpansionParameters = z.output<typeof sphericalExpansionSchema>;
