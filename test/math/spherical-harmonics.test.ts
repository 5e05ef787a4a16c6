import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { harmonicsTable } from "../../src/math/spherical-harmonics.js";
import type { Executor } from "../../src/parallel/index.js";
import { Arena, type Region } from "../../src/wasm/memory.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { realHarmonics } from "./special-functions.js";

let executor: Executor;
let region: Region;
beforeAll(async () => {
  executor = await testExecutor();
  region = executor.pool.allocate(4 << 20, "test");
});
afterAll(() => executor.close());

type Point = readonly [number, number, number];

interface Harmonics {
  /** [lm][point] */
  readonly values: Float64Array;
  /** [3][lm][point]; empty without gradients */
  readonly gradients: Float64Array;
}

function harmonicsOf(lMax: number, points: readonly Point[], withGradients: boolean): Harmonics {
  const { wasm } = executor;
  const arena = new Arena(region);
  const n = points.length;
  const nLm = (lMax + 1) ** 2;
  const put = (values: ArrayLike<number>): number => {
    const pointer = arena.f64(values.length);
    wasm.f64(pointer, values.length).set(values);
    return pointer;
  };
  const [x, y, z] = [0, 1, 2].map((axis) => put(points.map((point) => point[axis]))) as [number, number, number];
  const table = put(harmonicsTable(lMax));
  const [out, gradients] = [arena.f64(nLm * n), arena.f64(3 * nLm * n)];
  wasm.f64(out, nLm * n).fill(NaN);
  wasm.f64(gradients, 3 * nLm * n).fill(NaN);
  if (withGradients) wasm.routines.solidHarmonicGradients(n, lMax, x, y, z, table, out, gradients, arena.f64((lMax + 1) * (lMax + 2)));
  else wasm.routines.sphericalHarmonics(n, lMax, x, y, z, table, out);
  return { values: wasm.f64(out, nLm * n).slice(), gradients: wasm.f64(gradients, withGradients ? 3 * nLm * n : 0).slice() };
}

function randomPoints(count: number, seed: number): Point[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => {
    const point = [random(), random(), random()];
    return point.map((component) => component / Math.hypot(...point)) as unknown as Point;
  });
}

/** Also the poles and the equator, where recursions in sin θ fail. */
const special: Point[] = [[0, 0, 1], [0, 0, -1], [1, 0, 0], [0, -1, 0], [0.6, 0.8, 0], [0, 0.6, -0.8]];

describe("real spherical harmonics", () => {
  it.each([0, 1, 2, 5, 9])("lMax %i: the definition", (lMax) => {
    const points = [...special, ...randomPoints(8, 1)];
    const expected = points.map((point) => realHarmonics(lMax, ...point));
    for (const withGradients of [false, true]) {
      const { values } = harmonicsOf(lMax, points, withGradients);
      for (let lm = 0; lm < (lMax + 1) ** 2; lm++) {
        expectClose(values.slice(lm * points.length, (lm + 1) * points.length), expected.map((row) => row[lm]), 2e-12);
      }
    }
  });

  it("has the textbook functions of l ≤ 1", () => {
    const [point] = randomPoints(1, 2) as [Point];
    const { values } = harmonicsOf(1, [point, point], false);
    const p = Math.sqrt(3 / (4 * Math.PI));
    const expected = [Math.sqrt(1 / (4 * Math.PI)), p * point[1], p * point[2], p * point[0]];
    expectClose([0, 1, 2, 3].map((lm) => values[2 * lm]), expected, 1e-15);
  });

  it("fulfils the addition theorem up to lMax 20", () => {
    const lMax = 20;
    const points = [...special, ...randomPoints(10, 3)];
    const { values } = harmonicsOf(lMax, points, false);
    points.forEach((_, i) => {
      for (let l = 0; l <= lMax; l++) {
        let [same, other] = [0, 0];
        const j = (i + 1) % points.length;
        for (let lm = l * l; lm < (l + 1) ** 2; lm++) {
          same += values[lm * points.length + i] ** 2;
          other += values[lm * points.length + i] * values[lm * points.length + j];
        }
        const cosine = points[i].reduce((sum, x, k) => sum + x * points[j][k], 0);
        const scale = (2 * l + 1) / (4 * Math.PI);
        expectClose([same / scale, other / scale], [1, legendrePolynomial(l, cosine)], 1e-12);
      }
    });
  });

  it.each([0, 1, 3, 8])("lMax %i: gradients of the solid harmonics are their differences", (lMax) => {
    const points = [...special, ...randomPoints(6, 4)];
    const n = points.length;
    const { gradients } = harmonicsOf(lMax, points, true);
    const size = (lMax + 1) ** 2 * n;
    points.forEach((point, i) => {
      for (let axis = 0; axis < 3; axis++) {
        const numeric = differenceOf(lMax, point, axis);
        const analytic = numeric.map((_, lm) => gradients[axis * size + lm * n + i]);
        expectClose(analytic, numeric, 1e-8);
        if (lMax > 0) expect(numeric.some((value) => Math.abs(value) > 0.1)).toBe(true);
      }
    });
  });

  it("refuses an odd number of points", () => {
    expect(() => harmonicsOf(2, [[0, 0, 1]], false)).toThrow(/invalid argument/);
    expect(harmonicsOf(2, [], true).values.length).toBe(0);
  });
});

function legendrePolynomial(l: number, x: number): number {
  let [before, here] = [1, x];
  if (l === 0) return 1;
  for (let k = 2; k <= l; k++) [before, here] = [here, ((2 * k - 1) * x * here - (k - 1) * before) / k];
  return here;
}

/** ∂(r^l Y_lm)/∂x_axis by central differences of fourth order of the definition. */
function differenceOf(lMax: number, point: Point, axis: number): number[] {
  const h = 1e-3;
  const total = new Float64Array((lMax + 1) ** 2);
  for (const [steps, weight] of [[-2, 1 / 12], [-1, -2 / 3], [1, 2 / 3], [2, -1 / 12]] as const) {
    const moved = point.map((x, k) => (k === axis ? x + steps * h : x));
    const r = Math.hypot(...moved);
    const y = realHarmonics(lMax, moved[0] / r, moved[1] / r, moved[2] / r);
    for (let l = 0; l <= lMax; l++) for (let lm = l * l; lm < (l + 1) ** 2; lm++) total[lm] += (weight / h) * r ** l * y[lm];
  }
  return [...total];
}
