import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { InternalError } from "../../src/errors.js";
import { matrix, placeMatrix } from "../../src/linalg/matrix.js";
import { gemm, gemmPackedB, gemmScratchBytes, type Matrix, packB, packedBytes, readMatrix, syrk, transpose } from "../../src/linalg/index.js";
import { expectClose } from "../expect.js";
import { product, randomArray, transposeOf, type Workbench, workbench } from "./dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
beforeEach(() => bench.arena.reset());

interface Case {
  m: number;
  n: number;
  k: number;
  transA: boolean;
  transB: boolean;
  alpha: number;
  beta: number;
  extra: number;
}

/** op(A), op(B) and C with NaN in the gaps; C itself NaN when beta is 0, because it must not be read. */
function operands({ m, n, k, transA, transB, beta, extra }: Case): { a: Matrix; b: Matrix; c: Matrix; values: Float64Array[] } {
  const [va, vb] = [randomArray(m * k, 1 + m), randomArray(k * n, 2 + n)];
  const vc = beta === 0 ? new Float64Array(m * n).fill(NaN) : randomArray(m * n, 3);
  const a = transA ? transpose(bench.put(k, m, transposeOf(m, k, va), m + extra)) : bench.put(m, k, va, k + extra);
  const b = transB ? transpose(bench.put(n, k, transposeOf(k, n, vb), k + extra)) : bench.put(k, n, vb, n + extra);
  return { a, b, c: bench.put(m, n, vc, n + extra), values: [va, vb, vc] };
}

function expectedOf({ m, n, k, alpha, beta }: Case, [a, b, c]: Float64Array[]): Float64Array {
  return product(m, n, k, a, b).map((value, i) => alpha * value + (beta === 0 ? 0 : beta * c[i]));
}

function checkGemm(problem: Case): void {
  bench.arena.reset();
  const { a, b, c, values } = operands(problem);
  const tolerance = 1e-14 * Math.max(1, problem.k);
  gemm(bench.wasm, bench.arena, problem.alpha, a, b, problem.beta, c);
  expectClose(readMatrix(bench.wasm, c), expectedOf(problem, values), tolerance);
  // nothing outside C is touched
  for (let i = 0; i < problem.m; i++) {
    const gap = bench.wasm.f64(c.pointer + (i * c.stride + problem.n) * 8, problem.extra);
    expect(gap.every((value) => Number.isNaN(value))).toBe(true);
  }
}

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 31, 33];
const flags = [false, true];

