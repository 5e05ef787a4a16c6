import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NumericalError } from "../../src/errors.js";
import { inverseScratchBytes, invert, matrix, readMatrix } from "../../src/linalg/index.js";
import { Arena } from "../../src/wasm/memory.js";
import { expectClose } from "../expect.js";
import { product, randomArray, type Workbench, workbench } from "./dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
beforeEach(() => bench.arena.reset());

describe("invert", () => {
  it.each([1, 2, 5, 33, 70])("n = %i: A·A⁻¹ = 1", (n) => {
    const values = randomArray(n * n, n).map((value, e) => (e % (n + 1) === 0 ? value + 2 : value) * 10 ** ((e % n) % 5));
    const out = matrix(bench.arena.f64(n * (n + 1)), n, n, n + 1);
    const a = bench.put(n, n, values, n + 2);
    const scratch = new Arena({ pointer: bench.arena.allocate(inverseScratchBytes(n)), bytes: inverseScratchBytes(n) });
    invert(bench.wasm, scratch, a, out);
    const identity = Float64Array.from({ length: n * n }, (_, e) => Number(e % (n + 1) === 0));
    // in this order the sizes of the columns cancel
    expectClose(product(n, n, n, values, readMatrix(bench.wasm, out)), identity, 1e-11);
    expectClose(readMatrix(bench.wasm, a), values, 0);
  });

  it("knows the determinant", () => {
    const out = bench.put(2, 2, new Float64Array(4));
    expectClose([invert(bench.wasm, bench.arena, bench.put(2, 2, [0, -3, 2, 5]), out)], [Math.log(6)], 1e-15);
  });

  it("says that a matrix has no inverse", () => {
    const out = bench.put(2, 2, new Float64Array(4));
    for (const bad of [[0, 0, 0, 1], [NaN, 0, 0, 1]]) expect(() => invert(bench.wasm, bench.arena, bench.put(2, 2, bad), out)).toThrow(NumericalError);
  });
});

describe("swapRows", () => {
  /** The definition: C and A⁻¹ after every swap from the rows themselves, in plain steps. */
  function plain(n: number, k: number, b: Float64Array, active: number[], limit: number): { active: number[]; swaps: number } {
    for (let swaps = 0; ; swaps++) {
      const square = Float64Array.from({ length: k * k }, (_, e) => b[active[Math.floor(e / k)] * k + (e % k)]);
      const out = matrix(bench.arena.f64(k * k), k, k);
      invert(bench.wasm, bench.arena, bench.put(k, k, square), out);
      const c = product(n, k, k, b, readMatrix(bench.wasm, out));
      let best = 0;
      for (let e = 0; e < c.length; e++) if (Math.abs(c[e]) > Math.abs(c[best])) best = e;
      if (Math.abs(c[best]) <= limit) return { active, swaps };
      active[best % k] = Math.floor(best / k);
    }
  }

  it.each([[12, 1], [20, 2], [31, 3], [60, 6], [90, 11]])("%i × %i as by its definition", (n, k) => {
    const b = randomArray(n * k, n + k);
    const start = Array.from({ length: k }, (_, j) => j);
    const inverse = matrix(bench.arena.f64(k * k), k, k);
    invert(bench.wasm, bench.arena, bench.put(k, k, b.slice(0, k * k)), inverse);
    const c = bench.put(n, k, product(n, k, k, b, readMatrix(bench.wasm, inverse)));
    const active = bench.arena.i32(k + 1);
    bench.wasm.i32(active, k).set(start);
    bench.wasm.routines.swapRows(n, k, k, 1000, 1.001, c.pointer, inverse.pointer, active, bench.arena.f64(k + 2));
    const expected = plain(n, k, b, start, 1.001);
    expect([...bench.wasm.i32(active, k + 1)]).toEqual([...expected.active, expected.swaps]);
    const rows = Float64Array.from({ length: k * k }, (_, e) => b[expected.active[Math.floor(e / k)] * k + (e % k)]);
    expectClose(product(k, k, k, rows, readMatrix(bench.wasm, inverse)), Float64Array.from({ length: k * k }, (_, e) => Number(e % (k + 1) === 0)), 1e-10);
    expectClose(readMatrix(bench.wasm, c), product(n, k, k, b, readMatrix(bench.wasm, inverse)), 1e-10);
  });

  it("says that a value is not finite", () => {
    const run = (values: number[]): void => {
      bench.wasm.routines.swapRows(3, 0, 1, 10, 1.001, bench.put(3, 1, values).pointer, 0, bench.arena.i32(2), bench.arena.f64(3));
    };
    expect(() => run([1, NaN, 0])).toThrow(NumericalError);
    expect(() => run([1, Infinity, 0])).toThrow(NumericalError);
    expect(() => run([1, 0.5, 0])).not.toThrow();
  });
});
