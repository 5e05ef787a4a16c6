import { z } from "zod";
import { composedFitSchema, composedSchema } from "../fit/composed/schema.js";
import { durationSchema } from "../tune/schema.js";
import { validate } from "../validation.js";
import { USUAL_RULES } from "./acceptance.js";

/** Terms that a search starts from where none are given. */
export const USUAL_POOL: readonly string[] = ["G4", "G6", "C8", "E[G4L2]", "N[E[G4L2]]"];
/** The term that `threeBody` adds to them. */
export const THREE_BODY_TERM = "T2[0,1,2]";

/** The `model` section of a compose file: that of a composed potential whose terms are found. */
export const composeModelSchema = composedSchema.omit({ potential: true }).extend({
  /** May be left out. */
  type: composedSchema.shape.type.default("composed"),
  /** Default: 5 Å. */
  cutoff: composedSchema.shape.cutoff.prefault({ radius: 5 }),
});

/** The `fit` section of a compose file: how every candidate is trained. */
export const composeFitSchema = composedFitSchema.omit({ method: true, start: true, bipartite: true }).extend({
  starts: composedFitSchema.shape.starts.default(8).describe("random values of the non-linear parameters that each term the search begins with is trained from"),
});

/** The `budget` of a search: what ends first counts. */
export const composeBudgetSchema = z.strictObject({
  candidates: z.int().min(1).optional().describe("potentials that are trained, those of the pool included"),
  time: durationSchema.optional().describe("wall time of all sessions together: 90 s, 15 min, 2 h; a candidate that is trained then is finished"),
});

const limitsSchema = z
  .strictObject({
    functions: z.int().min(1).max(64).default(24).describe("of a basis"),
    exponents: z.int().min(1).max(64).default(8).describe("of a term, for each function"),
    terms: z.int().min(1).max(16).default(4).describe("of a potential"),
    parameters: z.int().min(1).max(2000).default(100).describe("of a potential, linear and others"),
  })
  .prefault({});

/** The `compose` section: what is searched, and by which rules. */
export const composeSectionSchema = z
  .strictObject({
    pool: z.array(z.string().min(1)).min(1).optional().describe("terms to start from, in the notation; default: G4, G6, C8, E[G4L2], N[E[G4L2]]"),
    threeBody: z.boolean().default(false).describe("whether the usual pool has T2[0,1,2], too: angles, for several times the cost"),
    limits: limitsSchema.describe("how large potentials may become"),
    gain: z.number().min(0).default(USUAL_RULES.gain).describe("least gain of a step, of u = ½ ln L of the validation structures: 0.01 is 1 % of a root mean square error"),
    redistribution: z.number().min(1).default(USUAL_RULES.redistribution).describe("largest ratio of the energy or force error to that before the step"),
    tolerance: z.number().min(0).default(USUAL_RULES.tolerance).describe("candidates whose u differs by less are alike, and the smaller one is taken; what pruning may cost"),
    restarts: z.int().min(0).max(1000).default(2).describe("starts of a candidate from disturbed values, beside the values of the one it comes from"),
    prune: z.boolean().default(true).describe("whether parts that are not needed are dropped at the end"),
    budget: composeBudgetSchema.prefault({ time: "30 min" }).describe("how long to search; default: 30 min"),
  })
  .prefault({})
  .check(({ value, issues }) => {
    if (value.pool && value.threeBody) issues.push({ code: "custom", input: value, path: ["threeBody"], message: `the pool is given: add "${THREE_BODY_TERM}" to it, and leave this out` });
  });

/** The sections with their defaults. */
export type ComposeSection = z.output<typeof composeSectionSchema>;

/** What a search is asked for, as in a compose file: defaults may be left out. */
export interface ComposeRequest {
  /** Cutoff, and how pairs of species are told apart; default: 5 Å. */
  readonly model?: z.input<typeof composeModelSchema>;
  /** How candidates are trained. */
  readonly fit?: z.input<typeof composeFitSchema>;
  /** What is searched. */
  readonly compose?: z.input<typeof composeSectionSchema>;
  /** Of everything that is random. */
  readonly seed?: number;
}

/** The same with every default filled in. */
export interface ResolvedCompose {
  /** With its defaults. */
  readonly model: z.output<typeof composeModelSchema>;
  /** With its defaults. */
  readonly fit: z.output<typeof composeFitSchema>;
  /** With its defaults. */
  readonly compose: ComposeSection;
  /** Of everything that is random. */
  readonly seed: number;
}

/** @throws {InvalidParameterError} */
export function resolveCompose({ model = {}, fit = {}, compose = {}, seed = 1 }: ComposeRequest): ResolvedCompose {
  return {
    model: validate(composeModelSchema, model, { what: "model" }),
    fit: validate(composeFitSchema, fit, { what: "fit" }),
    compose: validate(composeSectionSchema, compose, { what: "compose" }),
    seed,
  };
}

/** Terms that a search starts from. */
export function poolOf({ pool, threeBody }: Pick<ComposeSection, "pool" | "threeBody">): readonly string[] {
  return pool ?? [...USUAL_POOL, ...(threeBody ? [THREE_BODY_TERM] : [])];
}
