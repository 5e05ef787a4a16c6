// Reflectors of rows and ridges of bands, against dense matrices and their laws.
import { Matrix as Dense, inverse as denseInverse } from "ml-matrix";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NumericalError } from "../../src/errors.js";
import { type Band, bandFactorBytes, bandInverseTrace, factorBand, readMatrix, rowReflectors, rowReflectorsScratchBytes, solveBand } from "../../src/linalg/index.js";
import { expectClose } from "../expect.js";
import { product, randomArray, transposeOf, type Workbench, workbench } from "./dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
beforeEach(() => bench.arena.reset());

interface Reflected {
  readonly lower: Float64Array;
  /** I − Vᵀ·T·V */
  readonly turn: Float64Array;
}

function reflect(rows: number, columns: number, values: Float64Array): Reflected {
  const a = bench.put(rows, columns, values, columns + 3);
  const [lower, t] = [bench.vector(new Float64Array(rows * rows).fill(NaN)), bench.vector(new Float64Array(rows * rows).fill(NaN))];
  rowReflectors(bench.wasm, bench.arena, a, lower, t);
  const k = Math.min(rows, columns);
  const v = readMatrix(bench.wasm, a).subarray(0, k * columns);
  const all = bench.wasm.f64(t, rows * rows);
  const factor = Float64Array.from({ length: k * k }, (_, e) => all[Math.floor(e / k) * rows + (e % k)]);
  const turn = product(columns, columns, k, product(columns, k, k, transposeOf(k, columns, v), factor), v).map((value, e) => (e % (columns + 1) === 0 ? 1 : 0) - value);
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) expect(v[i * columns + j]).toBe(i === j ? 1 : 0);
  return { lower: bench.wasm.f64(lower, rows * rows).slice(), turn };
}

describe("rowReflectors", () => {
  const shapes = [[0, 5], [3, 0], [1, 1], [1, 6], [5, 5], [8, 20], [9, 9], [7, 3], [20, 13], [32, 32], [32, 150], [33, 70]];

  it.each(shapes)("%i rows of %i columns become a lower triangle", (rows, columns) => {
    const values = randomArray(rows * columns, 3);
    const { lower, turn } = reflect(rows, columns, values);
    const turned = product(rows, columns, columns, values, turn);
    const expected = Float64Array.from(turned, (_, e) => {
      const [i, j] = [Math.floor(e / columns), e % columns];
      return j <= i ? lower[i * rows + j] : 0;
    });
    expectClose(turned, expected, 1e-14 * Math.sqrt(columns + 1) * 4);
    expectClose(product(columns, columns, columns, transposeOf(columns, columns, turn), turn), [...Dense.eye(columns).to1DArray()], 1e-14 * 4);
  });

  it("leaves rows of zeros and of digits lost to underflow as they are", () => {
    const values = randomArray(4 * 10, 5);
    values.fill(0, 10, 20);
    values.fill(1e-160, 20, 30);
    const { turn } = reflect(4, 10, values);
    expectClose(product(10, 10, 10, transposeOf(10, 10, turn), turn), [...Dense.eye(10).to1DArray()], 1e-14);
  });

  it("takes the scratch that it says, and refuses what is not finite", () => {
    const out = bench.arena.f64(1);
    for (const [rows, columns] of [...shapes, [64, 3000]]) {
      bench.wasm.routines.rowReflectorsScratchBytes(rows, columns, out);
      expect(rowReflectorsScratchBytes(rows, columns)).toBe(bench.wasm.f64(out, 1)[0]);
    }
    for (const bad of [NaN, Infinity]) expect(() => reflect(10, 20, randomArray(200, 1).fill(bad, 95, 96))).toThrow(NumericalError);
  });
});

/** A random upper band, its matrix, and a target. */
function randomBand(size: number, width: number): { band: Band; dense: Float64Array; target: Float64Array } {
  const random = randomArray(size * (width + 1), 7);
  const dense = new Float64Array(size * size);
  const stored = random.map((value, e) => {
    const [i, k] = [Math.floor(e / (width + 1)), e % (width + 1)];
    if (i + k >= size) return 0;
    return (dense[i * size + i + k] = value * 10 ** ((-3 * i) / size));
  });
  return { band: { pointer: bench.vector(stored), size, width }, dense, target: randomArray(size, 9) };
}

describe("trace of the inverse of a band", () => {
  it("keeps its digits up to a condition of 1e9, in closed form", () => {
    // (Cᵀ·C)⁻¹ of C = I + a·(ones above the diagonal): S_ij = (−a)^(j − i)
    for (const [size, width, a] of [[9, 1, 10], [9, 3, 10], [40, 32, 1.6]]) {
      const stored = Float64Array.from({ length: size * (width + 1) }, (_, e) => (e % (width + 1) === 0 ? 1 : e % (width + 1) === 1 && Math.floor(e / (width + 1)) + 1 < size ? a : 0));
      let trace = 0;
      for (let i = 0; i < size; i++) for (let j = i; j < size; j++) trace += a ** (2 * (j - i));
      expectClose([bandInverseTrace(bench.wasm, bench.arena, { pointer: bench.vector(stored), size, width }) / trace], [1], 1e-13);
    }
  });
});

describe("ridge of a band", () => {
  const sizes = [[1, 0], [1, 4], [5, 0], [6, 1], [7, 3], [5, 8], [40, 7], [70, 32]];

  it.each(sizes)("of %i rows, %i diagonals: factor, solution, least sum, trace", (size, width) => {
    const { band, dense, target } = randomBand(size, width);
    for (const regularization of [1e-6, 0.3]) {
      const { band: factor, right, rest } = factorBand(bench.wasm, bench.arena, band, bench.vector(target), regularization);
      const normal = product(size, size, size, transposeOf(size, size, dense), dense).map((value, e) => value + (e % (size + 1) === 0 ? regularization : 0));
      const stored = bench.wasm.f64(factor.pointer, size * (width + 1));
      const upper = Float64Array.from({ length: size * size }, (_, e) => {
        const k = (e % size) - Math.floor(e / size);
        return k >= 0 && k <= width ? stored[Math.floor(e / size) * (width + 1) + k] : 0;
      });
      expectClose(product(size, size, size, transposeOf(size, size, upper), upper), normal, 1e-14 * (width + 2));
      const inverse = denseInverse(new Dense(Array.from({ length: size }, (_, i) => [...normal.subarray(i * size, (i + 1) * size)])));
      expectClose([bandInverseTrace(bench.wasm, bench.arena, factor) / inverse.trace()], [1], 1e-9);
      solveBand(bench.wasm, factor, right);
      const solution = bench.wasm.f64(right, size);
      // the normal equations hold; their solution by the inverse has fewer digits
      expectClose(product(size, 1, size, normal, solution), product(size, 1, size, transposeOf(size, size, dense), target), 1e-12);
      const misfit = product(size, 1, size, dense, solution).reduce((sum, value, i) => sum + (value - target[i]) ** 2, 0);
      expectClose([rest], [misfit + regularization * solution.reduce((sum, value) => sum + value * value, 0)], 1e-13 * size);
    }
  });

  it("takes the memory that it says, and refuses what is not finite", () => {
    const { band, target } = randomBand(40, 7);
    const before = bench.arena.mark();
    factorBand(bench.wasm, bench.arena, band, bench.vector(target), 1);
    expect(bench.arena.mark() - before - 8 * 40 <= bandFactorBytes(band)).toBe(true);
    bench.wasm.f64(band.pointer, 20)[17] = NaN;
    expect(() => factorBand(bench.wasm, bench.arena, band, bench.vector(target), 1)).toThrow(NumericalError);
  });
});
