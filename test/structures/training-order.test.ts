import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset, isIsolatedAtom, type Structure } from "../../src/structures/index.js";
import { TrainingOrder } from "../../src/structures/training-order.js";
import { makeStructure } from "../models/systems.js";

/** A frame of given atoms; one atom is periodic only where its group has another name. */
function frame(atomicNumbers: number[], group: string, index: number): Structure {
  const n = atomicNumbers.length;
  const isPeriodic = group !== "open" && group !== "";
  return makeStructure(
    {
      atomicNumbers: Uint8Array.from(atomicNumbers),
      positions: Float64Array.from({ length: 3 * n }, (_, i) => i),
      cell: isPeriodic ? Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9) : null,
      pbc: [isPeriodic, isPeriodic, isPeriodic],
      label: `frame ${index + 1}`,
    },
    {},
    group,
  );
}

const datasets = fc
  .array(fc.tuple(fc.array(fc.constantFrom(1, 6, 8), { minLength: 1, maxLength: 4 }), fc.constantFrom("bulk", "surface", "open", "IsolatedAtom")), { minLength: 1, maxLength: 40 })
  .map((frames) => Dataset.from(frames.map(([atoms, group], i) => frame(atoms, group, i))));

const all = (dataset: Dataset): number[] => Array.from({ length: dataset.nStructures }, (_, i) => i);

describe("shares of the training data", () => {
  it("are nested, keep isolated atoms and species, and the whole is everything", () => {
    fc.assert(
      fc.property(datasets, fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true }), (dataset, seed, a, b) => {
        const order = new TrainingOrder(dataset, seed);
        const [small, large] = [order.take(Math.min(a, b)), order.take(Math.max(a, b))];
        expect(order.take(1)).toEqual(all(dataset));
        expect(small).toEqual([...new Set(small)].sort((x, y) => x - y));
        expect(small.every((index) => large.includes(index))).toBe(true);
        expect(all(dataset).filter((index) => isIsolatedAtom(dataset, index)).every((index) => small.includes(index))).toBe(true);
        expect(dataset.subset(small).species()).toEqual(dataset.species());
        expect(new TrainingOrder(dataset, seed).take(a)).toEqual(order.take(a));
      }),
      { numRuns: 200 },
    );
  });

  it("hold the groups in their shares", () => {
    const dataset = Dataset.from(Array.from({ length: 60 }, (_, i) => frame([1, 1], ["bulk", "bulk", "surface"][i % 3], i)));
    for (let seed = 0; seed < 5; seed++) {
      const groups = new TrainingOrder(dataset, seed).take(0.25).map((index) => dataset.configTypes[index]);
      expect(groups.length).toBe(15);
      expect(groups.filter((group) => group === "surface").length).toBe(5);
    }
  });

  it("depend on the seed", () => {
    const dataset = Dataset.from(Array.from({ length: 30 }, (_, i) => frame([1, 1], "bulk", i)));
    expect(new TrainingOrder(dataset, 1).take(0.5)).not.toEqual(new TrainingOrder(dataset, 2).take(0.5));
  });
});

describe("folds of the training data", () => {
  it("divide all structures but isolated atoms evenly", () => {
    fc.assert(
      fc.property(datasets, fc.integer({ min: 2, max: 6 }), fc.integer({ min: 0, max: 1000 }), (dataset, count, seed) => {
        const folds = new TrainingOrder(dataset, seed).folds(count);
        const divided = all(dataset).filter((index) => !isIsolatedAtom(dataset, index));
        expect(folds.length).toBe(count);
        expect(folds.flat().sort((a, b) => a - b)).toEqual(divided);
        const sizes = folds.map((fold) => fold.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it("hold the groups in their shares", () => {
    const dataset = Dataset.from(Array.from({ length: 45 }, (_, i) => frame([1, 1], ["bulk", "bulk", "surface"][i % 3], i)));
    for (const fold of new TrainingOrder(dataset, 4).folds(5)) {
      expect(fold.filter((index) => dataset.configTypes[index] === "surface").length).toBe(3);
    }
  });
});
