import { z } from "zod";
import { filePath } from "../../file-path.js";

const positive = z.number().positive();
const nonnegative = z.number().nonnegative();

/** One value, or one for each species by chemical symbol. */
const perSpecies = <Value extends z.ZodNumber>(value: Value) => z.union([value, z.record(z.string(), value)]);

const cutoffSchema = z
  .strictObject({
    radius: positive.max(50).describe("Å: hard cutoff, beyond which there are no neighbors"),
    soft: positive.optional().describe("Å: where the smooth filter of the density starts to fall; default: 0.5 Å below the radius"),
    filter: positive.max(20).default(4).describe("steepness: the filter has fallen to exp(−filter² / 2) at the radius"),
  })
  .superRefine(({ soft, radius }, context) => {
    if (soft === undefined || soft <= radius) return;
    context.addIssue({ code: "custom", message: `${soft} Å is beyond cutoff.radius, ${radius} Å; it must not exceed it`, path: ["soft"] });
  })
  .transform((value) => ({
    ...value,
    /** Å: where the smooth filter of the density starts to fall. */
    soft: value.soft ?? Math.max(value.radius - 0.5, 0.5 * value.radius),
  }))
  .describe("how far an atom sees, and how the density ends");

const nu = z.number().int().min(0).max(2);
const position = z.number().int().min(0);

const compressionObject = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("off").describe("every product") }),
  z.strictObject({ mode: z.literal("trivial").describe("pairs with the first radial function of a species") }),
  z.strictObject({
    mode: z.literal("nu").describe("some factors summed over radial index or species (Darby et al. 2022)"),
    nuR: nu.describe("how many factors keep the radial index"),
    nuS: nu.describe("how many factors keep the species"),
  }),
  z.strictObject({
    mode: z.literal("features").describe("some products only"),
    keep: z.array(position).min(1).describe("positions in the full vector, from 0"),
  }),
  z.strictObject({
    mode: z.literal("projection").describe("weighted sums of products"),
    entries: z.array(z.tuple([position, position, z.number()])).min(1).describe("[feature, position in the full vector, weight], from 0"),
  }),
  z.strictObject({ mode: z.literal("file").describe("weighted sums that a file lists"), path: filePath().describe("a compress_file of GAP") }),
]);

const shorthand = z
  .enum(["off", "trivial", "0_0", "0_1", "0_2", "1_0", "1_1", "1_2", "2_0", "2_1", "2_2"])
  .transform((text): z.output<typeof compressionObject> => {
    if (text === "off" || text === "trivial") return { mode: text };
    return { mode: "nu", nuR: Number(text[0]), nuS: Number(text[2]) };
  });

/** Parameters of the density and the radial functions of soap_turbo. */
export const turboShape = {
  basis: z
    .enum(["poly3", "poly3gauss"])
    .default("poly3")
    .describe("radial basis: polynomials, or polynomials and one Gaussian at the center"),
  nMax: perSpecies(z.number().int().min(1)).describe("number of radial functions; at most 10 (poly3) or 11 (poly3gauss)"),
  lMax: z.number().int().min(0).max(20).describe("highest degree of the spherical harmonics"),
  cutoff: cutoffSchema,
  sigmaRadial: perSpecies(positive.max(10)).default(0.5).describe("Å: radial width of an atom at the center"),
  sigmaRadialScaling: perSpecies(nonnegative.max(10)).default(0).describe("growth of sigmaRadial per Å of distance"),
  sigmaAngular: perSpecies(positive.max(10)).default(0.5).describe("Å: angular width of an atom at the center"),
  sigmaAngularScaling: perSpecies(nonnegative.max(10)).default(0).describe("growth of sigmaAngular per Å of distance"),
  amplitudeScaling: perSpecies(nonnegative.max(100))
    .default(1)
    .describe("exponent of the weight 1 + 2x³ − 3x², x = r / radius; above 0.5 the cutoff is smooth"),
  centralWeight: perSpecies(nonnegative).default(1).describe("weight of the atom at the center"),
  radialEnhancement: z
    .union([z.literal(0), z.literal(1), z.literal(2)])
    .default(0)
    .describe("weights a neighbor by the mean of this power of the distance over its Gaussian"),
};

/** Parameters of soap_turbo; see docs/theory/soap-turbo.md. */
export const soapTurboSchema = z.strictObject({
  /** Chooses soap_turbo. */
  type: z.literal("soap-turbo"),
  ...turboShape,
  compression: z
    .union([shorthand, compressionObject])
    .default({ mode: "off" })
    .describe('"trivial", "nuR_nuS" such as "1_2", or an object with mode and its parameters'),
  species: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("chemical symbols in the order of the features; others are invisible; default: those in the data"),
});

/** Parameters of soap_turbo with every default filled in, see docs/theory/soap-turbo.md; lengths in Å. */
export type SoapTurboParameters = z.output<typeof soapTurboSchema>;

/** What the density and its radial functions follow from. */
export type TurboDensityParameters = Omit<SoapTurboParameters, "type" | "compression">;

export type TurboCompression = SoapTurboParameters["compression"];
