import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OrthogonalRows } from "../../../src/analysis/redundancy/orthogonal-rows.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Arena, type Region } from "../../../src/wasm/memory.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";

let executor: Executor;
let region: Region;
beforeAll(async () => {
  executor = await testExecutor();
  region = executor.pool.allocate(1 << 20, "rows");
});
afterAll(async () => {
  executor.pool.release(region);
  await executor.close();
});

/** What is left of each row after all rows before it, as their least-squares fit leaves it: Gram–Schmidt, again and again. */
function rests(rows: readonly Float64Array[], tolerance: number): number[] {
  const kept: Float64Array[] = [];
  return rows.map((row) => {
    const left = row.slice();
    for (let pass = 0; pass < 4; pass++) {
      for (const own of kept) {
        const along = own.reduce((sum, value, i) => sum + value * left[i], 0);
        own.forEach((value, i) => (left[i] -= along * value));
      }
    }
    const length = Math.hypot(...left);
    if (length > tolerance) kept.push(left.map((value) => value / length));
    return length;
  });
}

describe("rows in double precision", () => {
  for (const [count, columns] of [[3, 0], [3, 1], [4, 2], [6, 5], [9, 8], [12, 17], [20, 13]]) {
    it(`${count} rows with ${columns} columns leave what those of the twin leave`, () => {
      const rows = Array.from({ length: count }, (_, i) => randomArray(columns, i + 1));
      // a row that depends on the two before it
      if (count > 2) rows[2] = rows[0].map((value, i) => 2 * value - rows[1][i]);
      const own = new OrthogonalRows(executor.wasm, new Arena(region), columns, count);
      const found = rows.map((row) => own.insert(row, 1e-10));
      expectClose(found, rests(rows, 1e-10), 1e-12);
      expect(own.rank).toBe(rests(rows, 1e-10).filter((value) => value > 1e-10).length);
      expect(own.rank).toBeLessThanOrEqual(columns);
      if (columns > 0) expectClose([own.residual(rows[0])], [0], 1e-12);
    });
  }

  it("that are not finite are refused", () => {
    const own = new OrthogonalRows(executor.wasm, new Arena(region), 2, 2);
    expect(() => own.insert([NaN, 1], 1e-10)).toThrow(/not finite/u);
  });
});
