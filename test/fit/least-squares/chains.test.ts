import { describe, expect, it } from "vitest";
import { blocksInFlight, chainCount, splitBlocks, triangleBytes } from "../../../src/fit/index.js";

describe("chains of updates", () => {
  it("are as many as the memory allows, by the size of the problem alone", () => {
    expect([1, 2, 3, 4, 50].map((nBlocks) => chainCount(100, nBlocks))).toEqual([1, 2, 3, 4, 4]);
    expect([2800, 3000, 4000, 14_000].map((size) => chainCount(size, 50))).toEqual([4, 3, 2, 2]);
  });

  it("are a single one where two triangles would not leave room in 4 GiB", () => {
    expect(chainCount(15_001, 50)).toBe(1);
    const bytes = chainCount(21_001, 50) * triangleBytes(21_000);
    expect(bytes < 4 * 2 ** 30 - 0.6e9).toBe(true);
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
