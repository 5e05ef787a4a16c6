import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import { preciseEigen } from "../../../math/precise/symmetric-eigen.js";
import { PreciseComplement } from "./complement.js";

/** Eigenvalues of an information matrix without directions that are known not to matter. */
export interface PreciseSpectrum {
  /** Descending, count numbers */
  readonly values: Precise;
  /** Of length 1 in the coordinates of all n parameters, count × n; absent where they were not wanted */
  readonly vectors?: Precise;
  /** n less the independent directions that were taken out. */
  readonly count: number;
  /** Largest vᵀFv / |v|² of the directions that were taken out, of the largest eigenvalue; undefined: there are none. */
  readonly largestRemoved: number | undefined;
}

/**
 * The spectrum on the complement of directions.
 * @param a F, n × n, both triangles; it is overwritten
 * @param directions n components each
 */
export function preciseSpectrum(numbers: PreciseArithmetic, a: Precise, n: number, directions: readonly Precise[], wantsVectors: boolean): PreciseSpectrum {
  const quotients = directions.map((direction) => rayleighQuotient(numbers, a, n, direction));
  const complement = new PreciseComplement(numbers, n, directions);
  const count = n - complement.count;
  const { values, vectors } = preciseEigen(numbers, complement.restrict(a), count, wantsVectors);
  const largest = count > 0 ? numbers.number(values) : 0;
  return {
    values,
    ...(vectors && { vectors: complement.expand(vectors, count) }),
    count,
    largestRemoved: directions.length > 0 ? Math.max(...quotients.map(Math.abs)) / largest : undefined,
  };
}

/** vᵀFv / |v|² */
function rayleighQuotient(numbers: PreciseArithmetic, a: Precise, n: number, v: Precise): number {
  const mark = numbers.mark();
  const [sum, product, square] = [numbers.scalar(), numbers.scalar(), numbers.scalar()];
  for (let i = 0; i < n; i++) {
    const own = numbers.at(v, i);
    numbers.multiplyAdd(square, own, own, square);
    numbers.setNumber(product, 0);
    for (let k = 0; k < n; k++) numbers.multiplyAdd(product, numbers.at(a, i * n + k), numbers.at(v, k), product);
    numbers.multiplyAdd(sum, product, own, sum);
  }
  numbers.divide(sum, sum, square);
  const value = numbers.number(sum);
  numbers.reset(mark);
  return value;
}
