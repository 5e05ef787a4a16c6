import { z } from "zod";
import { filePath } from "../../file-path.js";
import { cutoffFunctionSchema } from "../../math/cutoff-functions.js";

const positive = z.number().positive();
const nonnegative = z.number().nonnegative();

const eta = nonnegative.max(1e6);
const shift = nonnegative.max(50);
const zeta = z.number().min(1).max(1024);
const lambda = z.number().min(-1).max(1);
const kappa = nonnegative.max(1e3);

const radialObject = z.strictObject({
  eta: eta.describe("1/Å²: how narrow the Gaussian is"),
  shift: shift.default(0).describe("Å: distance of its maximum"),
});
const angularObject = z.strictObject({
  eta: eta.describe("1/Å²: how narrow the Gaussians are"),
  zeta: zeta.describe("angular resolution, the power of 1 + λ cos θ; below 1 atoms in line would have infinite derivatives"),
  lambda: lambda.describe("1: largest at 0°, −1: largest at 180°"),
  shift: shift.default(0).describe("Å: distance of the maxima"),
});
const cosineObject = z.strictObject({ kappa: kappa.describe("1/Å: by which the phase of the cosine grows") });

/** [η, shift], or an object. */
const radial = z.union([
  z.tuple([eta, shift]).transform(([first, second]): z.output<typeof radialObject> => ({ eta: first, shift: second })),
  radialObject,
]);
/** [η, ζ, λ] as DScribe has it, or an object. */
const angular = z.union([
  z.tuple([eta, zeta, lambda]).transform(([first, second, third]): z.output<typeof angularObject> => ({ eta: first, zeta: second, lambda: third, shift: 0 })),
  angularObject,
]);

const functionTypes = z.union([z.literal(2), z.literal(3), z.literal(9), z.literal(12), z.literal(13)]);

/** Schema of `CenterFunction`. */
export const centerFunctionSchema = z
  .strictObject({
    center: z.string().describe("element of the center"),
    type: functionTypes.describe("of n2p2: 2 radial, 3 narrow and 9 wide angular, 12 and 13 weighted radial and angular"),
    neighbors: z.array(z.string()).min(1).max(2).optional().describe("one element for type 2, two for 3 and 9"),
    eta: eta.describe("1/Å²: how narrow Gaussians are"),
    shift: shift.default(0).describe("Å: distance of their maxima"),
    zeta: zeta.optional().describe("power of 1 + λ cos θ, of types 3, 9 and 13"),
    lambda: lambda.optional().describe("factor of cos θ, of types 3, 9 and 13"),
    radius: positive.max(50).describe("Å: cutoff radius of the function"),
  })
  .refine(({ type, zeta: power, lambda: sign }) => (type === 2 || type === 12 ? power === undefined && sign === undefined : power !== undefined && sign !== undefined), {
    message: "types 3, 9 and 13 have zeta and lambda, 2 and 12 have not",
  });

/** A function of the centers of one element, as a line of n2p2's `input.nn` has it. */
export type CenterFunction = z.output<typeof centerFunctionSchema>;

/** Leaves the first distance of a grid to the data. */
export const FROM_DATA = "shortest-distance";

const inputFile = z.strictObject({
  file: filePath().describe("input.nn of n2p2"),
  lengthUnit: z.enum(["angstrom", "bohr"]).default("angstrom").describe("in which the file has its lengths"),
});

/** Schema of `AcsfGrid`. */
export const acsfGridSchema = z
  .strictObject({
    rule: z.enum(["imbalzano", "gastegger"]).default("imbalzano").describe("how Gaussians are spread: Imbalzano et al. 2018 or Gastegger et al. 2018"),
    radial: z.number().int().min(0).max(64).default(8).describe("number of radial functions (for each species)"),
    placement: z
      .enum(["shifted", "centered", "both"])
      .default("shifted")
      .describe("radial functions with maxima at many distances, or all at the center with many widths"),
    angular: z.number().int().min(0).max(32).default(3).describe("number of widths of angular functions; each has every zeta, and lambda 1 and −1"),
    zeta: z.array(zeta).min(1).default([1, 4, 16]).describe("angular resolutions"),
    angularKind: z.enum(["g4", "g5"]).default("g4").describe("g4 ends with the distance between the neighbors too, g5 does not"),
    weighted: z.boolean().default(false).describe("neighbors of all species in one function, weighted by their atomic number"),
    from: z
      .union([positive.max(50), z.literal(FROM_DATA)])
      .default(0.5)
      .describe("Å: first distance of gastegger's grid; shortest-distance: the shortest in the data, down to hundredths"),
    to: positive.max(50).optional().describe("Å: last distance of gastegger's grid; default: 0.5 Å below the cutoff"),
  })
  .describe("functions on a standard grid");

/** Parameters of `acsfGrid`. */
export type AcsfGrid = z.output<typeof acsfGridSchema>;

/** Parameters of atom-centered symmetry functions; see docs/theory/acsf.md. */
export const acsfSchema = z.strictObject({
  /** Chooses symmetry functions. */
  type: z.literal("acsf"),
  cutoff: z
    .strictObject({
      radius: positive.max(50).optional().describe("Å: range of the neighbors; default: the largest of symmetryFunctions"),
      function: cutoffFunctionSchema.optional(),
      innerFraction: z.number().min(0).lt(1).optional().describe("of the radius, up to where the cutoff function is 1 (α of n2p2); default: 0"),
    })
    .default({})
    .describe("how far an atom sees, and how functions end; default of cutoff.function: cosine"),
  grid: acsfGridSchema.optional(),
  g1: z.boolean().default(false).describe("Σ f(r)"),
  g2: z.array(radial).default([]).describe("Σ exp(−η (r − shift)²) f(r): [eta, shift] or an object, for every species"),
  g3: z
    .array(z.union([kappa.transform((value): z.output<typeof cosineObject> => ({ kappa: value })), cosineObject]))
    .default([])
    .describe("Σ cos(κ r) f(r), for every species"),
  g4: z.array(angular).default([]).describe("narrow angular functions (type 3 of n2p2): [eta, zeta, lambda] or an object, for every pair of species"),
  g5: z.array(angular).default([]).describe("wide angular functions (type 9 of n2p2), without the distance between the neighbors"),
  weightedRadial: z.array(radial).default([]).describe("as g2, neighbors of all species in one sum, weighted by their atomic number (type 12)"),
  weightedAngular: z.array(angular).default([]).describe("as g4, weighted by the product of the atomic numbers (type 13)"),
  symmetryFunctions: z
    .union([inputFile, z.array(centerFunctionSchema).min(1)])
    .optional()
    .describe("a set of functions for each element of the center, instead of lists for all: those of an input.nn of n2p2, or a list"),
  species: z.array(z.string()).min(1).optional().describe("chemical symbols; default: those in the data"),
});

/** Parameters of symmetry functions with every default filled in, grids and files replaced by the functions they stand for; lengths in Å. */
export type AcsfParameters = Omit<z.output<typeof acsfSchema>, "cutoff" | "grid" | "symmetryFunctions"> & {
  /** A grid that waits for data. */
  readonly grid?: AcsfGrid | undefined;
  /** How far an atom sees, and how functions end. */
  readonly cutoff: Required<z.output<typeof acsfSchema>["cutoff"]>;
  /** Functions for each element of the center, in n2p2's order. */
  readonly symmetryFunctions?: readonly CenterFunction[];
};
