import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { gemm, matrix, type Matrix, qrUpdate, rowBlock, symmetricEigen, syrk, transpose } from "../linalg/index.js";
import { defineTask } from "../parallel/index.js";
import type { Arena } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Candidates } from "./candidates.js";
import type { SelectionContext } from "./selection.js";

/** Diagonal elements of R in X = QR above this share of the largest count for the numerical rank. */
const RANK_TOLERANCE = 1e-10;
/** Rows of a block of projections. */
const BLOCK = 1024;

/** Leverage scores of the candidates and the number of singular vectors they are made of. */
export interface Leverages {
  readonly scores: Float64Array;
  readonly rank: number;
}

const leverageTask = defineTask("select/leverages", ({ wasm, scratch }, { values, count, nFeatures }: Candidates): Leverages => {
  const all = matrix(values, count, nFeatures);
  const gram = matrix(scratch.f64(nFeatures * nFeatures), nFeatures, nFeatures);
  syrk(wasm, scratch, 1, transpose(all), 0, gram);
  const eigenvalues = scratch.f64(nFeatures);
  const vectors = matrix(scratch.f64(nFeatures * nFeatures), nFeatures, nFeatures);
  symmetricEigen(wasm, scratch, gram, eigenvalues, vectors);
  const rank = Math.max(1, Math.floor(numericalRank(wasm, scratch, all) / 2));
  // Ascending order: the leading vectors are the last rows.
  const leading = transpose(rowBlock(vectors, nFeatures - rank, rank));
  const projections = scratch.f64(Math.min(BLOCK, count) * rank);
  const scores = scratch.f64(count);
  for (let first = 0; first < count; first += BLOCK) {
    const n = Math.min(BLOCK, count - first);
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
  const triangle = matrix(scratch.f64(n * n), n, n);
  wasm.f64(triangle.pointer, n * n).fill(0);
  const rows = matrix(scratch.f64(Math.min(BLOCK, all.rows) * n), Math.min(BLOCK, all.rows), n);
  for (let first = 0; first < all.rows; first += BLOCK) {
    const block = rowBlock(all, first, Math.min(BLOCK, all.rows - first));
    const count = block.rows * n;
    wasm.f64(rows.pointer, count).set(wasm.f64(block.pointer, count));
    qrUpdate(wasm, scratch, triangle, rowBlock(rows, 0, block.rows));
  }
  const values = wasm.f64(triangle.pointer, n * n);
  const diagonal = Float64Array.from({ length: n }, (_, i) => Math.abs(values[i * n + i]));
  scratch.reset(mark);
  const largest = diagonal.reduce((a, b) => Math.max(a, b), 0);
  return diagonal.filter((value) => value > RANK_TOLERANCE * largest).length;
}

/**
 * Leverage score of each candidate, Σ_k v_k² over the leading right singular vectors of the matrix of descriptors; as many as half of
 * its numerical rank. They add up to `rank`. Mahoney, Drineas, PNAS 106, 697 (2009), eq. 3, 10.1073/pnas.0803205106
 */
export function leverages(candidates: Candidates, { executor, signal }: SelectionContext): Promise<Leverages> {
  return executor.submit(leverageTask, candidates, { signal, label: "leverage scores" });
}

/**
 * CUR selection: candidate j is drawn with p_j = min(1, count · score_j / rank) by taking the smallest u_j − p_j with uniform random
 * u_j; without a generator, the largest scores are taken. Indices ascending.
 */
export async function cur(
  candidates: Candidates,
  count: number,
  random: RandomGenerator | undefined,
  context: SelectionContext,
): Promise<Int32Array> {
  if (count === 0 || candidates.count === 0) return new Int32Array(0);
  const { scores, rank } = await leverages(candidates, context);
  const keys = scores.map((score) => (random ? uniformFloat64(random) - Math.min(1, (count * score) / rank) : -score));
  const order = Int32Array.from({ length: candidates.count }, (_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b);
  return order.slice(0, count).sort();
}
