import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import { Dataset, parseStructures, splitDataset, splitIndices, type SplitOptions } from "../../src/structures/index.js";
import { shuffledOrder } from "../../src/structures/split.js";

/** Frames of two atoms, each with the group that its name says. */
function datasetOf(groups: readonly string[], isolatedAtoms = 0): Dataset {
  const frames = groups.map((group) => `2\nconfig_type=${group} \nH 0 0 0\nH 0 0 1\n`);
  for (let i = 0; i < isolatedAtoms; i++) frames.push("1\nconfig_type=IsolatedAtom \nH 0 0 0\n");
  return Dataset.from(parseStructures(frames.join("")));
}

const groups = [...new Array<string>(60).fill("bulk"), ...new Array<string>(30).fill("surface"), ...new Array<string>(10).fill("defect")];
const dataset = datasetOf(groups, 2);

function countsOf(indices: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const i of indices) counts[dataset.configTypes[i]] = (counts[dataset.configTypes[i]] ?? 0) + 1;
  return counts;
}

describe("a split", () => {
  it("puts every structure in one part, in the shares asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.boolean(),
        (seed, validation, test, stratify) => {
          const parts = splitIndices(dataset, { seed, fractions: { validation, test }, stratify });
          const all = [...parts.train, ...parts.validation, ...parts.test].sort((a, b) => a - b);
          expect(all).toEqual(Array.from({ length: 102 }, (_, i) => i));
          expect(parts.test.length).toBe(Math.round(100 * test));
          expect(parts.validation.length).toBe(Math.round(100 * validation));
          for (const indices of Object.values(parts)) expect(indices).toEqual([...indices].sort((a, b) => a - b));
          expect(parts.train.slice(-2), "isolated atoms are for training").toEqual([100, 101]);
        },
      ),
    );
  });

  it("is the same for the same seed and another for another", () => {
    const options = { seed: 7, fractions: { test: 0.2 } };
    expect(splitIndices(dataset, options)).toEqual(splitIndices(dataset, options));
    const others = [8, -7, 7 + 2 ** 32].map((seed) => splitIndices(dataset, { ...options, seed }).test);
    for (const other of others) expect(other).not.toEqual(splitIndices(dataset, options).test);
    // frozen: a change would silently change every published split
    expect(splitIndices(datasetOf(groups.slice(0, 12)), { seed: 1, fractions: { validation: 0.25, test: 0.25 } })).toMatchInlineSnapshot(`
      {
        "test": [
          7,
          8,
          9,
        ],
        "train": [
          2,
          4,
          5,
          6,
          10,
          11,
        ],
        "validation": [
          0,
          1,
          3,
        ],
      }
    `);
  });

  it("treats all structures alike", () => {
    const hits = new Array<number>(100).fill(0);
    for (let seed = 0; seed < 400; seed++) for (const i of splitIndices(dataset, { seed, fractions: { test: 0.25 } }).test) hits[i]++;
    // 100 expected, standard deviation 8.7: five of them
    for (const count of hits) expect(count > 56 && count < 144, `${count}`).toBe(true);
  });

  it("keeps the shares of every group when stratified", () => {
    for (let seed = 0; seed < 20; seed++) {
      const parts = splitIndices(dataset, { seed, fractions: { validation: 0.1, test: 0.2 }, stratify: true });
      expect(countsOf(parts.test)).toEqual({ bulk: 12, surface: 6, defect: 2 });
      expect(countsOf(parts.validation)).toEqual({ bulk: 6, surface: 3, defect: 1 });
    }
  });

  it("spreads every group evenly over a stratified order: a single structure of its group stands in the middle", () => {
    const uneven = datasetOf([...new Array<string>(10).fill("bulk"), "rare", ...new Array<string>(3).fill("surface")]);
    for (let seed = 0; seed < 20; seed++) {
      const order = shuffledOrder(uneven, Array.from({ length: 14 }, (_, i) => i), { seed, stratify: true }).map((i) => uneven.configTypes[i]);
      expect([6, 7]).toContain(order.indexOf("rare"));
      // places 1/6, 3/6 and 5/6 of surface among those of bulk, 1/20, 3/20 …
      expect(order.indexOf("surface")).toBe(2);
      expect(order.lastIndexOf("surface")).toBe(11);
    }
  });

  it("gives groups to parts by name, and divides the rest", () => {
    const parts = splitIndices(dataset, { seed: 1, fractions: { validation: 0.5 }, configTypes: { train: ["bulk"], test: ["defect"] } });
    expect(countsOf(parts.test)).toEqual({ defect: 10 });
    expect(countsOf(parts.validation)).toEqual({ surface: 15 });
    expect(countsOf(parts.train)).toEqual({ bulk: 60, surface: 15, IsolatedAtom: 2 });
  });

  it("makes data sets", () => {
    const parts = splitDataset(dataset, { seed: 1, fractions: { test: 0.1 } });
    expect([parts.train.nStructures, parts.validation.nStructures, parts.test.nStructures]).toEqual([92, 0, 10]);
  });

  it.each<[SplitOptions, RegExp]>([
    [{ seed: 1.5 }, /seed is 1\.5/],
    [{ seed: NaN }, /seed is NaN/],
    [{ seed: 1, fractions: { test: -0.1 } }, /test share is -0\.1/],
    [{ seed: 1, fractions: { validation: NaN } }, /validation share is NaN/],
    [{ seed: 1, fractions: { test: 0.6, validation: 0.5 } }, /more than 1/],
    [{ seed: 1, configTypes: { test: ["surfaces"] } }, /no configuration type "surfaces"; did you mean "surface"\?/],
    [{ seed: 1, configTypes: { test: ["zzzzzzzz"] } }, /it has "IsolatedAtom", "bulk", "defect", "surface"/],
    [{ seed: 1, configTypes: { test: ["bulk"], train: ["bulk"] } }, /"bulk" is given to two parts/],
  ])("refuses %j", (options, message) => {
    expect(() => splitIndices(dataset, options)).toThrow(InvalidParameterError);
    expect(() => splitIndices(dataset, options)).toThrow(message);
  });

  it("refuses to leave nothing for training", () => {
    expect(() => splitIndices(datasetOf(groups), { seed: 1, fractions: { test: 1 } })).toThrow(/no structure for training/);
  });
});
