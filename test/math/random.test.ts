import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { describe, expect, it } from "vitest";
import { restoreRandom, saveRandom, seededRandom } from "../../src/math/random.js";

describe("seededRandom", () => {
  it("starts small seeds in different places, evenly", () => {
    const first = Array.from({ length: 400 }, (_, seed) => uniformFloat64(seededRandom(seed)));
    for (let bin = 0; bin < 8; bin++) {
      const inBin = first.filter((u) => Math.floor(8 * u) === bin).length;
      expect(inBin, `of 400 first numbers in part ${bin}`).toBeGreaterThan(25);
      expect(inBin, `of 400 first numbers in part ${bin}`).toBeLessThan(75);
    }
  });

  it("is decided by the whole seed", () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, () => uniformFloat64(random));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7 + 2 ** 32)).not.toEqual(draw(7));
    expect(draw(-1)).not.toEqual(draw(1));
  });

  it("goes on from its state after JSON", () => {
    const random = seededRandom(3);
    for (let i = 0; i < 11; i++) uniformFloat64(random);
    const saved = JSON.stringify(saveRandom(random));
    const next = Array.from({ length: 20 }, () => uniformFloat64(random));
    const restored = restoreRandom(JSON.parse(saved) as number[]);
    expect(Array.from({ length: 20 }, () => uniformFloat64(restored))).toEqual(next);
  });
});
