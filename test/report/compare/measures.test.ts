import { describe, expect, it } from "vitest";
import { comparisonView } from "../../../src/report/compare/compared-view.js";
import { efficientFront, informationMeasures } from "../../../src/report/compare/measures.js";
import { formatEstimate, formatHours, formatNumber, power } from "../../../src/report/compare/number-display.js";
import { costPoints, frontOf } from "../../../src/report/compare/plots/cost-information.js";
import { labelPlaces } from "../../../src/report/compare/plots/label-places.js";
import { logAxis } from "../../../src/report/compare/plots/number-axis.js";
import { manyDescriptors, syntheticComparison } from "./synthetic-comparison.js";

describe("numbers of a comparison", () => {
  it("have as many digits as their error allows", () => {
    const texts = [[4.0234, 0.113], [0.15674, 0.0094], [12345, 250], [4.02, NaN], [NaN, 1], [-0.5, 0.02], [3, 0]].map(([mean, error]) => formatEstimate({ mean, error }));
    expect(texts).toEqual(["4.02 ± 0.11", "0.1567 ± 0.0094", "12345 ± 250", "4.02", "–", "−0.500 ± 0.020", "3.00"]);
    expect(formatEstimate(undefined)).toBe("–");
  });

  it("are powers of ten where they would be mostly zeros", () => {
    expect([Infinity, 2.34e9, -2e-7, 0.00123, 0, NaN].map(formatNumber)).toEqual(["∞", "2.3 × 10⁹", "−2.0 × 10⁻⁷", "0.00123", "0", "–"]);
    expect(power(-12)).toBe("10⁻¹²");
    expect([1e-4, 0.5, 812.3].map(formatHours)).toEqual(["0.36 s", "30 min 00 s", "812 h"]);
  });
});

describe("the efficient front", () => {
  const members = [[1, 9], [2, 9], [3, 4], [4, 5], [5, 1], [5, 2]].map(([x, y]) => ({ x, y }));

  it("holds what nothing beats in both", () => {
    expect(efficientFront(members, true).map(({ x, y }) => [x, y])).toEqual([[1, 9], [3, 4], [5, 1]]);
    expect(efficientFront(members, false).map(({ x, y }) => [x, y])).toEqual([[1, 9]]);
  });

  it("is that of the comparison, also where environments stand beside whole structures", () => {
    const front = (data: ReturnType<typeof manyDescriptors>): number[] => {
      const view = comparisonView(data.comparison);
      const [measure] = informationMeasures(data.comparison.descriptors);
      return frontOf(costPoints(view, measure), measure).map((point) => point.view.number);
    };
    expect(front(syntheticComparison())).toEqual([5, 1, 4, 3, 2]);
    // 0.41 µs per atom at 14.3 meV/atom, 3.98 at 5.57: whole structures of 55.3 atoms
    expect(front(manyDescriptors())).toEqual([19, 20, 3, 2]);
  });
});

describe("names of marks", () => {
  it("cover neither each other, nor marks, nor lines, and needed ones find a place in a crowd", () => {
    const frame = { left: 0, right: 400, top: 0, bottom: 260 };
    const wishes = Array.from({ length: 20 }, (_, i) => ({ x: 150 + 9 * (i % 5), y: 100 + 9 * Math.floor(i / 5), text: `${i}. soap of a kind`, isNeeded: i % 5 === 0 }));
    const line = { from: { x: 0, y: 80 }, to: { x: 400, y: 80 } };
    const placed = labelPlaces(wishes, frame, [line]);
    expect(placed.filter(({ isNeeded }) => isNeeded).length).toBe(4);
    const boxes = placed.map(({ x, y, text }) => ({ left: x, right: x + 5 * text.length, top: y - 6, bottom: y + 6 }));
    boxes.forEach((a, i) => {
      expect(a.left >= frame.left && a.right <= frame.right && a.top >= frame.top && a.bottom <= frame.bottom).toBe(true);
      expect(a.top > 80 || a.bottom < 80).toBe(true);
      for (const { x, y } of wishes) expect(x > a.left && x < a.right && y > a.top && y < a.bottom).toBe(false);
      for (const b of boxes.slice(i + 1)) expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
    });
  });
});

describe("a logarithmic axis", () => {
  it("has room at its ends and numbers that a reader knows", () => {
    const axis = logAxis([3.5, 6]);
    expect(axis.position(3.5)).toBeGreaterThan(0.02);
    expect(axis.position(6)).toBeLessThan(0.98);
    expect(axis.ticks(6).map(({ text }) => text)).toEqual(["3", "4", "5", "6", "7", "8"]);
    expect(logAxis([1e-9, 1]).ticks(4).map(({ text }) => text)).toEqual(["10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]);
    expect(logAxis([]).ticks(5).every(({ position }) => position >= 0 && position <= 1)).toBe(true);
    expect(logAxis([7]).position(7)).toBeCloseTo(0.5, 12);
  });
});
