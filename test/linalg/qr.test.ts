import { Matrix as Dense, QrDecomposition } from "ml-matrix";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NumericalError } from "../../src/errors.js";
import {
  cholesky, packedElements, packedSolve, type PackedTriangle, packedTriangleBytes, qrMerge, qrMergeScratchBytes, qrScratchBytes, qrUpdate, readTriangle, rowBlock,
  solveTriangularVector, transpose,
} from "../../src/linalg/index.js";
import { expectClose } from "../expect.js";
import { largest, product, randomArray, randomSource, transposeOf, type Workbench, workbench } from "./dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench(128 << 20);
});
beforeEach(() => bench.arena.reset());

const gram = (rows: number, n: number, a: Float64Array): Float64Array => product(n, n, rows, transposeOf(rows, n, a), a);

const emptyTriangle = (n: number): PackedTriangle => bench.triangle(n, new Float64Array(n * n));

/** R, and that nothing around it was written: `bench.triangle` fills the rest of its memory with NaN. */
function upperPart(r: PackedTriangle): Float64Array {
  const unused = packedElements(bench.wasm, r).reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  expect(unused, "elements below the diagonal that were not written").toBe(packedTriangleBytes(r.size) / 8 - (r.size * (r.size + 1)) / 2);
  return readTriangle(bench.wasm, r);
}

/** RᵀR = AᵀA to rounding, and a non-negative diagonal. */
function checkFactor(r: PackedTriangle, rows: number, a: Float64Array): void {
  const n = r.size;
  const upper = upperPart(r);
  const expected = gram(rows, n, a);
  const difference = gram(n, n, upper).map((value, i) => value - expected[i]);
  expect(largest(difference) <= 2e-15 * Math.sqrt(rows + 10) * Math.max(largest(expected), Number.MIN_VALUE)).toBe(true);
  for (let i = 0; i < n; i++) expect(upper[i * n + i] >= 0).toBe(true);
}

const widths = [0, 1, 2, 7, 8, 9, 16, 17, 63, 64, 65, 100, 130];

