// Paths along the softest direction of a fingerprint: how they end, and how little changes along them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blindnessOf, followManifold, fourBodyEnergy, type Manifold, type ManifoldOptions, sensitivityOf } from "../../../src/analysis/index.js";
import { createEnvironmentDescriptor } from "../../../src/descriptors/index.js";
import { EnvironmentDescriber, type SingleEnvironment } from "../../../src/environments/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { testExecutor } from "../../expect.js";
import { acsfParameters, generic, methane, start, tetrahedral } from "../methane.js";

const acsf = { ...acsfParameters, species: ["H", "C"] };

let executor: Executor;
let describer: EnvironmentDescriber;
let fourBody: EnvironmentDescriber;
beforeAll(async () => {
  executor = await testExecutor();
  describer = new EnvironmentDescriber(executor, createEnvironmentDescriptor(acsf, "this test"), [1, 6]);
  fourBody = new EnvironmentDescriber(executor, createEnvironmentDescriptor({ type: "bispectrum", twoJMax: 4, rcutfac: 2.5 }, "this test"), [1, 6]);
});
afterAll(async () => {
  describer.release();
  fourBody.release();
  await executor.close();
});

const follow = (environment: SingleEnvironment, options?: ManifoldOptions): Promise<Manifold> => followManifold(executor, describer, environment, options);

/** How far the last point is from the fingerprint of the first along the stiffest directions. */
function stiffPart({ points }: Manifold): number {
  const last = { ...start, displacements: points.at(-1)!.displacements };
  const { values, jacobian } = describer.derivatives(last);
  const first = describer.values(start);
  const { modes, singularValues } = sensitivityOf(executor, describer, last);
  const along = [0, 1, 2, 3, 4].map((k) => {
    const change = values.map((_, f) => modes.subarray(12 * k, 12 * k + 12).reduce((sum, value, i) => sum + value * jacobian[i * values.length + f], 0));
    return change.reduce((sum, value, f) => sum + value * (values[f] - first[f]), 0) / singularValues[k];
  });
  return Math.hypot(...along);
}

describe("the manifold of methane", () => {
  it("is a closed orbit along which the fingerprint hardly changes and the four-body energy does", async () => {
    const found = await follow(start, { step: 0.02, reference: fourBody });
    expect(found.end).toBe("closed");
    expect(found.endMessage).toMatch(/back within 0\.0\d+ Å of its beginning/u);
    expect(found.points.at(-1)!.pathLength).toBeCloseTo(0.76, 1);
    expect(found.variation).toBeLessThan(3e-3);
    expect(found.displacement).toBeGreaterThan(0.2);
    expect(found.energyRange![1] - found.energyRange![0]).toBeGreaterThan(0.2);
    expect(found.referenceDistance!).toBeGreaterThan(10 * found.variation);
    const blindness = blindnessOf(describer, found, start, { samples: 50 });
    expect(blindness.ratio!).toBeGreaterThan(0);
    expect(blindness.ratio!).toBeLessThan(0.01);
    expect(blindnessOf(describer, found, start, { samples: 50 })).toEqual(blindness);
  });

  it("says of each point what is so", async () => {
    const seen: number[] = [];
    const { points } = await follow(start, { length: 0.05, onPoint: ({ pathLength }) => seen.push(pathLength) });
    expect(points.map(({ pathLength }) => pathLength)).toEqual(seen);
    expect(points.length).toBe(6);
    const [first] = points;
    const values = describer.values(start);
    expect(first).toMatchObject({ pathLength: 0, variation: 0, energy: fourBodyEnergy(start.displacements) });
    expect(first.displacement).toBeLessThan(1e-14);
    for (const { displacements, variation, singularValues } of points) {
      const own = describer.values({ ...start, displacements });
      expect(variation).toBeCloseTo(Math.hypot(...own.map((value, f) => value - values[f])), 14);
      expect(singularValues.largest).toBeGreaterThan(singularValues.next!);
      expect(singularValues.next!).toBeGreaterThan(singularValues.softest);
    }
  });

  it("is corrected back along stiff directions, with steps of its own length", async () => {
    const plain = await follow(start, { length: 0.3, step: 0.04 });
    const corrected = await follow(start, { length: 0.3, step: 0.04, corrections: 2 });
    const controlled = await follow(start, { length: 0.3, step: 0.04, turn: 0.05 });
    expect(stiffPart(corrected)).toBeLessThan(0.1 * stiffPart(plain));
    expect(controlled.points.length).toBeGreaterThan(2 * plain.points.length);
    expect(stiffPart(controlled)).toBeLessThan(stiffPart(plain));
    for (const path of [plain, corrected, controlled]) expect(path.points.at(-1)!.pathLength).toBeCloseTo(0.3, 12);
  });
});

