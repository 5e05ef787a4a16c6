import { EigenvalueDecomposition, Matrix as Dense } from "ml-matrix";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { InvalidParameterError, NumericalError } from "../../src/errors.js";
import {
  choleskySolve, eigen, eigenScratchBytes, eigenvaluesScratchBytes, leadingEigenvectors, leadingScratchBytes, matrix, multiply, orthonormalizeRows, orthonormalScratchBytes, readMatrix,
  symmetricEigen, symmetricEigenvalues,
} from "../../src/linalg/index.js";
import { loadWasm } from "../../src/wasm/wasm.js";
import { expectClose } from "../expect.js";
import { largest, product, randomArray, transposeOf, type Workbench, workbench } from "./dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench(128 << 20);
});
beforeEach(() => bench.arena.reset());

function symmetric(n: number, seed: number): Float64Array {
  const a = randomArray(n * n, seed);
  const t = transposeOf(n, n, a);
  return a.map((value, i) => value + t[i]);
}

const gramOf = (n: number, k: number, x: Float64Array): Float64Array => product(n, n, k, x, transposeOf(n, k, x));

const identity = (n: number): Float64Array => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));

/** Runs the routine on the upper triangle (NaN below) and checks residuals, orthonormality and order, and the routine that has no vectors. */
function decompose(n: number, a: Float64Array): { values: Float64Array; vectors: Float64Array } {
  const upper = a.map((value, i) => (i % n < Math.floor(i / n) ? NaN : value));
  const values = bench.arena.f64(n);
  const vectors = matrix(bench.arena.f64(n * (n + 1)), n, n, n + 1);
  symmetricEigen(bench.wasm, bench.arena, bench.put(n, n, upper, n + 2), values, vectors);
  const result = { values: bench.wasm.f64(values, n).slice(), vectors: readMatrix(bench.wasm, vectors) };
  const size = largest(result.values);
  const left = product(n, n, n, result.vectors, a);
  const right = result.vectors.map((value, i) => value * result.values[Math.floor(i / n)]);
  expectClose(left, right, 1e-14 * (5 + Math.sqrt(n)) * size);
  expectClose(gramOf(n, n, result.vectors), identity(n), 1e-14 * (5 + Math.sqrt(n)));
  for (let i = 1; i < n; i++) expect(result.values[i] >= result.values[i - 1]).toBe(true);
  symmetricEigenvalues(bench.wasm, bench.arena, bench.put(n, n, upper, n + 1), values);
  const alone = bench.wasm.f64(values, n).slice();
  expectClose(alone, result.values.slice().reverse(), 1e-14 * (5 + Math.sqrt(n)) * size);
  for (let i = 1; i < n; i++) expect(alone[i] <= alone[i - 1]).toBe(true);
  return result;
}

