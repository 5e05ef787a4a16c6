import { CholeskyDecomposition, Matrix as Dense } from "ml-matrix";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NumericalError } from "../../src/errors.js";
import {
  packedCholesky, packedCholeskyScratchBytes, packedIndex, packedSolve, packedSolveMatrix, packedTriangle, packedTriangleBytes, qrMerge,
  qrMergeScratchBytes, qrUpdate, readMatrix, readTriangle,
} from "../../src/linalg/index.js";
import { expectClose } from "../expect.js";
import { product, randomArray, transposeOf, type Workbench, workbench } from "./dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
beforeEach(() => bench.arena.reset());

/** Around the ends of panels, and of strips inside them. */
const sizes = [0, 1, 2, 63, 64, 65, 127, 128, 129, 130, 200];

const upper = (n: number, a: Float64Array): Float64Array => a.map((value, i) => (i % n < Math.floor(i / n) ? 0 : value));

/** A triangle with a strong diagonal of either sign. */
const randomTriangle = (n: number, seed: number): Float64Array =>
  upper(n, randomArray(n * n, seed)).map((value, i) => (i % (n + 1) === 0 ? Math.sign(value) * (2 + Math.abs(value)) : value / Math.sqrt(n)));

/** A·Aᵀ + n: well conditioned. */
function positiveDefinite(n: number, seed: number): Float64Array {
  const a = randomArray(n * n, seed);
  return product(n, n, n, a, transposeOf(n, n, a)).map((value, i) => value + (i % (n + 1) === 0 ? n : 0));
}

/** R of [R; A] by Householder reflections of one column after the other on a plain matrix, diag(R) ≥ 0: the twin. */
function denseFactor(n: number, rows: number, stacked: Float64Array): Float64Array {
  const a = stacked.slice();
  for (let j = 0; j < Math.min(n, rows); j++) {
    let square = 0;
    for (let i = j; i < rows; i++) square += a[i * n + j] ** 2;
    const v = Float64Array.from({ length: rows }, (_, i) => (i < j ? 0 : a[i * n + j]));
    v[j] += (v[j] < 0 ? -1 : 1) * Math.sqrt(square);
    const norm = v.reduce((sum, value) => sum + value * value, 0);
    if (norm === 0) continue;
    for (let c = j; c < n; c++) {
      let dot = 0;
      for (let i = j; i < rows; i++) dot += v[i] * a[i * n + c];
      for (let i = j; i < rows; i++) a[i * n + c] -= (2 * dot * v[i]) / norm;
    }
  }
  return upper(n, a.subarray(0, n * n)).map((value, i) => (a[Math.floor(i / n) * (n + 1)] < 0 ? -value : value));
}

describe("layout of packed triangles", () => {
  it.each(sizes)("n = %i: every element has a place of its own, in the order of the rows, and the last one ends the memory", (n) => {
    const { stride } = packedTriangle(0, n);
    let last = -1;
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        const index = packedIndex(stride, i, j);
        expect(index === last + 1 || (j === i && index > last)).toBe(true);
        last = index;
      }
    }
    expect(packedTriangleBytes(n)).toBe(8 * (last + 1 + (n % 2)));
    // half of a square, what is below the diagonal in the panels, and a pad for each row
    expect(packedTriangleBytes(n) <= 4 * n * n + 8 * 34 * n).toBe(true);
  });

  it("keeps panels of 64 rows as matrices of their own", () => {
    const { stride } = packedTriangle(0, 1001);
    for (const [i, j] of [[3, 900], [64, 64], [130, 500], [127, 1000]] as const) {
      const first = 64 * Math.floor(i / 64);
      expect(packedIndex(stride, i, j) - packedIndex(stride, first, first)).toBe((i - first) * (stride - first) + j - first);
    }
  });
});

