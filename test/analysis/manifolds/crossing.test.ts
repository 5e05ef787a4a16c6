// Paths where another direction becomes as soft as the one that is followed, of a fingerprint that is made for it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { followManifold, type Manifold, type ManifoldOptions } from "../../../src/analysis/index.js";
import type { EnvironmentDescriber, SingleEnvironment } from "../../../src/environments/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { methane } from "../methane.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** How much the features of the two radii change with them: the first is softer below r₁ = 1.2 Å, the second above. */
const [SLOPE, OTHER] = [0.1, 0.04];
/** Å: where the second radius begins; farther on it is seen less. */
const SECOND = Math.hypot(0.3, 0.4, 0.9);

/**
 * Two neighbors at distances r and s under the angle θ: ½ k (r − 0.8)², c ∫ ds / (1 + 50 (s − s₀)²), cos θ, and, where directions are to mix,
 * `coupling` (r + s). Without it the singular values are those of r, s and θ alone, which cross.
 */
function madeFingerprint(coupling: number): EnvironmentDescriber {
  const derivatives = ({ displacements }: SingleEnvironment): { values: Float64Array; jacobian: Float64Array } => {
    const [p, q] = [[...displacements.subarray(0, 3)], [...displacements.subarray(3, 6)]];
    const [r, s] = [Math.hypot(...p), Math.hypot(...q)];
    const [u, v] = [p.map((x) => x / r), q.map((x) => x / s)];
    const cosine = u.reduce((sum, x, k) => sum + x * v[k], 0);
    const slope = SLOPE * (r - 0.8);
    const rows = [0, 1, 2].map((k) => [slope * u[k], 0, (v[k] - cosine * u[k]) / r, coupling * u[k]]);
    const slant = Math.sqrt(50) * (s - SECOND);
    const others = [0, 1, 2].map((k) => [0, (OTHER / (1 + slant ** 2)) * v[k], (u[k] - cosine * v[k]) / s, coupling * v[k]]);
    return { values: Float64Array.of(0.5 * SLOPE * (r - 0.8) ** 2, (OTHER * Math.atan(slant)) / Math.sqrt(50), cosine, coupling * (r + s)), jacobian: Float64Array.from([...rows, ...others].flat()) };
  };
  return { descriptor: { name: "made" }, derivatives, values: (environment: SingleEnvironment) => derivatives(environment).values } as unknown as EnvironmentDescriber;
}

const start = methane([[1, 0.2, 0.1], [-0.3, 0.4, 0.9]]);
const follow = (options: ManifoldOptions, coupling = 0): Promise<Manifold> => followManifold(executor, madeFingerprint(coupling), start, options);
const lengthsOf = ({ points }: Manifold): number[][] => points.map(({ displacements }) => [0, 3].map((j) => Math.hypot(...displacements.subarray(j, j + 3))));

/** Largest angle between one step and the next. */
function sharpestTurn({ points }: Manifold): number {
  const steps = points.slice(1).map(({ displacements }, i) => displacements.map((x, k) => x - points[i].displacements[k]));
  const unit = steps.map((step) => step.map((x) => x / Math.hypot(...step)));
  return Math.max(...unit.slice(1).map((step, i) => Math.acos(Math.min(1, step.reduce((sum, x, k) => sum + x * unit[i][k], 0)))));
}

