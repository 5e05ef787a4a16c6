import { Matrix, SingularValueDecomposition } from "ml-matrix";
import type { SmoothFunctions } from "../../math/hermite-table.js";
import { type RadialBasis, Y00 } from "./basis.js";

/** Distances at which radial functions are compared. */
const SAMPLES = 256;

/** Which combinations of radial functions are needed for each degree. */
export interface RadialReduction {
  /** How many for each degree. */
  readonly counts: readonly number[];
  /** The largest of them. */
  readonly nMax: number;
  /** U_l of each degree: orthonormal columns, nMax before × counts[l], row-major; the most important first */
  readonly bases: readonly Float64Array[];
}

/**
 * Orthonormal bases of what the radial functions q_nl(r) of each degree span, with what the center adds: right singular vectors of their values at many
 * distances, those whose singular values are below `tolerance` times the largest of the degree left out.
 * @param range Å: how far functions are needed
 */
export function radialReduction({ functions, center }: RadialBasis, nMax: number, lMax: number, range: number, tolerance: number): RadialReduction {
  const values = sampled(functions, nMax, lMax, range);
  const bases = values.map((ofDegree, l) => {
    // in units of a neighbor at the center, whose harmonic is 1 / √4π
    if (l === 0) ofDegree.addRow(Array.from(center, (value) => value / Y00));
    const { diagonal, rightSingularVectors: vectors } = new SingularValueDecomposition(ofDegree);
    const kept = diagonal.flatMap((value, k) => (value > tolerance * diagonal[0] ? [k] : []));
    return Float64Array.from(Array.from({ length: nMax }, (_, n) => kept.map((k) => vectors.get(n, k))).flat());
  });
  const counts = bases.map((basis) => basis.length / nMax);
  return { counts, nMax: Math.max(...counts), bases };
}

/** The combinations as a basis: of each degree as many functions, those that are left out being 0. */
export function combinedBasis({ functions, center }: RadialBasis, nMax: number, { counts, bases, nMax: nAfter }: RadialReduction): RadialBasis {
  const before = new Float64Array(counts.length * nMax);
  const combine = (l: number, from: Float64Array, to: Float64Array): void => {
    for (let u = 0; u < counts[l]; u++) {
      let sum = 0;
      for (let n = 0; n < nMax; n++) sum += from[n] * bases[l][n * counts[l] + u];
      to[u] = sum;
    }
  };
  const evaluate: SmoothFunctions["evaluate"] = (r, derivative, out) => {
    functions.evaluate(r, derivative, before);
    out.fill(0);
    counts.forEach((_, l) => combine(l, before.subarray(l * nMax, (l + 1) * nMax), out.subarray(l * nAfter, (l + 1) * nAfter)));
  };
  const atCenter = new Float64Array(nAfter);
  combine(0, center, atCenter);
  return { functions: { evaluate }, center: atCenter };
}

function sampled(functions: SmoothFunctions, nMax: number, lMax: number, range: number): Matrix[] {
  const row = new Float64Array((lMax + 1) * nMax);
  const values = Array.from({ length: lMax + 1 }, () => Matrix.zeros(SAMPLES, nMax));
  for (let i = 0; i < SAMPLES; i++) {
    functions.evaluate((range * (i + 0.5)) / SAMPLES, 0, row);
    values.forEach((ofDegree, l) => ofDegree.setRow(i, Array.from(row.subarray(l * nMax, (l + 1) * nMax))));
  }
  return values;
}
