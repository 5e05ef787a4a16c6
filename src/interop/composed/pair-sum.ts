/**
 * A sum over the neighbors of a center, Σ_j Σ_k c_k φ_k(r_ij), where c depends on the species of j: coefficients other than 0 by function and species of
 * the neighbor.
 */
export type PairSum = ReadonlyMap<string, number>;

/** Share of a coefficient by which sums that are the same may differ: of rounding. */
const TOLERANCE = 1e-12;

/** a + factor · b */
export function addPairSums(a: PairSum, b: PairSum, factor = 1): PairSum {
  const sum = new Map(a);
  for (const [key, coefficient] of b) {
    const both = (sum.get(key) ?? 0) + factor * coefficient;
    if (both === 0) sum.delete(key);
    else sum.set(key, both);
  }
  return sum;
}

/** Every coefficient multiplied; of a factor of 0 nothing is left. */
export function scaledPairSum(sum: PairSum, factor: number): PairSum {
  return addPairSums(new Map(), sum, factor);
}

/** scale · unit, where the largest coefficient of `unit` is 1. Of sums without terms the scale is 0. */
export function normalizedPairSum(sum: PairSum): { readonly unit: PairSum; readonly scale: number } {
  const largest = Math.max(0, ...[...sum.values()].map(Math.abs));
  if (largest === 0) return { unit: sum, scale: 0 };
  // of those equal to rounding the first in alphabetical order, so that sums along one another have one unit
  const [, scale] = [...sum].sort(([a], [b]) => (a < b ? -1 : 1)).find(([, coefficient]) => Math.abs(coefficient) >= largest * (1 - TOLERANCE))!;
  return { unit: new Map([...sum].map(([key, coefficient]) => [key, coefficient / scale])), scale };
}

/** Whether two normalized sums are one. */
export function isSamePairSum(a: PairSum, b: PairSum): boolean {
  return a.size === b.size && [...a].every(([key, coefficient]) => Math.abs(coefficient - (b.get(key) ?? Infinity)) <= TOLERANCE * Math.abs(coefficient));
}