const ends: readonly (readonly [string, SingleEnvironment, ManifoldOptions, string, RegExp])[] = [
  ["directions that are as soft", tetrahedral, {}, "crossing", /less than 1\.5 times as stiff/u],
  ["a direction that is too stiff", generic, { stiffness: 1e-6 }, "stiff", /above 0\.000001/u],
  ["atoms that come too near", start, { closest: 1.2 }, "close-atoms", /the center \(C\) and neighbor \d \(H\) come within 1\.0/u],
  ["a direction that turns", start, { turn: 1e-7 }, "turning", /more than 1e-7 radians/u],
  ["a length", methane([[0.3, 1, 0.2]]), { length: 0.1 }, "length", /0\.1 Å long/u],
];

it.each(ends)("ends at %s", async (_, environment, options, end, message) => {
  const found = await follow(environment, options);
  expect(found.end).toBe(end);
  expect(found.endMessage).toMatch(message);
  expect(found.points.length).toBeGreaterThan(0);
  expect(found.points.every(({ variation, displacement }) => Number.isFinite(variation) && Number.isFinite(displacement))).toBe(true);
});

it("one neighbor has one direction, and no energy of four bodies", async () => {
  const found = await follow(methane([[0.3, 1, 0.2]]), { length: 0.1 });
  expect(found.energyRange).toBeUndefined();
  expect(found.referenceDistance).toBeUndefined();
  expect(found.points[0].singularValues.next).toBeUndefined();
  expect(found.displacement).toBeCloseTo(0.1, 10);
  expect((await follow(methane([[0.3, 1, 0.2]]), { length: 0.1, energy: ({ displacements }) => displacements[0] })).energyRange![0]).toBeCloseTo(0.3, 12);
});

it("a path of one point has no blindness", async () => {
  expect(blindnessOf(describer, await follow(tetrahedral), tetrahedral)).toEqual({ ratio: undefined, typicalVariation: 0 });
});

it("refuses what cannot be followed", async () => {
  await expect(follow(methane([], "a carbon alone"))).rejects.toThrow("a carbon alone has no neighbors, so there is nothing to move");
  await expect(follow(start, { step: 0 })).rejects.toThrow("step is 0; it must be a number above 0");
  await expect(follow(start, { step: 1 })).rejects.toThrow("step is 1 Å; at most 0.5 Å is allowed");
  await expect(follow(start, { length: NaN })).rejects.toThrow("length is NaN");
  await expect(follow(start, { corrections: 4 })).rejects.toThrow("corrections is 4; 0 … 3 are allowed");
  await expect(follow(start, { closest: -1 })).rejects.toThrow("closest is -1");
  await expect(follow(start, { signal: AbortSignal.abort() })).rejects.toThrow("cancelled");
  const turning = createEnvironmentDescriptor({ type: "spherical-expansion", nMax: 2, lMax: 2, sigma: 0.4, cutoff: { radius: 2.5 } }, "this test");
  const other = new EnvironmentDescriber(executor, turning, [1, 6]);
  await expect(followManifold(executor, other, start)).rejects.toThrow("the rows of spherical-expansion turn with the structure; manifolds need rows that do not");
  other.release();
});
