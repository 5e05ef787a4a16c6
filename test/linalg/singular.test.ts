import { Matrix as Dense, SingularValueDecomposition } from "ml-matrix";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { InternalError, NumericalError } from "../../src/errors.js";
import { pivotedQr, pivotedQrScratchBytes, readMatrix, singularDecomposition, singularScratchBytes } from "../../src/linalg/index.js";
import { Arena } from "../../src/wasm/memory.js";
import { expectClose } from "../expect.js";
import { largest, product, randomArray, transposeOf, type Workbench, workbench } from "./dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench(64 << 20);
});
beforeEach(() => bench.arena.reset());

const identity = (n: number): Float64Array => Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
const upper = (n: number, a: Float64Array): Float64Array => a.map((value, i) => (i % n < Math.floor(i / n) ? 0 : value));

interface Decomposition {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
  readonly extra: Float64Array;
}

/** Decomposes [A | I] and checks A = U·diag(s)·V by Uᵀ, which the identity behind A becomes; order, orthonormal rows. */
function decompose(m: number, n: number, a: Float64Array): Decomposition {
  const k = Math.min(m, n);
  const width = n + m;
  const joined = Float64Array.from({ length: m * width }, (_, e) => {
    const [i, j] = [Math.floor(e / width), e % width];
    return j < n ? a[i * n + j] : Number(j - n === i);
  });
  const stored = bench.put(m, width, joined, width + 3);
  const values = singularDecomposition(bench.wasm, bench.arena, stored, n);
  const all = readMatrix(bench.wasm, stored);
  const part = (first: number, count: number): Float64Array =>
    Float64Array.from({ length: k * count }, (_, e) => all[Math.floor(e / count) * width + first + (e % count)]);
  const [vectors, extra] = [part(0, n), part(n, m)];
  const eps = 4e-15 * (5 + Math.sqrt(n));
  expectClose(product(k, n, m, extra, a), vectors.map((value, e) => value * values[Math.floor(e / n)]), eps * largest(values));
  expectClose(product(k, k, n, vectors, transposeOf(k, n, vectors)), identity(k), eps);
  expectClose(product(k, k, m, extra, transposeOf(k, m, extra)), identity(k), eps);
  for (let i = 0; i < k; i++) expect(values[i] >= (values[i + 1] ?? 0)).toBe(true);
  return { values, vectors, extra };
}

/** One-sided Jacobi on the rows as it stands in textbooks. */
function plainSingularValues(m: number, n: number, a: Float64Array): number[] {
  const rows = Array.from({ length: m }, (_, i) => a.slice(i * n, (i + 1) * n));
  const dot = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, j) => sum + value * y[j], 0);
  for (let rotations = 1, sweeps = 0; rotations > 0 && sweeps < 60; sweeps++) {
    rotations = 0;
    for (let p = 0; p < m; p++) {
      for (let q = p + 1; q < m; q++) {
        const [x, y] = [rows[p], rows[q]];
        const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
        if (Math.abs(xy) <= 1e-15 * Math.sqrt(xx * yy)) continue;
        rotations++;
        const zeta = (yy - xx) / (2 * xy);
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        rows[p] = x.map((value, j) => c * value - c * t * y[j]);
        rows[q] = y.map((value, j) => c * t * x[j] + c * value);
      }
    }
  }
  return rows.map((row) => Math.sqrt(dot(row, row))).sort((x, y) => y - x).slice(0, Math.min(m, n));
}

const relative = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void =>
  expectClose(Array.from(actual, (value, i) => value / expected[i]), Array.from(actual, () => 1), tolerance);