describe("qrUpdate", () => {
  it.each(widths)("n = %i: the Gram matrix survives for any number of rows", (n) => {
    for (const rows of [0, 1, 2, 5, 63, 64, 200]) {
      bench.arena.reset();
      const values = randomArray(rows * n, 3 + rows);
      const r = emptyTriangle(n);
      qrUpdate(bench.wasm, bench.arena, r, bench.put(rows, n, values, n + 3));
      checkFactor(r, rows, values);
    }
  });

  it("gives the same factor as ml-matrix, up to signs", () => {
    const [rows, n] = [150, 70];
    const values = randomArray(rows * n, 1);
    const r = emptyTriangle(n);
    qrUpdate(bench.wasm, bench.arena, r, bench.put(rows, n, values));
    const reference = new QrDecomposition(new Dense(Array.from({ length: rows }, (_, i) => Array.from(values.subarray(i * n, i * n + n)))));
    const other = reference.upperTriangularMatrix;
    const expected = Float64Array.from({ length: n * n }, (_, i) => {
      const [row, column] = [Math.floor(i / n), i % n];
      return row > column ? 0 : other.get(row, column) * Math.sign(other.get(row, row));
    });
    expectClose(upperPart(r), expected, 1e-13, "relative-to-max");
  });

  it("does not depend on how the rows are cut, to rounding, over chunk borders too", () => {
    const [rows, n] = [2500, 40];
    const values = randomArray(rows * n, 4);
    const results = [[2500], [1, 1023, 1024, 452], [1500, 0, 1000]].map((cuts) => {
      bench.arena.reset();
      const r = emptyTriangle(n);
      const a = bench.put(rows, n, values);
      let start = 0;
      for (const count of cuts) {
        qrUpdate(bench.wasm, bench.arena, r, rowBlock(a, start, count));
        start += count;
      }
      checkFactor(r, rows, values);
      return upperPart(r);
    });
    expectClose(results[1], results[0], 1e-13, "relative-to-max");
    expectClose(results[2], results[0], 1e-13, "relative-to-max");
  });

  it("gives the same bits again", () => {
    const values = randomArray(300 * 90, 4);
    const results = [0, 1].map(() => {
      const r = emptyTriangle(90);
      qrUpdate(bench.wasm, bench.arena, r, bench.put(300, 90, values));
      return upperPart(r);
    });
    expectClose(results[1], results[0], 0);
  });

  it("takes a start triangle with negative diagonal elements", () => {
    const start = randomArray(20 * 20, 6).map((value, i) => (i % 20 < Math.floor(i / 20) ? 0 : value));
    expect(start.some((value, i) => i % 21 === 0 && value < -0.1)).toBe(true);
    // where the rows are small or zero, a reflector that took the sign as it is would lose all digits, or the sign
    for (const size of [1, 1e-6, 1e-12, 0]) {
      bench.arena.reset();
      const values = randomArray(30 * 20, 7).map((value) => size * value);
      const r = bench.triangle(20, start);
      qrUpdate(bench.wasm, bench.arena, r, bench.put(30, 20, values));
      const both = new Float64Array([...start, ...values]);
      checkFactor(r, 50, both);
    }
  });

  it("copes with zero, repeated and badly scaled columns", () => {
    const [rows, n] = [80, 24];
    const scale = (j: number): number => (j === 3 || j === 20 ? 0 : 10 ** ((j % 7) * 4 - 12));
    const values = randomArray(rows * n, 2).map((value, i) => value * scale(i % n));
    for (let i = 0; i < rows; i++) values[i * n + 9] = values[i * n + 8]!;
    const r = emptyTriangle(n);
    qrUpdate(bench.wasm, bench.arena, r, bench.put(rows, n, values));
    const upper = upperPart(r);
    const [actual, expected] = [gram(n, n, upper), gram(rows, n, values)];
    // columnwise backward error: element (i, j) relative to the norms of columns i and j
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      const size = Math.sqrt(expected[i * n + i] * expected[j * n + j]);
      expect(Math.abs(actual[i * n + j] - expected[i * n + j]) <= 1e-13 * size).toBe(true);
    }
    expect(upper[3 * n + 3]).toBe(0);
    expect(Math.abs(upper[9 * n + 9]) <= 1e-14 * Math.abs(upper[8 * n + 8])).toBe(true);
  });

  it("keeps the other columns exact beside columns so small that their squares vanish", () => {
    const [rows, n] = [60, 70];
    const tiny = [0, 5, 40, 66];
    for (const size of [1e-150, 1e-158, 1e-161, 1e-200, 1e-310]) {
      bench.arena.reset();
      const values = randomArray(rows * n, 5).map((value, i) => (tiny.includes(i % n) ? value * size : value));
      const r = emptyTriangle(n);
      qrUpdate(bench.wasm, bench.arena, r, bench.put(rows, n, values));
      qrUpdate(bench.wasm, bench.arena, r, bench.put(rows, n, values));
      checkFactor(r, 2 * rows, Float64Array.from([...values, ...values]));
    }
  });

  it("leaves the residual norm on the diagonal of the target column", () => {
    const [rows, n] = [500, 30];
    const a = randomArray(rows * n, 8);
    const truth = randomArray(n, 9);
    const noise = randomArray(rows, 10).map((value) => value * 1e-3);
    const target = product(rows, 1, n, a, truth).map((value, i) => value + noise[i]);
    const joined = Float64Array.from({ length: rows * (n + 1) }, (_, i) => {
      const [row, column] = [Math.floor(i / (n + 1)), i % (n + 1)];
      return column === n ? target[row] : a[row * n + column];
    });
    const r = emptyTriangle(n + 1);
    qrUpdate(bench.wasm, bench.arena, r, bench.put(rows, n + 1, joined));
    const upper = upperPart(r);
    const x = bench.vector(Float64Array.from({ length: n }, (_, i) => upper[i * (n + 1) + n]));
    packedSolve(bench.wasm, r, n, x);
    const solution = bench.wasm.f64(x, n);
    expectClose(solution, truth, 1e-3);
    const residual = product(rows, 1, n, a, solution).map((value, i) => target[i] - value);
    const norm = Math.hypot(...residual);
    expectClose([upper[(n + 1) * (n + 1) - 1]], [norm], 1e-12 * norm);
    // the residual is orthogonal to every column
    expect(largest(product(n, 1, rows, transposeOf(rows, n, a), residual)) <= 1e-11).toBe(true);
  });

  it("solves what the normal equations cannot", () => {
    const [rows, n] = [40, 10];
    // a Vandermonde matrix on [0, 1]: condition about 1e7, its square is still positive definite but useless in the last digits
    const a = Float64Array.from({ length: rows * n }, (_, i) => (Math.floor(i / n) / (rows - 1)) ** (i % n));
    const truth = randomArray(n, 3);
    const target = product(rows, 1, n, a, truth);
    const r = emptyTriangle(n + 1);
    const joined = Float64Array.from({ length: rows * (n + 1) }, (_, i) =>
      i % (n + 1) === n ? target[Math.floor(i / (n + 1))] : a[Math.floor(i / (n + 1)) * n + (i % (n + 1))],
    );
    qrUpdate(bench.wasm, bench.arena, r, bench.put(rows, n + 1, joined));
    const upper = upperPart(r);
    const x = bench.vector(Float64Array.from({ length: n }, (_, i) => upper[i * (n + 1) + n]));
    packedSolve(bench.wasm, r, n, x);
    const errorOf = (solution: ArrayLike<number>): number => largest(Float64Array.from({ length: n }, (_, i) => solution[i] - truth[i]));
    const byQr = errorOf(bench.wasm.f64(x, n));
    const normal = bench.put(n, n, gram(rows, n, a));
    cholesky(bench.wasm, bench.arena, normal);
    const y = bench.vector(product(n, 1, rows, transposeOf(rows, n, a), target));
    solveTriangularVector(bench.wasm, "lower", normal, y);
    solveTriangularVector(bench.wasm, "lower", transpose(normal), y);
    const byCholesky = errorOf(bench.wasm.f64(y, n));
    expect(byQr <= 1e-8).toBe(true);
    expect(byQr * 100 < byCholesky).toBe(true);
  });

  it.each([0, 40, 129])("says that column %i is not finite", (column) => {
    for (const bad of [NaN, Infinity]) {
      const values = randomArray(70 * 130, 2);
      values[33 * 130 + column] = bad;
      expect(() => qrUpdate(bench.wasm, bench.arena, emptyTriangle(130), bench.put(70, 130, values))).toThrow(NumericalError);
    }
  });

  it("sees a NaN in the start triangle", () => {
    const start = new Float64Array(130 * 130);
    start[3 * 130 + 120] = NaN;
    const r = bench.triangle(130, start);
    expect(() => qrUpdate(bench.wasm, bench.arena, r, bench.put(10, 130, randomArray(1300, 2)))).toThrow(NumericalError);
  });

  it("states its scratch as the routine does", () => {
    const out = bench.arena.f64(1);
    for (const [n, rows] of [[0, 0], [1, 1], [1001, 4000], [30, 70], [8000, 100], [64, 1024]] as const) {
      bench.wasm.routines.qrScratchBytes(n, rows, out);
      expect(qrScratchBytes(n, rows)).toBe(bench.wasm.f64(out, 1)[0]);
    }
  });
});

