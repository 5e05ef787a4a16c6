import { describe, expect, it } from "vitest";
import { GrowingArray } from "../../src/structures/growing-array.js";

describe("GrowingArray", () => {
  it.each([
    ["nothing", []],
    ["too little", [130_000]],
    ["about what comes", [400_000]],
    ["far more than comes", [3_000_000]],
    ["again and again", [150_000, 200_000, 140_000]],
  ])("holds all values in order, with %s reserved", (_, reserved) => {
    const array = new GrowingArray(Float64Array, 4);
    const expected: number[] = [];
    for (let part = 0; part < 40; part++) {
      const values = Array.from({ length: 10_000 }, (_value, k) => part + k / 16);
      array.append(part % 2 === 0 ? values : Float64Array.from(values));
      array.fill(-part, 3);
      expected.push(...values, -part, -part, -part);
      if (part % 7 === 1) array.reserve(reserved[(part - 1) / 7] ?? 0);
      expect(array.length).toBe(expected.length);
    }
    const all = array.finish();
    expect(all.length).toBe(expected.length);
    expect(all.every((value, i) => value === expected[i])).toBe(true);
    expect(all.buffer.byteLength).toBeLessThanOrEqual((8 * all.length) / (1 - 1 / 8));
  });
});
