// Environments that fingerprints of two and three bodies do not tell apart: Pozdnyakov et al., Phys. Rev. Lett. 125, 166001 (2020).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { degeneratePair, fourBodyEnergy, methaneManifold, methaneManifoldGrid, methaneOf, rotatedDistance } from "../../../src/analysis/index.js";
import { createEnvironmentDescriptor } from "../../../src/descriptors/index.js";
import { EnvironmentDescriber, type SingleEnvironment } from "../../../src/environments/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { acsfParameters, pairA, pairB, singular, start, tetrahedral } from "../methane.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

function fingerprints(parameters: { type: string }, environments: readonly SingleEnvironment[]): Float64Array[] {
  const describer = new EnvironmentDescriber(executor, createEnvironmentDescriptor(parameters, "this test"), [1, 6]);
  try {
    return environments.map((environment) => describer.values(environment));
  } finally {
    describer.release();
  }
}

const FOURTH = {
  plus0: [-0.60932852, 0.83866876, 0.33682852],
  plus80: [-0.98591426, 0.32034296, -0.33682852],
  minus0: [-0.60932852, -0.83866876, 0.33682852],
  minus80: [-0.98591426, -0.32034296, -0.33682852],
};

const apart = (a: Float64Array, b: Float64Array): number => Math.hypot(...a.map((value, f) => value - b[f]));

it("the grids are those that were published", () => {
  expectClose(methaneManifold([0, 144]).displacements, pairA.displacements, 1e-11);
  expectClose(methaneManifold([0, -144]).displacements, pairB.displacements, 1e-11);
  expectClose(methaneManifold([0, 180]).displacements, singular.displacements, 1e-11);
  expectClose(methaneManifold([4.5, 130.5]).displacements, start.displacements, 1e-11);
  const [minus, plus] = [methaneManifoldGrid("minus"), methaneManifoldGrid("plus")];
  expect([minus.length, plus.length]).toEqual([81, 81]);
  // the fourth hydrogens of frames 0 and 80 of the published files, eight digits
  const fourth = (environment: SingleEnvironment): Float64Array => environment.displacements.slice(9);
  expectClose(fourth(plus[0]), FOURTH.plus0, 1e-8);
  expectClose(fourth(minus[0]), FOURTH.minus0, 1e-8);
  expectClose(fourth(plus[80]), FOURTH.plus80, 1e-8);
  expectClose(fourth(minus[80]), FOURTH.minus80, 1e-8);
});

const soap = { type: "soap", basis: "equispaced-gaussian", nMax: 4, lMax: 6, sigma: 0.3, cutoff: { radius: 2.5 }, species: ["H"], otherSpecies: "ignore", centralReference: "all" };
const threeBody = [["soap", soap], ["acsf", { ...acsfParameters, species: ["H", "C"] }], ["soap-turbo", { type: "soap-turbo", nMax: 4, lMax: 6, cutoff: { radius: 2.5 } }],
  ["ace of order 2", { type: "ace", cutoff: { radius: 2.5 }, order: 2, degree: 10, lWeight: 1 }]] as const;

describe.each(threeBody)("%s", (_, parameters) => {
  it("tells all frames of the two manifolds apart but the nine pairs", () => {
    const all = fingerprints(parameters, [...methaneManifoldGrid("minus"), ...methaneManifoldGrid("plus")]);
    const scale = Math.hypot(...all[0]);
    const equal: [number, number][] = [];
    let next = Infinity;
    for (let i = 0; i < all.length; i++) {
      for (let j = 0; j < i; j++) {
        const distance = apart(all[i], all[j]) / scale;
        if (distance < 1e-12) equal.push([j, i - 81]);
        else next = Math.min(next, distance);
      }
    }
    expect(equal).toEqual([4, 13, 22, 31, 40, 49, 58, 67, 76].map((k) => [k, k]));
    expect(next).toBeGreaterThan(1e-5);
  });

  it("does not tell a pair of other radii apart", () => {
    const pair = degeneratePair([-0.4, 0.3, 1], [0.8, -0.6, -0.5], [-0.7, 0.9, 0.25]);
    const [a, b] = fingerprints(parameters, pair);
    expect(apart(a, b) / Math.hypot(...a)).toBeLessThan(1e-13);
    expect(rotatedDistance(pair[0].displacements, pair[1].displacements)).toBeGreaterThan(0.3);
  });
});

it("four bodies tell them apart", () => {
  const pair = degeneratePair([-0.4, 0.3, 1], [0.8, -0.6, -0.5], [-0.7, 0.9, 0.25]);
  for (const parameters of [{ type: "bispectrum", twoJMax: 6, rcutfac: 2.5 }, { type: "ace", cutoff: { radius: 2.5 }, order: 3, degree: 10, lWeight: 1 }]) {
    for (const [one, other] of [[pairA, pairB], pair]) {
      const [a, b] = fingerprints(parameters, [one, other]);
      expect(apart(a, b) / Math.hypot(...a)).toBeGreaterThan(1e-4);
    }
  }
});

it("pairs keep the length of the first neighbor, and its part that is allowed", () => {
  const [a] = degeneratePair([0.5, 1, 0], [1, 0.2, 0.3], [-1, 0.4, 0]);
  expectClose(a.displacements.subarray(0, 3), [Math.hypot(0.5, 1), 0, 0], 1e-15);
  const [onAxis, same] = degeneratePair([0.5, 1, 0], [1, 0.2, 0.3], [-1, 0, 0]);
  expect(onAxis.displacements.map((value) => value + 0)).toEqual(same.displacements.map((value) => value + 0));
  expect(() => degeneratePair([0, 1, 0], [1, 0.2, 0.3], [-1, 0.4, 0])).toThrow("nothing is left of the first neighbor");
});

it("the four-body energy is 2/3 for a regular tetrahedron and 6 for a flat one", () => {
  expect(fourBodyEnergy(tetrahedral.displacements)).toBeCloseTo(2 / 3, 12);
  expect(fourBodyEnergy([0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 2, 1])).toBeCloseTo(6, 12);
  // three atoms in line: one face has no area, the others lie in one plane
  expect(fourBodyEnergy([0, 0, 1, 1, 0, 1, 2, 0, 1, 1, 2, 1])).toBeCloseTo(3, 12);
  expect(fourBodyEnergy(new Float64Array(12))).toBe(0);
  expect(() => fourBodyEnergy([0, 0, 1])).toThrow("1 neighbors; the four-body energy is one of four");
});

it("distances are those after the best rotation, without reflections", () => {
  const turned = methaneOf([[20, 30], [-40, 100], [10, 220], [60, 300]]).displacements;
  const other = turned.map((_, i) => [-turned[i + 1], turned[i - 1], turned[i]][i % 3]);
  expect(rotatedDistance(turned, other)).toBeLessThan(1e-14);
  expect(rotatedDistance(turned, turned.map((value, i) => (i % 3 === 0 ? -value : value)))).toBeGreaterThan(0.1);
  expect(rotatedDistance(Float64Array.of(0, 0, 1), Float64Array.of(1.5, 0, 0))).toBeCloseTo(0.5, 14);
  expect(rotatedDistance(new Float64Array(0), new Float64Array(0))).toBe(0);
});
