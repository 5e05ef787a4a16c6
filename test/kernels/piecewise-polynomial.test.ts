// The kernel that GAP calls pp: k of compact support against its formula in plain loops, with its derivatives by hand where differences fail, at the edge.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkKernel, kernelDerivatives, kernelNeedsRanges, type KernelParameters, kernelSchema, kernelValue, learnKernel } from "../../src/kernels/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { testKernel } from "./kernel-contract.js";
import { kernelResults } from "./kernel-results.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const distance = (x: readonly number[], y: readonly number[], lengths: readonly number[]): number => Math.hypot(...x.map((value, d) => (value - y[d]) / lengths[d]));

/** Rasmussen and Williams, eq. 4.21, with D dimensions. */
function plain(x: readonly number[], y: readonly number[], { lengths, delta = 1, dimension = x.length }: { lengths: readonly number[]; delta?: number; dimension?: number }): number {
  const r = distance(x, y, lengths);
  const j = Math.floor(dimension / 2) + 2;
  return r < 1 ? delta ** 2 * (1 - r) ** (j + 1) * ((j + 1) * r + 1) : 0;
}

const all = (length: number, n: number): number[] => new Array<number>(n).fill(length);
const cases: { name: string; parameters: KernelParameters; lengths: readonly number[]; dimension?: number; constant?: number }[] = [
  { name: "one coordinate", parameters: { type: "piecewise-polynomial", lengthScale: 2.7, delta: 1.4 }, lengths: [2.7] },
  { name: "three coordinates of one length scale", parameters: { type: "piecewise-polynomial", lengthScale: 4.1, delta: 0.8 }, lengths: all(4.1, 3) },
  { name: "three coordinates with a constant", parameters: { type: "piecewise-polynomial", lengthScale: [4, 5, 4.5], delta: 1.4, constant: 0.3 }, lengths: [4, 5, 4.5], constant: 0.3 },
  { name: "coordinates of a space of more dimensions", parameters: { type: "piecewise-polynomial", lengthScale: 4.1, delta: 0.8, dimension: 6 }, lengths: all(4.1, 2), dimension: 6 },
  { name: "many coordinates", parameters: { type: "piecewise-polynomial", lengthScale: 9, delta: 1.1 }, lengths: all(9, 11) },
];

for (const { name, parameters, lengths, dimension = lengths.length, constant = 0 } of cases) {
  const formula = (x: readonly number[], y: readonly number[]): number => plain(x, y, { lengths, delta: parameters.delta, dimension }) + constant ** 2;
  for (const weighsRows of [false, true]) testKernel({ name: `piecewise polynomial of ${name}`, parameters, nCoordinates: lengths.length, plain: formula, weighsRows }, () => executor);
}

describe("the piecewise polynomial kernel", () => {
  it("is 0 with its gradient from one length scale on, and steep before", () => {
    const next = randomSource(4);
    const rows = Array.from({ length: 7 }, () => [next(), next(), next()]);
    const points = Array.from({ length: 5 }, () => [next(), next(), next()]);
    const parameters: KernelParameters = { type: "piecewise-polynomial", lengthScale: 0.9, delta: 1.5 };
    const coefficients = points.map(() => next());
    const { values, gradients } = kernelResults(executor, parameters, { rows, points, coefficients, directions: [], groups: rows.map(() => 0) });
    const pairs = rows.flatMap((x) => points.map((y) => ({ x, y, r: distance(x, y, all(0.9, 3)) })));
    const outside = pairs.filter(({ r }) => r >= 1).length;
    expect([outside > 5, outside < pairs.length - 5]).toEqual([true, true]);
    expectClose(values, pairs.map(({ x, y }) => plain(x, y, { lengths: all(0.9, 3), delta: 1.5 })), 1e-13);
    pairs.forEach(({ r }, i) => r >= 1 && expect(values[i]).toBe(0));
    // ∂k/∂x = −δ² (j + 1)(j + 2) (1 − r)^j (x − x′)/ℓ², j = 3
    const byHand = rows.map((x) =>
      x.map((_, d) => points.reduce((sum, y, s) => {
        const r = distance(x, y, all(0.9, 3));
        return r < 1 ? sum - coefficients[s] * 2.25 * 20 * (1 - r) ** 3 * ((x[d] - y[d]) / 0.81) : sum;
      }, 0)),
    );
    expectClose(gradients, byHand.flat(), 1e-12);
  });

  it("keeps its digits where rows are nearly equal and nearly out of reach", () => {
    const { wasm, pool } = executor;
    const squares = Array.from({ length: 9 }, () => 1);
    const distances = [0, 1e-14, 1e-9, 1e-4, 0.3, 0.999, 1 - 1e-9, 1, 1.7];
    withScratch(pool, (arena) => {
      const place = (numbers: readonly number[]): number => {
        const pointer = arena.f64(numbers.length);
        wasm.f64(pointer, numbers.length).set(numbers);
        return pointer;
      };
      for (const exponent of [1, 2, 5, 8, 27]) {
        const [values, slopes] = [arena.f64(9), arena.f64(18)];
        const gram = distances.map((square) => (2 - square) / 2);
        wasm.routines.piecewisePolynomialKernel(1, 9, place(gram), place([1]), place(squares), exponent, 2, values, slopes);
        const r = gram.map((g) => Math.sqrt(Math.max(0, 2 - 2 * g)));
        const rest = r.map((at) => Math.max(0, 1 - at));
        const expected = r.map((at, i) => 2 * rest[i] ** (exponent + 1) * ((exponent + 1) * at + 1));
        wasm.f64(values, 9).forEach((value, i) => expectClose([value], [expected[i]], 1e-14, "relative-to-max"));
        const a = rest.map((at) => 2 * (exponent + 1) * (exponent + 2) * at ** exponent);
        wasm.f64(slopes, 18).forEach((value, i) => expectClose([value], [i < 9 ? a[i] : -a[i - 9]], 1e-14, "relative-to-max"));
      }
    });
  });

  it("has a value on the host, takes length scales from the data, and refuses what is no covariance", () => {
    const [x, y] = [[0.1, 0.4], [0.3, -0.2]];
    expectClose([kernelValue({ type: "piecewise-polynomial", lengthScale: [1, 2], delta: 2 }, x, y)], [plain(x, y, { lengths: [1, 2], delta: 2 })], 1e-14);
    const parameters = kernelSchema.parse({ type: "piecewise-polynomial", lengthScale: { ofRange: [0.5, 1] } });
    expect(kernelNeedsRanges(parameters)).toBe(true);
    expect(learnKernel(parameters, { minima: Float64Array.of(0, 1), maxima: Float64Array.of(4, 4) })).toMatchObject({ lengthScale: [2, 3] });
    expect(kernelDerivatives(kernelSchema.parse({ type: "piecewise-polynomial" }))).toBeUndefined();
    expect(() => checkKernel(parameters, { nFeatures: 3 })).toThrow("kernel.lengthScale.ofRange has 2 numbers; the rows have 3 features");
    const flat = kernelSchema.parse({ type: "piecewise-polynomial", dimension: 2 });
    expect(() => checkKernel(flat, { nFeatures: 3, weighsRows: true })).not.toThrow();
    expect(() => checkKernel(flat, { nFeatures: 3 })).toThrow("kernel.dimension is 2; it must not be below the number of features to compare, 3");
    for (const bad of [{ lengthScale: 0 }, { delta: 0 }, { dimension: 0 }, { zeta: 2 }]) expect(kernelSchema.safeParse({ type: "piecewise-polynomial", ...bad }).success).toBe(false);
  });
});
