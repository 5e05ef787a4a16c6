import { describe, expect, it } from "vitest";
import { blocksInFlight, chainCount, makeTriangles, splitBlocks, triangleBytes } from "../../../src/fit/index.js";
import { createExecutor, Holdings } from "../../../src/parallel/index.js";
import { alignUp } from "../../../src/wasm/memory.js";

describe("chains of updates", () => {
  it("are as many as the memory allows, by the size of the problem alone", () => {
    expect([1, 2, 3, 4, 50].map((nBlocks) => chainCount(100, nBlocks))).toEqual([1, 2, 3, 4, 4]);
    expect([2800, 3000, 4000, 14_000].map((size) => chainCount(size, 50))).toEqual([4, 3, 2, 2]);
  });

  it("change their number where they did before triangles were packed: fits of any size keep their bits", () => {
    expect([2309, 2310, 2828, 2829, 3265, 3266, 14_142, 14_143].map((size) => chainCount(size, 50))).toEqual([4, 4, 4, 3, 3, 2, 2, 1]);
  });

  it("are a single one where memory decides, of which 30 000 columns leave room in 4 GiB", () => {
    expect(chainCount(15_001, 50)).toBe(1);
    const bytes = chainCount(30_001, 50) * triangleBytes(30_000);
    expect(bytes > 3.6e9 && bytes < 4 * 2 ** 30 - 0.6e9).toBe(true);
  });
});

describe("triangles", () => {
  it("take half of a square in the pool", async () => {
    const executor = await createExecutor({ threads: 1 });
    const holdings = new Holdings(executor);
    try {
      await makeTriangles(999, 2, holdings);
      const before = executor.pool.bytesInUse;
      holdings.release();
      const taken = before - executor.pool.bytesInUse;
      expect(taken).toBe(2 * alignUp(triangleBytes(999)));
      expect(taken < 2 * 8 * 1000 * 1000 * 0.54).toBe(true);
    } finally {
      holdings.release();
      await executor.close();
    }
  });
});

describe("blocks of rows", () => {
  it("keep the order, leave out what has no rows, and hold a large item alone", () => {
    expect(splitBlocks([])).toEqual([]);
    expect(splitBlocks([0, 0])).toEqual([]);
    expect(splitBlocks([300, 0, 300, 1, 5000, 2, 3])).toEqual([
      { items: [0, 2], nRows: 600 },
      { items: [3], nRows: 1 },
      { items: [4], nRows: 5000 },
      { items: [5, 6], nRows: 5 },
    ]);
  });

  it("are one more in flight than there are threads", () => {
    expect([blocksInFlight(1, 9), blocksInFlight(4, 9), blocksInFlight(4, 3)]).toEqual([1, 5, 3]);
  });
});
