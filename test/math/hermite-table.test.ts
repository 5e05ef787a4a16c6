import { beforeAll, describe, expect, it } from "vitest";
import { hermiteTable, type SmoothPiece } from "../../src/math/hermite-table.js";
import { placeHermiteTable, type TableGroups } from "../../src/math/placed-table.js";
import { expectClose } from "../expect.js";
import { type Workbench, workbench } from "../linalg/dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench(4 << 20);
});

/** sin(k x + p) for k = 1, 2, 3: the derivatives are the function itself, shifted. */
const waves = (phase: number) => ({
  evaluate: (x: number, derivative: 0 | 1 | 2, out: Float64Array): void => {
    for (let k = 1; k <= 3; k++) out[k - 1] = k ** derivative * Math.sin(k * x + phase + (derivative * Math.PI) / 2);
  },
});

/** Three functions up to 2 Å, others from there to 5 Å. */
const pieces: readonly SmoothPiece[] = [{ end: 2, functions: waves(0) }, { end: 5, functions: waves(1) }];
const table = hermiteTable(pieces, 3, 1, 1e-12);

function at(r: number, groups?: TableGroups): { values: number[]; slopes: number[] } {
  bench.arena.reset();
  const size = groups ? (3 / groups.size) * groups.stride : 4;
  const placed = placeHermiteTable(bench.wasm, table, (bytes) => bench.arena.allocate(bytes), groups);
  const [alone, values, slopes] = [bench.arena.f64(size), bench.arena.f64(size), bench.arena.f64(size)];
  bench.wasm.routines.tableAt(placed, size, r, alone, 0);
  bench.wasm.routines.tableAt(placed, size, r, values, slopes);
  expectClose(bench.wasm.f64(alone, size), bench.wasm.f64(values, size), 1e-15);
  return { values: Array.from(bench.wasm.f64(values, size)), slopes: Array.from(bench.wasm.f64(slopes, size)) };
}

describe("tables of functions in WebAssembly memory", () => {
  it("give values and slopes within their error, on both sides of a jump and at the ends", () => {
    for (const r of [0, 1e-9, 0.37, 1.1234, 2 - 1e-9, 2, 2 + 1e-9, 3.3, 4.999, 5]) {
      const phase = r > 2 ? 1 : 0;
      const { values, slopes } = at(r);
      expectClose(values, [...[1, 2, 3].map((k) => Math.sin(k * r + phase)), 0], 1e-11);
      expectClose(slopes, [...[1, 2, 3].map((k) => k * Math.cos(k * r + phase)), 0], 1e-8);
    }
  });

  it("stand in groups with zeros behind them", () => {
    const { values } = at(1.25, { size: 1, stride: 2 });
    expectClose(values, [Math.sin(1.25), 0, Math.sin(2.5), 0, Math.sin(3.75), 0], 1e-11);
  });

  it("are refused with an odd number of functions, or at no distance", () => {
    bench.arena.reset();
    const out = bench.arena.f64(4);
    const placed = placeHermiteTable(bench.wasm, table, (bytes) => bench.arena.allocate(bytes));
    expect(() => bench.wasm.routines.tableAt(placed, 3, 1, out, 0)).toThrow();
    expect(() => bench.wasm.routines.tableAt(placed, 4, NaN, out, 0)).toThrow();
  });
});
