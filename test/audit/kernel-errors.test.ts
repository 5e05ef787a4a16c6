import { SingularValueDecomposition, Matrix } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kernelErrorsTask } from "../../src/audit/kernel-errors.js";
import { matrix } from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { expectClose, testExecutor } from "../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** All pairs of rows, with the components of a decomposition of its own. */
function slowErrors(x: number[][]): number[] {
  const a = new Matrix(x);
  const { rightSingularVectors: v } = new SingularValueDecomposition(a, { autoTranspose: true });
  const kernel = a.mmul(a.transpose());
  const largest = Math.max(...x.map((row) => row.reduce((sum, value) => sum + value * value, 0)));
  return Array.from({ length: Math.min(a.rows, a.columns) + 1 }, (_, k) => {
    const kept = k === 0 ? Matrix.zeros(a.rows, a.rows) : a.mmul(v.subMatrix(0, v.rows - 1, 0, k - 1)).mmul(v.subMatrix(0, v.rows - 1, 0, k - 1).transpose()).mmul(a.transpose());
    return Matrix.sub(kernel, kept).abs().max() / largest;
  });
}

async function errorsOf(x: number[][]): Promise<Float64Array> {
  const [n, d] = [x.length, x[0].length];
  const region = executor.pool.allocate(8 * n * d, "rows");
  try {
    executor.wasm.f64(region.pointer, n * d).set(x.flat());
    return await executor.submit(kernelErrorsTask, { x: matrix(region.pointer, n, d) });
  } finally {
    executor.pool.release(region);
  }
}

const rows = (n: number, d: number): number[][] => Array.from({ length: n }, (_, i) => Array.from({ length: d }, (__, f) => Math.sin(3 * i + 7 * f + 1) + 0.3 * Math.cos(i * f)));

describe("errors of kernels by principal components", () => {
  it.each([[1, 1], [1, 4], [5, 3], [3, 5], [9, 4], [4, 9]])("are those of all pairs, for %d rows of %d columns", async (n, d) => {
    const x = rows(n, d);
    expectClose(await errorsOf(x), slowErrors(x), 1e-12);
  });

  it("fall to nothing behind the rank, and are 0 for rows of 0", async () => {
    const x = rows(8, 2).map(([a, b]) => [a, b, a + b, 2 * a]);
    const errors = await errorsOf(x);
    expect(errors[0]).toBe(1);
    expect(errors[2]).toBeLessThan(1e-14);
    expect(Array.from(await errorsOf([[0, 0], [0, 0]]))).toEqual([0, 0, 0]);
  });
});
