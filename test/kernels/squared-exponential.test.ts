import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachKernel, kernelSchema, kernelValue, type KernelParameters, prepareKernelPoints } from "../../src/kernels/index.js";
import { matrix } from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Arena } from "../../src/wasm/memory.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { squaredExponentialError } from "../math/exact.js";

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

interface Block {
  readonly values: Float64Array;
  readonly energies: Float64Array;
  readonly gradients: Float64Array;
  /** Derivatives along the directions, factors included. */
  readonly directional: Float64Array;
}

/** Everything that a kernel makes of rows and points; `groups[i]` groups of three directions for row i. */
function run(parameters: KernelParameters, rows: readonly number[][], points: readonly number[][], coefficients: readonly number[], directions: readonly number[][], groups: readonly number[]): Block {
  const { wasm, pool } = executor;
  const [n, count, nFeatures] = [rows.length, points.length, points[0]!.length];
  return withScratch(pool, (arena) => {
    const evaluator = attachKernel(wasm, parameters);
    const tables = prepareKernelPoints(wasm, parameters, matrix(place(arena, points.flat()), count, nFeatures), true, (bytes) => arena.allocate(bytes));
    const [values, slopes] = [arena.f64(n * count), arena.f64(n * count * evaluator.slopesPerValue)];
    const block = { rows: matrix(place(arena, rows.flat()), n, nFeatures), points: tables, values, slopes };
    evaluator.evaluate(block, arena);
    const products = arena.f64(directions.length * count);
    const groupTable = arena.i32(n);
    wasm.i32(groupTable, n).set(groups);
    const factors = evaluator.directional(
      block, { first: 0, count: n, pointer: place(arena, directions.flat()), nRows: directions.length, groups: groupTable }, products, arena,
    );
    const directional = wasm.f64(products, directions.length * count).slice();
    let row = 0;
    groups.forEach((three, i) => {
      const factor = wasm.f64(factors.pointer + 8 * i * factors.stride, count);
      for (let r = 0; r < 3 * three; r++, row++) for (let s = 0; s < count; s++) directional[row * count + s]! *= factor[s]!;
    });
    const [energies, gradients] = [place(arena, rows.map(() => 0)), arena.f64(n * nFeatures)];
    evaluator.contract(block, place(arena, coefficients), energies, gradients, arena);
    return { values: wasm.f64(values, n * count).slice(), energies: wasm.f64(energies, n).slice(), gradients: wasm.f64(gradients, n * nFeatures).slice(), directional };
  });
}

function randomRows(seed: number, count: number, nFeatures: number): number[][] {
  const next = randomSource(seed);
  return Array.from({ length: count }, () => Array.from({ length: nFeatures }, next));
}

const plain = (x: readonly number[], y: readonly number[], lengthScale: number, delta: number): number =>
  delta ** 2 * Math.exp(-x.reduce((sum, value, f) => sum + (value - y[f]!) ** 2, 0) / (2 * lengthScale ** 2));

