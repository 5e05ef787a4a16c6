import { CholeskyDecomposition, Matrix as Dense } from "ml-matrix";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NumericalError } from "../../src/errors.js";
import { cholesky, type Matrix, readMatrix, solveTriangular, solveTriangularVector, transpose } from "../../src/linalg/index.js";
import { expectClose } from "../expect.js";
import { product, randomArray, transposeOf, type Workbench, workbench } from "./dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
beforeEach(() => bench.arena.reset());

/** A·Aᵀ + n: well conditioned. */
function positiveDefinite(n: number, seed: number): Float64Array {
  const a = randomArray(n * n, seed);
  return product(n, n, n, a, transposeOf(n, n, a)).map((value, i) => value + (i % (n + 1) === 0 ? n : 0));
}

/** A triangle with a strong diagonal, and NaN in the other half, which must not be read. */
function triangle(n: number, stored: "lower" | "upper", seed: number): Float64Array {
  return randomArray(n * n, seed).map((value, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    if (i === j) return 2 + value;
    return (stored === "lower") === j < i ? value / Math.sqrt(n) : NaN;
  });
}

const sizes = [0, 1, 2, 3, 5, 31, 63, 64, 65, 129, 200];

describe("cholesky", () => {
  it.each(sizes)("n = %i against ml-matrix, leaving the upper triangle alone", (n) => {
    const a = positiveDefinite(n, 3);
    const upper = a.map((value, i) => (i % n > Math.floor(i / n) ? NaN : value));
    const matrix = bench.put(n, n, upper, n + 3);
    cholesky(bench.wasm, bench.arena, matrix);
    const actual = readMatrix(bench.wasm, matrix);
    if (n === 0) return;
    const expected = new CholeskyDecomposition(new Dense(Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, i * n + n)))))
      .lowerTriangularMatrix.to1DArray();
    actual.forEach((value, i) => expect(Number.isNaN(value)).toBe(i % n > Math.floor(i / n)));
    expectClose(actual.map((value) => (Number.isNaN(value) ? 0 : value)), expected, 1e-13, "relative-to-max");
  });

  it("says that a matrix is not positive definite, in a later block too", () => {
    for (const [n, bad] of [[1, 0], [5, 3], [150, 149], [150, 70]] as const) {
      const a = positiveDefinite(n, 1);
      a[bad * n + bad] = -1;
      expect(() => cholesky(bench.wasm, bench.arena, bench.put(n, n, a))).toThrow(NumericalError);
    }
    expect(() => cholesky(bench.wasm, bench.arena, bench.put(1, 1, [0]))).toThrow(/positive definite/);
  });

  it("says that a matrix is not finite", () => {
    const a = positiveDefinite(130, 1);
    a[100 * 130 + 20] = NaN;
    expect(() => cholesky(bench.wasm, bench.arena, bench.put(130, 130, a))).toThrow(/not finite/);
  });
});

describe("solveTriangular", () => {
  const kinds = (["lower", "upper"] as const).flatMap((stored) => [false, true].map((trans) => [stored, trans] as const));

  it.each(kinds)("%s, transposed %s: the residual vanishes for every size", (stored, trans) => {
    for (const n of sizes) for (const columns of [0, 1, 2, 7, 8, 9, 33]) {
      bench.arena.reset();
      const values = triangle(n, stored, 5);
      const t: Matrix = bench.put(n, n, values, n + 1);
      const right = randomArray(n * columns, 6);
      const b = bench.put(n, columns, right, columns + 2);
      solveTriangular(bench.wasm, bench.arena, stored, trans ? transpose(t) : t, b);
      const clean = values.map((value) => (Number.isNaN(value) ? 0 : value));
      const back = product(n, columns, n, trans ? transposeOf(n, n, clean) : clean, readMatrix(bench.wasm, b));
      expectClose(back, right, 1e-12);
    }
  });

  it.each(kinds)("%s, transposed %s: one vector as many", (stored, trans) => {
    for (const n of sizes) {
      bench.arena.reset();
      const values = triangle(n, stored, 8);
      const t = bench.put(n, n, values, n + 1);
      const view = trans ? transpose(t) : t;
      const right = randomArray(n, 9);
      const wide = bench.put(n, 1, right, 2);
      const x = bench.vector(right);
      solveTriangular(bench.wasm, bench.arena, stored, view, wide);
      solveTriangularVector(bench.wasm, stored, view, x);
      expectClose(bench.wasm.f64(x, n), readMatrix(bench.wasm, wide), 1e-13);
    }
  });

  it("refuses a zero or a NaN on the diagonal", () => {
    const b = bench.put(2, 1, [1, 1]);
    expect(() => solveTriangular(bench.wasm, bench.arena, "lower", bench.put(2, 2, [1, 0, 1, 0]), b)).toThrow(/singular/);
    expect(() => solveTriangular(bench.wasm, bench.arena, "upper", bench.put(2, 2, [NaN, 0, 1, 1]), b)).toThrow(/not finite/);
  });
});
