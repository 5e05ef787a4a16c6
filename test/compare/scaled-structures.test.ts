import { describe, expect, it } from "vitest";
import { copies, relabeled, speciesLike } from "../../src/compare/cost/scaled-structures.js";
import type { Geometry } from "../../src/environments/geometry.js";
import { expectClose } from "../expect.js";

const crystal: Geometry = {
  atomicNumbers: Uint8Array.of(14, 8),
  positions: Float64Array.of(0.1, 0.2, 0.3, 1.5, 1.4, 1.6),
  cell: Float64Array.of(3, 0, 0, 0.2, 4, 0, 0, 0.1, 5),
  pbc: [true, true, true],
  label: "crystal",
};

/** Distances from an atom to all images of all atoms within a radius, ascending. */
function distances({ positions, cell, pbc }: Geometry, atom: number, radius: number): number[] {
  const found: number[] = [];
  const reach = cell ? pbc.map((isPeriodic) => (isPeriodic ? 5 : 0)) : [0, 0, 0];
  const vectors = cell ?? new Float64Array(9);
  for (let other = 0; other < positions.length / 3; other++) {
    for (let i = -reach[0]; i <= reach[0]; i++) {
      for (let j = -reach[1]; j <= reach[1]; j++) {
        for (let k = -reach[2]; k <= reach[2]; k++) {
          const d = [0, 1, 2].map((a) => positions[3 * other + a] - positions[3 * atom + a] + i * vectors[a] + j * vectors[3 + a] + k * vectors[6 + a]);
          const r = Math.hypot(...d);
          if (r > 0 && r <= radius) found.push(r);
        }
      }
    }
  }
  return found.sort((a, b) => a - b);
}

describe("copies", () => {
  it.each([1, 2, 8])("of a crystal is the same crystal in a cell %i times as large", (count) => {
    const large = copies(crystal, count);
    expect(large.atomicNumbers.length).toBe(2 * count);
    for (const atom of [0, 1]) expectClose(distances(large, atom, 7), distances(crystal, atom, 7), 1e-12);
    // the last copy, too
    expectClose(distances(large, 2 * count - 1, 7), distances(crystal, 1, 7), 1e-12);
  });

  it("grows along periodic directions only", () => {
    const sheet = copies({ ...crystal, pbc: [false, true, false] }, 4);
    expectClose(sheet.cell!, [3, 0, 0, 0.8, 16, 0, 0, 0.1, 5], 1e-12);
  });

  it("of a molecule do not see each other", () => {
    const molecules = copies({ ...crystal, cell: null, pbc: [false, false, false] }, 3);
    expect(distances(molecules, 2, 20).length).toBe(1);
    expect(distances(molecules, 2, 40).length).toBe(5);
  });
});

describe("relabeled", () => {
  it("gives the atoms in turn to the species", () => {
    const species = speciesLike([8, 14], 3);
    expect(species).toEqual([6, 8, 14]);
    expect([...relabeled(copies(crystal, 2), species).atomicNumbers]).toEqual([6, 8, 14, 6]);
    expect(speciesLike([8, 14], 1)).toEqual([8]);
  });
});
