import { seededRandom, standardNormal } from "../../math/random.js";
import type { Permutation } from "./parameters.js";

/** Noise of `random`. */
export interface RowNoise {
  readonly sigma: number;
  readonly seed: number;
}

/** Rows of a matrix in the order in which they are written; rows of equal norm in the order of the atoms. */
export function rowOrder(elements: Float64Array, n: number, permutation: Permutation, { sigma, seed }: RowNoise): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  if (permutation === "none") return order;
  const norms = rowNorms(elements, n);
  if (permutation === "random") {
    const random = seededRandom(seed);
    for (let i = 0; i < n; i++) norms[i] += sigma * standardNormal(random);
  }
  return order.sort((i, j) => norms[j] - norms[i] || i - j);
}

function rowNorms(elements: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += elements[i * n + j] ** 2;
    return Math.sqrt(sum);
  });
}