describe("symmetricEigen", () => {
  it.each([0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 34, 64, 65, 100, 151])("n = %i against ml-matrix", (n) => {
    const a = symmetric(n, n + 1);
    const { values } = decompose(n, a);
    if (n === 0) return;
    const rows = Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, i * n + n)));
    const expected = new EigenvalueDecomposition(new Dense(rows), { assumeSymmetric: true }).realEigenvalues.slice().sort((x, y) => x - y);
    expectClose(values, expected, 1e-13, "relative-to-max");
  });

  it("knows the spectrum of the second difference", () => {
    const n = 90;
    const a = Float64Array.from({ length: n * n }, (_, i) => [2, -1][Math.abs((i % n) - Math.floor(i / n))] ?? 0);
    const exact = Float64Array.from({ length: n }, (_, i) => 2 - 2 * Math.cos(((i + 1) * Math.PI) / (n + 1)));
    expectClose(decompose(n, a).values, exact, 1e-14);
  });

  it("copes with zero, diagonal, multiple, graded and rank-deficient spectra", () => {
    const n = 75;
    decompose(n, new Float64Array(n * n));
    decompose(n, identity(n));
    decompose(n, identity(n).map((value, i) => value * Math.cos(i)));
    decompose(n, new Float64Array(n * n).fill(1));
    const low = gramOf(n, 5, randomArray(n * 5, 2));
    const { values } = decompose(n, low);
    expect(largest(values.subarray(0, n - 5)) <= 1e-14 * values[n - 1]).toBe(true);
    const graded = gramOf(n, n, randomArray(n * n, 3).map((value, i) => value * 10 ** (-(Math.floor(i / n) % 9))));
    decompose(n, graded);
    decompose(n, transposeOf(n, n, graded).reverse());
  });

  it("converges for Gram matrices of steeply decaying data, largest first and largest last", () => {
    const n = 120;
    for (const ratio of [0.95, 0.8, 0.5, 0.1]) for (let seed = 1; seed <= 4; seed++) {
      bench.arena.reset();
      const g = gramOf(n, n, randomArray(n * n, seed).map((value, i) => value * ratio ** (i % n)));
      const byRows = gramOf(n, n, randomArray(n * n, seed).map((value, i) => value * ratio ** Math.floor(i / n)));
      for (const a of [g, byRows]) {
        decompose(n, a);
        decompose(n, a.slice().reverse());
      }
    }
  });

  it("leaves two equal elements beside a smaller one", () => {
    // with 2⁻⁵⁴ beside them they are as good as eigenvalues, and no rotation can change them
    decompose(3, Float64Array.from([1, 2 ** -54, 0, 2 ** -54, 1, 0, 0, 0, 0.5]));
    decompose(2, Float64Array.from([1, 2 ** -53, 2 ** -53, 1]));
  });

  it("scales with the matrix", () => {
    const a = symmetric(40, 3);
    const { values } = decompose(40, a);
    for (const scale of [1e-306, 1e-200, 1e-70, 1e70, 1e200, 1e306]) {
      expectClose(decompose(40, a.map((x) => x * scale)).values, values.map((x) => x * scale), 1e-12 * scale);
    }
  });

  it("says that a matrix is not finite", () => {
    for (const bad of [NaN, Infinity]) {
      const a = symmetric(50, 1);
      a[10 * 50 + 30] = bad;
      const values = bench.arena.f64(50);
      expect(() => symmetricEigen(bench.wasm, bench.arena, bench.put(50, 50, a), values, bench.put(50, 50, a))).toThrow(NumericalError);
      expect(() => symmetricEigenvalues(bench.wasm, bench.arena, bench.put(50, 50, a), values)).toThrow(NumericalError);
    }
  });

  it("states its scratch as the routine does", () => {
    const out = bench.arena.f64(1);
    for (const n of [0, 1, 5, 40, 324, 1000, 4000]) {
      bench.wasm.routines.eigenScratchBytes(n, out);
      expect(eigenScratchBytes(n)).toBe(bench.wasm.f64(out, 1)[0]);
      bench.wasm.routines.eigenvaluesScratchBytes(n, out);
      expect(eigenvaluesScratchBytes(n)).toBe(bench.wasm.f64(out, 1)[0]);
      bench.wasm.routines.orthonormalScratchBytes(n >> 1, n, out);
      expect(orthonormalScratchBytes(n >> 1, n)).toBe(bench.wasm.f64(out, 1)[0]);
    }
  });
});

describe("orthonormalizeRows", () => {
  it.each([
    [0, 0],
    [1, 1],
    [5, 5],
    [33, 40],
    [70, 211],
  ])("%i rows of %i keep their span", (rows, n) => {
    const values = randomArray(rows * n, 5);
    const x = bench.put(rows, n, values, n + 1);
    orthonormalizeRows(bench.wasm, bench.arena, x);
    const basis = readMatrix(bench.wasm, x);
    expectClose(gramOf(rows, n, basis), identity(rows), 1e-14);
    // X − (X·Qᵀ)·Q = 0
    const back = product(rows, n, rows, product(rows, rows, n, values, transposeOf(rows, n, basis)), basis);
    expectClose(back, values, 1e-13);
  });

  it("makes a full basis from dependent, zero and nearly parallel rows", () => {
    const [rows, n] = [50, 60];
    const few = randomArray(4 * n, 1);
    const values = Float64Array.from({ length: rows * n }, (_, i) => {
      const row = Math.floor(i / n);
      return row % 7 === 3 ? 0 : few[(row % 4) * n + (i % n)] * (1 + 1e-15 * row);
    });
    const x = bench.put(rows, n, values);
    orthonormalizeRows(bench.wasm, bench.arena, x);
    const basis = readMatrix(bench.wasm, x);
    expectClose(gramOf(rows, n, basis), identity(rows), 1e-14);
    const back = product(rows, n, rows, product(rows, rows, n, values, transposeOf(rows, n, basis)), basis);
    expectClose(back, values, 1e-13);
  });

  it("says that a row is not finite", () => {
    expect(() => orthonormalizeRows(bench.wasm, bench.arena, bench.put(2, 3, [1, 2, 3, NaN, 1, 2]))).toThrow(NumericalError);
  });
});

