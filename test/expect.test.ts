import { describe, expect, it } from "vitest";
import { expectClose } from "./expect.js";

describe("expectClose", () => {
  it("accepts what is within the tolerance", () => {
    expectClose([], [], 0);
    expectClose([1, 2], [1, 2], 0);
    expectClose([1.05], [1], 0.1);
    expectClose(new Float64Array([1000, 1e-6]), [1001, 0], 1e-2, "relative-to-max");
  });

  it.each([
    ["a difference beyond the tolerance", [1.2], [1], 0.1],
    ["NaN on the left", [NaN], [1], 0.1],
    ["NaN on the right", [1], [NaN], 0.1],
    ["NaN on both sides", [NaN], [NaN], 0.1],
    ["infinities", [Infinity], [Infinity], 0.1],
    ["different lengths", [1, 2], [1], 0.1],
    ["a NaN tolerance", [1], [1], NaN],
  ])("rejects %s", (_, actual, expected, tolerance) => {
    expect(() => expectClose(actual, expected, tolerance)).toThrow();
    expect(() => expectClose(actual, expected, tolerance, "relative-to-max")).toThrow();
  });

  it("names the worst element", () => {
    expect(() => expectClose([0, 3, 1], [0, 0, 0], 0.5)).toThrow(/element 1 of 3: got 3/);
  });
});

describe("toEqual of arrays of numbers", () => {
  it("is equality of every element, also inside of others", () => {
    expect({ a: Float64Array.of(1, NaN, -0) }).toEqual({ a: Float64Array.of(1, NaN, -0) });
    expect(Float64Array.of(0)).not.toEqual(Float64Array.of(-0));
    expect([Float64Array.of(1, 2)]).not.toEqual([Float64Array.of(1, 2 + 2 ** -51)]);
    expect(Float64Array.of(1, NaN)).not.toEqual(Float64Array.of(1, 2));
    expect(Float64Array.of(1)).not.toEqual(Float64Array.of(1, 1));
    expect(Float64Array.of(1)).not.toEqual(Float32Array.of(1));
    expect(Int32Array.of(1)).not.toEqual([1]);
    expect(BigInt64Array.of(1n)).not.toEqual(BigInt64Array.of(2n));
  });
});
