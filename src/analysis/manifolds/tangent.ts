import type { Sensitivity } from "../sensitivity/sensitivity.js";

/** Singular values below this part of the largest are 0 up to rounding. */
const ZERO = 1e-12;
/** Directions whose singular values differ by less than this part span a plane in which none is told: any two of it at right angles are as good. */
const EQUAL = 1e-3;

/** The direction that a path follows at one of its points. */
export interface Tangent {
  /** f64 [nCoordinates], of unit length */
  readonly direction: Float64Array;
  /** Its singular value, from 0. */
  readonly mode: number;
}

/** The last mode, with the sign that it has. */
export function softestTangent({ modes, singularValues, scales }: Sensitivity): Tangent {
  const mode = singularValues.length - 1;
  return { direction: modes.slice(mode * scales.length), mode };
}

/**
 * The direction at a point that goes on where `before` went: the mode with the largest part along it, signed like it, which where modes cross is
 * another one than the softest. Of modes that are as soft as that one, it is the direction in their span that is nearest to `before`.
 */
export function continuedTangent({ modes, singularValues, scales }: Sensitivity, before: Float64Array): Tangent {
  const n = scales.length;
  const modeAt = (k: number): Float64Array => modes.subarray(k * n, (k + 1) * n);
  const parts = Array.from(singularValues, (_, k) => dot(modeAt(k), before));
  const mode = parts.reduce((best, part, k) => (Math.abs(part) >= Math.abs(parts[best]) ? k : best), 0);
  const limit = EQUAL * singularValues[mode] + ZERO * singularValues[0];
  const alike = parts.flatMap((part, k) => (Math.abs(singularValues[k] - singularValues[mode]) <= limit ? [{ part, k }] : []));
  if (alike.length === 1) return { direction: modeAt(mode).map((value) => (parts[mode] < 0 ? -value : value)), mode };
  const length = Math.hypot(...alike.map(({ part }) => part));
  const direction = new Float64Array(n);
  for (const { part, k } of alike) modeAt(k).forEach((value, i) => (direction[i] += (part / length) * value));
  return { direction, mode };
}

/** Whether all other singular values are more than `separation` times as large as this one, or as much smaller; 0: they always are. */
export function isApart(singularValues: Float64Array, mode: number, separation: number): boolean {
  if (separation === 0) return true;
  const least = ZERO * singularValues[0];
  return singularValues.every((value, k) => {
    const [small, large] = k < mode ? [singularValues[mode], value] : [value, singularValues[mode]];
    return k === mode || large > separation * Math.max(small, least);
  });
}

/** Radians between vectors of unit length. */
export function angle(a: Float64Array, b: Float64Array): number {
  return Math.acos(Math.max(-1, Math.min(1, dot(a, b))));
}

export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) ** 2;
  return Math.sqrt(sum);
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
