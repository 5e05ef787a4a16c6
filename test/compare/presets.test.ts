import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usualCutoff } from "../../src/compare/presets.js";
import type { Executor } from "../../src/parallel/index.js";
import { testExecutor } from "../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** A simple cubic crystal. */
function cubic(atoms: number, spacing: number, isPeriodic = true) {
  const positions = Float64Array.from({ length: 3 * atoms ** 3 }, (_, i) => spacing * (Math.floor(Math.floor(i / 3) / atoms ** (i % 3)) % atoms));
  const [a, cell] = [atoms * spacing, new Float64Array(9)];
  for (let axis = 0; axis < 3; axis++) cell[4 * axis] = a;
  return { atomicNumbers: new Uint8Array(atoms ** 3).fill(14), positions, cell, pbc: [isPeriodic, isPeriodic, isPeriodic] as const, label: "cubic" };
}

describe("usualCutoff", () => {
  it("is that of about 35 neighbors, and 5 Å for molecules", () => {
    const of = (geometry: ReturnType<typeof cubic>): number => usualCutoff(executor.wasm, executor.pool, [{ geometry, centers: null }]);
    // 26 neighbors within 5 Å, 32 to 5.2 Å
    expect(of(cubic(4, 2.6))).toBe(5.5);
    expect(of(cubic(4, 2))).toBe(4);
    expect(of(cubic(4, 4.5))).toBe(6.5);
    expect(of(cubic(3, 2, false))).toBe(5);
  });

  it("takes little memory for a large structure of which some atoms are looked at", () => {
    const before = executor.pool.peakBytes;
    const centers = Int32Array.from({ length: 100 }, (_, i) => 200 * i);
    expect(usualCutoff(executor.wasm, executor.pool, [{ geometry: cubic(30, 2.6), centers }])).toBe(5.5);
    expect(executor.pool.peakBytes - before).toBeLessThan(50e6);
  });
});