describe("singularDecomposition", () => {
  it.each([[0, 0], [1, 1], [2, 2], [3, 3], [5, 5], [8, 8], [17, 17], [33, 33], [7, 4], [4, 7], [1, 6], [6, 1], [40, 23], [23, 40]])("%i × %i against ml-matrix and a plain twin", (m, n) => {
    const a = randomArray(m * n, m + 3 * n + 1);
    const { values } = decompose(m, n, a);
    if (m === 0) return;
    const rows = Array.from({ length: m }, (_, i) => Array.from(a.subarray(i * n, i * n + n)));
    expectClose(values, new SingularValueDecomposition(new Dense(rows), { autoTranspose: true }).diagonal, 1e-13, "relative-to-max");
    expectClose(values, plainSingularValues(m, n, a), 1e-13, "relative-to-max");
  });

  it("finds the smallest value of a graded matrix to its last digits", () => {
    const n = 30;
    // well conditioned, then columns scaled over 29 orders of magnitude: the determinant is that of the diagonal
    const wellConditioned = upper(n, randomArray(n * n, 5)).map((value, e) => (e % (n + 1) === 0 ? 3 + value : value / 4));
    for (const grade of [(j: number): number => 10 ** -j, (j: number): number => 10 ** j, (j: number): number => 10 ** (-29 * ((j * 11) % n) / n)]) {
      const a = wellConditioned.map((value, e) => value * grade(e % n));
      const { values } = decompose(n, n, a);
      relative(values, plainSingularValues(n, n, transposeOf(n, n, a)), 1e-11);
      let determinant = 0;
      for (let i = 0; i < n; i++) determinant += Math.log(Math.abs(a[i * (n + 1)])) - Math.log(values[i]);
      expectClose([determinant], [0], 1e-11);
    }
  });

  it("knows the values of a 2 × 2 matrix that a squared matrix loses", () => {
    for (const tiny of [1e-9, 1e-14, 1e-40, 1e-90]) {
      const { values } = decompose(2, 2, Float64Array.of(1, 1, 0, tiny));
      relative(values, [Math.SQRT2, tiny / Math.SQRT2], 1e-9);
    }
  });

  it("completes the directions of rank-deficient matrices", () => {
    const n = 24;
    decompose(n, n, new Float64Array(n * n));
    decompose(n, n, identity(n));
    const ones = decompose(n, n, new Float64Array(n * n).fill(1));
    expectClose(ones.values, [n, ...new Array<number>(n - 1).fill(0)], 1e-14 * n);
    const low = product(n, n, 3, randomArray(n * 3, 1), randomArray(3 * n, 2));
    expect(largest(decompose(n, n, low).values.subarray(3)) < 1e-14 * largest(low) * n).toBe(true);
    // zero and equal columns
    decompose(n, n, upper(n, randomArray(n * n, 3)).map((value, e) => (e % n === 5 || e % n === 6 ? 0 : value)));
    decompose(n, n, randomArray(n * n, 4).map((value, e, all) => (e % n === 7 ? all[e - 3] : value)));
  });

  it("scales with the matrix", () => {
    const a = randomArray(400, 3);
    const { values } = decompose(20, 20, a);
    for (const scale of [1e-290, 1e-100, 1e100, 1e290]) {
      bench.arena.reset();
      const stored = bench.put(20, 20, a.map((value) => value * scale));
      relative(singularDecomposition(bench.wasm, bench.arena, stored, 20), values.map((value) => value * scale), 1e-12);
    }
  });

  it("crosses the blocks of rows that stay in the cache", () => {
    const n = 180;
    const a = upper(n, randomArray(n * n, 9)).map((value, e) => (e % (n + 1) === 0 ? value + 4 : value));
    decompose(n, n, a);
  });

  it("says that a value is not finite", () => {
    for (const bad of [NaN, Infinity]) {
      const a = randomArray(36, 2);
      a[9] = bad;
      expect(() => singularDecomposition(bench.wasm, bench.arena, bench.put(6, 6, a), 6)).toThrow(NumericalError);
    }
  });

  it("needs no more scratch than it says", () => {
    for (const [m, n, extra] of [[1, 1, 0], [20, 20, 1], [50, 50, 3], [9, 40, 0], [40, 9, 2]]) {
      bench.arena.reset();
      const stored = bench.put(m, n + extra, new Float64Array(m * (n + extra)));
      const scratch = new Arena({ pointer: bench.arena.allocate(singularScratchBytes(m, n, extra)), bytes: singularScratchBytes(m, n, extra) });
      expect(singularDecomposition(bench.wasm, scratch, stored, n).length).toBe(Math.min(m, n));
    }
  });
});

