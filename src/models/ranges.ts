import type { CenterRange } from "../environments/geometry.js";
import type { Prediction, Want } from "./potential.js";

/** A large structure is split into at most this many ranges of centers … */
const MAXIMUM_PARTS = 64;
/** … of at least this many. */
const PART_CENTERS = 512;

/**
 * Ranges of centers that a structure of this size is computed in; undefined: at once. The same for any number of threads. Error bars are those of
 * whole structures: what centers do not know is correlated.
 */
export function rangesOf(nAtoms: number, { errorBars }: Want): CenterRange[] | undefined {
  if (errorBars || nAtoms < 2 * PART_CENTERS) return undefined;
  const size = Math.max(PART_CENTERS, Math.ceil(nAtoms / MAXIMUM_PARTS));
  return Array.from({ length: Math.ceil(nAtoms / size) }, (_, i) => ({ first: i * size, last: Math.min(nAtoms, (i + 1) * size) }));
}

/** Adds the contribution of another range, in place; of extrapolation grades and spreads the largest counts. */
export function addRange(sum: Prediction, part: Prediction): Prediction {
  for (const name of ["forces", "virial", "localEnergies", "variance", "priorVariance", "localDeviations"] as const) {
    const total = sum[name];
    part[name]?.forEach((value, i) => (total![i] += value));
  }
  for (const name of ["extrapolationGrades", "committeeSpreads"] as const) {
    const largest = sum[name];
    part[name]?.forEach((value, i) => (largest![i] = Math.max(largest![i], value)));
  }
  return { ...sum, energy: sum.energy + part.energy };
}
