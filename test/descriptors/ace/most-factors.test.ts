// Limits of factors of a species: counted by hand from all functions, and columns with the values that they have among all.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aceType } from "../../../src/descriptors/ace/ace.js";
import { type AceFunction, functionsByDegree } from "../../../src/descriptors/ace/selection.js";
import { Ace } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { createSearchSpace } from "../../../src/tune/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator } from "../calculator.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const species = [1, 6, 8];
const ace = (changes: object): Ace => new Ace({ type: "ace", cutoff: { radius: 4 }, degree: [7, 6, 5], lWeight: 1, ...changes });

const count = ({ factors }: AceFunction, index: number): number => factors.filter((own) => own.species === index).length;

/** Atoms of the label of a column, as "C n=1 l=0, C n=1 l=0": C, C. */
const atomsOf = (label: string): string[] => label.split(", ").map((part) => part.split(" ")[0]);

describe("limits of factors of a species", () => {
  it.each([
    [3, [6, 6, 6], [3, 2, 1]],
    [3, [6, 6, 6], [1, 0, 2]],
    [2, [8, 7, 6, 6], [3, 1]],
    [2, [8, 7, 6, 6, 6], [2, 2]],
    [1, [8, 7, 6], [2]],
    [3, [5, 5], [Infinity, Infinity, Infinity]],
    [2, [0, 6, 6], [0, 2]],
  ])("of %i species up to degree %j, %j of each, leave out what exceeds them and nothing else", (nSpecies, degrees, mostFactors) => {
    const all = functionsByDegree({ nSpecies, degrees, lWeight: 1 });
    const expected = all.filter((own) => mostFactors.every((most, index) => count(own, index) <= most));
    expect(functionsByDegree({ nSpecies, degrees, lWeight: 1, mostFactors })).toEqual(expected);
    expect(expected.length === all.length).toBe(mostFactors.every((most) => most >= degrees.length));
  });

  it("make room below the largest number of functions, and need no time for what they leave out", () => {
    const degrees = [4, 4, 30];
    expect(() => functionsByDegree({ nSpecies: 3, degrees, lWeight: 1 })).toThrow(/more than 50000/);
    // an order with more factors than there may be at all has no functions, whatever its degree
    expect(functionsByDegree({ nSpecies: 3, degrees, lWeight: 1, mostFactors: [1, 1, 0] }).every(({ factors }) => factors.length < 3)).toBe(true);
    expect(functionsByDegree({ nSpecies: 3, degrees: [4, 4, 4, 4, 200], lWeight: 1, mostFactors: [2, 1, 1] }).length).toBeGreaterThan(0);
  });

  it("count before the functions of lowest degree are kept", () => {
    const kept = ace({ mostFactors: { C: 1 }, maximumFunctions: 40, pair: false }).features(species);
    expect(kept.length).toBe(40);
    expect(kept.every(({ label }) => atomsOf(label).filter((atom) => atom === "C").length <= 1)).toBe(true);
  });

  it("leave the pair term alone, and other columns with the values that they had", () => {
    const [all, few] = [ace({}), ace({ mostFactors: { O: 0, C: 1 } })];
    const labels = all.features(species).map(({ label }) => label);
    const kept = few.features(species).map(({ label }) => label);
    const isKept = (label: string): boolean => label.startsWith("pair") || (!label.includes("O ") && atomsOf(label).filter((atom) => atom === "C").length <= 1);
    expect(kept).toEqual(labels.filter(isKept));
    const environments = {
      centerSpecies: [1], offsets: [0, 6], neighborSpecies: [0, 0, 0, 1, 1, 2],
      displacements: Float64Array.from([1.1, 0, 0.1, -0.4, 1, 0.1, -0.3, -0.5, 0.9, 0.2, -1.2, -0.9, 2.1, 1.3, 0.4, -1.9, 1.4, -0.7]),
    };
    const rowOf = (descriptor: Ace): { values: Float64Array; jacobian: Float64Array } => {
      const calculator = new Calculator(executor, descriptor, species);
      const computed = calculator.compute(environments, { jacobian: true });
      calculator.release();
      return computed;
    };
    const [full, own] = [rowOf(all), rowOf(few)];
    expectClose(own.values, Float64Array.from(kept, (label) => full.values[labels.indexOf(label)]), 1e-13, "relative-to-max");
    const slopes = Float64Array.from(own.jacobian, (_, e) => full.jacobian[Math.floor(e / kept.length) * labels.length + labels.indexOf(kept[e % kept.length])]);
    expectClose(own.jacobian, slopes, 1e-13, "relative-to-max");
  });

  it("make what is left cheaper, for data whose species a count alone is known of", () => {
    const extent = { nSpecies: 3, nCenters: 10, nPairs: 200 };
    const operations = (changes: object): number => aceType.cost!.arithmetic!(ace(changes).parameters, extent).values;
    expect(operations({ mostFactors: { C: 1, O: 1 } }) < operations({})).toBe(true);
    expect(operations({ mostFactors: { C: 1, O: 1 } })).toBe(operations({ mostFactors: { C: 1, O: 1 }, species: ["H", "C", "O"] }));
    expect(operations({ mostFactors: { C: 3, O: 3 } })).toBe(operations({}));
  });

  it("are parameters of a search", () => {
    const descriptor = { type: "ace", cutoff: { radius: 4 }, mostFactors: { C: 2 } };
    const base = { model: { type: "linear", terms: [{ descriptor }] }, fit: { sigma: { energy: 0.001 } }, seed: 1 };
    const space = createSearchSpace({
      "model.terms.0.descriptor.mostFactors.C": { from: 0, to: 3, integer: true },
      "model.terms.0.descriptor.mostFactors.O": { from: 0, to: 3, integer: true },
    }, base);
    expect(space.apply([1, 2]).model.terms).toMatchObject([{ descriptor: { ...descriptor, mostFactors: { C: 1, O: 2 } } }]);
  });
});
