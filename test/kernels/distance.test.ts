// Laplacian and Matérn kernels: values against plain sums, derivatives against differences, and several kernels at once.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachKernel, attachKernels, kernelDerivatives, kernelLacksDerivatives, type KernelDerivatives, type KernelParameters, kernelSchema, kernelValue } from "../../src/kernels/index.js";
import { type Matrix, matrix, readMatrix } from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Arena } from "../../src/wasm/memory.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { kernelResults } from "./kernel-results.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

type Row = readonly number[];

function randomRows(seed: number, count: number, nFeatures: number): number[][] {
  const next = randomSource(seed);
  return Array.from({ length: count }, () => Array.from({ length: nFeatures }, next));
}

const laplacian: KernelParameters = { type: "laplacian", lengthScale: 1.3, delta: 1.5 };
const matern = (nu: 0.5 | 1.5 | 2.5, lengthScale = 0.8): KernelParameters => ({ type: "matern", nu, lengthScale, delta: 1.5 });

/** The formulas as they stand in the literature. */
function plain(kernel: KernelParameters, x: Row, y: Row): number {
  if (kernel.type === "laplacian") return kernel.delta ** 2 * Math.exp(-x.reduce((sum, value, f) => sum + Math.abs(value - y[f]), 0) / kernel.lengthScale);
  if (kernel.type !== "matern") throw new Error(kernel.type);
  const r = Math.hypot(...x.map((value, f) => value - y[f])) / kernel.lengthScale;
  const s = Math.sqrt(2 * kernel.nu) * r;
  const polynomial = { 0.5: 1, 1.5: 1 + s, 2.5: 1 + s + (5 * r * r) / 3 }[kernel.nu];
  return kernel.delta ** 2 * polynomial * Math.exp(-s);
}

function difference(f: (x: Row) => number, x: Row, direction: Row): number {
  const at = (h: number): number => f(x.map((value, k) => value + h * direction[k]));
  const h = 1e-3;
  return (8 * (at(h) - at(-h)) - at(2 * h) + at(-2 * h)) / (12 * h);
}

const kernels = [laplacian, matern(0.5), matern(1.5), matern(2.5)];
const sizes = [[0, 3, 4], [1, 1, 1], [2, 5, 3], [7, 2, 6], [5, 9, 13], [9, 67, 5], [4, 2, 0], [5, 3, 1027]] as const;