describe("leadingEigenvectors", () => {
  const options = { seed: 7 };

  it("finds the leading part of a decaying spectrum", () => {
    const [n, k] = [160, 12];
    const x = randomArray(n * n, 4).map((value, i) => value * 0.8 ** (i % n));
    const g = gramOf(n, n, x);
    const out = matrix(bench.arena.f64(k * (n + 1)), k, n, n + 1);
    const { values, residual } = leadingEigenvectors(bench.wasm, bench.arena, bench.put(n, n, g), k, out, options);
    const all = decompose(n, g);
    expectClose(values, all.values.slice(n - k).reverse(), 1e-12, "relative-to-max");
    expect(residual <= 1e-8).toBe(true);
    const vectors = readMatrix(bench.wasm, out);
    expectClose(gramOf(k, n, vectors), identity(k), 1e-13);
    for (let i = 0; i < k; i++) {
      let overlap = 0;
      for (let j = 0; j < n; j++) overlap += vectors[i * n + j] * all.vectors[(n - 1 - i) * n + j];
      expectClose([Math.abs(overlap)], [1], 1e-10);
    }
  });

  it("copes with fewer directions than asked for, and with all of them", () => {
    const n = 40;
    const low = gramOf(n, 3, randomArray(n * 3, 2));
    for (const k of [0, 1, 10, 40]) {
      bench.arena.reset();
      const out = bench.put(k, n, new Float64Array(k * n));
      const { values, residual } = leadingEigenvectors(bench.wasm, bench.arena, bench.put(n, n, low), k, out, options);
      expect(residual <= 1e-12).toBe(true);
      expectClose(gramOf(k, n, readMatrix(bench.wasm, out)), identity(k), 1e-13);
      const exact = decompose(n, low).values;
      expectClose(values, exact.slice(n - k).reverse(), 1e-12 * exact[n - 1]);
    }
  });

  it("needs no more memory than it states", async () => {
    const [n, k] = [90, 20];
    const small = await workbench(leadingScratchBytes(n, k) + (n + k) * n * 8 + 128);
    const g = small.put(n, n, gramOf(n, n, randomArray(n * n, 2)));
    const out = small.put(k, n, new Float64Array(k * n));
    expect(leadingEigenvectors(small.wasm, small.arena, g, k, out, options).iterations >= 1).toBe(true);
  });

  it("repeats its bits for a seed and returns the arena as it was", () => {
    const g = gramOf(50, 50, randomArray(2500, 2));
    const mark = bench.arena.mark();
    const runs = [7, 7].map((seed) => {
      const out = bench.put(5, 50, new Float64Array(250));
      const before = bench.arena.mark();
      const { values } = leadingEigenvectors(bench.wasm, bench.arena, bench.put(50, 50, g), 5, out, { seed });
      expect(bench.arena.mark()).toBe(before + 50 * 50 * 8 + ((64 - ((50 * 50 * 8) % 64)) % 64));
      return [...values, ...readMatrix(bench.wasm, out)];
    });
    expectClose(runs[1], runs[0], 0);
    bench.arena.reset(mark);
  });
});

describe("on plain arrays", () => {
  it("multiplies, solves and decomposes, and gives its memory back", async () => {
    const space = await loadWasm();
    const [a, b] = [randomArray(6 * 5, 1), randomArray(5 * 7, 2)];
    expectClose(multiply(space, 6, 7, 5, a, b), product(6, 7, 5, a, b), 1e-14);
    const g = gramOf(9, 9, randomArray(81, 3)).map((value, i) => value + (i % 10 === 0 ? 1 : 0));
    const right = randomArray(9 * 2, 4);
    expectClose(product(9, 2, 9, g, choleskySolve(space, 9, 2, g, right)), right, 1e-12);
    const { values, vectors } = eigen(space, 9, g);
    const back = product(9, 9, 9, transposeOf(9, 9, vectors), vectors.map((value, i) => value * values[Math.floor(i / 9)]));
    expectClose(back, g, 1e-13, "relative-to-max");
    expect(() => multiply(space, 6, 7, 5, b, a)).toThrow(InvalidParameterError);
    expect(() => choleskySolve(space, 2, 1, [0, 0, 0, 1], [1, 1])).toThrow(NumericalError);
    expect(space.pool.bytesInUse).toBe(0);
  });
});
