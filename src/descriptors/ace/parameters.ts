import { z } from "zod";
import { pruningRecordSchema } from "../pruning-record.js";

/** Largest correlation order: products of up to so many neighbors. */
export const LARGEST_ORDER = 5;

const cutoffSchema = z.strictObject({ radius: z.number().positive().max(50).describe("Å") });

const transform = z
  .discriminatedUnion("type", [
    z.strictObject({
      /** y = 1 / (1 + a s^q / (1 + s^(q−p))), steepest at the bond length. */
      type: z.literal("agnesi"),
      p: z.number().int().min(1).max(12).default(2).describe("y falls as 1 − a s^q where s is small"),
      q: z.number().int().min(1).max(12).default(4).describe("and as s^−p far out; at least p"),
    }),
    z.strictObject({
      /** x = ((1 + r0) / (1 + r))^p, lengths in Å, not scaled. */
      type: z.literal("inverse-power"),
      p: z.number().int().min(1).max(12).default(2).describe("exponent"),
    }),
  ])
  .describe("from distances to the variable of the polynomials; s is the distance from innerCutoff in bond lengths");

/** Envelope (x − x_in)^inner (x_out − x)^outer between the values of x at the inner and the outer cutoff. */
const polynomialEnvelope = z.strictObject({
  /** Powers of the distances to both ends of x. */
  type: z.literal("polynomial").default("polynomial"),
  inner: z.number().int().min(0).max(12).default(2).describe("power at the inner end"),
  outer: z.number().int().min(2).max(12).default(2).describe("power at the cutoff: 2 or more keeps forces continuous"),
});

const inverseSquareEnvelope = z.strictObject({
  /** ρ^−2 with value and slope subtracted that it has at the cutoff; ρ is the distance in bond lengths. */
  type: z.literal("inverse-square"),
});

const recursion = z
  .strictObject({
    a: z.array(z.number()).min(1).describe("factors of x"),
    b: z.array(z.number()).min(1).describe("constants"),
    c: z.array(z.number()).min(1).describe("factors of the function before"),
  })
  .describe("P_n = (a_n x + b_n) P_{n−1} + c_n P_{n−2}, P_1 = a_1; default: orthonormal polynomials");

const innerCutoffSchema = z.number().nonnegative().max(50).default(0).describe("Å: distance where the variable starts; functions with an inner power are zero below");

const coefficientsSchema = z.array(z.array(z.array(z.number()))).optional().describe("R_nl = Σ_k coefficients[n][l][k] g_k; default: R_nl = g_n");

const innerSwitchSchema = z
  .strictObject({
    radius: z.number().positive().max(50).describe("Å: where functions begin to fade"),
    width: z.number().positive().max(50).describe("Å: so much further inside they are zero"),
  })
  .optional()
  .describe("functions fade out at small distances");

const polynomials = z.strictObject({
  /** Orthonormal polynomials of a transformed distance, times an envelope. */
  type: z.literal("polynomials").default("polynomials"),
  transform: transform.default({ type: "agnesi", p: 2, q: 4 }),
  innerCutoff: innerCutoffSchema,
  envelope: polynomialEnvelope.prefault({}).describe("(x − x_in)^inner (x_out − x)^outer"),
  recursion: recursion.optional().describe("default: that of orthonormal polynomials"),
});

const sizeSchema = z.number().int().min(1).max(500).optional().describe("number of functions g_k; default: as many as the basis takes");

/** Of pacemaker; g_k of a distance r with the cutoff r_c. */
const chebyshevPower = z.strictObject({
  /** x = 2 (1 − (1 − r/r_c)^λ) − 1, g_k = ½ (1 − T_k(x)). */
  type: z.literal("chebyshev-power"),
  lambda: z.number().min(2).max(50).default(5.25).describe("λ"),
  size: sizeSchema,
  coefficients: coefficientsSchema,
  innerSwitch: innerSwitchSchema,
});

const chebyshevLinear = z.strictObject({
  /** x = 1 − r/r_c, g_k = ½ (1 − T_k(x)); not zero at the cutoff by itself. */
  type: z.literal("chebyshev-linear"),
  size: sizeSchema,
  coefficients: coefficientsSchema,
  innerSwitch: innerSwitchSchema,
});

const chebyshevExponentialCosine = z.strictObject({
  /** x = 1 − 2 (e^{−λ r/r_c} − e^{−λ}) / (1 − e^{−λ}), g_1 = 1, g_k = ½ (1 − T_{k−1}(x)), times a cosine cutoff. */
  type: z.literal("chebyshev-exponential-cosine"),
  lambda: z.number().positive().max(50).default(5.25).describe("λ"),
  switchWidth: z.number().nonnegative().max(50).default(0.01).describe("Å: a second cosine over this width before the cutoff (dcut)"),
  size: sizeSchema,
  coefficients: coefficientsSchema,
  innerSwitch: innerSwitchSchema,
});

const simplifiedBessel = z.strictObject({
  /** Orthonormal combinations of spherical Bessel functions j0 with value and slope 0 at the cutoff. */
  type: z.literal("simplified-bessel"),
  size: sizeSchema,
  coefficients: coefficientsSchema,
  innerSwitch: innerSwitchSchema,
});

