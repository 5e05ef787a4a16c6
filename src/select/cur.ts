import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { gemm, syrk } from "../linalg/product.js";
import { matrix, type Matrix, rowBlock, transpose } from "../linalg/matrix.js";
import { packedElements, packedIndex, packedTriangle, packedTriangleBytes } from "../linalg/packed-triangle.js";
import { qrUpdate } from "../linalg/qr.js";
import { symmetricEigen } from "../linalg/eigen.js";
import { defineTask } from "../parallel/task.js";
import type { Arena } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Choices } from "./choices.js";
import type { SelectionContext } from "./selection.js";

/** Diagonal elements of R in X = QR above this share of the largest count for the numerical rank. */
const RANK_TOLERANCE = 1e-10;
/** Environments that are decomposed and projected at a time. */
export const CUR_ROWS = 1024;

/** Leverage scores of the environments and the number of singular vectors they are made of. */
export interface Leverages {
  /** One for each environment; they add up to `rank`. */
  readonly scores: Float64Array;
  /** At most the number of features. */
  readonly rank: number;
}

const leverageTask = defineTask("select/leverages", ({ wasm, scratch }, { values, count, nFeatures }: Choices): Leverages => {
  const all = matrix(values, count, nFeatures);
  const gram = matrix(scratch.f64(nFeatures * nFeatures), nFeatures, nFeatures);
  syrk(wasm, scratch, 1, transpose(all), 0, gram);
  const eigenvalues = scratch.f64(nFeatures);
  const vectors = matrix(scratch.f64(nFeatures * nFeatures), nFeatures, nFeatures);
  symmetricEigen(wasm, scratch, gram, eigenvalues, vectors);
  const rank = Math.max(1, Math.floor(numericalRank(wasm, scratch, all) / 2));
  // Ascending order: the leading vectors are the last rows.
  const leading = transpose(rowBlock(vectors, nFeatures - rank, rank));
  const projections = scratch.f64(Math.min(CUR_ROWS, count) * rank);
  const scores = scratch.f64(count);
  for (let first = 0; first < count; first += CUR_ROWS) {
    const n = Math.min(CUR_ROWS, count - first);
    gemm(wasm, scratch, 1, rowBlock(all, first, n), leading, 0, matrix(projections, n, rank));
    wasm.routines.leverageScores(n, rank, projections, eigenvalues + 8 * (nFeatures - rank), scores + 8 * first);
  }
  return { scores: wasm.f64(scores, count).slice(), rank };
});

/**
 * From R of X = QR, because the eigenvalues of XᵀX tell singular values apart only down to 10⁻⁸ of the largest: features that
 * depend on those before them have a diagonal element of rounding errors.
 */
function numericalRank(wasm: Wasm, scratch: Arena, all: Matrix): number {
  const n = all.columns;
  const mark = scratch.mark();
  const triangle = packedTriangle(scratch.allocate(packedTriangleBytes(n)), n);
  const values = packedElements(wasm, triangle).fill(0);
  const rows = matrix(scratch.f64(Math.min(CUR_ROWS, all.rows) * n), Math.min(CUR_ROWS, all.rows), n);
  for (let first = 0; first < all.rows; first += CUR_ROWS) {
    const block = rowBlock(all, first, Math.min(CUR_ROWS, all.rows - first));
    const count = block.rows * n;
    wasm.f64(rows.pointer, count).set(wasm.f64(block.pointer, count));
    qrUpdate(wasm, scratch, triangle, rowBlock(rows, 0, block.rows));
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => Math.abs(values[packedIndex(triangle.stride, i, i)]));
  scratch.reset(mark);
  const largest = diagonal.reduce((a, b) => Math.max(a, b), 0);
  return diagonal.filter((value) => value > RANK_TOLERANCE * largest).length;
}

/**
 * Leverage score of each environment, Σ_k v_k² over the leading right singular vectors of the matrix of descriptors; as many as half of
 * its numerical rank. They add up to `rank`. Mahoney, Drineas, PNAS 106, 697 (2009), eq. 3, 10.1073/pnas.0803205106
 */
export function leverages(choices: Choices, { executor, signal }: SelectionContext): Promise<Leverages> {
  return executor.submit(leverageTask, choices, { signal, label: "leverage scores" });
}

/**
 * CUR selection: environment j is taken with probability π_j = min(1, c · score_j), c such that the π_j add up to `count`, by
 * systematic sampling: one uniform random number u, and the environments at which the running sum of π passes u, u + 1, … Neighbors in
 * the data set compete with each other, so that every part of it is represented according to its scores; independent draws leave
 * that to chance, and test errors vary accordingly. Without a generator, the largest scores are taken. Indices ascending.
 * Madow, Ann. Math. Stat. 20, 333 (1949), 10.1214/aoms/1177729988.
 */
export async function cur(
  choices: Choices,
  count: number,
  random: RandomGenerator | undefined,
  context: SelectionContext,
): Promise<Int32Array> {
  if (count === 0 || choices.count === 0) return new Int32Array(0);
  if (count >= choices.count) return Int32Array.from({ length: choices.count }, (_, i) => i);
  const compute = (): Promise<Leverages> => leverages(choices, context);
  const { scores } = await (context.recall?.("leverage scores", compute) ?? compute());
  if (random) return systematicSample(inclusionProbabilities(scores, count), count, uniformFloat64(random));
  const order = Int32Array.from({ length: choices.count }, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  return order.slice(0, count).sort();
}

/** min(1, c · score) with the c that makes them add up to `count`. */
export function inclusionProbabilities(scores: Float64Array, count: number): Float64Array {
  const probabilities = new Float64Array(scores.length);
  const certain = new Uint8Array(scores.length);
  for (let nCertain = 0; ; ) {
    let rest = 0;
    for (let j = 0; j < scores.length; j++) if (!certain[j]) rest += scores[j];
    const scale = rest > 0 ? (count - nCertain) / rest : 0;
    let added = 0;
    for (let j = 0; j < scores.length; j++) {
      probabilities[j] = certain[j] ? 1 : scale * scores[j];
      if (!certain[j] && probabilities[j] >= 1) {
        certain[j] = 1;
        added++;
      }
    }
    if (added === 0) return probabilities;
    nCertain += added;
  }
}

/** `count` different indices in ascending order; `u` in [0, 1) is where the comb of step 1 starts. */
export function systematicSample(probabilities: Float64Array, count: number, u: number): Int32Array {
  const picked: number[] = [];
  let sum = 0;
  for (let j = 0; j < probabilities.length && picked.length < count; j++) {
    sum += probabilities[j];
    if (sum > u + picked.length) picked.push(j);
  }
  // Rounding may leave the last tooth of the comb just behind the end of the sum.
  const taken = new Set(picked);
  for (let j = probabilities.length - 1; picked.length < count; j--) if (!taken.has(j)) picked.push(j);
  return Int32Array.from(picked).sort();
}
