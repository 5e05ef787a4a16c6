// The section of blind pairs: what is drawn, and what is said of them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BlindPair, findBlindSpots, layPairs } from "../../../src/analysis/index.js";
import { createDescriptor } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { pairSection } from "../../../src/report/blind-spots/pair-section.js";
import { meaningOf } from "../../../src/report/blind-spots/pair-sentences.js";
import type { PairViewData } from "../../../src/report/blind-spots/pair-client.js";
import { expectClose, testExecutor } from "../../expect.js";
import { manifolds } from "../../analysis/blind-spots/ch4-manifolds.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const pair: BlindPair = {
  a: { structure: 0, atom: 0 }, b: { structure: 1, atom: 2 }, distance: 0, plainDistance: 0, isIdentical: true, structuralDistance: 0.5, isExact: true, score: 1e12,
  rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
};

describe("the section of blind pairs", () => {
  it("draws both environments, b on a, below numbers that say what they mean", async () => {
    // frames 40 of both: φ = ±144°
    const data = manifolds().subset([40, 121]);
    const { pairs } = await findBlindSpots(data, createDescriptor({ type: "soap", nMax: 3, lMax: 2, sigma: 0.4, cutoff: { radius: 3 } }), executor, { centers: ["C"] });
    expect(pairs.length).toBe(1);
    const laid = await layPairs(data, pairs, 3, { executor });
    const { text } = (await pairSection(laid, true))!;
    const drawn = JSON.parse(/id="pair-data">(.*?)<\/script>/su.exec(text)![1]) as PairViewData;
    const [a, b] = drawn.pairs[0];
    expect([a.symbols, b.symbols]).toEqual([["C", "H", "H", "H", "H"], ["C", "H", "H", "H", "H"]]);
    // what lies on each other is as far apart as the distance says: each H of b near one of a
    let square = 0;
    for (let i = 1; i < 5; i++) {
      const distances = [1, 2, 3, 4].map((j) => Math.hypot(...[0, 1, 2].map((k) => a.positions[3 * i + k] - b.positions[3 * j + k])));
      square += Math.min(...distances) ** 2;
    }
    expect(Math.sqrt(square)).toBeLessThanOrEqual(pairs[0].structuralDistance + 1e-3);
    expectClose(laid[0].b.positions.slice(0, 3), [0, 0, 0], 0);
    expect(text).toContain("minus 40, atom 1 and plus 40, atom 1");
    expect(text).toMatch(/they differ by\s2\.09\seV, so one error at least is\s1\.05\seV or more/u);
    expect(text.replace(/<script.*<\/script>/gsu, "")).not.toMatch(/NaN|Infinity|undefined/u);
  });

  it("is not there without pairs", async () => {
    expect(await pairSection([])).toBeUndefined();
  });

  it.each([
    [{}, "no error of total energies follows"],
    [{ forces: { difference: 1.5, norms: [1, 2] } }, "The forces on the centers differ by 1.50 eV/Å"],
    [{ isIdentical: false, score: 7.4 }, "sees these environments 7.40 times closer than it does usual ones"],
    [{ isIdentical: false, energy: { difference: -1, distance: 0.5, isBound: false, leastError: 0, slope: 2 } }, "as steep as 2.00 eV per unit of distance"],
    [{ isExact: false }, "at most 0.500 Å apart"],
  ] as [Partial<BlindPair>, string][])("says what a pair means: %j", (changes, sentence) => {
    expect(meaningOf({ ...pair, ...changes })).toContain(sentence);
  });
});
