// Statistics of rows against their definitions and cases that are known.
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { countColumns } from "../../../src/analysis/information/columns.js";
import { distanceCorrelation, rowDistances } from "../../../src/analysis/information/distance-correlation.js";
import { jackknife, meanEstimate } from "../../../src/analysis/information/estimate.js";
import { kernelShapeTask } from "../../../src/analysis/information/kernel-shape.js";
import { spectrumTask } from "../../../src/analysis/information/spectrum.js";
import { matrix, type Matrix } from "../../../src/linalg/matrix.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { type Executor, Holdings } from "../../../src/parallel/index.js";
import { Arena } from "../../../src/wasm/memory.js";
import { expectClose, testExecutor } from "../../expect.js";

let executor: Executor;
let holdings: Holdings;
beforeAll(async () => {
  executor = await testExecutor();
  holdings = new Holdings(executor);
});
afterEach(() => holdings.release());
afterAll(() => executor.close());

function place(rows: readonly (readonly number[])[]): Matrix {
  const region = holdings.allocate(8 * rows.length * rows[0].length, "test");
  executor.wasm.f64(region.pointer, rows.length * rows[0].length).set(rows.flat());
  return matrix(region.pointer, rows.length, rows[0].length);
}

function normalRows(seed: number, n: number, d: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => Array.from({ length: d }, () => standardNormal(random)));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const ones = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

describe("estimates", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const error = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));

  it("have the standard error of a mean", () => {
    expect(meanEstimate([4])).toEqual({ mean: 4, error: NaN, count: 1 });
    const { mean: center, error: own, count } = meanEstimate(values);
    expectClose([center, own, count], [mean(values), error, values.length], 1e-14);
  });

  it("find it by leaving out each value in turn", () => {
    const estimate = jackknife((kept) => mean(Array.from(kept, (i) => values[i])), ones(values.length));
    expectClose([estimate.mean, estimate.error, estimate.count], [mean(values), error, values.length], 1e-14);
  });
});

describe("the spectrum of rows", () => {
  /** Columns of Hadamard's matrix: orthogonal, without mean, so that the covariance is diag(variances). */
  function knownRows(variances: readonly number[]): number[][] {
    const n = 16;
    const sign = (i: number, k: number): number => ((i & k).toString(2).replaceAll("0", "").length % 2 ? -1 : 1);
    return Array.from({ length: n }, (_, i) => variances.map((variance, k) => 5 + Math.sqrt(variance) * sign(i, k + 1)));
  }

  async function spectrumOf(x: Matrix, length = 2) {
    const components = holdings.allocate(8 * length * x.columns, "test").pointer;
    const output = await executor.submit(spectrumTask, { x, groups: ones(x.rows), components, length });
    return { ...output, components: executor.wasm.f64(components, length * x.columns).slice() };
  }

  it.each([
    ["fewer columns", [8, 4, 2, 1, 1]],
    ["more columns", [8, 4, 2, 1, 1, ...new Array<number>(15).fill(0)]],
  ])("is that of the covariance (%s than rows)", async (_, variances) => {
    // columns of variance 0 repeat the first sign
    const { spectrum, map, components } = await spectrumOf(place(knownRows(variances)));
    expectClose(spectrum.eigenvalues, [0.5, 0.25, 0.125, 0.0625, 0.0625], 1e-14);
    expectClose([spectrum.participationRatio.mean, spectrum.rank], [16 ** 2 / (64 + 16 + 4 + 1 + 1), 5], 1e-12);
    expect(spectrum.participationRatio.error).toBeGreaterThan(0);
    expect(spectrum.constantColumns).toBe(variances.length - 5);
    if (variances.length === 5) expectClose([spectrum.conditionNumber], [Math.sqrt(8)], 1e-13);
    else expect(spectrum.conditionNumber).toBe(Infinity);
    // the first component is the first column
    expectClose(components.slice(0, 2), [1, 0], 1e-12);
    expectClose(map.map(([x]) => x), knownRows([8]).map(([x]) => x - 5), 1e-12);
  });

  it.each([5, 30])("has the error of leaving out groups (%i columns)", async (d) => {
    const rows = normalRows(12, 20, d).map((row, i) => row.map((value, f) => value / (1 + f) + (i % 4)));
    const groups = Int32Array.from({ length: 20 }, (_, i) => i % 4);
    const direct = (kept: Int32Array): number => {
      const columns = rows[0].map((_, f) => Array.from(kept, (i) => rows[i][f]));
      const centered = columns.map((column) => column.map((value) => value - mean(column)));
      const covariance = centered.map((a) => centered.map((b) => a.reduce((sum, value, i) => sum + value * b[i], 0)));
      const trace = covariance.reduce((sum, row, f) => sum + row[f], 0);
      return trace ** 2 / covariance.flat().reduce((sum, value) => sum + value * value, 0);
    };
    const components = holdings.allocate(8 * d, "test").pointer;
    const { spectrum } = await executor.submit(spectrumTask, { x: place(rows), groups, components, length: 1 });
    const expected = jackknife(direct, groups);
    expectClose([spectrum.participationRatio.mean, spectrum.participationRatio.error], [expected.mean, expected.error], 1e-11);
  });

  it("of equal rows and of one row is empty", async () => {
    for (const n of [1, 4]) {
      const { spectrum, map } = await spectrumOf(place(Array.from({ length: n }, () => [0.1, 0.2, 0.3])));
      expect(spectrum).toMatchObject({ rows: n, eigenvalues: [], rank: 0, constantColumns: 3, duplicateColumns: 0 });
      expect(map).toEqual(Array.from({ length: n }, () => [0, 0]));
    }
  });

  it("counts columns that repeat others", () => {
    const rows = normalRows(2, 40, 6).map((row) => [...row, 1e6, 0, 3 - 1e-7 * row[2], row[0], row[0] * row[1], 7 * row[2] - 1]);
    const shuffled = rows.map((row) => [8, 3, 0, 11, 6, 1, 2, 10, 9, 7, 4, 5].map((f) => row[f]));
    for (const set of [rows, shuffled]) {
      expect(countColumns(Float64Array.from(set.flat()), 40, 12)).toEqual({ constant: 2, duplicate: 3 });
    }
    // nearly is not the same
    const near = rows.map((row, i) => [...row, row[4] + 1e-3 * Math.sin(i)]);
    expect(countColumns(Float64Array.from(near.flat()), 40, 13)).toEqual({ constant: 2, duplicate: 3 });
  });
});