describe("gemm", () => {
  it("matches the definition for all transposes, edges and strides", () => {
    for (const m of sizes) for (const n of sizes) for (const k of [0, 1, 2, 5, 16, 33]) {
      for (const transA of flags) for (const transB of flags) {
        checkGemm({ m, n, k, transA, transB, alpha: -1.25, beta: m % 2, extra: n % 3 });
      }
    }
  });

  it.each([
    [121, 37, 385],
    [119, 1030, 11],
    [250, 9, 770],
    [3, 1025, 384],
  ])("crosses the block borders: %i×%i, k = %i", (m, n, k) => {
    for (const transA of flags) for (const transB of flags) checkGemm({ m, n, k, transA, transB, alpha: 1, beta: 0.5, extra: 3 });
  });

  it("handles every alpha and beta; beta = 0 never reads C", () => {
    for (const alpha of [0, 1, -1, 2.5]) {
      for (const beta of [0, 1, -1, 0.5]) checkGemm({ m: 13, n: 9, k: 17, transA: false, transB: true, alpha, beta, extra: 1 });
    }
  });

  it("never reads A and B when alpha is 0", () => {
    const nan = bench.put(3, 3, new Float64Array(9).fill(NaN));
    const c = bench.put(3, 3, randomArray(9, 4));
    const before = readMatrix(bench.wasm, c);
    gemm(bench.wasm, bench.arena, 0, nan, nan, 1, c);
    expectClose(readMatrix(bench.wasm, c), before, 0);
  });

  it("passes NaN on to exactly the elements that depend on it", () => {
    const va = randomArray(6 * 5, 1);
    va[2 * 5 + 3] = NaN;
    const [a, b, c] = [bench.put(6, 5, va), bench.put(5, 7, randomArray(35, 2)), bench.put(6, 7, new Float64Array(42))];
    gemm(bench.wasm, bench.arena, 1, a, b, 0, c);
    readMatrix(bench.wasm, c).forEach((value, i) => expect(Number.isNaN(value)).toBe(Math.floor(i / 7) === 2));
  });

  it("holds for random shapes", () => {
    const size = fc.integer({ min: 0, max: 70 });
    const factor = fc.constantFrom(0, 1, -0.5, 3);
    const shape = fc.record({
      m: size, n: size, k: size, transA: fc.boolean(), transB: fc.boolean(), alpha: factor, beta: factor, extra: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(fc.property(shape, checkGemm), { numRuns: 60, seed: 5 });
  });

  it("rejects shapes that do not fit", () => {
    const [a, b] = [bench.put(2, 3, randomArray(6, 1)), bench.put(2, 3, randomArray(6, 1))];
    expect(() => gemm(bench.wasm, bench.arena, 1, a, b, 0, a)).toThrow(InternalError);
    expect(() => gemm(bench.wasm, bench.arena, 1, a, transpose(b), 0, a)).toThrow(InternalError);
    const c = matrix(0, 2, 2);
    for (const [left, right, target] of [
      [matrix(0, 2, -1), matrix(0, -1, 2), c],
      [matrix(0, 2, 4, 3), matrix(0, 4, 2), c],
      [matrix(0, 2, 4), transpose(matrix(0, 2, 4, 3)), c],
      [matrix(0, 2, 4), matrix(0, 3, 2), c],
      [matrix(0, 2, 4), matrix(0, 4, 2), matrix(0, 2, 2, 1)],
      [matrix(0, 2, 4), matrix(0, 4, 2), matrix(0, 2, 3)],
      [matrix(0, 2, 4), matrix(0, 4, 2), transpose(c)],
    ]) {
      const [l, r, t] = [left, right, target].map((each) => placeMatrix(bench.wasm, bench.arena, each));
      expect(() => bench.wasm.routines.gemm(1, l, r, 0, t, 0)).toThrow(InternalError);
    }
    const [narrow, square] = [matrix(0, 2, 4, 3), c].map((each) => placeMatrix(bench.wasm, bench.arena, each));
    expect(() => bench.wasm.routines.syrk(1, 1, narrow, 0, square, 0)).toThrow(InternalError);
    expect(() => bench.wasm.routines.gemmPackedB(1, narrow, 0, 0, square, 0)).toThrow(InternalError);
  });

  it("returns its scratch and states its size as the routine does", () => {
    const out = bench.arena.f64(1);
    for (const [m, n, k] of [[0, 0, 0], [1, 1, 1], [5, 9, 383], [119, 1023, 385], [4000, 4000, 769], [100, 0, 324]] as const) {
      bench.wasm.routines.gemmScratchBytes(m, n, k, out);
      expect(gemmScratchBytes(m, n, k)).toBe(bench.wasm.f64(out, 1)[0]);
    }
  });
});

describe("gemmPackedB", () => {
  it.each([
    [0, 5, 3],
    [1, 1, 1],
    [100, 33, 324],
    [121, 1027, 29],
    [7, 10, 800],
    [5, 4, 0],
  ])("matches the definition: %i×%i, k = %i", (m, n, k) => {
    for (const transA of flags) for (const transB of flags) for (const beta of [0, -0.5]) {
      bench.arena.reset();
      const problem: Case = { m, n, k, transA, transB, alpha: 1.5, beta, extra: 2 };
      const { a, b, c, values } = operands(problem);
      const packed = packB(bench.wasm, b, bench.arena.allocate(packedBytes(n, k)));
      gemmPackedB(bench.wasm, bench.arena, 1.5, a, packed, beta, c);
      expectClose(readMatrix(bench.wasm, c), expectedOf(problem, values), 1e-14 * Math.max(1, k));
    }
  });
});

describe("syrk", () => {
  it.each([
    [0, 3],
    [1, 1],
    [5, 0],
    [6, 7],
    [33, 20],
    [123, 17],
    [250, 390],
  ])("n = %i, k = %i", (n, k) => {
    for (const trans of flags) for (const part of ["lower", "full"] as const) {
      bench.arena.reset();
      const values = randomArray(n * k, 7);
      const a = trans ? transpose(bench.put(k, n, transposeOf(n, k, values), n + 1)) : bench.put(n, k, values, k + 1);
      const before = randomArray(n * n, 8).map((value, i, all) => (i % n <= Math.floor(i / n) ? value : all[(i % n) * n + Math.floor(i / n)]));
      const c = bench.put(n, n, before, n + 2);
      syrk(bench.wasm, bench.arena, 2, a, 0.5, c, part);
      const exact = product(n, n, k, values, transposeOf(n, k, values)).map((value, i) => 2 * value + 0.5 * before[i]);
      const expected = exact.map((value, i) => (part === "lower" && i % n > Math.floor(i / n) ? before[i] : value));
      expectClose(readMatrix(bench.wasm, c), expected, 1e-14 * Math.max(1, k));
    }
  });
});
