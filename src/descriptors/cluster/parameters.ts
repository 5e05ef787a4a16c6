import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import { ownSpeciesOf } from "../species.js";
import { type ClusterBasis, clusterCutoffs, LARGEST_DEGREE, speciesModes } from "./basis.js";

/** Largest exponent that a Gaussian may have, Å⁻²: it is 10⁻¹⁰ at 0.15 Å. */
const LARGEST_EXPONENT = 1000;
/** Exponent of the last Gaussian where β is not given, Å⁻². */
const USUAL_LAST_EXPONENT = 1.5;
const LARGEST_SIZE = { 2: 64, 3: 24 } as const;

/** Parameters of one basis; see docs/theory/cluster.md. */
export const clusterBasisSchema = z.strictObject({
  body: z.union([z.literal(2), z.literal(3)]).default(2).describe("sums over neighbors, or over pairs of neighbors"),
  radial: z.enum(["gaussian", "chebyshev"]).default("gaussian").describe("f_c exp(−αβ^ν r²), or f_c T_ν(2r/radius − 1)"),
  size: z.number().int().min(1).max(LARGEST_SIZE[2]).default(8).describe("radial functions N, ν = 0 … N − 1; three-body: N(N+1)/2 products of two, N at most 24"),
  alpha: z.number().min(1e-9).optional().describe("Å⁻²: exponent of the first Gaussian; default: 1/radius²"),
  beta: z.number().gt(1).optional().describe("ratio of two exponents; default: so that the last one is 1.5 Å⁻²"),
  degrees: z
    .array(z.number().int().min(0).max(LARGEST_DEGREE))
    .min(1)
    .optional()
    .describe("of the Legendre polynomials of the angle, of three-body bases; default: [0, 1, 2]"),
  species: z
    .enum(speciesModes)
    .default("channels")
    .describe("functions of their own for each pair of species (three-body: of neighbors), one set weighted by factors of pairs, or all alike"),
  weights: z
    .record(z.string(), z.union([z.number(), z.array(z.number()).min(1)]))
    .optional()
    .describe("of species: weights, by symbols: Na-Cl: a factor, or one for each ν; three-body: Cl-Na-Cl, the center in the middle: a factor. Default of each: 1"),
});

/** Parameters of a cluster basis; see docs/theory/cluster.md. */
export const clusterSchema = z.strictObject({
  /** Chooses cluster bases. */
  type: z.literal("cluster"),
  cutoff: z
    .strictObject({
      radius: z.number().positive().max(50).describe("Å: range of the neighbors"),
      function: z.enum(clusterCutoffs).default("poly4").describe("how functions end, x = r/radius: (1 − x²)⁴, 1 − 35x⁴ + 84x⁵ − 70x⁶ + 20x⁷, or exp(1 − 1/(1 − x²))"),
    })
    .describe("how far an atom sees, and how functions end"),
  bases: z.array(clusterBasisSchema).min(1).max(26).default([{ body: 2, radial: "gaussian", size: 8, species: "channels" }]).describe("side by side, in this order"),
  species: z.array(z.string()).min(1).optional().describe("chemical symbols; default: those in the data"),
});

/** Parameters of one basis with every default filled in. */
export type ClusterBasisParameters = z.output<typeof clusterBasisSchema>;

/** Parameters of cluster bases with every default filled in, see docs/theory/cluster.md; lengths in Å. */
export type ClusterParameters = z.output<typeof clusterSchema>;

/**
 * Checks parameters and fills in what follows from others.
 * @throws {InvalidParameterError}
 */
export function clusterParameters(given: unknown): ClusterParameters {
  const { bases, ...rest } = validate(clusterSchema, given, { what: "cluster" });
  const species = ownSpeciesOf("cluster", rest.species);
  const complete = bases.map((one, index) => completeBasis(one, rest.cutoff.radius, `cluster: bases[${index}]`, species));
  complete.forEach((one, index) => {
    const twin = complete.findIndex((other) => JSON.stringify(other) === JSON.stringify(one));
    if (twin < index) throw new InvalidParameterError(`cluster: bases[${index}] is bases[${twin}] again; every column must be a function of its own`);
  });
  return { ...rest, bases: complete };
}

function completeBasis(given: ClusterBasisParameters, radius: number, where: string, species: readonly number[] | undefined): ClusterBasisParameters {
  const { body, radial, size, species: mode } = given;
  if (size > LARGEST_SIZE[body]) throw new InvalidParameterError(`${where}.size is ${size}; a three-body basis has at most ${LARGEST_SIZE[3]} radial functions`);
  const common = { body, radial, size };
  const exponents = radial === "gaussian" ? completeExponents(given, radius, where) : refuseExponents(given, where);
  const degrees = completeDegrees(given, where);
  const weights = completeWeights(given, where, species);
  return { ...common, ...exponents, ...(degrees && { degrees }), species: mode, ...(weights && { weights }) };
}

