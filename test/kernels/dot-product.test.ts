import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachKernel, kernelSchema, kernelValue, type KernelParameters, prepareKernelPoints } from "../../src/kernels/index.js";
import { matrix } from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { powError } from "../math/exact.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** Kernels and slopes of numbers with 1, which are their inner products. */
function evaluate(parameters: KernelParameters, gram: readonly number[]): { values: Float64Array; slopes: Float64Array } {
  const { wasm, pool } = executor;
  const n = gram.length;
  return withScratch(pool, (arena) => {
    const [rows, one, values, slopes] = [arena.f64(n), arena.f64(1), arena.f64(n), arena.f64(n)];
    wasm.f64(rows, n).set(gram);
    wasm.f64(one, 1).fill(1);
    const points = prepareKernelPoints(wasm, parameters, matrix(one, 1, 1), false, (bytes) => arena.allocate(bytes));
    attachKernel(wasm, parameters).evaluate({ rows: matrix(rows, n, 1), points, values, slopes }, arena);
    return { values: wasm.f64(values, n).slice(), slopes: wasm.f64(slopes, n).slice() };
  });
}

const kernel = (zeta: number, delta: number): KernelParameters => ({ type: "dot-product", zeta, delta });

describe("dot-product kernel", () => {
  it("is δ² g^ζ with slope δ² ζ g^(ζ−1), for whole and real ζ and any number of elements", () => {
    const inner = fc.double({ min: 0, max: 1.5, noNaN: true });
    const zetas = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.double({ min: 1, max: 8, noNaN: true }));
    fc.assert(
      fc.property(fc.array(inner, { maxLength: 7 }), zetas, fc.double({ min: 0.1, max: 3, noNaN: true }), (gram, zeta, delta) => {
        const { values, slopes } = evaluate(kernel(zeta, delta), gram);
        expectClose(values, gram.map((g) => delta ** 2 * g ** zeta), 1e-12, "relative-to-max");
        expectClose(slopes, gram.map((g) => delta ** 2 * zeta * g ** (zeta - 1)), 1e-12, "relative-to-max");
      }),
      { numRuns: 200 },
    );
  });

  it.each([1.01, 1.5, 2.7, 6.25, 9.99, 40.3])("is as accurate for ζ = %d as it says, compared with integer arithmetic", (zeta) => {
    const next = randomSource(7);
    const near = Array.from({ length: 150 }, () => 1 - 1e-3 * (1 + next()));
    const wide = Array.from({ length: 150 }, () => Math.exp(-5 * (1 + next())));
    const beyond = Array.from({ length: 50 }, () => 1 + (1 + next()) / 2);
    const small = [1e-5, 1e-12, 1e-40, 2.3e-308, 1e-310, 1];
    const gram = [...near, ...wide, ...beyond, ...small].filter((g) => g ** (zeta - 1) > 1e-290);
    const { values, slopes } = evaluate(kernel(zeta, 1), gram);
    expect(gram.length > 300).toBe(true);
    gram.forEach((g, i) => {
      const power = slopes[i] / zeta;
      const allowed = 2 + 1.5 * Math.abs((zeta - 1) * Math.log(g)); // units of 2⁻⁵², of which an ulp is one half to one; the division: ½
      expect(powError(g, zeta - 1, power) <= 2 * allowed + 1, `${g} ** ${zeta - 1}`).toBe(true);
      expect(Math.abs(values[i] - power * g) <= 2 ** -51 * Math.abs(values[i])).toBe(true);
    });
  });

  it("keeps the sign for a whole ζ and is 0 for a real one where descriptors point apart", () => {
    const gram = [-0.5, -1e-3, 0];
    const whole = evaluate(kernel(3, 2), gram);
    expectClose(whole.values, [-0.5, -4e-9, 0], 1e-15);
    expectClose(whole.slopes, [3, 1.2e-5, 0], 1e-15);
    const real = evaluate(kernel(2.5, 2), gram);
    expectClose([...real.values, ...real.slopes], [0, 0, 0, 0, 0, 0], 0);
  });

  it("does not hide NaN", () => {
    for (const zeta of [4, 2.5]) {
      const { values, slopes } = evaluate(kernel(zeta, 1), [0.5, NaN, 0.25]);
      expect([values[1], slopes[1]]).toEqual([NaN, NaN]);
      expect(Number.isFinite(values[0]) && Number.isFinite(values[2])).toBe(true);
    }
  });

  it("makes a kernel matrix of rows, whatever the stride of the result, and its diagonal", () => {
    const { wasm, pool } = executor;
    const [x, y] = [[1, 2, 0.5, -1, 0, 0.25], [0.5, 0.25]];
    withScratch(pool, (arena) => {
      const [left, right, out] = [arena.f64(6), arena.f64(2), arena.f64(9)];
      wasm.f64(left, 6).set(x);
      wasm.f64(right, 2).set(y);
      wasm.f64(out, 9).fill(7);
      const evaluator = attachKernel(wasm, kernel(2, 1));
      evaluator.matrix(matrix(left, 3, 2), matrix(right, 1, 2), matrix(out, 3, 1, 3), arena);
      expectClose(wasm.f64(out, 9), [1, 7, 7, 0, 7, 7, 0.0625 ** 2, 7, 7], 1e-15);
      expectClose(evaluator.diagonal(matrix(left, 3, 2)), [25, 1.25 ** 2, 0.0625 ** 2], 1e-14);
    });
  });

  it("has the slope that differences of its value show", () => {
    const [g, h] = [0.7, 1e-5];
    for (const zeta of [1, 4, 3.3]) {
      const parameters = kernel(zeta, 1.3);
      const { slopes } = evaluate(parameters, [g]);
      expectClose(slopes, [(kernelValue(parameters, [g + h], [1]) - kernelValue(parameters, [g - h], [1])) / (2 * h)], 1e-8);
    }
  });

  it("refuses parameters out of range and unknown keys", () => {
    expect(kernelSchema.parse({ type: "dot-product" })).toEqual({ type: "dot-product", zeta: 4, delta: 1 });
    for (const bad of [{ zeta: 0.5 }, { delta: 0 }, { zeta: NaN }, { theta: 1 }]) {
      expect(kernelSchema.safeParse({ type: "dot-product", ...bad }).success).toBe(false);
    }
  });
});
