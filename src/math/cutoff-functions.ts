import { z } from "zod";
import { enumerations } from "../wasm/records.js";

const { CutoffKind: kinds } = enumerations;

/**
 * Cutoff functions by name, as `assembly/math/cutoff.ts` computes them, with their number in n2p2 and how many of their derivatives go to zero
 * at the end.
 */
export const cutoffFunctions = {
  hard: { kind: kinds.hard, n2p2: 0, derivatives: -1 },
  cosine: { kind: kinds.cosine, n2p2: 1, derivatives: 1 },
  tanh: { kind: kinds.tanh, n2p2: 2, derivatives: 2 },
  "tanh-normalized": { kind: kinds.tanhNormalized, n2p2: 3, derivatives: 2 },
  exponential: { kind: kinds.exponential, n2p2: 4, derivatives: Number.POSITIVE_INFINITY },
  "polynomial-1": { kind: kinds.polynomial1, n2p2: 5, derivatives: 1 },
  "polynomial-2": { kind: kinds.polynomial2, n2p2: 6, derivatives: 2 },
  "polynomial-3": { kind: kinds.polynomial3, n2p2: 7, derivatives: 3 },
  "polynomial-4": { kind: kinds.polynomial4, n2p2: 8, derivatives: 4 },
} as const;

/** Name of a cutoff function. */
export type CutoffFunctionName = keyof typeof cutoffFunctions;

/** Names of all cutoff functions. */
export const cutoffFunctionNames = Object.keys(cutoffFunctions) as [CutoffFunctionName, ...CutoffFunctionName[]];

/** A parameter that chooses a cutoff function. */
export const cutoffFunctionSchema = z
  .enum(cutoffFunctionNames)
  .describe("how functions end: cosine, tanh (cubed), tanh-normalized (1 at the center), exponential, polynomial-1 to -4 (ever smoother), hard (a jump)");

/** Whether the inner radius has a meaning for it: up to there the function is 1. */
export function hasInnerRadius(name: CutoffFunctionName): boolean {
  return name !== "tanh" && name !== "tanh-normalized" && name !== "hard";
}

/**
 * The record `CutoffFunction`.
 * @param radius Å
 * @param innerFraction of the radius, up to where the function is 1
 */
export function cutoffRecord(name: CutoffFunctionName, radius: number, innerFraction: number): { kind: number; start: number; end: number } {
  return { kind: cutoffFunctions[name].kind, start: hasInnerRadius(name) ? innerFraction * radius : 0, end: radius };
}
