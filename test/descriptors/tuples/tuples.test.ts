import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relaxedSimd } from "wasm-feature-detect";
import { Angle3b, createDescriptor, Distance2b } from "../../../src/descriptors/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";
import { Calculator, type Computed, type Environments } from "../calculator.js";
import { randomEnvironments } from "../soap/environments.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const elements = [6, 8, 14];
const distance = { type: "distance-2b", species: ["C", "Si"], cutoff: { radius: 3, width: 1 }, exponents: [1, -2], tail: { exponent: 2, range: 0.7 } };
const angle = { type: "angle-3b", center: "O", species: ["C", "Si"], cutoff: { radius: 3 } };

function compute(by: Executor, descriptor: Angle3b | Distance2b, environments: Environments, species = elements): Computed {
  const calculator = new Calculator(by, descriptor, species);
  const nRows = calculator.compute(environments).offsets.length - 1;
  const computed = calculator.compute(environments, { jacobian: true, gradients: randomArray(nRows * calculator.nFeatures, 3) });
  calculator.release();
  return computed;
}

/** Around the lanes: neighbors of each center that count, of one or two species. */
function environmentsOf(counts: readonly number[]): Environments {
  return { ...randomEnvironments(counts, 3, 3.4, 7), centerSpecies: counts.map((_, center) => center % 3) };
}

