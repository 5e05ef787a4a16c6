import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import { Dataset, type FoldMethod, type FoldOptions, isIsolatedAtom, makeFolds, type Structure } from "../../src/structures/index.js";
import { makeStructure } from "../models/systems.js";

/** A pair of hydrogen atoms, or given atoms; a single one is isolated. */
function frame(group: string, index: number, info: Record<string, string | number> = {}, atomicNumbers: readonly number[] = [1, 1]): Structure {
  const n = atomicNumbers.length;
  const geometry = {
    atomicNumbers: Uint8Array.from(atomicNumbers),
    positions: Float64Array.from({ length: 3 * n }, (_, i) => i),
    cell: null,
    pbc: [false, false, false] as const,
    label: `frame ${index + 1}`,
  };
  return { ...makeStructure(geometry, {}, group), info: new Map(Object.entries(info)) };
}

const atom = (index: number): Structure => frame("IsolatedAtom", index, {}, [1]);
const indices = (dataset: Dataset): number[] => Array.from({ length: dataset.nStructures }, (_, i) => i);
const divide = (dataset: Dataset, options: Partial<FoldOptions> = {}): ReturnType<typeof makeFolds> => makeFolds(dataset, { folds: 3, seed: 1, ...options });

describe("folds", () => {
  const datasets = fc
    .array(fc.tuple(fc.constantFrom("bulk", "surface", "liquid", "IsolatedAtom"), fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 40 })
    .map((frames) => Dataset.from(frames.map(([group, run], i) => (group === "IsolatedAtom" ? atom(i) : frame(group, i, { run })))));

  it.each(["stratified", "random", "contiguous", "grouped"] as FoldMethod[])("%s: leave every structure out once, never an isolated atom", (split) => {
    fc.assert(
      fc.property(datasets, fc.integer({ min: 2, max: 6 }), fc.integer({ min: 0, max: 99 }), (dataset, folds, seed) => {
        const divisible = indices(dataset).filter((i) => !isIsolatedAtom(dataset, i));
        const runs = new Set(divisible.map((i) => dataset.structure(i).info.get("run")));
        fc.pre(divisible.length >= folds && (split !== "grouped" || runs.size >= folds));
        const options = { folds, seed, split, ...(split === "grouped" && { group: "run" }) };
        const made = makeFolds(dataset, options);
        expect(made.folds.length).toBe(folds);
        expect(made.folds.flatMap(({ heldOut }) => heldOut).sort((a, b) => a - b)).toEqual(divisible);
        for (const { train, heldOut } of made.folds) {
          expect(heldOut.length).toBeGreaterThan(0);
          expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual(indices(dataset));
          expect([train, heldOut].map((part) => [...part].sort((a, b) => a - b))).toEqual([train, heldOut]);
        }
        expect(makeFolds(dataset, options)).toEqual(made);
      }),
      { numRuns: 60 },
    );
  });

  it("stratified hold the config_types in their shares; one with a single structure is left out once", () => {
    const dataset = Dataset.from([...Array.from({ length: 30 }, (_, i) => frame(["bulk", "bulk", "surface"][i % 3], i)), frame("single", 30)]);
    const { folds, split } = divide(dataset, { folds: 5 });
    expect(split).toBe("stratified");
    const counts = folds.map(({ heldOut }) => heldOut.filter((i) => dataset.configTypes[i] === "surface").length);
    expect(counts).toEqual([2, 2, 2, 2, 2]);
    expect(folds.filter(({ heldOut }) => heldOut.includes(30)).length).toBe(1);
    expect(divide(dataset, { folds: 5, seed: 2 }).folds).not.toEqual(folds);
    expect(divide(dataset, { folds: 5, split: "random" }).folds).not.toEqual(folds);
  });

  it("contiguous are stretches of each config_type; small ones go round", () => {
    const dataset = Dataset.from([...Array.from({ length: 12 }, (_, i) => frame("md", i)), ...Array.from({ length: 5 }, (_, i) => frame(`single ${i}`, 12 + i))]);
    const { folds } = divide(dataset, { split: "contiguous" });
    expect(folds.map(({ heldOut }) => heldOut)).toEqual([[0, 1, 2, 3, 12, 15], [4, 5, 6, 7, 13, 16], [8, 9, 10, 11, 14]]);
  });

  it("grouped keep groups together, of keys, columns and config_types", () => {
    const frames = Array.from({ length: 20 }, (_, i) => frame(i < 10 ? "bulk" : "surface", i, { run: `run ${i % 5}` }));
    const dataset = Dataset.from(frames).withColumns([{ name: "walker", unit: "1", per: "structure", width: 1, values: Float64Array.from(frames, (_, i) => i % 4) }]);
    const together = (name: string, groupOf: (i: number) => unknown): void => {
      const { folds, split } = divide(dataset, { folds: 2, group: name });
      expect(split).toBe("grouped");
      for (const { train, heldOut } of folds) expect(heldOut.map(groupOf).filter((group) => train.map(groupOf).includes(group))).toEqual([]);
    };
    together("run", (i) => i % 5);
    together("walker", (i) => i % 4);
    together("config_type", (i) => i < 10);
    expect(divide(dataset, { folds: 2, split: "grouped" }).folds.map(({ heldOut }) => heldOut.length)).toEqual([10, 10]);
  });

  it("say that a group is larger than a fold", () => {
    const dataset = Dataset.from(Array.from({ length: 12 }, (_, i) => frame("", i, { run: i < 9 ? "long" : `short ${i}` })));
    const { folds, notes } = divide(dataset, { group: "run" });
    expect(folds.map(({ heldOut }) => heldOut.length).sort((a, b) => a - b)).toEqual([1, 2, 9]);
    expect(notes).toEqual(['the group "long" of run has 9 of 12 structures: folds are of unequal sizes']);
  });
});

