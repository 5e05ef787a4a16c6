import { describe, expect, it } from "vitest";
import { ZeroColumns } from "../../src/environments/zero-columns.js";

describe("columns that are 0 in every row", () => {
  const add = (zeros: ZeroColumns, ...rows: readonly (readonly number[])[]): void => zeros.add({ nRows: rows.length, values: Float64Array.from(rows.flat()) });

  it("are those without a number in any row of any block", () => {
    const zeros = new ZeroColumns(4);
    add(zeros, [0, 0, 1, 0], [0, 2, 0, -0]);
    expect(zeros.columns).toEqual([0, 3]);
    add(zeros, [0, 0, 0, 0]);
    add(zeros, [0, 0, 0, 0], [1e-300, 0, 0, 0]);
    expect(zeros.columns).toEqual([3]);
  });

  it("are none before there are rows", () => {
    expect(new ZeroColumns(2).columns).toEqual([]);
  });

  it("leave what is behind the rows of a block alone", () => {
    const zeros = new ZeroColumns(2);
    zeros.add({ nRows: 1, values: Float64Array.from([0, 1, 5, 5]) });
    expect(zeros.columns).toEqual([0]);
  });
});