describe.each(kernels)("the kernel %o", (kernel) => {
  it.each(sizes)("is what its formula says: %d rows, %d points, %d features", (n, count, nFeatures) => {
    const [rows, points] = [randomRows(1, n, nFeatures), randomRows(2, count, nFeatures)];
    const found = kernelMatrices([kernel], rows, points)[0];
    expectClose(found, rows.flatMap((x) => points.map((y) => plain(kernel, x, y))), 1e-13);
    rows.forEach((x) => points.forEach((y) => expectClose([kernelValue(kernel, x, y)], [plain(kernel, x, y)], 1e-13)));
  });

  it.each([[1, 1, 1], [7, 2, 6], [5, 9, 13]])("has gradients where rows differ: %d rows, %d points, %d features", (n, count, nFeatures) => {
    const [rows, points] = [randomRows(3, n, nFeatures), randomRows(4, count, nFeatures)];
    const coefficients = randomRows(5, 1, count)[0];
    // directions exist for kernels with derivatives only
    const isSmooth = kernelLacksDerivatives(kernel) === undefined;
    const groups = rows.map((_, i) => (isSmooth ? i % 3 : 0));
    const directions = randomRows(6, 3 * groups.reduce((sum, g) => sum + g, 0), nFeatures);
    if (!isSmooth) return expectGradients(kernel, rows, points, coefficients);
    const found = kernelResults(executor, kernel, { rows, points, coefficients, directions, groups });
    const energy = (x: Row): number => points.reduce((sum, y, s) => sum + coefficients[s] * plain(kernel, x, y), 0);
    expectClose(found.energies, rows.map(energy), 1e-13);
    expectClose(found.gradients, rows.flatMap((x) => x.map((_, f) => difference(energy, x, x.map((_, k) => (k === f ? 1 : 0))))), 1e-8);
    const owners = groups.flatMap((g, i) => new Array<number>(3 * g).fill(i));
    expectClose(found.directional, directions.flatMap((d, r) => points.map((y) => difference((x) => plain(kernel, x, y), rows[owners[r]], d))), 1e-8);
  });

  it("is δ² where rows are equal, does not hide NaN, and has the same bits wherever a row stands", () => {
    const rows = randomRows(8, 7, 41);
    const all = kernelMatrices([kernel], rows, rows)[0];
    for (let i = 0; i < 7; i++) expectClose([all[8 * i]], [2.25], kernel.type === "matern" && kernel.nu !== 0.5 ? 1e-12 : 1e-15);
    if (kernelLacksDerivatives(kernel)) rows.forEach((row, i) => expect(kernelMatrices([kernel], [row], rows)[0]).toEqual(all.slice(7 * i, 7 * i + 7)));
    const bad = kernelMatrices([kernel], [[1, NaN], [0, 1]], [[1, 2]])[0];
    expect(bad[0]).toBeNaN();
    expectClose([bad[1]], [plain(kernel, [0, 1], [1, 2])], 1e-15);
  });

  it("is computed for several length scales at once, also into a larger matrix", () => {
    const [rows, points] = [randomRows(9, 6, 7), randomRows(10, 5, 7)];
    const several = [0.2, 1, 30].map((lengthScale) => ({ ...kernel, lengthScale }) as KernelParameters);
    for (const gap of [0, 3]) {
      kernelMatrices(several, rows, points, gap).forEach((values, k) => expectClose(values, rows.flatMap((x) => points.map((y) => plain(several[k], x, y))), 1e-13));
    }
  });
});

describe("kernels of several kinds", () => {
  it("are computed one after the other", () => {
    const [rows, points] = [randomRows(9, 3, 7), randomRows(10, 4, 7)];
    const found = kernelMatrices(kernels, rows, points);
    kernels.forEach((kernel, k) => expectClose(found[k], rows.flatMap((x) => points.map((y) => plain(kernel, x, y))), 1e-13));
  });

  it("say whether forces can be fitted with them", () => {
    expect(kernelLacksDerivatives(laplacian)).toMatch(/kink where rows are equal: take squared-exponential/u);
    expect(kernelLacksDerivatives(matern(0.5))).toMatch(/take nu 1\.5 or 2\.5/u);
    expect([matern(1.5), matern(2.5), { type: "dot-product", zeta: 2, delta: 1 } as const].map(kernelLacksDerivatives)).toEqual([undefined, undefined, undefined]);
    expect(kernelDerivatives(laplacian)).toBeUndefined();
    expect(kernelDerivatives(matern(0.5))).toBeUndefined();
  });

  it("have defaults, and refuse what they do not know", () => {
    expect(kernelSchema.parse({ type: "laplacian" })).toEqual({ type: "laplacian", lengthScale: 0.5, delta: 1 });
    expect(kernelSchema.parse({ type: "matern" })).toEqual({ type: "matern", nu: 2.5, lengthScale: 0.5, delta: 1 });
    for (const bad of [{ type: "matern", nu: 2 }, { type: "laplacian", nu: 0.5 }, { type: "laplacian", lengthScale: 0 }]) expect(kernelSchema.safeParse(bad).success).toBe(false);
  });
});

const withDerivatives: KernelParameters[] = [
  matern(1.5),
  matern(2.5),
  { type: "squared-exponential", lengthScale: 0.9, delta: 1.2 },
  { type: "dot-product", zeta: 3, delta: 0.8 },
  { type: "dot-product", zeta: 1, delta: 0.8 },
  { type: "dot-product", zeta: 2.5, delta: 0.8 },
  { type: "squared-exponential", lengthScale: 0.9, delta: 1.2, constant: 0.3 },
  { type: "polynomial", degree: 3, offset: 0.4, delta: 0.8 },
];

