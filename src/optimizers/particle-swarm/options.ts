import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import { validate } from "../../validation.js";

const coefficient = z.number().nonnegative().max(10);

const decreasingInertia = z
  .strictObject({
    from: z.number().min(0).max(2).describe("in the first generation"),
    to: z.number().min(0).max(2).describe("in the last of `generations`, and after it"),
    generations: z.number().int().min(1).max(1_000_000).describe("over which it changes linearly; it stays at `to` afterwards"),
  })
  .describe("linearly decreasing inertia of Shi & Eberhart");

/** Options of the particle swarm; see docs/theory/optimizers.md. */
export const particleSwarmSchema = z.strictObject({
  /** Chooses the particle swarm. */
  type: z.literal("particle-swarm"),
  variant: z
    .enum(["inertia", "constriction", "natarajan-caro"])
    .default("inertia")
    .describe("inertia: Shi & Eberhart 1998; constriction: Clerc & Kennedy 2002; natarajan-caro: the rule of Kondati Natarajan & Caro 2020"),
  particles: z.number().int().min(2).max(10_000).default(16).describe("evaluated in every generation"),
  cognitiveCoefficient: coefficient
    .optional()
    .describe("pull towards a particle's own best point; default 1.49618, 2.05 (constriction), 1 (natarajan-caro)"),
  socialCoefficient: coefficient.optional().describe("pull towards the best point of others; default 1.49618, 2.05 (constriction), 2 (natarajan-caro)"),
  inertia: z.union([z.number().min(0).max(2), decreasingInertia]).optional().describe("share of the velocity that is kept; default 0.7298; variant inertia only"),
  topology: z.enum(["global", "ring"]).optional().describe("who informs a particle of the best point: all (default), or its neighbors on a ring"),
  neighbors: z.number().int().min(1).max(1000).optional().describe("of the ring, on each side; default 1"),
  velocityLimit: z.number().positive().max(10).optional().describe("longest step in one dimension, as a share of its range; default 0.2"),
  boundaries: z
    .enum(["reflect", "absorb", "resample", "periodic"])
    .optional()
    .describe(
      "a particle that leaves the range: reflect (default) mirrors it, absorb stops it at the bound, resample draws the coordinate anew, periodic enters on the other side",
    ),
  restartAfter: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("generations without progress after which the swarm starts anew at random; default: never"),
  timeStep: z.number().positive().max(100).optional().describe("Δt of natarajan-caro; default 1"),
});

/** Options of the particle swarm with every default filled in. */
export type ParticleSwarmOptions = z.input<typeof particleSwarmSchema>;

/** Options of the rule of Kondati Natarajan & Caro (2020), resolved. */
export interface NatarajanCaroOptions {
  readonly variant: "natarajan-caro";
  /** Evaluated in every generation. */
  readonly particles: number;
  readonly cognitiveCoefficient: number;
  readonly socialCoefficient: number;
  readonly timeStep: number;
}

/** Options of the other variants, resolved. */
export interface StandardSwarmOptions {
  readonly variant: "inertia" | "constriction";
  /** Evaluated in every generation. */
  readonly particles: number;
  readonly cognitiveCoefficient: number;
  readonly socialCoefficient: number;
  readonly inertia: number | z.output<typeof decreasingInertia>;
  /** Particles on each side that inform; undefined: all. */
  readonly ringNeighbors: number | undefined;
  readonly velocityLimit: number;
  readonly boundaries: "reflect" | "absorb" | "resample" | "periodic";
  readonly restartAfter: number;
}

/** Clerc & Kennedy, table of the simplest constriction, φ = 4.1: χ = 0.7298, and the same as an inertia: χ · 2.05 = 1.49618. */
const INERTIA = 0.7298;
const COEFFICIENT = 1.49618;
const CONSTRICTION_COEFFICIENT = 2.05;

const STANDARD_ONLY = ["inertia", "topology", "neighbors", "velocityLimit", "boundaries", "restartAfter"] as const;

/**
 * Options with the defaults of the variant.
 * @throws {InvalidParameterError} for an option that the variant does not have
 */
export function resolveParticleSwarm(options: unknown): NatarajanCaroOptions | StandardSwarmOptions {
  const given = validate(particleSwarmSchema, options, { what: "particle-swarm" });
  const { variant, particles, cognitiveCoefficient: cognitive, socialCoefficient: social } = given;
  if (variant === "natarajan-caro") {
    const wrong = STANDARD_ONLY.find((key) => given[key] !== undefined);
    if (wrong) throw new InvalidParameterError(`particle-swarm: ${wrong} is not part of variant natarajan-caro; leave it out or choose variant inertia`);
    return { variant, particles, cognitiveCoefficient: cognitive ?? 1, socialCoefficient: social ?? 2, timeStep: given.timeStep ?? 1 };
  }
  if (given.timeStep !== undefined) throw new InvalidParameterError(`particle-swarm: timeStep belongs to variant natarajan-caro, not to ${variant}`);
  if (given.neighbors !== undefined && given.topology !== "ring") {
    throw new InvalidParameterError("particle-swarm: neighbors belongs to topology ring; add `topology: ring` or leave it out");
  }
  const coefficient = variant === "constriction" ? CONSTRICTION_COEFFICIENT : COEFFICIENT;
  const standard: StandardSwarmOptions = {
    variant,
    particles,
    cognitiveCoefficient: cognitive ?? coefficient,
    socialCoefficient: social ?? coefficient,
    inertia: given.inertia ?? INERTIA,
    ringNeighbors: given.topology === "ring" ? (given.neighbors ?? 1) : undefined,
    velocityLimit: given.velocityLimit ?? 0.2,
    boundaries: given.boundaries ?? "reflect",
    restartAfter: given.restartAfter ?? Number.POSITIVE_INFINITY,
  };
  if (variant === "constriction") checkConstriction(standard, given.inertia !== undefined);
  return standard;
}

function checkConstriction({ cognitiveCoefficient, socialCoefficient }: StandardSwarmOptions, hasInertia: boolean): void {
  if (hasInertia) throw new InvalidParameterError("particle-swarm: inertia belongs to variant inertia; constriction follows from the coefficients");
  const phi = cognitiveCoefficient + socialCoefficient;
  if (!(phi > 4)) {
    throw new InvalidParameterError(`particle-swarm: cognitiveCoefficient + socialCoefficient is ${phi}; variant constriction needs more than 4`);
  }
}

/** χ = 2 / |2 − φ − √(φ² − 4φ)|, φ > 4: Clerc & Kennedy 2002, eq. (4.15) with κ = 1. */
export function constrictionOf(phi: number): number {
  return 2 / Math.abs(2 - phi - Math.sqrt(phi * phi - 4 * phi));
}
