import { describe, expect, it } from "vitest";
import { reduceRegion } from "../../src/optimizers/domain-reduction/region.js";
import type { Dimension } from "../../src/optimizers/optimizer.js";
import { describeOptimizer } from "../contracts/optimizer.js";
import { expectClose } from "../expect.js";

for (const model of ["none", "linear", "quadratic", "gp", "auto"]) {
  describeOptimizer({
    title: `domain-reduction, ${model}`,
    options: { type: "domain-reduction", model },
    generations: model === "none" ? 6 : 4,
    finishes: false,
    beginsAtStart: true,
  });
}
describeOptimizer({
  title: "domain-reduction to the end",
  options: { type: "domain-reduction", model: "none", tolerance: 0.3 },
  generations: 40,
  finishes: true,
  beginsAtStart: true,
});

describe("the rule of Stander & Craig", () => {
  const line: readonly Dimension[] = [{ kind: "continuous" }];
  const options = { panning: 1, oscillation: 0.7, zoom: 0.6 };

  it.each([
    ["zooms in on an optimum in the middle", 0.5, 0, 0.6, 0],
    ["pans with its width to an optimum at the same side twice", 0.7, 1, 1, 1],
    ["shrinks by the oscillation when the optimum changes sides", 0.3, 1, 0.7, -1],
    ["knows nothing of the side before at first: the mean of both", 0.7, 0, 0.85, 1],
    // d = 1/2, c = 1/4, ĉ = 1/2: γ = (1.5 + 0.35) / 2
    ["goes between", 0.6, 0.5, 0.6 + 0.5 * (0.925 - 0.6), 0.5],
  ])("%s", (_, optimum, before, factor, displacement) => {
    const state = { region: [{ low: 0.3, high: 0.7 }], displacement: [before] };
    const next = reduceRegion(line, state, [optimum], [optimum], options);
    const { low, high } = next.region[0];
    expectClose([high - low, next.displacement[0]], [0.4 * factor, displacement], 1e-12);
    expectClose([(low + high) / 2], [optimum], 1e-12);
  });

  it("moves a range inside that sticks out, and stops at a smallest width", () => {
    const next = reduceRegion(line, { region: [{ low: 0, high: 0.4 }], displacement: [-1] }, [0], [0], options);
    expectClose([next.region[0].low, next.region[0].high], [0, 0.4], 1e-12);
    const tiny = reduceRegion(line, { region: [{ low: 0.5, high: 0.500001 }], displacement: [0] }, [0.5000005], [0.5], options);
    expect(tiny.region[0].high - tiny.region[0].low).toBeGreaterThan(9e-7);
  });

  it("sees levels as cells, and settles on the level of a category that stays best", () => {
    const dimensions: Dimension[] = [{ kind: "ordered", levels: 4 }, { kind: "categorical", levels: 3 }];
    let region = reduceRegion(dimensions, { region: [{ low: 0, high: 1 }, { low: 0, high: 1 }], displacement: [0, 0] }, [3, 1], [3, 1], options);
    expectClose([region.region[0].high, region.displacement[0]], [1, 0.75], 1e-12);
    expect(region.region[1]).toEqual({ low: 0, high: 1 });
    region = reduceRegion(dimensions, region, [3, 1], [3, 1], options);
    expect(region.region[1]).toEqual({ low: 0, high: 0.6 });
    region = reduceRegion(dimensions, region, [3, 2], [3, 2], options);
    expect(region.region[1]).toEqual({ low: 0, high: 1 });
  });
});