describe("folds that cannot be made", () => {
  const pairs = (count: number, info: (i: number) => Record<string, string> = () => ({})): Dataset => Dataset.from(Array.from({ length: count }, (_, i) => frame("", i, info(i))));
  const cases: [string, () => Dataset, Partial<FoldOptions>, RegExp][] = [
    ["too few structures", () => pairs(2), {}, /^folds is 3, but there are only 2 structures beside isolated atoms, which are never left out; use at most 2 folds$/],
    ["one structure", () => Dataset.from([frame("", 0), atom(1)]), {}, /only 1 structure beside isolated atoms.*; add structures$/],
    ["isolated atoms alone", () => Dataset.from([atom(0), atom(1), atom(2)]), {}, /only 0 structures .*; add structures$/],
    ["one fold", () => pairs(5), { folds: 1 }, /^folds is 1; it must be a whole number from 2$/],
    ["too few groups", () => pairs(6, (i) => ({ run: String(i % 2) })), { group: "run" }, /^folds is 3, but there are only 2 groups of run; use at most 2 folds$/],
    ["one group", () => pairs(6), { split: "grouped" }, /^folds is 3, but there is only one group of config_type; choose another group$/],
    ["a key that is nowhere", () => pairs(6, () => ({ md_run: "a" })), { group: "md_rum" }, /^group is "md_rum", but the comment lines .* no such key.*did you mean "md_run"/],
    ["a key that some lack", () => pairs(6, (i) => Object.fromEntries(i === 4 ? [] : [["run", String(i)]])), { group: "run" }, /1 of 6 structures have none, such as frame 5$/],
    ["a group that is not kept", () => pairs(6), { group: "run", split: "random" }, /^group is "run", but split is random, which keeps no groups together/],
    ["a species of one fold alone", () => Dataset.from([...Array.from({ length: 5 }, (_, i) => frame("", i)), frame("", 5, {}, [1, 8])]), {}, /^fold \d of 3 would predict O \(frame 6\), which nothing/],
  ];
  it.each(cases)("%s", (_, dataset, options, message) => {
    expect(() => divide(dataset(), options)).toThrow(InvalidParameterError);
    expect(() => divide(dataset(), options)).toThrow(message);
  });
});