describe("qrMerge", () => {
  it.each([...widths, 1100])("n = %i: two halves give the factor of the whole, whatever is below the diagonal", (n) => {
    bench.arena.reset();
    const source = randomSource(n + 1);
    const [r, s] = [0, 1].map(() => Float64Array.from({ length: n * n }, (_, i) => (i % n < Math.floor(i / n) ? 0 : source())));
    const [merged, other] = [bench.triangle(n, r), bench.triangle(n, s)];
    bench.wasm.f64(bench.arena.mark(), qrMergeScratchBytes(n) / 8).fill(NaN);
    qrMerge(bench.wasm, bench.arena, merged, other);
    expectClose(upperPart(other), s, 0);
    const both = Float64Array.from([...r, ...s]);
    if (n < 500) return checkFactor(merged, 2 * n, both);
    // large: the same as the general routine
    const general = emptyTriangle(n);
    qrUpdate(bench.wasm, bench.arena, general, bench.put(2 * n, n, both));
    expectClose(upperPart(merged), upperPart(general), 1e-11, "relative-to-max");
  });

  it("does not notice zero rows", () => {
    const values = randomArray(50 * 50, 3).map((value, i) => (i % 50 < Math.floor(i / 50) ? 0 : value));
    const r = bench.triangle(50, values);
    qrMerge(bench.wasm, bench.arena, r, emptyTriangle(50));
    const expected = values.map((value, i, all) => value * Math.sign(all[Math.floor(i / 50) * 51]));
    expectClose(upperPart(r), expected, 1e-15);
  });
});
