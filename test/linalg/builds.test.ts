import { beforeAll, describe, expect, it } from "vitest";
import { relaxedSimd } from "wasm-feature-detect";
import {
  cholesky, gemm, packedCholesky, packedSolve, qrMerge, qrUpdate, readMatrix, readTriangle, solveTriangular, symmetricEigen, syrk, transpose,
} from "../../src/linalg/index.js";
import type { BuildName } from "../../src/wasm/builds.js";
import { expectClose } from "../expect.js";
import { randomArray, type Workbench, workbench } from "./dense.js";

/** Every build against the scalar one: the same source, other instructions. */
const builds: BuildName[] = ["simd", "unshared", "unshared-scalar", ...((await relaxedSimd()) ? (["relaxed-simd"] as const) : [])];
let scalar: Workbench;
beforeAll(async () => {
  scalar = await workbench(16 << 20, "scalar");
});

describe.each(builds)("build %s against scalar", (build) => {
  it("gemm and syrk", async () => {
    const results = [];
    for (const bench of [scalar, await workbench(16 << 20, build)]) {
      bench.arena.reset();
      const a = bench.put(61, 77, randomArray(61 * 77, 1));
      const b = bench.put(77, 45, randomArray(77 * 45, 2));
      const c = bench.put(61, 45, randomArray(61 * 45, 3));
      const g = bench.put(61, 61, randomArray(61 * 61, 4));
      gemm(bench.wasm, bench.arena, 0.75, a, b, -1.5, c);
      syrk(bench.wasm, bench.arena, 1, a, 0, g);
      results.push([readMatrix(bench.wasm, c), readMatrix(bench.wasm, g)]);
    }
    expectClose(results[1][0], results[0][0], 1e-13);
    expectClose(results[1][1], results[0][1], 1e-13);
  });

  it("Cholesky, solves, QR and eigenvalues", async () => {
    const results: Float64Array[][] = [];
    for (const bench of [scalar, await workbench(16 << 20, build)]) {
      bench.arena.reset();
      const { wasm, arena } = bench;
      const x = bench.put(90, 77, randomArray(90 * 77, 1));
      const g = bench.put(77, 77, new Float64Array(77 * 77));
      syrk(wasm, arena, 1, transpose(x), 0, g);
      const kept = readMatrix(wasm, g);
      const zeros = new Float64Array(77 * 77);
      const right = bench.put(77, 11, randomArray(77 * 11, 2));
      cholesky(wasm, arena, g);
      solveTriangular(wasm, arena, "lower", g, right);
      const [r, s, c] = [zeros, zeros, kept].map((upper) => bench.triangle(77, upper));
      qrUpdate(wasm, arena, r, bench.put(90, 77, readMatrix(wasm, x)));
      qrUpdate(wasm, arena, s, bench.put(90, 77, readMatrix(wasm, x)));
      qrMerge(wasm, arena, r, s);
      packedCholesky(wasm, arena, c);
      const solution = bench.vector(randomArray(77, 3));
      packedSolve(wasm, c, 77, solution);
      const values = arena.f64(77);
      symmetricEigen(wasm, arena, bench.put(77, 77, kept), values, bench.put(77, 77, kept));
      results.push([readMatrix(wasm, g), readMatrix(wasm, right), readTriangle(wasm, r), readTriangle(wasm, c), wasm.f64(solution, 77).slice(), wasm.f64(values, 77).slice()]);
    }
    results[0].forEach((expected, i) => expectClose(results[1][i], expected, 1e-11, "relative-to-max"));
  });

  it("exp, log and powers", async () => {
    const results: number[][] = [];
    for (const bench of [scalar, await workbench(1 << 20, build)]) {
      bench.arena.reset();
      const { routines } = bench.wasm;
      const values = randomArray(101, 5);
      const [x, positive, out] = [bench.vector(values), bench.vector(values.map((value) => 1.01 + value)), bench.arena.f64(101)];
      const read = (): number[] => Array.from(bench.wasm.f64(out, 101));
      routines.expArray(101, x, out);
      const all = read();
      routines.logArray(101, positive, out);
      all.push(...read());
      routines.powArray(101, positive, 3.3, out);
      all.push(...read());
      routines.powInteger(101, 4, x, out);
      results.push([...all, ...read()]);
    }
    results[0].forEach((expected, i) => {
      expect(Math.abs(results[1][i] - expected) <= 4e-16 * Math.abs(expected) * 2, `element ${i}`).toBe(true);
    });
  });

  it("measures a peak", async () => {
    const { wasm, arena } = await workbench(1 << 20, build);
    const out = arena.f64(8);
    wasm.routines.peakFlops(1000, out);
    const [operations, value] = wasm.f64(out, 2);
    expect(operations >= 16_000).toBe(true);
    expect(Number.isFinite(value)).toBe(true);
  });
});