describe("pivotedQr", () => {
  it.each([[1, 1], [4, 4], [9, 5], [5, 9], [33, 17], [17, 33]])("%i × %i: Q·R is the matrix with its columns in order of the pivots", (m, n) => {
    const a = randomArray(m * n, 7 * m + n);
    const width = n + m;
    const joined = Float64Array.from({ length: m * width }, (_, e) => (e % width < n ? a[Math.floor(e / width) * n + (e % width)] : Number((e % width) - n === Math.floor(e / width))));
    const stored = bench.put(m, width, joined, width + 1);
    const pivots = bench.arena.i32(n);
    pivotedQr(bench.wasm, bench.arena, stored, n, pivots);
    const order = bench.wasm.i32(pivots, n).slice();
    const all = readMatrix(bench.wasm, stored);
    const r = Float64Array.from({ length: m * n }, (_, e) => all[Math.floor(e / n) * width + (e % n)]);
    const qt = Float64Array.from({ length: m * m }, (_, e) => all[Math.floor(e / m) * width + n + (e % m)]);
    expect([...order].sort((x, y) => x - y)).toEqual([...Array(n).keys()]);
    expectClose(product(m, m, m, qt, transposeOf(m, m, qt)), identity(m), 1e-14);
    expectClose(product(m, n, m, qt, a.map((_, e) => a[Math.floor(e / n) * n + order[e % n]])), r, 1e-13);
    for (let i = 0; i < m; i++) for (let j = 0; j < Math.min(i, n); j++) expect(r[i * n + j]).toBe(0);
    // every pivot is at least as long as what is left of any later column
    for (let k = 0; k < Math.min(m, n); k++) {
      for (let j = k + 1; j < n; j++) {
        let square = 0;
        for (let i = k; i <= Math.min(j, m - 1); i++) square += r[i * n + j] ** 2;
        expect(Math.sqrt(square) <= Math.abs(r[k * (n + 1)]) * (1 + 1e-12)).toBe(true);
      }
    }
  });

  it("keeps its order where norms nearly vanish by subtraction", () => {
    // Kahan's matrix: all trailing norms stay equal but for rounding
    const n = 60;
    const [c, s] = [0.285, Math.sqrt(1 - 0.285 ** 2)];
    const kahan = Float64Array.from({ length: n * n }, (_, e) => {
      const [i, j] = [Math.floor(e / n), e % n];
      return j < i ? 0 : s ** i * (i === j ? 1 : -c) * (1 - 1e-10 * j);
    });
    const stored = bench.put(n, n, kahan);
    const pivots = bench.arena.i32(n);
    pivotedQr(bench.wasm, bench.arena, stored, n, pivots);
    const diagonal = Array.from({ length: n }, (_, i) => Math.abs(readMatrix(bench.wasm, stored)[i * (n + 1)]));
    relative(diagonal, Array.from({ length: n }, (_, i) => kahan[i * (n + 1)]), 1e-6);
  });

  it("stops after the steps that are asked for", () => {
    const stored = bench.put(3, 3, [1, 0, 0, 0, 2, 1, 0, 2, 3]);
    const pivots = bench.arena.i32(3);
    pivotedQr(bench.wasm, bench.arena, stored, 3, pivots, 1);
    expect(bench.wasm.i32(pivots, 3)[0]).toBe(2);
    expect(() => pivotedQr(bench.wasm, bench.arena, stored, 3, pivots, 4)).toThrow(InternalError);
    expect(() => pivotedQr(bench.wasm, bench.arena, stored, 4, pivots)).toThrow(InternalError);
  });

  it("states its scratch as the routine does, and says that a value is not finite", () => {
    const out = bench.arena.f64(1);
    for (const [m, n, extra] of [[0, 0, 0], [5, 3, 1], [1000, 700, 2]]) {
      bench.wasm.routines.pivotedQrScratchBytes(m, n, extra, out);
      expect(pivotedQrScratchBytes(m, n, extra)).toBe(bench.wasm.f64(out, 1)[0]);
    }
    expect(() => pivotedQr(bench.wasm, bench.arena, bench.put(1, 2, [1, NaN]), 2, bench.arena.i32(2))).toThrow(NumericalError);
  });
});
