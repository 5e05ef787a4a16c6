import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidStructureError } from "../../src/errors.js";
import {
  cartesianPositions,
  cellDeterminant,
  cellHeights,
  cellVolume,
  fractionalPositions,
  inverseCell,
  isSingular,
  wrapPositions,
} from "../../src/structures/index.js";
import { expectClose } from "../expect.js";

/** Any cell that is not nearly flat, left-handed ones among them. */
const cells = fc
  .array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 9, maxLength: 9 })
  .filter((cell) => cellVolume(cell) > 1);

const FCC = [0, 2, 2, 2, 0, 2, 2, 2, 0];

describe("a cell", () => {
  it("has a volume", () => {
    expect(cellVolume([2, 0, 0, 0, 3, 0, 0, 0, 4])).toBe(24);
    expect(cellVolume(FCC)).toBe(16);
    expect(cellVolume([0, 3, 0, 2, 0, 0, 0, 0, 4])).toBe(24);
    expect(cellDeterminant([0, 3, 0, 2, 0, 0, 0, 0, 4])).toBe(-24);
  });

  it("has the distances of its lattice planes as heights", () => {
    // planes (111) of an fcc lattice with a = 4 are a/√3 apart
    expectClose(cellHeights(FCC), [4, 4, 4].map((a) => a / Math.sqrt(3)), 1e-14);
    expectClose(cellHeights([2, 0, 0, 0, 3, 0, 7, 8, 4]), [24 / Math.hypot(12, -21), 24 / Math.hypot(8, -16), 4], 1e-12);
  });

  it("times its inverse is one", () => {
    fc.assert(
      fc.property(cells, (cell) => expectClose(cartesianPositions(cell, inverseCell(cell)), [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-9)),
    );
  });

  it("takes fractional coordinates there and back", () => {
    fc.assert(
      fc.property(cells, fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 6, maxLength: 6 }), (cell, positions) => {
        expectClose(cartesianPositions(cell, fractionalPositions(cell, positions)), positions, 1e-8);
      }),
    );
    expectClose(fractionalPositions(FCC, [2, 2, 0]), [0, 0, 1], 1e-15);
  });

  it("wraps positions by lattice vectors along periodic directions only", () => {
    fc.assert(
      fc.property(
        cells,
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (cell, pbc, position) => {
          const before = fractionalPositions(cell, position);
          const after = fractionalPositions(cell, wrapPositions(cell, pbc, position));
          for (let k = 0; k < 3; k++) {
            const shift = before[k] - after[k];
            expect(Math.abs(shift - Math.round(shift)) < 1e-8).toBe(true);
            if (pbc[k]) expect(after[k] > -1e-8 && after[k] < 1 + 1e-8).toBe(true);
            else expect(Math.abs(shift) < 1e-8).toBe(true);
          }
        },
      ),
    );
    expect([...wrapPositions([4, 0, 0, 0, 4, 0, 0, 0, 4], [true, true, false], [5, -1, 9])]).toEqual([1, 3, 9]);
  });

  it("is refused when it is singular, with the structure's name", () => {
    for (const cell of [new Array<number>(9).fill(0), [1, 0, 0, 0, 1, 0, 1, 1, 0], [1, 0, 0, 0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 1, 0, 0, 0, NaN]]) {
      expect(isSingular(cell)).toBe(true);
      expect(() => inverseCell(cell, "frame 3 of x.xyz")).toThrow(InvalidStructureError);
      expect(() => cellHeights(cell, "frame 3 of x.xyz")).toThrow(/frame 3 of x\.xyz: the cell .* is singular/);
    }
    // small and large cells are not singular for their size
    expect(isSingular(FCC.map((x) => x * 1e-6))).toBe(false);
    expect(isSingular(FCC.map((x) => x * 1e6))).toBe(false);
  });
});
