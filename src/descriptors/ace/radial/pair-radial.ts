import type { Jet } from "../../../math/jet.js";
import type { AceLayout } from "../layout.js";
import type { PairParameters, RadialParameters } from "../parameters.js";
import { pacemakerSet, type PacemakerParameters } from "./pacemaker.js";
import type { PolynomialSpec } from "./polynomials.js";
import { type RadialSet, zeros } from "./radial-functions.js";

/** Radial functions of one pair of species. */
export interface PairRadialSpec {
  readonly radial: RadialParameters;
  /** Å: of the many-body functions */
  readonly cutoff: number;
  /** `radial`: the functions g_k themselves. */
  readonly pair: PairParameters | "radial" | undefined;
  /** Å: r0 */
  readonly bondLength: number;
}

/** Functions that routines compute, or that they look up in a table. */
export type RadialPart = { readonly polynomials: PolynomialSpec } | { readonly set: RadialSet };

/** Many-body functions and, where a layout has them, those of the pair term. */
export interface RadialParts {
  readonly manyBody: RadialPart;
  readonly pair: RadialPart | undefined;
}

export function radialParts(spec: PairRadialSpec, layout: AceLayout): RadialParts {
  return { manyBody: manyBodyPart(spec, layout), pair: layout.nPair > 0 ? pairPart(spec, layout.nPair) : undefined };
}

/** What of a pair stands in a table, in the order of the columns of a layout, zeros for the others; undefined where nothing does. */
export function tabulated({ manyBody, pair }: RadialParts, { nManyBody, nColumns }: AceLayout, cutoff: number): RadialSet[] | undefined {
  if (!("set" in manyBody) && !(pair && "set" in pair)) return undefined;
  const setOf = (part: RadialPart | undefined, size: number): RadialSet =>
    part && "set" in part ? padded(part.set, size) : { size, scale: cutoff, pieces: [{ end: cutoff, functions: zeros(size) }] };
  return [setOf(manyBody, nManyBody), setOf(pair, nColumns - nManyBody)];
}

function manyBodyPart({ radial, cutoff, bondLength }: PairRadialSpec, layout: AceLayout): RadialPart {
  const { nOfL } = layout;
  const size = Math.max(...nOfL);
  if (radial.type === "polynomials") return { polynomials: { ...radial, size, bondLength, cutoff } };
  const set = pacemakerSet(radial, radial.coefficients ? sizeOf(radial) : size, cutoff);
  if (!layout.isByL && !radial.coefficients) return { set };
  return { set: combined(set, radial.coefficients ? rowsOf(radial, layout) : ownRows(layout)) };
}

/** R_nl = g_n, where another pair has functions by l. */
function ownRows({ nOfL, blocks }: AceLayout): (readonly number[])[] {
  return nOfL.flatMap((count, l) => Array.from({ length: blocks[l].stride }, (_, n) => Array.from({ length: n + 1 }, (__, k) => Number(k === n && n < count))));
}

function pairPart({ radial, cutoff, pair, bondLength }: PairRadialSpec, size: number): RadialPart {
  if (pair && pair !== "radial") return { polynomials: { ...pair, size, bondLength, cutoff: pair.cutoff?.radius ?? cutoff } };
  return radial.type === "polynomials" ? { polynomials: { ...radial, size, bondLength, cutoff } } : { set: pacemakerSet(radial, size, cutoff) };
}

/** Coefficients of each column: [n], or [l][n] where functions differ with l, those of an l padded to an even number. */
function rowsOf({ coefficients }: PacemakerParameters, { nOfL, blocks, isByL, nManyBody }: AceLayout): (readonly number[])[] {
  if (!isByL) return Array.from({ length: nManyBody }, (_, n) => coefficients![n]?.[0] ?? []);
  return nOfL.flatMap((count, l) => Array.from({ length: blocks[l].stride }, (_, n) => (n < count ? (coefficients![n]?.[l] ?? []) : [])));
}

function sizeOf({ size, coefficients }: PacemakerParameters): number {
  return Math.max(size ?? 0, ...(coefficients ?? []).flat().map(({ length }) => length));
}

/** Functions that are sums of those of a set. */
function combined(set: RadialSet, rows: readonly (readonly number[])[]): RadialSet {
  const weights = rows.map((row) => Float64Array.from(row));
  const pieces = set.pieces.map(({ end, functions }) => {
    const jets: Jet[] = [];
    const parts = [0, 1, 2].map(() => new Float64Array(set.size));
    return {
      end,
      functions: (r: number, out: Jet[]): void => {
        functions(r, jets);
        // in lists of their own: projected functions have a hundred parts
        for (let k = 0; k < set.size; k++) for (const derivative of [0, 1, 2] as const) parts[derivative][k] = jets[k][derivative];
        weights.forEach((row, i) => (out[i] = [dot(row, parts[0]), dot(row, parts[1]), dot(row, parts[2])]));
      },
    };
  });
  return { size: rows.length, scale: set.scale, pieces };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

function padded(set: RadialSet, size: number): RadialSet {
  if (set.size === size) return set;
  const pieces = set.pieces.map(({ end, functions }) => {
    const rest: Jet[] = [];
    zeros(size - set.size)(0, rest);
    return {
      end,
      functions: (r: number, out: Jet[]): void => {
        functions(r, out);
        for (let i = set.size; i < size; i++) out[i] = rest[i - set.size];
      },
    };
  });
  return { ...set, size, pieces };
}
