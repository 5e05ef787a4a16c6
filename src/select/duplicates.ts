import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { defineTask } from "../parallel/task.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Choices } from "./choices.js";

/** Environments whose descriptors agree in every component to this are one environment. */
export const DUPLICATE_TOLERANCE = 1e-10;

/** Moves the rows without duplicates to the front and returns their indices before; of equal ones the first stays, rows of weight 0 go. */
export const removeDuplicates = defineTask("select/remove-duplicates", ({ wasm }, choices: Choices): Int32Array => {
  const { values, count, nFeatures } = choices;
  const rows = wasm.f64(values, count * nFeatures);
  const distinct = distinctChoices(wasm, choices).filter((row) => !choices.weighsRows || rows[(row + 1) * nFeatures - 1] !== 0);
  // Ascending indices: rows only ever move forward.
  distinct.forEach((from, to) => from !== to && rows.copyWithin(to * nFeatures, from * nFeatures, (from + 1) * nFeatures));
  return distinct;
});

/**
 * Indices of the environments without duplicates, ascending; of equal ones the first stays. Equal vectors have equal projections on
 * a direction, so only neighbors in the order of projections are compared.
 */
export function distinctChoices(wasm: Wasm, choices: Choices): Int32Array {
  const { count, nFeatures } = choices;
  const values = wasm.f64(choices.values, count * nFeatures);
  const projections = project(values, count, nFeatures);
  const order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => projections[a] - projections[b] || a - b);
  // |d·(x − y)| ≤ Σ|d_f| · tolerance ≤ nFeatures · tolerance for a direction of components in [−1, 1]
  const window = nFeatures * DUPLICATE_TOLERANCE;
  const isDuplicate = new Uint8Array(count);
  for (let a = 0; a < count; a++) {
    const first = order[a];
    if (isDuplicate[first]) continue;
    for (let b = a + 1; b < count && projections[order[b]] - projections[first] <= window; b++) {
      if (isDuplicate[order[b]]) continue;
      if (areEqual(values, first * nFeatures, order[b] * nFeatures, nFeatures)) isDuplicate[Math.max(first, order[b])] = 1;
      if (isDuplicate[first]) break;
    }
  }
  return Int32Array.from(Array.from({ length: count }, (_, i) => i).filter((i) => !isDuplicate[i]));
}

function project(values: Float64Array, count: number, nFeatures: number): Float64Array {
  const random = xoroshiro128plus(1);
  const direction = Float64Array.from({ length: nFeatures }, () => 2 * uniformFloat64(random) - 1);
  const projections = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let f = 0; f < nFeatures; f++) sum += direction[f] * values[i * nFeatures + f];
    projections[i] = sum;
  }
  return projections;
}

function areEqual(values: Float64Array, a: number, b: number, n: number): boolean {
  for (let f = 0; f < n; f++) if (!(Math.abs(values[a + f] - values[b + f]) <= DUPLICATE_TOLERANCE)) return false;
  return true;
}