describe("pairs and triplets of random environments", () => {
  const environments = environmentsOf([0, 1, 2, 3, 5, 8, 20, 33, 14, 25, 40, 3, 30, 20]);
  const { centerSpecies, offsets, neighborSpecies, displacements } = environments;
  const d = (pair: number): number[] => [...displacements.subarray(3 * pair, 3 * pair + 3)];
  const cutoff = (r: number, radius: number, width: number): number => (r >= radius ? 0 : r <= radius - width ? 1 : 0.5 * (1 + Math.cos((Math.PI * (r - radius + width)) / width)));

  it("have the distances and weights of their formulas", () => {
    const expected: number[] = [];
    centerSpecies.forEach((own, center) => {
      for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) {
        const r = Math.hypot(...d(pair));
        if (r >= 3 || [own, neighborSpecies[pair]].sort().join() !== "0,2") continue;
        // erf to 10⁻⁷: Abramowitz & Stegun 7.1.26
        const x = 0.7 * r;
        const t = 1 / (1 + 0.3275911 * x);
        const erf = 1 - t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
        expected.push(r, r ** -2, cutoff(r, 3, 1) * (erf / r) ** 2);
      }
    });
    expect(expected.length).toBeGreaterThan(15);
    expectClose(compute(executor, new Distance2b(distance), environments).values, expected, 5e-7);
  });

  it.each([["C", "Si"], ["Si", "Si"], ["*", "*"]] as const)("have the triplets of %s and %s", (first, second) => {
    const matches = (symbol: string, species: number): boolean => symbol === "*" || symbol === ["C", "O", "Si"][species];
    const expected: number[][] = [];
    centerSpecies.forEach((own, center) => {
      if (own !== 1) return;
      for (let p = offsets[center]; p < offsets[center + 1]; p++) {
        for (let q = p + 1; q < offsets[center + 1]; q++) {
          const [r, s] = [Math.hypot(...d(p)), Math.hypot(...d(q))];
          const [a, b] = [neighborSpecies[p], neighborSpecies[q]];
          if (r >= 3 || s >= 3 || !((matches(first, a) && matches(second, b)) || (matches(first, b) && matches(second, a)))) continue;
          expected.push([r + s, (r - s) ** 2, Math.hypot(...d(p).map((x, axis) => x - d(q)[axis])), cutoff(r, 3, 0.5) * cutoff(s, 3, 0.5)]);
        }
      }
    });
    const { values, offsets: entries, pairs } = compute(executor, new Angle3b({ ...angle, species: [first, second] }), environments);
    expect(expected.length).toBeGreaterThan(10);
    const sorted = (rows: readonly number[][]): number[] => [...rows].sort((a, b) => a[0] - b[0]).flat();
    expectClose(sorted(Array.from({ length: values.length / 4 }, (_, row) => [...values.subarray(4 * row, 4 * row + 4)])), sorted(expected), 1e-13);
    // the first entry is about the first species
    if (first !== second) for (let row = 0; row < entries.length - 1; row++) expect(neighborSpecies[pairs[entries[row]]]).toBe(0);
  });

  it("are the same on every build", async () => {
    const scalar = await createExecutor({ threads: 1, build: "scalar" });
    for (const build of ["simd", ...((await relaxedSimd()) ? (["relaxed-simd"] as const) : [])] as const) {
      const other = await createExecutor({ threads: 1, build });
      for (const descriptor of [new Distance2b(distance), new Angle3b(angle), new Angle3b({ ...angle, species: ["Si", "Si"] })]) {
        const [expected, actual] = [compute(scalar, descriptor, environments), compute(other, descriptor, environments)];
        for (const key of ["values", "jacobian", "backward"] as const) expectClose(actual[key], expected[key], 1e-13, "relative-to-max");
      }
      await other.close();
    }
    await scalar.close();
  });

  it("are none where the data lacks a species, or the center is no atom", () => {
    const points = { ...environments, centerSpecies: centerSpecies.map(() => -1) };
    for (const descriptor of [new Distance2b({ ...distance, species: ["*", "*"] }), new Angle3b({ ...angle, center: "*", species: ["*", "*"] })]) {
      expect(compute(executor, descriptor, points).values.length).toBe(0);
    }
    for (const descriptor of [new Distance2b({ ...distance, species: ["C", "Fe"] }), new Angle3b({ ...angle, species: ["Fe", "Fe"] }), new Angle3b({ ...angle, center: "Fe" })]) {
      const { values, backward } = compute(executor, descriptor, environments);
      expect(values.length).toBe(0);
      expect(backward.every((x) => x === 0)).toBe(true);
    }
  });

  it("are finite where atoms coincide", () => {
    const coincident: Environments = {
      centerSpecies: [0], offsets: [0, 4], neighborSpecies: [2, 2, 0, 0], displacements: Float64Array.from([0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1.5, 0]),
    };
    for (const descriptor of [new Distance2b({ ...distance, exponents: [-6, 2] }), new Angle3b({ ...angle, center: "C" }), new Angle3b({ ...angle, center: "C", species: ["*", "*"] })]) {
      const { values, jacobian, backward } = compute(executor, descriptor, coincident);
      expect(values.length).toBeGreaterThan(0);
      for (const array of [values, jacobian, backward]) expect(array.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("parameters of pairs and triplets", () => {
  it("have defaults, and labels that end with the weight", () => {
    const pairs = new Distance2b({ type: "distance-2b", species: ["Na", "Cl"], cutoff: { radius: 4 } });
    expect(pairs.parameters).toEqual({ type: "distance-2b", species: ["Na", "Cl"], cutoff: { radius: 4, width: 0.5 }, exponents: [1] });
    expect(pairs.features().map(({ label }) => label)).toEqual(["r", "weight"]);
    expect(new Distance2b(distance).features().map(({ label }) => label)).toEqual(["r", "r^-2", "weight"]);
    const triplets = new Angle3b(angle);
    expect(triplets.features().map(({ label }) => label)).toEqual(["r_ij + r_ik", "(r_ij − r_ik)²", "r_jk", "weight"]);
    expect(triplets.features()[0]).toMatchObject({ bodyOrder: 3, channel: ["O", "C", "Si"] });
    expect([pairs.weighsRows, triplets.weighsRows]).toEqual([true, true]);
  });

  const refused: [string, object, RegExp][] = [
    ["an unknown element", { ...distance, species: ["C", "Xx"] }, /distance-2b: "Xx" is no chemical symbol; write one such as Si, or "\*"/],
    ["one species", { ...distance, species: ["C"] }, /distance-2b: species/],
    ["an exponent 0", { ...distance, exponents: [1, 0] }, /exponents contains 0/],
    ["an exponent twice", { ...distance, exponents: [2, 2] }, /exponents \[2, 2\] names one twice/],
    ["a cutoff of 0", { ...distance, cutoff: { radius: 0 } }, /cutoff.radius is 0/],
    ["a transition wider than the cutoff", { ...angle, cutoff: { radius: 2, width: 3 } }, /cutoff.width: must not exceed cutoff.radius/],
    ["any species for one neighbor", { ...angle, species: ["*", "Si"] }, /has one "\*": give both neighbors a species, or neither/],
    ["a misspelled key", { ...angle, centre: "Si" }, /unknown key "centre".*did you mean "center"\?/],
  ];
  it.each(refused)("%s is refused", (_, parameters, message) => {
    expect(() => createDescriptor(parameters as { type: string })).toThrow(message);
  });
});