describe.each(withDerivatives)("second derivatives of %o", (kernel) => {
  it("meet differences", () => {
    const derivatives = kernelDerivatives(kernel)!;
    const at = (gram: number, square: number, pointSquare: number): KernelDerivatives => {
      const out = Object.fromEntries(names.map((name) => [name, NaN])) as unknown as KernelDerivatives;
      derivatives(gram, square, pointSquare, out);
      return out;
    };
    const names = ["value", "slope", "ownSlope", "pointSlope", "curvature", "ownMixed", "pointMixed", "squaresMixed"] as const;
    const [g, s, t] = [0.4, 1.3, 0.9];
    const h = 1e-5;
    const byGram = (name: (typeof names)[number]): number => (at(g + h, s, t)[name] - at(g - h, s, t)[name]) / (2 * h);
    const bySquare = (name: (typeof names)[number]): number => (at(g, s + h, t)[name] - at(g, s - h, t)[name]) / (2 * h);
    const byPoint = (name: (typeof names)[number]): number => (at(g, s, t + h)[name] - at(g, s, t - h)[name]) / (2 * h);
    const found = at(g, s, t);
    const expected = [byGram("value"), 2 * bySquare("value"), 2 * byPoint("value"), byGram("slope"), 2 * bySquare("slope"), 2 * byPoint("slope"), 2 * bySquare("pointSlope")];
    expectClose(names.slice(1).map((name) => found[name]), expected, 1e-8);
  });
});

function place(arena: Arena, rows: readonly Row[]): Matrix {
  const stored = matrix(arena.f64(rows.length * (rows[0]?.length ?? 0)), rows.length, rows[0]?.length ?? 0);
  executor.wasm.f64(stored.pointer, stored.rows * stored.columns).set(rows.flat());
  return stored;
}

/** @param gap elements between the rows of the results */
function kernelMatrices(several: readonly KernelParameters[], rows: readonly Row[], points: readonly Row[], gap = 0): number[][] {
  const { wasm, pool } = executor;
  return withScratch(pool, (arena) => {
    const [x, y] = [{ ...place(arena, rows), columns: points[0].length, stride: points[0].length }, place(arena, points)];
    const stride = points.length + gap;
    const outs = several.map(() => matrix(arena.f64(rows.length * stride), rows.length, points.length, stride));
    attachKernels(wasm, several)(x, y, outs, arena);
    return outs.map((out) => [...readMatrix(wasm, out)]);
  });
}

function expectGradients(kernel: KernelParameters, rows: readonly Row[], points: readonly Row[], coefficients: readonly number[]): void {
  const { wasm, pool } = executor;
  withScratch(pool, (arena) => {
    const evaluator = attachKernel(wasm, kernel);
    const stored = place(arena, points);
    const table = { count: points.length, nFeatures: stored.columns, tables: { rows: stored.pointer } };
    const block = { rows: place(arena, rows), points: table, values: arena.f64(rows.length * points.length), slopes: 0 };
    evaluator.evaluate(block, arena);
    const [energies, gradients, weights] = [arena.f64(rows.length), arena.f64(rows.length * stored.columns), place(arena, [coefficients])];
    wasm.f64(energies, rows.length).fill(0);
    evaluator.contract(block, weights.pointer, energies, gradients, arena);
    const energy = (x: Row): number => points.reduce((sum, y, s) => sum + coefficients[s] * plain(kernel, x, y), 0);
    expectClose(wasm.f64(energies, rows.length), rows.map(energy), 1e-13);
    const expected = rows.flatMap((x) => x.map((_, f) => difference(energy, x, x.map((_, k) => (k === f ? 1 : 0)))));
    expectClose(wasm.f64(gradients, expected.length), expected, 1e-8);
    // equal rows count nothing
    evaluator.contract({ ...block, rows: stored, values: place(arena, points.map(() => points.map(() => 1))).pointer }, weights.pointer, arena.f64(points.length), gradients, arena);
    expect(wasm.f64(gradients, stored.columns).every(Number.isFinite)).toBe(true);
  });
}
