import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kernelSchema, kernelValue, type KernelParameters } from "../../src/kernels/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Arena } from "../../src/wasm/memory.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { squaredExponentialError } from "../math/exact.js";
import { type KernelResults, kernelResults } from "./kernel-results.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const kernel = (lengthScale: number, delta = 1): KernelParameters => ({ type: "squared-exponential", lengthScale, delta });

function place(arena: Arena, values: readonly number[]): number {
  const pointer = arena.f64(values.length);
  executor.wasm.f64(pointer, values.length).set(values);
  return pointer;
}

const run = (parameters: KernelParameters, rows: readonly number[][], points: readonly number[][], coefficients: readonly number[], directions: readonly number[][], groups: readonly number[]): KernelResults =>
  kernelResults(executor, parameters, { rows, points, coefficients, directions, groups });

function randomRows(seed: number, count: number, nFeatures: number): number[][] {
  const next = randomSource(seed);
  return Array.from({ length: count }, () => Array.from({ length: nFeatures }, next));
}

const plain = (x: readonly number[], y: readonly number[], lengthScale: number, delta: number): number =>
  delta ** 2 * Math.exp(-x.reduce((sum, value, f) => sum + (value - y[f]) ** 2, 0) / (2 * lengthScale ** 2));

describe("squared-exponential kernel", () => {
  it.each([[0, 3, 4], [1, 1, 1], [2, 5, 3], [7, 2, 6], [5, 9, 13]])("is δ² exp(−|x − x′|²/(2ℓ²)) with its derivatives: %d rows, %d points, %d features", (n, count, nFeatures) => {
    const [rows, points] = [randomRows(1, n, nFeatures), randomRows(2, count, nFeatures)];
    const coefficients = randomRows(3, 1, count)[0];
    const groups = rows.map((_, i) => i % 3);
    const directions = randomRows(4, 3 * groups.reduce((sum, g) => sum + g, 0), nFeatures);
    const found = run(kernel(0.8, 1.5), rows, points, coefficients, directions, groups);
    expectClose(found.values, rows.flatMap((x) => points.map((y) => plain(x, y, 0.8, 1.5))), 1e-13);
    const energy = (x: readonly number[]): number => points.reduce((sum, y, s) => sum + coefficients[s] * plain(x, y, 0.8, 1.5), 0);
    expectClose(found.energies, rows.map(energy), 1e-13);
    const along = (f: (x: readonly number[]) => number, x: readonly number[], d: readonly number[]): number => {
      const at = (h: number): number => f(x.map((value, k) => value + h * d[k]));
      const h = 1e-3;
      return (8 * (at(h) - at(-h)) - at(2 * h) + at(-2 * h)) / (12 * h);
    };
    expectClose(found.gradients, rows.flatMap((x) => x.map((_, f) => along(energy, x, x.map((_, k) => (k === f ? 1 : 0))))), 1e-9);
    const owners = groups.flatMap((g, i) => new Array<number>(3 * g).fill(i));
    expectClose(found.directional, directions.flatMap((d, r) => points.map((y) => along((x) => plain(x, y, 0.8, 1.5), rows[owners[r]], d))), 1e-9);
  });

  it.each([0.01, 0.3, 1, 7.7])("is as accurate for ℓ = %d as it says, compared with integer arithmetic", (lengthScale) => {
    const next = randomSource(5);
    const { routines } = executor.wasm;
    const n = 301;
    // |x|², |x′|² ≈ 1 or of any size, distances from 0 to many length scales
    const squares = Array.from({ length: n }, (_, i) => (i % 2 ? 1 : Math.exp(3 * next())));
    const distances = squares.map((_, i) => Math.min(700, 10 ** (4 * next())) * lengthScale ** 2 * (i % 10 === 0 ? 0 : 1));
    const gram = squares.map((square, i) => (square + squares[0] - distances[i]) / 2);
    withScratch(executor.pool, (arena) => {
      const [values, slopes] = [arena.f64(n), arena.f64(2 * n)];
      routines.squaredExponentialKernel(1, n, place(arena, gram), place(arena, [squares[0]]), place(arena, squares), lengthScale, 1, values, slopes);
      const [k, a] = [executor.wasm.f64(values, n), executor.wasm.f64(slopes, 2 * n)];
      gram.forEach((g, i) => {
        if (squares[0] + squares[i] < 2 * g) return expect(k[i]).toBe(1);
        const d = squares[0] + squares[i] - 2 * g;
        const allowed = (squares[0] + squares[i] + 4 * d) / (2 * lengthScale ** 2) + 4;
        expect(squaredExponentialError(squares[0], squares[i], g, lengthScale, k[i]) <= allowed, `element ${i}`).toBe(true);
        expect(Math.abs(a[i] * lengthScale ** 2 - k[i]) <= 8 * 2 ** -53 * k[i]).toBe(true);
        expect(a[n + i]).toBe(-a[i]);
      });
    });
  });

  it("is δ² where rows are equal, and does not hide NaN", () => {
    const rows = randomRows(8, 6, 40);
    const { values } = run(kernel(0.5, 2), rows, rows, [1, 1, 1, 1, 1, 1], [], [0, 0, 0, 0, 0, 0]);
    for (let i = 0; i < 6; i++) expectClose([values[7 * i]], [4], 1e-12);
    const bad = run(kernel(0.5), [[1, NaN], [0, 1]], [[1, 2]], [1], [], [0, 0]);
    expect(bad.values[0]).toBeNaN();
    expectClose([bad.values[1]], [plain([0, 1], [1, 2], 0.5, 1)], 1e-15);
  });

  it("has a value on the host, and refuses parameters out of range and unknown keys", () => {
    const [x, y] = randomRows(6, 2, 9) as [number[], number[]];
    expectClose([kernelValue(kernel(0.7, 1.3), x, y)], [plain(x, y, 0.7, 1.3)], 1e-14);
    expect(kernelSchema.parse({ type: "squared-exponential" })).toEqual({ type: "squared-exponential", lengthScale: 0.5, delta: 1 });
    for (const bad of [{ lengthScale: 0 }, { delta: -1 }, { lengthScale: NaN }, { zeta: 2 }]) {
      expect(kernelSchema.safeParse({ type: "squared-exponential", ...bad }).success).toBe(false);
    }
  });
});
