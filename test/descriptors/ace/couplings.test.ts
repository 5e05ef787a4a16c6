import { describe, expect, it } from "vitest";
import { couplings } from "../../../src/descriptors/ace/couplings.js";
import { functionsByDegree } from "../../../src/descriptors/ace/selection.js";
import { expectClose } from "../../expect.js";
import { choices, raising } from "./twin.js";

/** Coefficients by every choice of the m: those of a class of equal products are shared evenly. */
function unfolded(terms: ReturnType<typeof couplings>[number], l: readonly number[], kinds: readonly number[]): number[] {
  const classOf = (m: readonly number[]): string => {
    const sorted = (own: readonly number[]): string =>
      [...new Set(kinds)].map((kind) => own.filter((_, t) => kinds[t] === kind).sort((a, b) => a - b).join(" ")).join(" | ");
    return [sorted(m), sorted(m.map((own) => -own + 0))].sort()[0];
  };
  const all = choices(l);
  const members = new Map<string, number>();
  for (const m of all) members.set(classOf(m), (members.get(classOf(m)) ?? 0) + 1);
  const values = new Map(terms.map(({ m, coefficient }) => [classOf(m), coefficient / members.get(classOf(m))!]));
  return all.map((m) => values.get(classOf(m)) ?? 0);
}

const cases: readonly (readonly [l: number[], kinds: number[], count: number])[] = [
  [[0], [0], 1],
  [[1], [0], 0],
  [[3, 3], [0, 1], 1],
  [[1, 2], [0, 1], 0],
  [[1, 1, 1], [0, 1, 2], 0],
  [[2, 2, 2], [0, 0, 0], 1],
  [[1, 2, 3], [0, 1, 2], 1],
  [[1, 1, 1, 1], [0, 1, 2, 3], 3],
  [[1, 1, 1, 1], [0, 0, 0, 0], 1],
  [[1, 1, 1, 1], [0, 0, 1, 1], 2],
  [[2, 2, 2, 2], [0, 0, 0, 0], 1],
  [[4, 4, 4, 4], [0, 0, 0, 0], 2],
  [[3, 2, 2, 1], [0, 1, 1, 2], 2],
  [[1, 1, 2, 1, 1], [0, 0, 1, 2, 2], 3],
  [[2, 1, 1, 1, 1], [0, 1, 1, 1, 1], 1],
];

describe("couplings", () => {
  it.each(cases)("of l = %j with kinds %j are %i, taken to zero by J₊ and orthonormal", (l, kinds, count) => {
    const all = couplings(l, kinds).map((terms) => unfolded(terms, l, kinds));
    expect(all.length).toBe(count);
    const jPlus = raising(l);
    for (const [i, own] of all.entries()) {
      expectClose(jPlus.map((row) => row.reduce((sum, x, k) => sum + x * own[k], 0)), new Float64Array(jPlus.length), 1e-13);
      for (const [j, other] of all.entries()) expectClose([own.reduce((sum, x, k) => sum + x * other[k], 0)], [i === j ? 1 : 0], 1e-13);
    }
  });
});

describe("functions by degree", () => {
  // counted upstream for one species with lWeight 1.5
  it.each([
    [[16, 12, 8], [16, 67, 23]],
    [[18, 14, 10], [18, 102, 59]],
    [[20, 16, 12], [20, 147, 132]],
    [[25, 21, 17], [25, 314, 677]],
    [[28, 24, 20], [28, 458, 1515]],
    [[20, 16, 12, 10], [20, 147, 132, 46]],
    [[25, 21, 17, 14], [25, 314, 677, 327]],
  ])("up to degree %j: %j of each order", (degrees, counts) => {
    const functions = functionsByDegree({ nSpecies: 1, degrees, lWeight: 1.5 });
    expect(degrees.map((_, i) => functions.filter(({ factors }) => factors.length === i + 1).length)).toEqual(counts);
  });

  it("of two species hold those of one species for each, and mixed ones", () => {
    const one = functionsByDegree({ nSpecies: 1, degrees: [4, 4, 4], lWeight: 1 });
    const two = functionsByDegree({ nSpecies: 2, degrees: [4, 4, 4], lWeight: 1 });
    for (const species of [0, 1]) expect(two.filter(({ factors }) => factors.every((own) => own.species === species)).length).toBe(one.length);
    expect(two.length).toBeGreaterThan(2 * one.length);
  });
});
