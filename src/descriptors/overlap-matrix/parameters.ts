import { z } from "zod";

/** Orbitals of an atom. Tables count them in this order. */
export const orbitalSets = ["s", "sp"] as const;

/** What columns are of the eigenvalues, as `SpectrumForm` in `assembly/` counts them. */
export const spectrumForms = ["eigenvalues", "moments", "smoothed"] as const;

const width = z.number().positive().max(10);

const smoothing = z
  .strictObject({
    count: z.number().int().min(1).max(500).default(16).describe("functions, at places from to/count to `to`"),
    to: z.number().positive().max(1000).default(4).describe("place of the last function; eigenvalues far above it are not seen"),
    width: z.number().positive().max(1000).optional().describe("w; default: from one place to the next, to/count"),
  })
  .describe("of form smoothed: Σ λ exp(−(λ − x)²/2w²)");

/** Parameters of the overlap matrix; see docs/theory/overlap-matrix.md. */
export const overlapMatrixSchema = z.strictObject({
  /** Chooses the overlap matrix. */
  type: z.literal("overlap-matrix"),
  orbitals: z.enum(orbitalSets).default("sp").describe("of every atom: s alone, which is blind by counting, or s and three p"),
  cutoff: z
    .strictObject({
      radius: z.number().positive().max(50).describe("Å: R_c"),
      exponent: z.number().int().min(1).max(20).default(2).describe("p of the cutoff function (1 − r²/R_c²)^p of an atom"),
    })
    .describe("atoms farther from the center do not count"),
  widths: z
    .union([width, z.record(z.string(), width)])
    .optional()
    .describe("Å: of the orbitals, α = 1/2 width², one for all or by chemical symbol; default, and for symbols that are not named: the covalent radius"),
  maxNeighbors: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe("neighbors within the cutoff that there is room for, more are an error; default: the most in the data. Leave some room for molecular dynamics"),
  form: z
    .enum(spectrumForms)
    .default("eigenvalues")
    .describe("columns: eigenvalues: λ, descending, then zeros; moments: Σ λ^k; smoothed: sums of a smooth function of λ. Only the last two have derivatives where eigenvalues cross"),
  moments: z.number().int().min(1).max(30).optional().describe("of form moments: k = 1 … so many; default 8"),
  smoothing: smoothing.optional(),
});

/** Parameters of the overlap matrix with every default filled in, see docs/theory/overlap-matrix.md; lengths in Å. */
export type OverlapMatrixParameters = z.output<typeof overlapMatrixSchema>;
