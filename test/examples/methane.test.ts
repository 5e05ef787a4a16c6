// The model of methane of examples/blind-spots and the frames on its manifolds.
import { describe, expect, it } from "vitest";
import { learnedFrames, testedFrames } from "../../examples/blind-spots/experiments.mjs";
import { SAMPLES, splinePoints } from "../../examples/blind-spots/manifolds.mjs";
import { Statistics } from "../../examples/blind-spots/methane-sets.mjs";
import { energyAndForces, methaneFrames } from "../../examples/blind-spots/methane.mjs";
import { expectClose } from "../expect.js";

const short = { walkers: 40, samples: 5, burnIn: 600, spacing: 100 };
type Frame = ReturnType<typeof methaneFrames> extends Generator<infer Yielded> ? Yielded : never;
const framesOf = (options: Parameters<typeof methaneFrames>[0]): Frame[] => [...methaneFrames(options)];

describe("methane", () => {
  it("has forces that are the derivatives of its energy", () => {
    const { positions } = framesOf({ ...short, walkers: 1, samples: 1, burnIn: 50 })[0];
    const forces = new Float64Array(15);
    energyAndForces(positions, forces);
    const at = (i: number, by: number): number => energyAndForces(positions.map((value, k) => (k === i ? value + by : value)), new Float64Array(15));
    const h = 1e-5;
    expectClose(forces, Array.from(forces, (_, i) => (at(i, -h) - at(i, h)) / (2 * h)), 1e-8, "relative-to-max");
    expect(Math.max(...forces)).toBeGreaterThan(0.5);
  });

  it("moves with the distances, energies and temperature that are expected, and not at another temperature", () => {
    const found = (temperature: number): ReturnType<Statistics["result"]> => {
      const statistics = new Statistics(short.walkers);
      for (const frame of methaneFrames({ ...short, temperature })) statistics.isOrdinary(frame.positions, frame.walker, frame.temperature);
      return statistics.result();
    };
    const right = found(1500);
    expect(right.numbers).toMatchObject(Object.fromEntries(["distance", "distanceDeviation", "energy", "energyDeviation", "temperature"].map((key) => [key, { isAsExpected: true }])));
    expect([right.frames, right.isAsExpected, right.lowest > 0.6666]).toEqual([200, true, true]);
    for (const { standardError, value } of Object.values<{ standardError: number; value: number }>(right.numbers)) expect(standardError > 0 && standardError < 0.2 * value).toBe(true);
    expect(found(900).isAsExpected).toBe(false);
  });

  it("has walkers with random numbers of their own, the same every time", () => {
    const few = { ...short, walkers: 3, samples: 2, burnIn: 20 };
    const frames = framesOf(few);
    expect(framesOf(few)).toEqual(frames);
    expect(frames.map(({ walker, sample }) => [walker, sample])).toEqual([[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]);
    expect(framesOf({ ...few, firstWalker: 2, walkers: 1 })).toEqual(frames.filter(({ walker }) => walker === 2));
    expect(framesOf({ ...few, seed: 2 })[0].positions).not.toEqual(frames[0].positions);
    expect([...frames[0].positions.subarray(0, 3)]).toEqual([0, 0, 0]);
  });
});

describe("frames of a manifold", () => {
  it("lie on a spline that a cubic goes through unchanged", () => {
    const cubic = (t: number): number[] => [t ** 3 - 2 * t, 4 - t ** 2];
    const points = splinePoints(Array.from({ length: 7 }, (_, i) => Float64Array.from(cubic(i))), 25);
    expectClose(points.flatMap((point) => [...point]), Array.from({ length: 25 }, (_, s) => cubic(s / 4)).flat(), 1e-12, "relative-to-max");
  });

  it("are never tried on next to those that are learned", () => {
    const path = Array.from({ length: SAMPLES }, (_, i) => Float64Array.from({ length: 12 }, (__, k) => i + k));
    const indexOf = ({ positions }: { readonly positions: Float64Array }): number => positions[3];
    const indicesOf = (frames: Iterable<{ readonly positions: Float64Array }>): number[] => Array.from(frames, indexOf);
    const tested = indicesOf(testedFrames(path, "first", false));
    const rest = indicesOf(testedFrames(path, "first", false, true));
    expect([tested.length, new Set(tested).size, rest.length, Math.min(...rest) > SAMPLES / 2]).toEqual([400, 400, 400, true]);
    for (const count of [16, 160, 1600]) {
      const learned = indicesOf(learnedFrames(path, "first", count));
      expect([learned.length, new Set(learned).size, learned.every((index) => index % 2 === 0)]).toEqual([count, count, true]);
      expect(Math.min(...[...tested, ...rest].map((index) => Math.min(...learned.map((other) => Math.abs(index - other)))))).toBeGreaterThan(2);
    }
    expect(Math.max(...indicesOf(learnedFrames(path, "first", 160, true)))).toBeLessThan(SAMPLES / 2);
  });
});
