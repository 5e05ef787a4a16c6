import { describe, expect, it } from "vitest";
import { placesAtCost, type Weighed } from "../../src/compare/front.js";
import { expectClose } from "../expect.js";

const weighed = (cost: number, error: number, uncertainty = 0): Weighed => ({ cost, error, uncertainty });

describe("places at equal cost", () => {
  it("are beside the lowest error of what costs no more", () => {
    const places = placesAtCost([weighed(3, 2), weighed(1, 4), weighed(2, 6), weighed(5, 2.5), weighed(5, 3)]);
    expectClose(places.map(({ ratio }) => ratio), [1, 1, 1.5, 1.25, 1.5], 1e-15);
    expect(places.map(({ best }) => best)).toEqual([0, 1, 1, 0, 0]);
    expect(places.every(({ isClear }) => isClear)).toBe(true);
  });

  it("carry the standard errors of both", () => {
    const [, behind] = placesAtCost([weighed(1, 4, 0.4), weighed(2, 6, 0.3)]);
    expectClose([behind.ratio, behind.uncertainty], [1.5, 1.5 * Math.hypot(0.1, 0.05)], 1e-14);
    // differences of 2 with errors of 1 and 1.7, together 1.97, or 1 and 1.8, together 2.06
    const isClear = (error: number, uncertainty: number): boolean => placesAtCost([weighed(1, 6, 1), weighed(2, error, uncertainty)])[1].isClear;
    expect([isClear(8, 1.7), isClear(8, 1.8), isClear(4, 1.7), isClear(4, 1.8), isClear(8, NaN)]).toEqual([true, false, true, false, true]);
  });

  it("leave out what is not known", () => {
    const places = placesAtCost([weighed(NaN, 1), weighed(1, NaN), weighed(2, 3, NaN)]);
    expect(places.map(({ best, ratio }) => [best, ratio])).toEqual([[-1, NaN], [-1, NaN], [2, 1]]);
  });
});
