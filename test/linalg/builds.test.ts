import { beforeAll, describe, expect, it } from "vitest";
import { relaxedSimd } from "wasm-feature-detect";
import { gemm, readMatrix, syrk } from "../../src/linalg/index.js";
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
    expectClose(results[1]![0]!, results[0]![0]!, 1e-13);
    expectClose(results[1]![1]!, results[0]![1]!, 1e-13);
  });

  it("measures a peak", async () => {
    const { wasm, arena } = await workbench(1 << 20, build);
    const out = arena.f64(8);
    wasm.routines.peakFlops(1000, out);
    const [operations, value] = wasm.f64(out, 2);
    expect(operations! >= 16_000).toBe(true);
    expect(Number.isFinite(value!)).toBe(true);
  });
});