function completeExponents({ size, alpha: givenAlpha, beta: givenBeta }: ClusterBasisParameters, radius: number, where: string): { alpha: number; beta: number } {
  const alpha = givenAlpha ?? radius ** -2;
  const beta = givenBeta ?? Math.max(1.05, (USUAL_LAST_EXPONENT / alpha) ** (1 / Math.max(1, size - 1)));
  const last = alpha * beta ** (size - 1);
  if (last <= LARGEST_EXPONENT) return { alpha, beta };
  throw new InvalidParameterError(
    `${where}: the exponents overflow: α β^(N−1) = ${alpha} · ${beta}^${size - 1} = ${last.toPrecision(3)} Å⁻² is more than ${LARGEST_EXPONENT}, where a Gaussian has no neighbors left: lower beta, alpha or size`,
  );
}

function refuseExponents({ alpha, beta }: ClusterBasisParameters, where: string): object {
  for (const [key, value] of Object.entries({ alpha, beta })) {
    if (value !== undefined) throw new InvalidParameterError(`${where}.${key} is ${value}, but Chebyshev polynomials have no exponents: leave it out, or take radial: gaussian`);
  }
  return {};
}

function completeDegrees({ body, degrees }: ClusterBasisParameters, where: string): number[] | undefined {
  if (body === 2) {
    if (degrees) throw new InvalidParameterError(`${where}.degrees belong to a three-body basis: leave them out, or take body: 3`);
    return undefined;
  }
  const list = degrees ?? [0, 1, 2];
  const twice = list.find((degree, i) => list.indexOf(degree) < i);
  if (twice !== undefined) throw new InvalidParameterError(`${where}.degrees names ${twice} twice: leave one of them out`);
  return list;
}

/** By canonical keys; those of two-body bases as one factor for each ν. */
function completeWeights({ body, size, species: mode, weights }: ClusterBasisParameters, where: string, known: readonly number[] | undefined): Record<string, number | number[]> | undefined {
  if (!weights) return undefined;
  if (mode !== "weights") throw new InvalidParameterError(`${where}.weights belong to species: weights, but species is ${mode}: leave them out, or take species: weights`);
  const complete: Record<string, number | number[]> = {};
  for (const [key, value] of Object.entries(weights)) {
    const canonical = canonicalKey(key, body, `${where}.weights`, known);
    if (canonical in complete) throw new InvalidParameterError(`${where}.weights names ${canonical} twice: leave one of them out`);
    if (body === 3 && Array.isArray(value)) throw new InvalidParameterError(`${where}.weights.${key} must be one number: three-body functions of a key share their factor`);
    if (Array.isArray(value) && value.length !== size) throw new InvalidParameterError(`${where}.weights.${key} has ${value.length} numbers; give one, or ${size}, one for each radial function`);
    complete[canonical] = body === 2 && typeof value === "number" ? new Array<number>(size).fill(value) : value;
  }
  return complete;
}

function canonicalKey(key: string, body: 2 | 3, where: string, known: readonly number[] | undefined): string {
  const symbols = key.split("-");
  if (symbols.length !== body) {
    throw new InvalidParameterError(`${where}: "${key}" must be ${body === 2 ? "two symbols, such as Na-Cl" : "three symbols, the center in the middle, such as Cl-Na-Cl"}`);
  }
  const numbers = symbols.map((symbol) => atomicNumberOf(symbol.trim()));
  const foreign = known && numbers.find((z) => !known.includes(z));
  if (foreign !== undefined) throw new InvalidParameterError(`${where}: "${key}" names ${symbolOf(foreign)}, which is not in species [${known!.map(symbolOf).join(", ")}]`);
  return body === 2 ? pairKey(numbers[0], numbers[1]) : tripletKey(numbers[1], numbers[0], numbers[2]);
}

/** Key of the factors of a pair: Na-Cl, by atomic numbers. */
export function pairKey(a: number, b: number): string {
  return `${symbolOf(Math.min(a, b))}-${symbolOf(Math.max(a, b))}`;
}

/** Key of the factor of two neighbors of a center, which stands in the middle. */
export function tripletKey(center: number, a: number, b: number): string {
  return `${symbolOf(Math.min(a, b))}-${symbolOf(center)}-${symbolOf(Math.max(a, b))}`;
}

/** The functions that the parameters describe; with one species all modes are alike. */
export function basisOf({ body, radial, size, degrees, species }: ClusterBasisParameters, nSpecies: number): ClusterBasis {
  return { body, radial, size, degrees, species: nSpecies === 1 ? "alike" : species };
}
