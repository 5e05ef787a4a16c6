import { z } from "zod";

const count = z.number().int().nonnegative();
const numbers = z.array(z.number());

/** Functions of densities that are known, F(ρ; m): `npoti`. */
export const EMBEDDINGS: readonly string[] = ["FinnisSinclair", "FinnisSinclairShiftedScaled"];

const embeddingSchema = z.strictObject({
  ndensity: z.number().int().min(1).describe("densities ρ_p of an atom"),
  FS_parameters: numbers.describe("w_1, m_1, w_2, m_2, … of E = Σ_p w_p F(ρ_p; m_p)"),
  npoti: z.string().describe("which F; all are ρ where m is 1"),
  rho_core_cutoff: z.number().describe("core density above which the functions are off"),
  drho_core_cutoff: z.number().describe("width over which they are switched off"),
});

const recursionSchema = z.strictObject({ A: numbers, B: numbers, C: numbers });

/** Polynomials of x = ((1 + r0)/(1 + r))^p between xl (the cutoff) and xr, with these powers at both ends. */
const polynomialShape = {
  p: z.number().int().min(1),
  r0: z.number().positive().describe("Å"),
  xl: z.number().positive(),
  xr: z.number().positive(),
  pl: count,
  pr: count,
  maxn: z.number().int().min(1),
  recursion_coefficients: recursionSchema,
};

const bondSchema = z.strictObject({
  radbasename: z.string().describe("name of the radial functions g_k"),
  radparameters: numbers.optional().describe("λ"),
  nradbasemax: count.optional().describe("number of g_k"),
  nradmax: count.optional().describe("largest n"),
  lmax: count.optional(),
  radcoefficients: z.array(z.array(numbers)).optional().describe("[n][l][k] of R_nl = Σ_k c_nlk g_k"),
  rcut: z.number().positive().describe("Å"),
  dcut: z.number().nonnegative().optional().describe("Å"),
  prehc: z.number().optional().describe("eV Å: strength of the core"),
  lambdahc: z.number().optional().describe("Å⁻²: its decay"),
  rcut_in: z.number().nonnegative().optional().describe("Å: where the inner cutoff begins"),
  dcut_in: z.number().nonnegative().optional().describe("Å: its width"),
  inner_cutoff_type: z.enum(["density", "distance", "zbl"]).optional(),
  ...z.object(polynomialShape).partial().shape,
});

const functionSchema = z.strictObject({
  mu0: count.describe("element of the center"),
  rank: z.number().int().min(1).describe("number of factors"),
  ndensity: z.number().int().min(1),
  num_ms_combs: count,
  mus: z.array(count).describe("element of each factor"),
  ns: z.array(z.number().int().min(1)),
  ls: z.array(count),
  ms_combs: z.array(z.number().int()).describe("m of the factors, product by product"),
  ctildes: numbers.describe("coefficients, product by product, those of all densities together"),
});

const pairPolynomialSchema = z.strictObject({ ...polynomialShape, rcut: z.number().positive(), coefficients: z.record(z.string(), numbers) });
const repulsionSchema = z.strictObject({ coefficients: z.record(z.string(), z.strictObject({ ri: z.number(), e0: z.number(), A: z.number(), B: z.number() })) });

/** A file as it stands there; keys of pairs are the two numbers with a space between them. */
export const yaceSchema = z.strictObject({
  elements: z.array(z.string()).min(1),
  E0: numbers.optional().describe("eV"),
  deltaSplineBins: z.number().positive().optional().describe("Å"),
  embeddings: z.record(z.string(), embeddingSchema),
  bonds: z.record(z.string(), bondSchema),
  functions: z.record(z.string(), z.array(functionSchema)),
  lmax: count.optional(),
  polypairpot: pairPolynomialSchema.optional(),
  reppot: repulsionSchema.optional(),
  metadata: z.unknown().optional(),
});

/** How the densities of an atom make its energy, and when the core takes over. Keys as in the file. */
export type YaceEmbedding = z.output<typeof embeddingSchema>;
/** Radial functions of a neighbor around a center, and the core of both. Keys as in the file. */
export type YaceBond = z.output<typeof bondSchema>;
/** ρ_p += Σ_q c̃_qp Re Π_t A(mus_t, ns_t, ls_t, m_qt), with harmonics for which Y_00 = 1. Keys as in the file. */
export type YaceFunction = z.output<typeof functionSchema>;
/** Polynomials as ACE.jl has them. Keys as in the file. */
export type YacePolynomials = z.output<z.ZodObject<typeof polynomialShape>>;

/** A pair term of polynomials: ½ Σ_n c_n P_n(r) for each neighbor. */
export interface YacePairTerm extends YacePolynomials {
  /** Å */
  readonly rcut: number;
  /** c_n, eV: [element of the center][of the neighbor][n] */
  readonly coefficients: readonly (readonly (readonly number[])[])[];
}

/** For r ≤ ri the sum of a pair term is e0 + B e^{−A (r/ri − 1)} ri/r instead. */
export interface YaceRepulsion {
  /** Å */
  readonly ri: number;
  /** eV */
  readonly e0: number;
  readonly A: number;
  /** eV */
  readonly B: number;
}

/** A potential in the .yace form; lists by element follow `elements`. */
export interface Yace {
  /** Chemical symbols. */
  readonly elements: readonly string[];
  /** eV */
  readonly E0: readonly number[];
  /** Å: spacing of the tables that radial functions are looked up in. */
  readonly deltaSplineBins: number;
  readonly embeddings: readonly YaceEmbedding[];
  /** [element of the center][of the neighbor] */
  readonly bonds: readonly (readonly YaceBond[])[];
  /** By element of the center. */
  readonly functions: readonly (readonly YaceFunction[])[];
  readonly polypairpot?: YacePairTerm | undefined;
  /** [element of the center][of the neighbor] */
  readonly reppot?: readonly (readonly (YaceRepulsion | undefined)[])[] | undefined;
}

/** Whether radial functions are the polynomials of ACE.jl, which have no g_k. */
export function isPolynomial({ radbasename }: Pick<YaceBond, "radbasename">): boolean {
  return radbasename.startsWith("ACE.jl");
}