describe("cosines of rows", () => {
  it("have the moments and the histogram of all pairs", async () => {
    const rows = normalRows(3, 30, 4).map(([a, ...rest]) => [a + 3, ...rest]);
    const groups = Int32Array.from({ length: 31 }, (_, i) => i % 5);
    const shape = (await executor.submit(kernelShapeTask, { x: place([...rows, [0, 0, 0, 0]]), groups }))!;
    const pairs = rows.flatMap((a, i) =>
      rows.slice(0, i).map((b) => a.reduce((sum, x, f) => sum + x * b[f], 0) / (Math.hypot(...a) * Math.hypot(...b))),
    );
    const std = Math.sqrt(mean(pairs.map((value) => (value - mean(pairs)) ** 2)));
    const skewness = mean(pairs.map((value) => ((value - mean(pairs)) / std) ** 3));
    expectClose([shape.mean.mean, shape.std.mean, shape.skewness.mean], [mean(pairs), std, skewness], 1e-12);
    const without = [0, 1, 2, 3, 4].map((group) => {
      const kept = rows.map((_, i) => i).filter((i) => i % 5 !== group);
      return mean(kept.flatMap((i) => kept.filter((j) => j < i).map((j) => pairs[(i * (i - 1)) / 2 + j])));
    });
    expectClose([shape.mean.error], [Math.sqrt(0.8 * without.reduce((sum, value) => sum + (value - mean(without)) ** 2, 0))], 1e-12);
    const { from, to, counts } = shape.histogram;
    const width = (to - from) / counts.length;
    expect(counts).toEqual(counts.map((_, bin) => pairs.filter((value) => Math.floor((value - from) / width) === bin).length));
  });
});

describe("distance correlation", () => {
  const all = (n: number): Int32Array => ones(n);
  const distancesOf = (rows: number[][]): Float64Array =>
    rowDistances(executor.wasm, new Arena(holdings.allocate(1e7, "test")), place(rows), all(rows.length));

  /** By the definition: matrices of U-centered distances. */
  function byDefinition(a: Float64Array, b: Float64Array, n: number): number {
    const centered = (distances: Float64Array): number[] => {
      const sums = Array.from({ length: n }, (_, i) => distances.slice(i * n, (i + 1) * n).reduce((sum, value) => sum + value, 0));
      const total = sums.reduce((sum, value) => sum + value, 0);
      return Array.from(distances, (value, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        return i === j ? 0 : value - (sums[i] + sums[j]) / (n - 2) + total / ((n - 1) * (n - 2));
      });
    };
    const [u, v] = [centered(a), centered(b)];
    const inner = (x: number[], y: number[]): number => x.reduce((sum, value, at) => sum + value * y[at], 0);
    return Math.sqrt(Math.max(0, inner(u, v) / Math.sqrt(inner(u, u) * inner(v, v))));
  }

  it("is that of the definition", () => {
    const rows = normalRows(5, 25, 3);
    const values = rows.map(([x, y]) => [x * x + 0.3 * y]);
    const [a, b] = [distancesOf(rows), distancesOf(values)];
    expectClose(a, rows.flatMap((x) => rows.map((y) => Math.hypot(...x.map((value, f) => value - y[f])))), 1e-7);
    expectClose([distanceCorrelation(a, b, 25, all(25))], [byDefinition(a, b, 25)], 1e-12);
    expect(byDefinition(a, b, 25)).toBeGreaterThan(0.3);
    const kept = Int32Array.of(1, 4, 5, 9, 16, 20, 24);
    const some = (distances: Float64Array): Float64Array => Float64Array.from(kept.length === 7 ? [...kept].flatMap((i) => [...kept].map((j) => distances[i * 25 + j])) : []);
    expectClose([distanceCorrelation(a, b, 25, kept)], [byDefinition(some(a), some(b), 7)], 1e-12);
  });

  it("is 1 for a turned, scaled copy, about 0 for independent rows of many columns, and undefined for equal rows", () => {
    const rows = normalRows(6, 60, 2);
    const turned = rows.map(([x, y]) => [3 * (0.6 * x - 0.8 * y), 3 * (0.8 * x + 0.6 * y)]);
    expectClose([distanceCorrelation(distancesOf(rows), distancesOf(turned), 60, all(60))], [1], 1e-12);
    const random = seededRandom(8);
    const other = Array.from({ length: 60 }, () => [uniformFloat64(random)]);
    // with its bias it would be above 0.5
    expect(distanceCorrelation(distancesOf(normalRows(7, 60, 50)), distancesOf(other), 60, all(60))).toBeLessThan(0.2);
    expect(distanceCorrelation(distancesOf(rows.map(() => [0.1, 0.3])), distancesOf(other), 60, all(60))).toBeNaN();
  });
});