describe("squared-exponential kernel", () => {
  it.each([[0, 3, 4], [1, 1, 1], [2, 5, 3], [7, 2, 6], [5, 9, 13]])("is δ² exp(−|x − x′|²/(2ℓ²)) with its derivatives: %d rows, %d points, %d features", (n, count, nFeatures) => {
    const [rows, points] = [randomRows(1, n, nFeatures), randomRows(2, count, nFeatures)];
    const coefficients = randomRows(3, 1, count)[0]!;
    const groups = rows.map((_, i) => i % 3);
    const directions = randomRows(4, 3 * groups.reduce((sum, g) => sum + g, 0), nFeatures);
    const found = run(kernel(0.8, 1.5), rows, points, coefficients, directions, groups);
    expectClose(found.values, rows.flatMap((x) => points.map((y) => plain(x, y, 0.8, 1.5))), 1e-13);
    const energy = (x: readonly number[]): number => points.reduce((sum, y, s) => sum + coefficients[s]! * plain(x, y, 0.8, 1.5), 0);
    expectClose(found.energies, rows.map(energy), 1e-13);
    const along = (f: (x: readonly number[]) => number, x: readonly number[], d: readonly number[]): number => {
      const at = (h: number): number => f(x.map((value, k) => value + h * d[k]!));
      const h = 1e-3;
      return (8 * (at(h) - at(-h)) - at(2 * h) + at(-2 * h)) / (12 * h);
    };
    expectClose(found.gradients, rows.flatMap((x) => x.map((_, f) => along(energy, x, x.map((_, k) => (k === f ? 1 : 0))))), 1e-9);
    const owners = groups.flatMap((g, i) => new Array<number>(3 * g).fill(i));
    expectClose(found.directional, directions.flatMap((d, r) => points.map((y) => along((x) => plain(x, y, 0.8, 1.5), rows[owners[r]!]!, d))), 1e-9);
  });

  it.each([0.01, 0.3, 1, 7.7])("is as accurate for ℓ = %d as it says, compared with integer arithmetic", (lengthScale) => {
    const next = randomSource(5);
    const { routines } = executor.wasm;
    const n = 301;
    // |x|², |x′|² ≈ 1 or of any size, distances from 0 to many length scales
    const squares = Array.from({ length: n }, (_, i) => (i % 2 ? 1 : Math.exp(3 * next())));
    const distances = squares.map((_, i) => Math.min(700, 10 ** (4 * next())) * lengthScale ** 2 * (i % 10 === 0 ? 0 : 1));
    const gram = squares.map((square, i) => (square + squares[0]! - distances[i]!) / 2);
    withScratch(executor.pool, (arena) => {
      const [values, slopes] = [arena.f64(n), arena.f64(2 * n)];
      routines.squaredExponentialKernel(1, n, place(arena, gram), place(arena, [squares[0]!]), place(arena, squares), lengthScale, 1, values, slopes);
      const [k, a] = [executor.wasm.f64(values, n), executor.wasm.f64(slopes, 2 * n)];
      gram.forEach((g, i) => {
        if (squares[0]! + squares[i]! < 2 * g) return expect(k[i]).toBe(1);
        const d = squares[0]! + squares[i]! - 2 * g;
        const allowed = (squares[0]! + squares[i]! + 4 * d) / (2 * lengthScale ** 2) + 4;
        expect(squaredExponentialError(squares[0]!, squares[i]!, g, lengthScale, k[i]!) <= allowed, `element ${i}`).toBe(true);
        expect(Math.abs(a[i]! * lengthScale ** 2 - k[i]!) <= 8 * 2 ** -53 * k[i]!).toBe(true);
        expect(a[n + i]).toBe(-a[i]!);
      });
    });
  });

  it("is δ² where rows are equal, and does not hide NaN", () => {
    const rows = randomRows(8, 6, 40);
    const { values } = run(kernel(0.5, 2), rows, rows, [1, 1, 1, 1, 1, 1], [], [0, 0, 0, 0, 0, 0]);
    for (let i = 0; i < 6; i++) expectClose([values[7 * i]!], [4], 1e-12);
    const bad = run(kernel(0.5), [[1, NaN], [0, 1]], [[1, 2]], [1], [], [0, 0]);
    expect(bad.values[0]).toBeNaN();
    expectClose([bad.values[1]!], [plain([0, 1], [1, 2], 0.5, 1)], 1e-15);
  });

  it("agrees with the kernels and the predictions of another program's kernel ridge regression", () => {
    const reference = JSON.parse(readFileSync(new URL("../data/kernels/krr_forces.json", import.meta.url), "utf8")) as {
      sigma: number; delta2: number; mean: number; alpha: number[]; kernel_row0: number[]; test_energies: number[];
      positions: number[][][]; test_positions: number[][][];
    };
    const clusters = reference.positions.map(inverseDistances);
    const tests = reference.test_positions.map(inverseDistances);
    const groups = clusters.map(() => 4);
    const jacobians = clusters.flatMap(({ jacobian }) => jacobian);
    const rows = clusters.map(({ values }) => values);
    const first = run(kernel(reference.sigma), rows, [rows[0]!], [1], jacobians, groups);
    expectClose([...first.values, ...first.directional], reference.kernel_row0, 1e-12);
    const points = tests.map(({ values }) => values);
    const { values, directional } = run(kernel(reference.sigma, Math.sqrt(reference.delta2)), rows, points, [1, 1, 1], jacobians, groups);
    const all = [...values, ...directional];
    const energies = points.map((_, t) => reference.alpha.reduce((sum, alpha, row) => sum + alpha * all[row * points.length + t]!, reference.mean));
    expectClose(energies, reference.test_energies, 1e-9);
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

/** 1/r of the pairs 01 02 03 12 13 23 of four atoms, and its derivatives in their coordinates: 12 rows. */
function inverseDistances(positions: readonly number[][]): { values: number[]; jacobian: number[][] } {
  const pairs = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]] as const;
  const values = pairs.map(([i, j]) => 1 / Math.hypot(...[0, 1, 2].map((k) => positions[i]![k]! - positions[j]![k]!)));
  const jacobian = [0, 1, 2, 3].flatMap((atom) =>
    [0, 1, 2].map((k) =>
      pairs.map(([i, j], p) => (atom === i || atom === j ? (atom === i ? -1 : 1) * (positions[i]![k]! - positions[j]![k]!) * values[p]! ** 3 : 0)),
    ),
  );
  return { values, jacobian };
}
