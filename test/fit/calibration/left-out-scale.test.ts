import { describe, expect, it } from "vitest";
import { leftOutScale } from "../../../src/fit/calibration/left-out-scale.js";
import { expectedVariance, spreadPrior } from "../../../src/fit/calibration/spread-prior.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { expectClose } from "../../expect.js";

type Draw = () => number;

/** χ² of ν degrees of freedom. */
const chiSquare = (degrees: number, draw: Draw): number => Array.from({ length: degrees }, () => draw() ** 2).reduce((sum, value) => sum + value, 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
const varianceOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);

describe("the distribution of variances", () => {
  it("is found from variances of few values each", () => {
    const random = seededRandom(3);
    const draw: Draw = () => standardNormal(random);
    const truth = { degrees: 4, scale: 0.02 };
    const degrees = Array.from({ length: 20000 }, (_, i) => 1 + (i % 5));
    const variances = degrees.map((own) => (((truth.degrees * truth.scale) / chiSquare(truth.degrees, draw)) * chiSquare(own, draw)) / own);
    const found = spreadPrior({ variances, degrees });
    expectClose([found.degrees / truth.degrees, found.scale / truth.scale], [1, 1], 0.1);
  });

  it("gives means of the true variance", () => {
    const random = seededRandom(8);
    const draw: Draw = () => standardNormal(random);
    const prior = { degrees: 3, scale: 2 };
    const pairs = Array.from({ length: 30000 }, () => {
      const truth = (prior.degrees * prior.scale) / chiSquare(3, draw);
      return { truth, sample: (truth * chiSquare(5, draw)) / 5 };
    });
    for (const [low, high] of [[0.5, 0.7], [1.5, 1.7], [4, 5]]) {
      const own = pairs.filter(({ sample }) => sample > low && sample < high);
      expect(Math.abs(mean(own.map(({ truth }) => truth)) / mean(own.map(({ sample }) => expectedVariance(prior, sample, 5))) - 1) < 0.1).toBe(true);
    }
  });

  it("is wide or the same for all at its limits", () => {
    const equal = spreadPrior({ variances: [2, 2, 2], degrees: [7, 7, 7] });
    expect(equal.degrees > 990).toBe(true);
    expect(spreadPrior({ variances: [1e-200, 1e200], degrees: [1, 1] }).degrees < 0.51).toBe(true);
    expect(spreadPrior({ variances: [2], degrees: [1] }).degrees > 990).toBe(true);
  });
});

describe("factor and floor from members that were not fitted", () => {
  /** A value with so many predictions of it that differ by a deviation of their own, as members of a committee do; errors beside are α times that and β. */
  const predictions = (draw: Draw, members: number, { factor, floor }: { factor: number; floor: number }): { error: number; variance: number; deviation: number } => {
    const deviation = 0.1 * Math.exp(0.8 * draw());
    const values = Array.from({ length: members }, () => deviation * draw());
    return { error: mean(values) - Math.hypot(factor * deviation, floor) * draw(), variance: varianceOf(values), deviation };
  };

  for (const [count, truth] of [[8, { factor: 5, floor: 0 }], [8, { factor: 1, floor: 0 }], [8, { factor: 3, floor: 0.3 }], [16, { factor: 2, floor: 0.1 }]] as const) {
    it(`are right for all ${count} members: α = ${truth.factor}, β = ${truth.floor}`, () => {
      const random = seededRandom(17);
      const draw: Draw = () => standardNormal(random);
      const few = Array.from({ length: 6000 }, (_, i) => ({ members: 2 + (i % 4), ...predictions(draw, 2 + (i % 4), truth) }));
      const scale = leftOutScale({ errors: few.map(({ error }) => error), variances: few.map(({ variance }) => variance), members: few.map(({ members }) => members) }, count)!;
      const fresh = Array.from({ length: 6000 }, () => predictions(draw, count, truth));
      const bar = (variance: number): number => Math.hypot(scale.factor * Math.sqrt(variance), scale.floor);
      // as large as the errors, over all, and where bars are small and large
      const ordered = fresh.toSorted((a, b) => a.variance - b.variance);
      for (const part of [ordered, ordered.slice(0, 1500), ordered.slice(-1500)]) {
        const ratio = Math.sqrt(mean(part.map(({ error }) => error ** 2)) / mean(part.map(({ variance }) => bar(variance) ** 2)));
        expect(Math.abs(ratio - 1) < 0.15, `${ratio}`).toBe(true);
      }
    });
  }

  it("are not known from few values", () => {
    const few = { errors: Array(9).fill(1), variances: Array(9).fill(1), members: Array(9).fill(3) } as Record<"errors" | "variances" | "members", number[]>;
    expect(leftOutScale(few, 8)).toBeUndefined();
    // spreads of two members with nothing in common say nothing
    const wide = { errors: Array.from({ length: 20 }, () => 1), variances: Array.from({ length: 20 }, (_, i) => 10 ** (i * 4 - 40)), members: Array.from({ length: 20 }, () => 2) };
    expect(leftOutScale(wide, 8)).toBeUndefined();
  });
});
