import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { makePositive } from "../../linalg/sign.js";
import type { HermiteTable, SmoothFunctions } from "../../math/hermite-table.js";
import { type RadialBasis, Y00 } from "./basis.js";

/** Distances at which radial functions are compared. */
const SAMPLES = 256;

/** Which radial functions, and where they matter. */
interface SampledFunctions {
  readonly nMax: number;
  readonly lMax: number;
  /** Å: how far functions are needed */
  readonly range: number;
  /** Of a neighbor at a distance (Å). */
  weightAt(r: number): number;
}

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
 * Orthonormal bases of what the radial functions q_nl(r) of each degree span, with what the center adds: right singular vectors of their values, weighted
 * as neighbors are, at many distances; those whose singular values are below `tolerance` times the largest of the degree are left out.
 */
export function radialReduction({ functions, center }: RadialBasis, { nMax, lMax, range, weightAt }: SampledFunctions, tolerance: number): RadialReduction {
  const values = sampled(functions, { nMax, lMax, range, weightAt });
  const bases = values.map((ofDegree, l) => {
    // in units of a neighbor at the center, whose harmonic is 1 / √4π
    if (l === 0) ofDegree.addRow(Array.from(center, (value) => value / Y00));
    const { diagonal, rightSingularVectors: vectors } = new SingularValueDecomposition(ofDegree);
    const kept = diagonal.flatMap((value, k) => (value > tolerance * diagonal[0] ? [vectors.getColumn(k)] : []));
    // models hold rows of columns that must be the same wherever they are made again
    kept.forEach(makePositive);
    return Float64Array.from(Array.from({ length: nMax }, (_, n) => kept.map((vector) => vector[n])).flat());
  });
  const counts = bases.map((basis) => basis.length / nMax);
  return { counts, nMax: Math.max(...counts), bases };
}

/**
 * The combinations in the table of the functions, of each degree as many, those that are left out being 0. The table is not made of the combinations
 * themselves: its errors, 1e-11, would be others than those of the whole, and dot products would show them.
 */
export function combinedTable({ segments, ...table }: HermiteTable, before: number, reduction: RadialReduction): HermiteTable {
  const { counts, nMax } = reduction;
  const size = counts.length * nMax;
  const combined = segments.map(({ data, ...segment }) => {
    const rows = data.length / (counts.length * before);
    const out = new Float64Array(rows * size);
    for (let row = 0; row < rows; row++) {
      counts.forEach((_, l) => combine(reduction, l, data.subarray((row * counts.length + l) * before), out.subarray((row * counts.length + l) * nMax)));
    }
    return { ...segment, data: out };
  });
  return { ...table, size, segments: combined };
}

/** What the center adds to the combinations of degree 0. */
export function combinedCenter(center: Float64Array, reduction: RadialReduction): Float64Array {
  const out = new Float64Array(reduction.nMax);
  combine(reduction, 0, center, out);
  return out;
}

function combine({ counts, bases }: RadialReduction, l: number, from: Float64Array, to: Float64Array): void {
  const nBefore = bases[l].length / counts[l];
  for (let u = 0; u < counts[l]; u++) {
    let sum = 0;
    for (let n = 0; n < nBefore; n++) sum += from[n] * bases[l][n * counts[l] + u];
    to[u] = sum;
  }
}

function sampled(functions: SmoothFunctions, { nMax, lMax, range, weightAt }: SampledFunctions): Matrix[] {
  const row = new Float64Array((lMax + 1) * nMax);
  const values = Array.from({ length: lMax + 1 }, () => Matrix.zeros(SAMPLES, nMax));
  for (let i = 0; i < SAMPLES; i++) {
    const r = (range * (i + 0.5)) / SAMPLES;
    functions.evaluate(r, 0, row);
    const weight = weightAt(r);
    values.forEach((ofDegree, l) => ofDegree.setRow(i, Array.from(row.subarray(l * nMax, (l + 1) * nMax), (value) => weight * value)));
  }
  return values;
}
