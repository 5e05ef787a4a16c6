import { z } from "zod";

const regularization = z
  .union([z.literal(["evidence", "gcv"]), z.number().nonnegative()])
  .describe("λ in units of the squared weighted columns, or what chooses it: the largest evidence, or generalised cross-validation");
const cutoff = z.number().positive().lt(1).default(1e-10);

/** How the coefficients of a linear model are found from the weighted rows, columns divided by their scales. */
export const solverSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("bayesian-ridge").describe("ridge whose regularization and noise maximise the evidence; error bars by the posterior"),
  }),
  z.strictObject({
    type: z.literal("ridge").describe("sum of squares plus λ times the squared norm of the scaled coefficients"),
    regularization: regularization.default("gcv"),
  }),
  z.strictObject({
    type: z.literal("ard").describe("automatic relevance determination: a prior variance for every coefficient by the evidence; most columns drop out"),
    threshold: z.number().positive().default(1e3).describe("a column drops out when its prior is this many times as certain as what the data say of it alone"),
    maximumSteps: z.int().positive().default(1000).describe("of the fixed point; each costs the cube of the number of columns that are left"),
    tolerance: z.number().nonnegative().default(1e-7).describe("ends when a step changes the log evidence per row by less"),
  }),
  z.strictObject({
    type: z.literal("truncated-svd").describe("least squares in the directions whose singular values are large enough"),
    cutoff: cutoff.describe("smallest singular value that counts, as a share of the largest"),
  }),
  z.strictObject({
    type: z.literal("rank-revealing-qr").describe("least squares of columns that are independent, chosen by pivoting; the others get 0"),
    cutoff: cutoff.describe("smallest pivot that counts, as a share of the first"),
  }),
  z.strictObject({
    type: z.literal("greedy").describe("orthogonal matching pursuit: one column after the other, the one that explains most of what is left"),
    maximumFunctions: z.int().positive().optional().describe("columns at most; default: all"),
    improvement: z.number().nonnegative().lt(1).default(1e-6).describe("ends when the next column lowers the sum of squares by a smaller share of what is left"),
  }),
]);

/** How a linear model is solved, validated, with every default filled in. */
export type SolverOptions = z.output<typeof solverSchema>;

/** What is used where nothing is asked for. */
export const defaultSolver: SolverOptions = { type: "bayesian-ridge" };
