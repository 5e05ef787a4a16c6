// What every kernel must hold, with or without weights of rows: blocks agree with its plain formula, derivatives with differences of it.
import { describe, expect, it } from "vitest";
import { attachKernel, kernelValue, type KernelParameters } from "../../src/kernels/index.js";
import { matrix } from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { kernelResults } from "./kernel-results.js";

export interface KernelCase {
  readonly name: string;
  readonly parameters: KernelParameters;
  /** Of the coordinates. */
  readonly nCoordinates: number;
  /** The formula of the coordinates, without weights. */
  readonly plain: (x: readonly number[], y: readonly number[]) => number;
  readonly weighsRows?: boolean;
}

/** Rows, points: none, one, odd and even numbers. */
const SHAPES = [[0, 3], [1, 1], [2, 5], [7, 2], [5, 9]] as const;

export function testKernel({ name, parameters, nCoordinates, plain, weighsRows = false }: KernelCase, executorOf: () => Executor): void {
  const nFeatures = nCoordinates + (weighsRows ? 1 : 0);
  const randomRows = (seed: number, count: number): number[][] => {
    const next = randomSource(seed);
    return Array.from({ length: count }, () => Array.from({ length: nFeatures }, next));
  };
  const full = (x: readonly number[], y: readonly number[]): number =>
    weighsRows ? x[nCoordinates] * y[nCoordinates] * plain(x.slice(0, nCoordinates), y.slice(0, nCoordinates)) : plain(x, y);
  describe(`${name}${weighsRows ? ", rows with weights" : ""}`, () => {
    it.each(SHAPES)("is its formula with its derivatives: %d rows, %d points", (n, count) => {
      const [rows, points] = [randomRows(1, n), randomRows(2, count)];
      const coefficients = randomRows(3, count).map((row) => row[0]);
      const groups = rows.map((_, i) => i % 3);
      const directions = randomRows(4, 3 * groups.reduce((sum, g) => sum + g, 0));
      const found = kernelResults(executorOf(), parameters, { rows, points, coefficients, directions, groups }, weighsRows);
      expectClose(found.values, rows.flatMap((x) => points.map((y) => full(x, y))), 1e-12);
      const energy = (x: readonly number[]): number => points.reduce((sum, y, s) => sum + coefficients[s] * full(x, y), 0);
      expectClose(found.energies, rows.map(energy), 1e-12);
      const unit = (f: number): number[] => Array.from({ length: nFeatures }, (_, k) => (k === f ? 1 : 0));
      expectClose(found.gradients, rows.flatMap((x) => x.map((_, f) => slope(energy, x, unit(f)))), 1e-8);
      const owners = groups.flatMap((g, i) => new Array<number>(3 * g).fill(i));
      expectClose(found.directional, directions.flatMap((d, r) => points.map((y) => slope((x) => full(x, y), rows[owners[r]], d))), 1e-8);
    });

    it("has matrices of any stride, a diagonal and a value on the host", () => {
      const { wasm, pool } = executorOf();
      const [x, y] = [randomRows(5, 3), randomRows(6, 2)];
      const expected = x.flatMap((row) => [...y.map((point) => full(row, point)), 7]);
      withScratch(pool, (arena) => {
        const place = (rows: readonly (readonly number[])[]) => {
          const placed = matrix(arena.f64(rows.length * nFeatures), rows.length, nFeatures);
          wasm.f64(placed.pointer, rows.length * nFeatures).set(rows.flat());
          return placed;
        };
        const evaluator = attachKernel(wasm, parameters, { nFeatures, weighsRows });
        const out = arena.f64(9);
        wasm.f64(out, 9).fill(7);
        evaluator.matrix(place(x), place(y), matrix(out, 3, 2, 3), arena);
        expectClose(wasm.f64(out, 9), expected, 1e-12);
        expectClose(evaluator.diagonal(place(x)), x.map((row) => full(row, row)), 1e-12);
      });
      expectClose(x.map((row) => kernelValue(parameters, row, y[0], weighsRows)), x.map((row) => full(row, y[0])), 1e-12);
    });

    it("does not hide NaN", () => {
      const [rows, points] = [randomRows(8, 2), randomRows(9, 1)];
      const { values } = kernelResults(executorOf(), parameters, { rows: [rows[0].map((v, f) => (f === 0 ? NaN : v)), rows[1]], points, coefficients: [1], directions: [], groups: [0, 0] }, weighsRows);
      expect(values[0]).toBeNaN();
      expectClose([values[1]], [full(rows[1], points[0])], 1e-12);
    });
  });
}

function slope(f: (x: readonly number[]) => number, x: readonly number[], d: readonly number[]): number {
  const at = (h: number): number => f(x.map((value, k) => value + h * d[k]));
  const h = 1e-3;
  return (8 * (at(h) - at(-h)) - at(2 * h) + at(-2 * h)) / (12 * h);
}
