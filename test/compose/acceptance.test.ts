// Rules of acceptance, ties and fronts on made-up scores.
import { describe, expect, it } from "vitest";
import { bestOf, judge, mayReplace, type Score, scoreOfLoss, USUAL_RULES } from "../../src/compose/acceptance.js";
import { paretoFront } from "../../src/compose/pareto.js";

const score = (given: Partial<Score>): Score => ({ id: 0, u: 2, energyError: 0.01, forceError: 0.2, size: 20, log10Kappa: 10, ...given });
const parent = score({});

describe("acceptance", () => {
  it("asks for a gain of 0.01 in half the logarithm of the loss", () => {
    expect(scoreOfLoss(Math.E ** 4)).toBeCloseTo(2, 12);
    expect(scoreOfLoss(0)).toBeLessThan(-300);
    expect(judge(score({ u: 1.98 }), parent, USUAL_RULES)).toEqual({ isEligible: true, reason: "gain 0.0200" });
    expect(judge(score({ u: 1.9899 }), parent, USUAL_RULES).isEligible).toBe(true);
    expect(judge(score({ u: 1.9901 }), parent, USUAL_RULES)).toEqual({ isEligible: false, reason: "gain 0.0099 is below 0.01" });
    expect(judge(score({ u: 2.5 }), parent, USUAL_RULES).isEligible).toBe(false);
    expect(judge(score({ u: NaN }), parent, USUAL_RULES).isEligible).toBe(false);
  });

  it("refuses errors that are only moved from forces to energies, or the other way", () => {
    expect(judge(score({ u: 1.9, energyError: 0.0126 }), parent, USUAL_RULES)).toEqual({
      isEligible: false,
      reason: "gain 0.1000, but the energy error is 1.26 times that of its parent",
    });
    expect(judge(score({ u: 1.9, energyError: 0.0124 }), parent, USUAL_RULES).isEligible).toBe(true);
    expect(judge(score({ u: 1.9, forceError: 0.26 }), parent, USUAL_RULES).reason).toContain("the force error is 1.30 times");
    // data without energies have no such error
    expect(judge(score({ u: 1.9, energyError: NaN }), score({ energyError: NaN }), USUAL_RULES).isEligible).toBe(true);
  });

  it("takes the least u, and of what is within 0.0025 of it the smaller form, then the better conditioned one, then the earlier", () => {
    const candidates = [score({ id: 1, u: 1.9, size: 40 }), score({ id: 2, u: 1.9024, size: 30 }), score({ id: 3, u: 1.9026, size: 10 })];
    expect(bestOf(candidates, USUAL_RULES)?.id).toBe(2);
    expect(bestOf([score({ id: 1, log10Kappa: 12 }), score({ id: 2, log10Kappa: 11 }), score({ id: 3, log10Kappa: NaN })], USUAL_RULES)?.id).toBe(2);
    expect(bestOf([score({ id: 4, log10Kappa: Infinity }), score({ id: 3, log10Kappa: NaN })], USUAL_RULES)?.id).toBe(3);
    expect(bestOf([score({ id: 1, u: 1.9, size: 40 }), score({ id: 2, u: 1.9024, size: 30 })], { tolerance: 0 })?.id).toBe(1);
    expect(bestOf([], USUAL_RULES)).toBeUndefined();
  });

  it("lets a pruned form cost up to 0.0025 beside the best", () => {
    expect(mayReplace({ u: 2.0024 }, parent, USUAL_RULES)).toEqual({ isEligible: true, reason: "u +0.0024 beside the best" });
    expect(mayReplace({ u: 1.99 }, parent, USUAL_RULES).isEligible).toBe(true);
    expect(mayReplace({ u: 2.0026 }, parent, USUAL_RULES).isEligible).toBe(false);
    expect(mayReplace({ u: NaN }, parent, USUAL_RULES).isEligible).toBe(false);
  });
});

describe("the Pareto front", () => {
  const front = (entries: number[][]): number[] => paretoFront(entries.map((objectives, i) => ({ i, objectives })), ({ objectives }) => objectives).map(({ i }) => i);

  it("holds what no other entry beats", () => {
    expect(front([[1, 5], [2, 2], [3, 3], [5, 1]])).toEqual([0, 1, 3]);
    expect(front([[1, 1], [1, 1], [1, 2]])).toEqual([0]);
    expect(front([[2, 1], [1, Infinity], [1, 3]])).toEqual([0, 2]);
    expect(front([[NaN, 0], [1, 1]])).toEqual([1]);
    expect(front([])).toEqual([]);
  });
});
