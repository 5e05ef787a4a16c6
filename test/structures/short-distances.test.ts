import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { neighborList } from "../../src/neighbors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { covalentRadius, SHORT_SHARE, ShortDistances, type Structure } from "../../src/structures/index.js";
import { seededRandom } from "../../src/math/random.js";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure } from "../models/systems.js";

let executor: Executor;
let distances: ShortDistances;
beforeAll(async () => {
  executor = await testExecutor();
  distances = await ShortDistances.load();
});
afterAll(() => executor.close());

type Atoms = Pick<Structure, "atomicNumbers" | "positions" | "cell" | "pbc">;

/** Random atoms of several sizes, inside and outside of a skewed cell. */
function randomAtoms(seed: number, nAtoms: number, size: number, pbc: Structure["pbc"]): Atoms {
  const random = seededRandom(seed);
  const real = (from: number, to: number): number => from + (to - from) * uniformFloat64(random);
  return {
    atomicNumbers: Uint8Array.from({ length: nAtoms }, () => [1, 8, 14, 55][Math.floor(real(0, 4))]),
    positions: Float64Array.from({ length: 3 * nAtoms }, () => real(-size, 2 * size)),
    cell: Float64Array.of(size, 0.2 * size, 0, -0.3 * size, 1.1 * size, 0.1 * size, 0.25 * size, 0, 1.3 * size),
    pbc,
  };
}

describe("short distances", () => {
  // the neighbor list is another search, tested on its own
  it.each([
    ["open", [false, false, false]],
    ["a wire", [false, true, false]],
    ["a slab", [true, false, true]],
    ["a crystal", [true, true, true]],
  ] as const)("finds the closest pair of %s against the radii as a neighbor list does", async (_, pbc) => {
    let found = 0;
    for (let seed = 1; seed <= 30; seed++) {
      // few are compared one by one; for the last ones the first memory is too small
      const atoms = seed > 28 ? randomAtoms(seed, 2500, 34, pbc) : randomAtoms(seed, 1 + (seed % 9) * (seed > 24 ? 40 : 4), 1.5 + seed / 4, pbc);
      const list = await neighborList(executor, makeStructure({ ...atoms, label: "random" }), 2.93);
      let [least, shortest] = [SHORT_SHARE, NaN];
      for (let center = 0; center < list.centerAtoms.length; center++) {
        for (let pair = list.offsets[center]; pair < list.offsets[center + 1]; pair++) {
          const sum = [list.centerAtoms[center], list.neighborAtoms[pair]].reduce((total, atom) => total + covalentRadius(atoms.atomicNumbers[atom]), 0);
          if (list.distances[pair] / sum >= least) continue;
          [least, shortest] = [list.distances[pair] / sum, list.distances[pair]];
        }
      }
      const pair = distances.shortest(atoms);
      expect(pair === undefined).toBe(Number.isNaN(shortest));
      if (!pair) continue;
      found++;
      expectClose([pair.distance], [shortest], 1e-9);
      const sum = covalentRadius(atoms.atomicNumbers[pair.first]) + covalentRadius(atoms.atomicNumbers[pair.second]);
      expectClose([pair.distance / sum], [least], 1e-9);
    }
    expect(found).toBeGreaterThan(5);
  });

  it("finds the one pair of many atoms that is too close, in whatever direction it stands", () => {
    const [spacing, side, short] = [4, 6, 0.98 * SHORT_SHARE * 2 * covalentRadius(14)];
    const grid = Array.from({ length: side ** 3 }, (_, i) => [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)]).flat();
    const random = seededRandom(7);
    const size = side * spacing;
    for (let trial = 0; trial < 100; trial++) {
      const positions = Float64Array.from(grid, (x) => (x + 0.2 * (uniformFloat64(random) - 0.5)) * spacing);
      const [from, to] = [trial, (trial + 97) % side ** 3];
      const direction = [0, 1, 2].map(() => uniformFloat64(random) - 0.5);
      direction.forEach((x, k) => (positions[3 * to + k] = positions[3 * from + k] + (short * x) / Math.hypot(...direction)));
      const atoms = { atomicNumbers: new Uint8Array(side ** 3).fill(14), positions, cell: Float64Array.of(size, 0, 0, 0, size, 0, 0, 0, size), pbc: [true, true, true] as const };
      const { distance, ...pair } = distances.shortest(atoms)!;
      expect(pair).toEqual({ first: Math.min(from, to), second: Math.max(from, to) });
      expectClose([distance], [short], 1e-9);
    }
  });

  it("sees atoms at one place, which a neighbor list refuses, across the border and with their own images", () => {
    const two = { atomicNumbers: Uint8Array.of(14, 14), cell: Float64Array.of(5, 0, 0, 0, 5, 0, 0, 0, 5), pbc: [true, true, true] as const };
    expect(distances.shortest({ ...two, positions: Float64Array.of(0, 0, 0, 5, -5, 10) })).toEqual({ first: 0, second: 1, distance: 0 });
    expect(distances.shortest({ ...two, positions: Float64Array.of(0, 0, 0, 5, -5, 10), pbc: [false, false, false] })).toBeUndefined();
    const one = { atomicNumbers: Uint8Array.of(26), positions: Float64Array.of(3, -7, 2), pbc: [true, true, true] as const };
    expect(distances.shortest({ ...one, cell: Float64Array.of(1.4, 0, 0, 0, 9, 0, 0, 0, 9) })).toEqual({ first: 0, second: 0, distance: 1.4 });
    expect(distances.shortest({ ...one, cell: null })).toBeUndefined();
  });

  it("is silent about the shortest bonds there are", () => {
    // Å: H2 0.741, N2 1.098, acetylene C–C 1.203, uranyl U–O 1.76, HF 0.917 (NIST CCCBDB; uranyl: Denning, J. Phys. Chem. A 111, 4125 (2007))
    for (const [a, b, distance] of [[1, 1, 0.741], [7, 7, 1.098], [6, 6, 1.203], [92, 8, 1.76], [1, 9, 0.917]]) {
      const atoms = { atomicNumbers: Uint8Array.of(a, b), positions: Float64Array.of(0, 0, 0, distance, 0, 0), cell: null, pbc: [false, false, false] as const };
      expect(distances.shortest(atoms)).toBeUndefined();
      expect(distances.shortest({ ...atoms, positions: Float64Array.of(0, 0, 0, 0.4 * distance, 0, 0) })).toBeDefined();
    }
  });
});