describe.each([{}, { corrections: 2 }, { turn: 0.05 }, { turn: 0.05, corrections: 1 }, { step: 0.03, corrections: 1 }])("directions that cross, %j", (options) => {
  it.each([{ crossings: "follow" }, { separation: 0 }] as const)("are gone through: %j", async (through) => {
    const path = await follow({ ...options, ...through, length: 0.4 });
    expect(path.end).toBe("length");
    const [r, s] = lengthsOf(path)[0];
    for (const [i, own] of lengthsOf(path).entries()) expectClose(own, [r + path.points[i].pathLength, s], 1e-12);
    expect(sharpestTurn(path)).toBeLessThan(1e-6);
    expect(path.crossings.length).toBe(1);
    const longest = Math.max(...path.points.slice(1).map(({ pathLength }, i) => pathLength - path.points[i].pathLength));
    expect(path.crossings[0]).toBeGreaterThanOrEqual(1.2 - r - 1e-9);
    expect(path.crossings[0]).toBeLessThan(1.2 - r + longest + 2e-3);
    const last = path.points.at(-1)!;
    expect(last.nSofter).toBe(1);
    expectClose([last.singularValues.followed, last.singularValues.softest], [SLOPE * (r + 0.4 - 0.8), OTHER], 1e-12);
  });

  it("end a path unless it is to follow", async () => {
    const path = await follow({ ...options, length: 0.4 });
    expect(path.end).toBe("crossing");
    expect(path.endMessage).toContain("less than 1.5 times as stiff");
    expect(path.crossings).toEqual([]);
  });
});

it("a crossing between two points ends the path, too", async () => {
  const path = await follow({ step: 0.05, separation: 1.01, length: 0.4 });
  expect(path.end).toBe("crossing");
  expect(path.endMessage).toBe("another direction has become softer than the one that is followed");
  expect(path.crossings).toEqual([path.points.at(-1)!.pathLength]);
});

it("at a point where two directions are equally soft the path goes straight on", async () => {
  const [r] = lengthsOf(await follow({ length: 0.01 }))[0];
  const path = await follow({ step: (1.2 - r) / 8, separation: 0, length: 0.4, corrections: 1 });
  const { singularValues } = path.points[8];
  expectClose([singularValues.next!, singularValues.softest], [OTHER, OTHER], 1e-12);
  expect(sharpestTurn(path)).toBeLessThan(1e-6);
});

it("where two directions mix and are equally soft the path goes straight on, too", async () => {
  const [r] = lengthsOf(await follow({ length: 0.01 }))[0];
  const path = await follow({ step: (1.2 - r) / 8, separation: 0, length: 0.4 }, 1e-4);
  const { next, softest } = path.points[8].singularValues;
  expect(Math.abs(next! / softest - 1)).toBeLessThan(1e-4);
  expect(sharpestTurn(path)).toBeLessThan(1e-2);
});

describe.each([0.004, 0.006, 0.008, 0.01])("directions that mix, %d", (coupling) => {
  const options = { crossings: "follow", separation: 1.01, turn: 0.05, closest: 0, length: 0.45 } as const;

  it("turn as slowly as was asked for, in shorter steps", async () => {
    const path = await follow(options, coupling);
    expect(path.end).toBe("length");
    expect(path.crossings).toEqual([]);
    // in the second half of one step and the first of the next
    expect(sharpestTurn(path)).toBeLessThan(2 * options.turn + 1e-9);
    const steps = path.points.slice(1, -1).map(({ pathLength }, i) => pathLength - path.points[i].pathLength);
    expect(Math.min(...steps)).toBeLessThan(0.3 * Math.max(...steps));
    // from then on the other neighbor moves
    const [first, last] = [lengthsOf(path)[0], lengthsOf(path).at(-1)];
    expect(Math.abs(last[1] - first[1])).toBeGreaterThan(0.1);
  });

  it("are not corrected by what changed along the direction before", async () => {
    const path = await follow({ ...options, corrections: 1 }, coupling);
    expect(sharpestTurn(path)).toBeLessThan(0.5);
    const moves = path.points.slice(1).map(({ displacements, pathLength }, i) => {
      const { displacements: before, pathLength: from } = path.points[i];
      return Math.hypot(...displacements.map((x, k) => x - before[k])) / (pathLength - from);
    });
    // two other modes, a quarter of a step along each
    expect(Math.max(...moves)).toBeLessThan(1 + Math.SQRT2 / 4);
  });
});

it("refuses another word", async () => {
  await expect(follow({ crossings: "through" as never })).rejects.toThrow('crossings is "through"; "end" and "follow" are allowed');
});
