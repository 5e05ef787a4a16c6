import { z } from "zod";

/** Atoms of the largest matrix that is worth the memory: 134 MB for each row of elements. */
const LARGEST = 4096;

/** How atoms are ordered. Tables count them in this order. */
export const permutations = ["none", "sorted-l2", "random", "eigenspectrum"] as const;
/** How atoms are ordered. */
export type Permutation = (typeof permutations)[number];

const matrixShape = {
  nAtomsMax: z
    .number()
    .int()
    .min(1)
    .max(LARGEST)
    .optional()
    .describe("atoms that a matrix has room for, the rest is zero; default: those of the largest structure of the data"),
  permutation: z
    .enum(permutations)
    .default("sorted-l2")
    .describe(
      "order of the atoms: none: as in the structure; sorted-l2: by descending norm of the rows; random: the same with noise of width `sigma` on the norms; " +
        "eigenspectrum: the eigenvalues by descending magnitude instead of the elements",
    ),
  sigma: z.number().nonnegative().optional().describe("e²/Å: width of the noise on the norms of rows; permutation random needs it"),
  seed: z.number().int().min(0).default(1).describe("of the noise of permutation random; structures with as many atoms have the same"),
};

/** Parameters of the Coulomb matrix; see docs/theory/matrices.md. */
export const coulombMatrixSchema = z.strictObject({
  /** Chooses the Coulomb matrix. */
  type: z.literal("coulomb-matrix"),
  ...matrixShape,
});

/** Parameters of the sine matrix; see docs/theory/matrices.md. */
export const sineMatrixSchema = z.strictObject({
  /** Chooses the sine matrix. */
  type: z.literal("sine-matrix"),
  ...matrixShape,
});

/** Parameters of the Ewald-sum matrix; see docs/theory/matrices.md. */
export const ewaldSumMatrixSchema = z.strictObject({
  /** Chooses the Ewald-sum matrix. */
  type: z.literal("ewald-sum-matrix"),
  ...matrixShape,
  accuracy: z
    .number()
    .positive()
    .max(0.1)
    .default(1e-12)
    .describe("A: terms below it are left out, rCut = √(−ln A)/a and gCut = 2a √(−ln A) where these are not given; the default leaves elements good to 10⁻¹⁰ of the largest"),
  a: z.number().positive().optional().describe("1/Å: width of the screening charges; default: √π (w nAtoms / V²)^(1/6)"),
  w: z.number().positive().default(1).describe("cost of a term in real space over one in reciprocal space, for the default of a"),
  rCut: z.number().positive().max(1000).optional().describe("Å: range of the sum in real space"),
  gCut: z.number().positive().max(1000).optional().describe("1/Å: range of the sum in reciprocal space"),
});

/** Parameters of the Coulomb matrix, with defaults filled in. */
export type CoulombMatrixParameters = z.output<typeof coulombMatrixSchema>;
/** Parameters of the sine matrix, with defaults filled in. */
export type SineMatrixParameters = z.output<typeof sineMatrixSchema>;
/** Parameters of the Ewald-sum matrix, with defaults filled in. */
export type EwaldSumMatrixParameters = z.output<typeof ewaldSumMatrixSchema>;

/** What the matrices have in common. */
export type MatrixParameters = Omit<CoulombMatrixParameters, "type"> & {
  /** Chooses the matrix. */
  readonly type: string;
};
