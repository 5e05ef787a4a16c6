// What factors of a species add to the degree: against a choice from all functions by the definition.
import { describe, expect, it } from "vitest";
import { functionsByDegree } from "../../../src/descriptors/ace/selection.js";
import { Ace } from "../../../src/descriptors/index.js";

const ace = (changes: object): Ace => new Ace({ type: "ace", cutoff: { radius: 4 }, degree: [7, 6, 5], lWeight: 1, ...changes });

describe("weights of species", () => {
  it.each([
    [3, [7, 7, 7], 1, [0, 1, 2]],
    [2, [8, 7, 6, 6], 1.5, [0.5, 0]],
    [2, [6, 6], 1, [0, 0]],
    [1, [9, 8, 7], 1, [1]],
  ])("of %i species up to degree %j with lWeight %f leave the functions whose Σ (n + lWeight l + weight) is small enough: %j", (nSpecies, degrees, lWeight, speciesWeights) => {
    const all = functionsByDegree({ nSpecies, degrees, lWeight });
    const degreeOf = (factors: (typeof all)[number]["factors"]): number => factors.reduce((sum, { species, n, l }) => sum + n + lWeight * l + speciesWeights[species], 0);
    const expected = all.filter(({ factors }) => degreeOf(factors) <= degrees[factors.length - 1] + 1e-9);
    const key = (own: (typeof all)[number]): string => JSON.stringify([own.factors, own.coupling]);
    const found = functionsByDegree({ nSpecies, degrees, lWeight, speciesWeights });
    expect(found.map(key).sort()).toEqual(expected.map(key).sort());
    expect(found.length > 0).toBe(true);
  });

  it("leave the pair term alone, and names and columns of the others as they were", () => {
    const labels = ace({}).features([1, 8]).map(({ label }) => label);
    const kept = ace({ speciesWeights: { O: 2 } }).features([1, 8]).map(({ label }) => label);
    expect(kept.every((label) => labels.includes(label))).toBe(true);
    expect(kept.filter((label) => label.startsWith("pair"))).toEqual(labels.filter((label) => label.startsWith("pair")));
    expect(kept.length < labels.length).toBe(true);
  });

  it("of species that are not there, unknown ones, and beside listed functions are refused", () => {
    expect(() => ace({ speciesWeights: { Xx: 1 } })).toThrow(/Xx/);
    expect(() => ace({ speciesWeights: { N: 1 } }).features([1, 8])).toThrow(/speciesWeights names N, which is not among the species H, O/);
    expect(() => ace({ degree: undefined, speciesWeights: { N: 1 }, functions: [{ neighbors: ["N"], n: [1], l: [0] }] })).toThrow(/speciesWeights belongs to the functions that a degree chooses/);
  });
});
