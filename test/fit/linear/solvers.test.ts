// Solvers of linear models: analytic limits and bad input. Values of other programs are compared in test/reference/fits.test.ts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidParameterError, NumericalError } from "../../../src/errors.js";
import { type ReducedRows, solveReduced } from "../../../src/fit/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const diagonal = (values: readonly number[], target: readonly number[], residual = 0.5, nRows = 20): ReducedRows => {
  const n = values.length;
  const factor = new Float64Array(n * n);
  values.forEach((value, i) => (factor[i * (n + 1)] = value));
  return { nColumns: n, factor, target: Float64Array.from(target), residual, nRows };
};
const ones = (n: number): Float64Array => new Float64Array(n).fill(1);

describe("ridge", () => {
  it("of orthogonal columns is known in closed form", async () => {
    const rows = diagonal([2, 3, 0], [1, -6, 0]);
    const { coefficients, sumOfSquares } = await solveReduced(rows, { type: "ridge", regularization: 4 }, Float64Array.of(1, 2, 1), { executor });
    // c = s·t/(s² + λ·γ²)
    expectClose(coefficients, [2 / 8, -18 / 25, 0], 1e-15);
    expectClose([sumOfSquares], [0.25 + 0.5 ** 2 + (6 - 54 / 25) ** 2], 1e-14);
  });
});

describe("bad input", () => {
  it("is named", async () => {
    const ridge = { type: "ridge", regularization: 1 } as const;
    await expect(solveReduced(diagonal([1, NaN], [1, 1]), ridge, ones(2), { executor })).rejects.toThrow(NumericalError);
    await expect(solveReduced(diagonal([1, 1], [1, NaN]), ridge, ones(2), { executor })).rejects.toThrow(NumericalError);
    await expect(solveReduced(diagonal([1, 1], [1, 1]), ridge, Float64Array.of(1, 0), { executor })).rejects.toThrow(/scale of column 1 is 0/);
    await expect(solveReduced(diagonal([], []), ridge, ones(0), { executor })).rejects.toThrow(InvalidParameterError);
    await expect(solveReduced(diagonal([1], [1], 0, 0), ridge, ones(1), { executor })).rejects.toThrow(InvalidParameterError);
    await expect(solveReduced(diagonal([1, 0], [1, 1]), { type: "ridge", regularization: 0 }, ones(2), { executor })).rejects.toThrow(NumericalError);
  });
});
