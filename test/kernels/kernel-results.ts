// What a kernel makes of rows and points in WebAssembly memory: plain arrays in, plain arrays out.
import { attachKernel, type KernelParameters, prepareKernelPoints } from "../../src/kernels/index.js";
import { matrix } from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { withScratch } from "../../src/wasm/scratch.js";

export interface KernelInput {
  readonly rows: readonly (readonly number[])[];
  readonly points: readonly (readonly number[])[];
  /** of the points */
  readonly coefficients: readonly number[];
  /** Directions of row i follow each other: three for each of its groups. */
  readonly directions: readonly (readonly number[])[];
  readonly groups: readonly number[];
}

/** eV, of other terms: what a kernel contributes is added. A power of two, for the digits. */
const ENERGY_BEFORE = 0.5;

export interface KernelResults {
  readonly values: Float64Array;
  readonly energies: Float64Array;
  readonly gradients: Float64Array;
  /** Derivatives along the directions, factors included. */
  readonly directional: Float64Array;
}

/** @param weighsRows whether the last number of rows and points is a weight */
export function kernelResults(
  executor: Executor, parameters: KernelParameters, { rows, points, coefficients, directions, groups }: KernelInput, weighsRows = false,
): KernelResults {
  const { wasm, pool } = executor;
  const [n, count, nFeatures] = [rows.length, points.length, points[0].length];
  return withScratch(pool, (arena) => {
    const place = (values: readonly number[]): number => {
      const pointer = arena.f64(values.length);
      wasm.f64(pointer, values.length).set(values);
      return pointer;
    };
    const evaluator = attachKernel(wasm, parameters, { nFeatures, weighsRows });
    const tables = prepareKernelPoints(wasm, parameters, matrix(place(points.flat()), count, nFeatures), true, (bytes) => arena.allocate(bytes), weighsRows);
    const [values, slopes] = [arena.f64(n * count), arena.f64(n * count * evaluator.slopesPerValue)];
    const block = { rows: matrix(place(rows.flat()), n, nFeatures), points: tables, values, slopes };
    evaluator.evaluate(block, arena);
    const products = arena.f64(directions.length * count);
    const groupTable = arena.i32(n);
    wasm.i32(groupTable, n).set(groups);
    const directionRows = place(directions.flat());
    const directional = new Float64Array(directions.length * count);
    // in two parts, as fits go through the rows of a block
    let row = 0;
    for (const [first, last] of [[0, n >> 1], [n >> 1, n]]) {
      const nRows = groups.slice(first, last).reduce((sum, three) => sum + 3 * three, 0);
      const part = { first, count: last - first, pointer: directionRows + 8 * row * nFeatures, nRows, groups: groupTable + 4 * first };
      const factors = evaluator.directional(block, part, products + 8 * row * count, arena);
      for (let i = first; i < last; i++) {
        const factor = wasm.f64(factors.pointer + 8 * (i - first) * factors.stride, count);
        for (let r = 0; r < 3 * groups[i]; r++, row++) {
          const product = wasm.f64(products + 8 * row * count, count);
          for (let s = 0; s < count; s++) directional[row * count + s] = product[s] * factor[s];
        }
      }
    }
    const [energies, gradients] = [place(rows.map(() => ENERGY_BEFORE)), arena.f64(n * nFeatures)];
    evaluator.contract(block, place(coefficients), energies, gradients, arena);
    return { values: wasm.f64(values, n * count).slice(), energies: wasm.f64(energies, n).map((energy) => energy - ENERGY_BEFORE), gradients: wasm.f64(gradients, n * nFeatures).slice(), directional };
  });
}