const radial = z.discriminatedUnion("type", [polynomials, chebyshevPower, chebyshevLinear, chebyshevExponentialCosine, simplifiedBessel]);

const bondLengthsSchema = z
  .record(z.string(), z.number().positive().max(20))
  .optional()
  .describe("Å: r0 by chemical symbol, or of a pair as Si-O; default: nearest neighbors of the elements");

const pair = z.strictObject({
  degree: z.number().int().min(1).max(200).optional().describe("largest n; default: the degree of order 1"),
  cutoff: cutoffSchema.optional().describe("default: that of the many-body functions"),
  innerCutoff: innerCutoffSchema,
  transform: transform.default({ type: "agnesi", p: 1, q: 3 }),
  envelope: z.union([inverseSquareEnvelope, polynomialEnvelope]).default({ type: "inverse-square" }).describe("how functions end and rise; polynomial where a repulsion stands beside them"),
  recursion: recursion.optional().describe("default: that of orthonormal polynomials"),
});

const neighborsSchema = z.array(z.string()).min(1).max(LARGEST_ORDER).optional().describe("chemical symbol of each factor; default: the one species");

const explicitFunction = z.union([
  z.strictObject({ pair: z.literal(true).describe("a function of the pair term: one n"), neighbors: neighborsSchema, n: z.array(z.number().int().min(1)).length(1).describe("which one, from 1") }),
  z.strictObject({
    neighbors: neighborsSchema,
    n: z.array(z.number().int().min(1)).min(1).max(LARGEST_ORDER).describe("n of each factor, from 1"),
    l: z.array(z.number().int().min(0).max(20)).min(1).max(LARGEST_ORDER).describe("l of each factor"),
    coupling: z.number().int().min(0).optional().describe("which of the independent couplings, from 0; default: 0"),
    terms: z
      .array(z.strictObject({ m: z.array(z.number().int()).min(1).max(LARGEST_ORDER).describe("m of each factor"), coefficient: z.number().describe("of Re Π A") }))
      .min(1)
      .optional()
      .describe("the function itself, Σ coefficient · Re Π A, in place of a coupling"),
  }),
]);

/** Parameters of the atomic cluster expansion; see docs/theory/ace.md. */
export const aceSchema = z.strictObject({
  /** Chooses the atomic cluster expansion. */
  type: z.literal("ace"),
  cutoff: cutoffSchema.describe("of the many-body functions"),
  order: z.number().int().min(1).max(LARGEST_ORDER).default(3).describe("largest correlation order: functions of up to so many neighbors at once"),
  degree: z
    .union([z.number().int().min(1).max(200), z.array(z.number().int().min(0).max(200)).min(1).max(LARGEST_ORDER)])
    .optional()
    .describe("largest Σ (n + lWeight · l + speciesWeights) of a function: one number, or one for each order from 1 on; default: 20, 16, 12, 10, 8"),
  lWeight: z.number().positive().max(20).default(1.5).describe("how much l counts in the degree"),
  maximumFunctions: z.number().int().min(1).optional().describe("keep the functions of lowest degree only, beside the pair term"),
  mostFactors: z
    .record(z.string(), z.number().int().min(0))
    .optional()
    .describe("largest number of factors of neighbors of a species in one function, by chemical symbol, as { O: 1 }; 0: none, beside the pair term; default: the order"),
  speciesWeights: z
    .record(z.string(), z.number().min(0).max(20))
    .optional()
    .describe("how much each factor of a neighbor of a species adds to the degree, by chemical symbol, as { N: 1, O: 1 } for species that are rare; default: 0"),
  functions: z.array(explicitFunction).min(1).optional().describe("these functions, in place of a choice by degree"),
  pruning: pruningRecordSchema.optional(),
  radial: radial.prefault({ type: "polynomials" }).describe("functions of the distance"),
  pair: z.union([z.literal(false), z.literal("radial"), pair]).prefault({}).describe("a sum of functions of one distance beside them; radial: of the g_k of the radial basis; false: none"),
  bondLengths: bondLengthsSchema,
  bonds: z
    .array(z.strictObject({
        center: z.string().describe("chemical symbol"),
        neighbor: z.string().describe("chemical symbol"),
        cutoff: cutoffSchema.optional().describe("how far it reaches"),
        radial: radial.optional().describe("functions of the distance"),
        pair: pair.optional().describe("the pair term"),
      }))
    .optional()
    .describe("pairs whose radial functions or cutoffs differ; the reverse pair is another one"),
  species: z.array(z.string()).min(1).optional().describe("chemical symbols; default: those in the data"),
});

/** Parameters of the atomic cluster expansion with every default filled in, see docs/theory/ace.md; lengths in Å. */
export type AceParameters = z.output<typeof aceSchema>;
export type RadialParameters = AceParameters["radial"];
export type PolynomialParameters = z.output<typeof polynomials>;
export type ChebyshevParameters = z.output<typeof chebyshevPower> | z.output<typeof chebyshevExponentialCosine>;
export type PairParameters = z.output<typeof pair>;
export type TransformParameters = z.output<typeof transform>;
export type EnvelopeParameters = PairParameters["envelope"];
export type InnerSwitch = z.output<typeof innerSwitchSchema>;
