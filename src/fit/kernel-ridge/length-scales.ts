import { uniformInt } from "pure-rand/distribution/uniformInt";
import { InvalidParameterError } from "../../errors.js";
import type { KernelParameters } from "../../kernels/registry.js";
import { seededRandom } from "../../math/random.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { KernelTermOptions, ScanOptions } from "./schema.js";
import type { RowSet } from "./term-rows.js";

/** Pairs of rows whose distances are taken. */
const PAIRS = 20_000;

/** Kernels of a term for one length scale, and how messages and tables call it. */
export interface LengthChoice {
  /** Of each term. */
  readonly kernels: readonly KernelParameters[];
  /** Of each term; NaN for a kernel without one. */
  readonly lengthScales: readonly number[];
  /** Multiple of the median; undefined where lengths were given as such. */
  readonly ofMedian?: number | undefined;
}

/**
 * Kernels for every length scale of a scan.
 * @throws {InvalidParameterError} for kernels that have no length scale, and medians of rows that are all equal
 */
export function lengthChoices(scan: Pick<ScanOptions, "lengthScale">, terms: readonly KernelTermOptions[], rows: readonly RowSet[], wasm: Wasm, seed: number): LengthChoice[] {
  const { lengthScale } = scan;
  if (lengthScale === undefined) return [choiceOf(terms.map(({ kernel }) => kernel))];
  if (!terms.some(({ kernel }) => hasLength(kernel))) {
    throw new InvalidParameterError("regularization.scan.lengthScale is given but no kernel of the model has one: leave it out, or take another kernel");
  }
  if (Array.isArray(lengthScale)) return lengthScale.map((length) => choiceOf(terms.map(({ kernel }) => withLength(kernel, length))));
  const medians = terms.map(({ kernel }, t) => (hasLength(kernel) ? medianDistance(wasm, rows[t], kernel.type === "laplacian" ? 1 : 2, seed, t) : 1));
  return lengthScale.ofMedian.map((ofMedian) => ({ ...choiceOf(terms.map(({ kernel }, t) => withLength(kernel, ofMedian * medians[t]))), ofMedian }));
}

function choiceOf(kernels: readonly KernelParameters[]): LengthChoice {
  return { kernels, lengthScales: kernels.map((kernel) => (hasLength(kernel) ? kernel.lengthScale : NaN)) };
}

function hasLength(kernel: KernelParameters): kernel is Extract<KernelParameters, { lengthScale: number }> {
  return "lengthScale" in kernel && typeof kernel.lengthScale === "number";
}

function withLength(kernel: KernelParameters, lengthScale: number): KernelParameters {
  return hasLength(kernel) ? { ...kernel, lengthScale } : kernel;
}

/** Median of the distances of random pairs of rows that are compared and not equal, in the 1-norm or the 2-norm. */
function medianDistance(wasm: Wasm, { pointer, nFeatures, groups }: RowSet, norm: 1 | 2, seed: number, term: number): number {
  const random = seededRandom(seed);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const rowAt = (row: number): Float64Array => wasm.f64(pointer + 8 * row * nFeatures, nFeatures);
  const distances: number[] = [];
  for (const { first, count } of groups) {
    if (count < 2) continue;
    const pairs = Math.min((count * (count - 1)) / 2, Math.max(1, Math.round((PAIRS * count) / total)));
    for (let pair = 0; pair < pairs; pair++) {
      const [x, y] = [rowAt(first + uniformInt(random, 0, count - 1)), rowAt(first + uniformInt(random, 0, count - 1))];
      let sum = 0;
      for (let f = 0; f < nFeatures; f++) sum += norm === 1 ? Math.abs(x[f] - y[f]) : (x[f] - y[f]) ** 2;
      if (sum > 0) distances.push(norm === 1 ? sum : Math.sqrt(sum));
    }
  }
  if (distances.length > 0) return distances.sort((a, b) => a - b)[distances.length >> 1];
  throw new InvalidParameterError(`regularization.scan.lengthScale is a multiple of the median distance, but all rows of model.terms[${term}] are equal: give lengths as numbers`);
}
