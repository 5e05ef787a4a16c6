// One tridiagonal form for every shift: solutions, inverses and determinants against dense algebra.
import { CholeskyDecomposition, Matrix as Dense } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  factorShifted, matrix, projectColumns, shiftedInverseBlock, shiftedInverseDiagonal, shiftedScratchBytes, solveShifted, tridiagonalForm, tridiagonalScratchBytes,
} from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Arena } from "../../src/wasm/memory.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "./dense.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** A positive semidefinite matrix of some rank. */
function semidefinite(n: number, rank: number): Dense {
  const next = randomSource(n + rank);
  const factor = new Dense(Array.from({ length: n }, () => Array.from({ length: rank }, next)));
  return n === 0 ? Dense.zeros(0, 0) : factor.mmul(factor.transpose());
}

describe.each([[0, 1], [1, 1], [2, 2], [3, 1], [33, 40], [70, 12]])("the tridiagonal form of a %i×%i matrix of rank %i", (n, rank) => {
  const dense = semidefinite(n, rank);
  const columns = 3;
  const next = randomSource(5);
  const y = Float64Array.from({ length: n * columns }, next);

  it.each([1e-3, 2.5])("inverts with %d on the diagonal", (shift) => {
    const { wasm, pool } = executor;
    withScratch(pool, (arena) => {
      const [a, q] = [matrix(arena.f64(n * n), n, n), matrix(arena.f64(n * n), n, n)];
      // what is below the diagonal is not read
      wasm.f64(a.pointer, n * n).set(dense.to1DArray().map((value, at) => (at % n < Math.floor(at / n) ? NaN : value)));
      const form = tridiagonalForm(wasm, arena, a, q);
      const factor = factorShifted(form, shift);
      const projected = projectColumns(wasm, arena, form, y);
      const { solution, forms } = solveShifted(wasm, arena, form, factor, projected);
      const diagonal = shiftedInverseDiagonal(wasm, arena, form, factor);
      if (n === 0) return expect([solution.length, diagonal.length, factor.logDeterminant]).toEqual([0, 0, 0]);
      const shifted = Dense.add(dense, Dense.eye(n, n).mul(shift));
      const cholesky = new CholeskyDecomposition(shifted);
      const inverse = cholesky.solve(Dense.eye(n, n));
      const right = new Dense(Array.from({ length: n }, (_, i) => Array.from(y.subarray(i * columns, (i + 1) * columns))));
      const expected = cholesky.solve(right);
      expectClose(solution, expected.to1DArray(), 1e-9, "relative-to-max");
      expectClose(diagonal, inverse.diagonal(), 1e-9, "relative-to-max");
      expectClose(forms, Array.from({ length: columns }, (_, c) => right.transpose().mmul(expected).get(c, c)), 1e-9, "relative-to-max");
      expectClose([factor.logDeterminant], [2 * cholesky.lowerTriangularMatrix.diagonal().reduce((sum, value) => sum + Math.log(value), 0)], 1e-9);
      const members = Int32Array.from(new Set([n - 1, 0, n >> 1]));
      const block = shiftedInverseBlock(wasm, arena, form, factor, members);
      expectClose(block, [...members].flatMap((i) => [...members].map((j) => inverse.get(i, j))), 1e-9, "relative-to-max");
    });
  });

  it("takes no more memory than it says", () => {
    const { wasm, pool } = executor;
    const region = pool.allocate(16 * n * n + 1024 + Math.max(tridiagonalScratchBytes(n), shiftedScratchBytes(n, columns)), "test");
    try {
      const arena = new Arena(region);
      const [a, q] = [matrix(arena.f64(n * n), n, n), matrix(arena.f64(n * n), n, n)];
      wasm.f64(a.pointer, n * n).set(dense.to1DArray());
      const form = tridiagonalForm(wasm, arena, a, q);
      const factor = factorShifted(form, 1);
      solveShifted(wasm, arena, form, factor, projectColumns(wasm, arena, form, y));
      shiftedInverseDiagonal(wasm, arena, form, factor);
      if (n >= columns) shiftedInverseBlock(wasm, arena, form, factor, [0, 1, 2]);
    } finally {
      pool.release(region);
    }
  });
});

describe("a tridiagonal form", () => {
  it("refuses shifts that leave it indefinite, and numbers that are not finite", () => {
    const { wasm, pool } = executor;
    withScratch(pool, (arena) => {
      const [a, q] = [matrix(arena.f64(9), 3, 3), matrix(arena.f64(9), 3, 3)];
      wasm.f64(a.pointer, 9).set([1, 0, 0, 0, 1, 0, 0, 0, -2]);
      const form = tridiagonalForm(wasm, arena, a, q);
      expect(() => factorShifted(form, 1)).toThrow(/not positive definite/u);
      expect(factorShifted(form, 3).logDeterminant).toBeCloseTo(Math.log(16), 12);
      wasm.f64(a.pointer, 9).set([1, NaN, 0, 0, 1, 0, 0, 0, 2]);
      expect(() => tridiagonalForm(wasm, arena, a, q)).toThrow(/finite/u);
    });
  });
});