describe("packed triangles against plain matrices", () => {
  it.each(sizes)("n = %i: updates and merges, diagonals of either sign", (n) => {
    for (const rows of [1, 70, 200]) {
      bench.arena.reset();
      const [start, other, a] = [randomTriangle(n, 1), randomTriangle(n, 2), randomArray(rows * n, 3)];
      const [r, s] = [bench.triangle(n, start), bench.triangle(n, other)];
      qrUpdate(bench.wasm, bench.arena, r, bench.put(rows, n, a));
      const updated = denseFactor(n, n + rows, Float64Array.from([...start, ...a]));
      expectClose(readTriangle(bench.wasm, r), updated, 1e-12, "relative-to-max");
      qrMerge(bench.wasm, bench.arena, r, s);
      expectClose(readTriangle(bench.wasm, r), denseFactor(n, 2 * n, Float64Array.from([...updated, ...other])), 1e-12, "relative-to-max");
    }
  });

  it.each(sizes)("n = %i: solves as back substitution does", (n) => {
    const values = randomTriangle(n, 5);
    const right = randomArray(n, 6);
    const expected = right.slice();
    for (let i = n - 1; i >= 0; i--) {
      for (let j = i + 1; j < n; j++) expected[i] -= values[i * n + j] * expected[j];
      expected[i] /= values[i * n + i];
    }
    const x = bench.vector(right);
    packedSolve(bench.wasm, bench.triangle(n, values), n, x);
    expectClose(bench.wasm.f64(x, n), expected, 1e-12, "relative-to-max");
  });

  it("says that a triangle is singular or not finite, in any panel", () => {
    for (const [bad, message] of [[0, /singular/], [NaN, /not finite/]] as const) {
      for (const row of [0, 64, 129]) {
        const values = randomTriangle(130, 1);
        values[row * 131] = bad;
        expect(() => packedSolve(bench.wasm, bench.triangle(130, values), 130, bench.vector(randomArray(130, 1)))).toThrow(message);
      }
    }
  });

  it.each(sizes)("n = %i: Cholesky at the start of a triangle or inside it, leaving the rest alone", (n) => {
    const a = positiveDefinite(n, 7);
    const reference = n === 0 ? [] : new CholeskyDecomposition(new Dense(Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, i * n + n)))))
      .lowerTriangularMatrix.transpose().to1DArray();
    for (const [before, after] of [[0, 0], [0, 1], [1, 3], [37, 70], [64, 0], [100, 65]] as const) {
      bench.arena.reset();
      const size = before + n + after;
      const inside = (i: number, j: number): boolean => Math.min(i, j) >= before && Math.max(i, j) < before + n;
      const at = (index: number): [number, number] => [Math.floor(index / size), index % size];
      const outside = randomArray(size * size, 8);
      const combined = (block: ArrayLike<number>): Float64Array =>
        upper(size, outside.map((value, index) => {
          const [i, j] = at(index);
          return inside(i, j) ? block[(i - before) * n + j - before] : value;
        }));
      const r = bench.triangle(size, combined(a));
      packedCholesky(bench.wasm, bench.arena, r, before, n);
      expectClose(readTriangle(bench.wasm, r), combined(reference), 1e-13, "relative-to-max");
    }
  });

  it("says that a matrix is not positive definite or not finite, in a later panel too", () => {
    for (const [n, bad] of [[1, 0], [5, 3], [150, 149], [150, 70]] as const) {
      const a = positiveDefinite(n, 1);
      a[bad * n + bad] = -1;
      expect(() => packedCholesky(bench.wasm, bench.arena, bench.triangle(n, a))).toThrow(/positive definite/);
    }
    const a = positiveDefinite(130, 1);
    a[20 * 130 + 100] = NaN;
    expect(() => packedCholesky(bench.wasm, bench.arena, bench.triangle(130, a))).toThrow(NumericalError);
  });

  it("takes columns from rows of a lower half", () => {
    const n = 150;
    const values = randomArray(n * n, 4);
    for (const origin of [0, 30]) {
      bench.arena.reset();
      const size = origin + n;
      const r = bench.triangle(size, new Float64Array(size * size));
      for (let first = 0; first < n; first += 40) {
        const count = Math.min(40, n - first);
        const [part, end] = [values.subarray(first * n, (first + count) * n), first + count];
        const rows = bench.put(count, end, part.filter((_, i) => i % n < end), n + 1);
        bench.wasm.routines.packedSetColumns(origin, origin + first, count, r.pointer, r.stride, rows.pointer, n + 1);
      }
      const actual = readTriangle(bench.wasm, r);
      const expected = Float64Array.from({ length: size * size }, (_, index) => {
        const [i, j] = [Math.floor(index / size) - origin, (index % size) - origin];
        return i >= 0 && i <= j ? values[j * n + i] : 0;
      });
      expectClose(actual, expected, 0);
    }
  });

  it.each([1, 64, 65, 130, 1100])("n = %i: routines stay within the scratch that the host reserves", (n) => {
    const unit = Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
    const [r, s] = [bench.triangle(n, unit), bench.triangle(n, unit)];
    const { routines } = bench.wasm;
    const check = (bytes: number, routine: (scratch: number) => void): void => {
      const mark = bench.arena.mark();
      const scratch = bench.arena.allocate(bytes + 64);
      const behind = bench.wasm.u8(scratch + bytes, 64).fill(137);
      routine(scratch);
      expect(behind.every((value) => value === 137)).toBe(true);
      bench.arena.reset(mark);
    };
    check(qrMergeScratchBytes(n), (scratch) => routines.qrMerge(n, r.pointer, r.stride, s.pointer, s.stride, scratch));
    check(packedCholeskyScratchBytes(n), (scratch) => routines.packedCholesky(n, 0, r.pointer, r.stride, scratch));
  });
});

describe("packedSolveMatrix", () => {
  it.each(sizes)("solves for several right-hand sides with the first rows of a triangle, %i of them", (n) => {
    const values = randomTriangle(n + 3, 4);
    const r = bench.triangle(n + 3, values);
    const expected = randomArray(n * 5, 6);
    const leading = Float64Array.from({ length: n * n }, (_, e) => values[Math.floor(e / n) * (n + 3) + (e % n)]);
    const x = bench.put(n, 5, product(n, 5, n, leading, expected), 7);
    packedSolveMatrix(bench.wasm, bench.arena, r, n, x);
    expectClose(readMatrix(bench.wasm, x), expected, 1e-12);
  });
});
