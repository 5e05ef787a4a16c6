import { z } from "zod";

const positive = z.number().positive();

const grid = z
  .strictObject({
    min: z.number().optional().describe("first point; default: 0, of cosine −1"),
    max: z.number().optional().describe("last point; default: the range of the weighting for distance, 1 for inverse-distance and cosine, 180 for angle"),
    sigma: positive.optional().describe("width of the Gaussians, in units of the axis; default: 2 % of the grid"),
    n: z.number().int().min(2).max(10_000).default(100).describe("points, from min to max"),
  })
  .describe("points of the axis: Å for distance, 1/Å for inverse-distance, degrees for angle");

const unity = z
  .strictObject({
    /** Chooses the weighting. */
    function: z.literal("unity"),
    cutoff: positive.max(1000).optional().describe("Å: range of the distances from each atom; structures that are not periodic do without, local-mbtr needs it"),
  })
  .describe("1");

const exponential = z
  .strictObject({
    /** Chooses the weighting. */
    function: z.literal("exp"),
    scale: positive.optional().describe("1/Å: s of exp(−s x), x the distance of a pair or the perimeter of a triplet; default: 0.5, or by cutoff"),
    cutoff: positive.max(100).optional().describe("Å: where the weight of a pair has fallen to threshold, half the perimeter where that of a triplet has; instead of scale"),
    threshold: positive.max(1).default(1e-3).describe("terms of a lower weight are left out"),
  })
  .describe("exp(−s x)");

const pairWeighting = z
  .discriminatedUnion("function", [
    unity,
    exponential,
    z.strictObject({
      /** Chooses the weighting. */
      function: z.literal("inverse-square"),
      cutoff: positive.max(100).describe("Å: range"),
    }).describe("1/r²"),
  ])
  .describe("how much a pair counts");

const tripletWeighting = z
  .discriminatedUnion("function", [
    unity,
    exponential,
    z
      .strictObject({
        /** Chooses the weighting. */
        function: z.literal("smooth-cutoff"),
        cutoff: positive.max(100).describe("Å: range of the legs of an angle"),
        sharpness: positive.min(1).default(2).describe("y of f(r) = 1 + y x^(y+1) − (y+1) x^y, x = r/cutoff"),
      })
      .describe("f(r_ij) f(r_ik)"),
  ])
  .describe("how much a triplet counts");

const k2 = z
  .strictObject({
    geometry: z.enum(["distance", "inverse-distance"]).default("inverse-distance").describe("what the axis is"),
    grid: grid.default({ n: 100 }),
    weighting: pairWeighting.default({ function: "exp", threshold: 1e-3 }),
  })
  .describe("pairs");

const k3 = z
  .strictObject({
    geometry: z.enum(["angle", "cosine"]).default("cosine").describe("what the axis is"),
    grid: grid.default({ n: 100 }),
    weighting: tripletWeighting.default({ function: "exp", threshold: 1e-3 }),
  })
  .describe("angles of three atoms");

const species = z.array(z.string()).min(1).optional().describe("chemical symbols; default: those of the data");
const normalizeGaussians = z.boolean().default(true).describe("Gaussians of area 1; false: of height 1");

/** Parameters of MBTR; see docs/theory/mbtr.md. */
export const mbtrSchema = z.strictObject({
  /** Chooses MBTR. */
  type: z.literal("mbtr"),
  k1: z
    .strictObject({ geometry: z.enum(["atomic-number"]).default("atomic-number").describe("what the axis is"), grid: grid.default({ n: 100 }) })
    .optional()
    .describe("single atoms"),
  k2: k2.optional(),
  k3: k3.optional(),
  normalization: z
    .enum(["none", "l2", "n-atoms", "valle-oganov"])
    .default("none")
    .describe("l2: unit vectors; n-atoms: by the number of atoms; valle-oganov: pairs by 4π N_A N_B / V, angles by N_A N_B N_C / V"),
  /** Gaussians of area 1; false: of height 1. */
  normalizeGaussians,
  /** Chemical symbols; default: those of the data. */
  species,
});

/** Parameters of the fingerprint of Valle and Oganov; see docs/theory/mbtr.md. */
export const valleOganovSchema = z.strictObject({
  /** Chooses the fingerprint of Valle and Oganov. */
  type: z.literal("valle-oganov"),
  function: z.enum(["distance", "angle"]).default("distance").describe("of pairs from 0 to the cutoff with weight 1/r², or of triplets from 0 to 180 degrees"),
  n: z.number().int().min(2).max(10_000).default(100).describe("points of the axis"),
  sigma: positive.optional().describe("Å or degrees: width of the Gaussians; default: 2 % of the axis"),
  cutoff: z.strictObject({ radius: positive.max(100).describe("Å: range of the neighbors") }).describe("how far an atom sees"),
  /** Chemical symbols; default: those of the data. */
  species,
});

/** Parameters of local MBTR; see docs/theory/mbtr.md. */
export const localMbtrSchema = z.strictObject({
  /** Chooses local MBTR. */
  type: z.literal("local-mbtr"),
  k2: k2.optional(),
  k3: k3.optional(),
  normalization: z.enum(["none", "l2"]).default("none").describe("l2: unit vectors"),
  /** Gaussians of area 1; false: of height 1. */
  normalizeGaussians,
  /** Chemical symbols; default: those of the data. */
  species,
});

/** Parameters of MBTR, with defaults filled in. */
export type MbtrParameters = z.output<typeof mbtrSchema>;
/** Parameters of the fingerprint of Valle and Oganov, with defaults filled in. */
export type ValleOganovParameters = z.output<typeof valleOganovSchema>;
/** Parameters of local MBTR, with defaults filled in. */
export type LocalMbtrParameters = z.output<typeof localMbtrSchema>;

/** A term, as any of them has it. */
export type TermParameters = NonNullable<MbtrParameters["k1"] | MbtrParameters["k2"] | MbtrParameters["k3"]>;
/** A weighting of pairs or triplets. */
export type TermWeighting = NonNullable<MbtrParameters["k2"] | MbtrParameters["k3"]>["weighting"];
