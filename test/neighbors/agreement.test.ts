import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NeighborInput } from "../../src/neighbors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { testExecutor } from "../expect.js";
import { bruteForcePairs } from "./brute-force.js";
import { crystal, fcc, keyOf, listOf, pairsOf } from "./list.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

type Pbc = readonly [boolean, boolean, boolean];

function centersOf(input: NeighborInput): { positions: number[]; atoms: number[] } {
  const positions = input.positions as Float64Array;
  const atoms = [...(input.centers ?? Array.from({ length: input.nAtoms }, (_, i) => i))];
  const extra = [...(input.extraCenters ?? [])];
  const points = atoms.flatMap((i) => [...positions.subarray(3 * i, 3 * i + 3)]);
  return { positions: [...points, ...extra], atoms: [...atoms, ...Array<number>(extra.length / 3).fill(-1)] };
}

/** Compares with brute force; only pairs within rounding of the cutoff may be in one list alone. */
function expectAgreement(input: NeighborInput): number {
  const centers = centersOf(input);
  const positions = input.positions as Float64Array;
  const brute = new Map(bruteForcePairs({ ...input, positions, centers }).map((pair) => [keyOf(pair), pair]));
  const list = listOf(executor, input);
  expect([...list.centerAtoms]).toEqual(centers.atoms);
  const found = new Map(pairsOf(list).map((pair) => [keyOf(pair), pair]));
  expect(found.size).toBe(list.neighborAtoms.length);
  let size = 10;
  for (const x of positions) size = Math.max(size, Math.abs(x));
  for (const x of centers.positions) size = Math.max(size, Math.abs(x));
  for (const pair of brute.values()) for (const s of pair.shift) size = Math.max(size, 10 * Math.abs(s));
  const tolerance = 2e-14 * size;
  const isEdge = (distance: number): boolean => Math.abs(distance - input.cutoff) <= tolerance;
  for (const [key, pair] of brute) {
    const twin = found.get(key);
    if (!twin && !isEdge(pair.distance)) expect.fail(`missing pair ${key} at ${pair.distance}`);
    if (!twin) continue;
    const error = Math.max(Math.abs(twin.distance - pair.distance), ...twin.displacement.map((x, k) => Math.abs(x - pair.displacement[k])));
    if (!(error <= tolerance)) expect.fail(`pair ${key} differs by ${error}, allowed ${tolerance}`);
  }
  for (const [key, pair] of found) if (!brute.has(key) && !isEdge(pair.distance)) expect.fail(`extra pair ${key} at ${pair.distance}`);
  return found.size;
}

const coordinate = (range: number) => fc.double({ min: -range, max: range, noNaN: true });
const numbers = (range: number, least: number, most: number) => fc.array(coordinate(range), { minLength: 3 * least, maxLength: 3 * most });
const pbcArbitrary = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());

/** Lattice vectors of length 2 to 9 Å, skewed by whole and broken multiples of each other, of either hand. */
const cellArbitrary = fc
  .record({
    lengths: fc.array(fc.double({ min: 2, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 }),
    skew: fc.array(fc.double({ min: -0.6, max: 0.6, noNaN: true }), { minLength: 6, maxLength: 6 }),
    multiples: fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), fc.integer({ min: -2, max: 2 })),
    mirror: fc.boolean(),
  })
  .map(({ lengths, skew: s, multiples: [m, n, o], mirror }) => {
    const [a, b, c] = lengths as [number, number, number];
    const v1 = [a, s[0] * a, s[1] * a];
    const v2 = [s[2] * b, b, s[3] * b].map((x, k) => x + m * v1[k]);
    const v3 = [s[4] * c, s[5] * c, c].map((x, k) => x + n * v1[k] + o * v2[k]);
    return mirror ? [...v2, ...v1, ...v3] : [...v1, ...v2, ...v3];
  })
  .filter(([a, b, c, d, e, f, g, h, i]) => Math.abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)) > 6);

/** Drops points closer than 10⁻³ Å to an earlier one, images counted: coincident atoms are an error and tested elsewhere. */
function separate(values: number[], cell: number[] | null, pbc: Pbc): Float64Array {
  const kept: number[] = [];
  for (let p = 0; p + 2 < values.length; p += 3) {
    const point = values.slice(p, p + 3);
    const centers = { positions: point, atoms: [-1] };
    if (bruteForcePairs({ positions: kept, cell, pbc, cutoff: 1e-3, centers }).length === 0) kept.push(...point);
  }
  return Float64Array.from(kept);
}

describe("buildNeighborList against brute force", () => {
  const systems = fc.record({ cell: cellArbitrary, pbc: pbcArbitrary, cutoff: fc.double({ min: 0.5, max: 5, noNaN: true }) });

  it("agrees for any cell and any periodic directions, atoms outside too", () => {
    const property = fc.property(systems, numbers(12, 1, 15), ({ cell, pbc, cutoff }, values) => {
      const positions = separate(values, cell, pbc);
      expectAgreement({ positions, nAtoms: positions.length / 3, cell, pbc, cutoff });
    });
    fc.assert(property, { numRuns: 150 });
  });

  it("agrees for one to three atoms in cells much smaller than the cutoff", () => {
    const property = fc.property(systems, numbers(5, 1, 3), ({ cell, pbc, cutoff }, values) => {
      const positions = separate(values, cell, pbc);
      expectAgreement({ positions, nAtoms: positions.length / 3, cell, pbc, cutoff: cutoff + 4 });
    });
    fc.assert(property, { numRuns: 60 });
  });

  it("agrees for many atoms in many cells", () => {
    const large = fc.record({ cell: cellArbitrary, pbc: pbcArbitrary, cutoff: fc.double({ min: 1, max: 3.5, noNaN: true }), seed: fc.nat(1000) });
    const property = fc.property(large, ({ cell, pbc, cutoff, seed }) => {
      const positions = Float64Array.from({ length: 3 * 200 }, (_, k) => 25 * Math.sin(seed + 1.7 * k * k));
      expectAgreement({ positions, nAtoms: 200, cell: cell.map((x) => 3 * x), pbc, cutoff });
    });
    fc.assert(property, { numRuns: 8 });
  });

  it.each([0, 1, 2])("agrees for thin slabs, open along direction %i, of which one side has nothing to do with the other", (thin) => {
    const sizes = [14, 14, 14].map((length, axis) => (axis === thin ? 4.2 : length));
    const positions = Float64Array.from({ length: 3 * 500 }, (_, k) => sizes[k % 3] * (0.5 + 0.5 * Math.sin(1.3 * k * k)));
    const cell = [sizes[0], 0, 0, 0, sizes[1], 0, 0, 0, sizes[2]];
    for (const others of [true, false]) {
      const pbc = [0, 1, 2].map((axis) => others && axis !== thin) as unknown as Pbc;
      expect(expectAgreement({ positions, nAtoms: 500, cell, pbc, cutoff: 1.3 })).toBeGreaterThan(500);
    }
  });

  it("agrees without a cell", () => {
    const pbc: Pbc = [false, false, false];
    const property = fc.property(numbers(20, 0, 40), fc.double({ min: 0.5, max: 60, noNaN: true }), (values, cutoff) => {
      const positions = separate(values, null, pbc);
      expectAgreement({ positions, nAtoms: positions.length / 3, cell: null, pbc, cutoff });
    });
    fc.assert(property, { numRuns: 60 });
  });

  it("agrees for subsets of centers and for centers that are not atoms", () => {
    const extras = fc.array(fc.tuple(coordinate(30), coordinate(30), coordinate(30)), { maxLength: 4 });
    const property = fc.property(systems, fc.array(fc.nat(4), { maxLength: 6 }), extras, (system, indices, extra) => {
      const positions = Float64Array.from({ length: 15 }, (_, k) => 7 * Math.sin(3.7 * k + 0.2 * k * k));
      const centers = Int32Array.from(indices);
      expectAgreement({ ...system, positions, nAtoms: 5, centers, extraCenters: Float64Array.from(extra.flat()) });
    });
    fc.assert(property, { numRuns: 60 });
  });

  it("agrees between two far groups of atoms without a cell", () => {
    const near = Array.from({ length: 60 }, (_, k) => 3 * Math.sin(k * k));
    const positions = Float64Array.from([...near, ...near.map((x) => x + 1e5)]);
    const input: NeighborInput = { positions, nAtoms: 40, cell: null, pbc: [false, false, false], cutoff: 2.5 };
    expect(expectAgreement(input)).toBeGreaterThan(20);
  });
});

describe("buildNeighborList as a relation", () => {
  it("holds (i, j, S) exactly when it holds (j, i, −S), with the opposite displacement to the bit", () => {
    const property = fc.property(cellArbitrary, pbcArbitrary, numbers(12, 1, 20), (cell, pbc, values) => {
      const positions = separate(values, cell, pbc);
      const pairs = pairsOf(listOf(executor, { positions, nAtoms: positions.length / 3, cell, pbc, cutoff: 4 }));
      const all = new Map(pairs.map((pair) => [keyOf(pair), pair]));
      for (const pair of pairs) {
        const back = all.get(keyOf({ center: pair.neighbor, neighbor: pair.center, shift: pair.shift.map((s) => -s) }));
        expect(back?.distance).toBe(pair.distance);
        expect(back?.displacement.map((x) => 0 - x)).toEqual(pair.displacement.map((x) => x + 0));
      }
    });
    fc.assert(property, { numRuns: 60 });
  });

  it.each([[5.43, 3], [3.1, 5], [10 / 3, 4]])("is symmetric where a shell lies exactly at the cutoff (a = %f)", (a, repeats) => {
    const { positions, cell } = crystal(a, fcc, repeats);
    const pairs = pairsOf(listOf(executor, { positions, nAtoms: positions.length / 3, cell, pbc: [true, true, true], cutoff: a }));
    const keys = new Set(pairs.map(keyOf));
    expect(pairs.length).toBeGreaterThanOrEqual((positions.length / 3) * 12);
    for (const { center, neighbor, shift } of pairs) {
      expect(keys.has(keyOf({ center: neighbor, neighbor: center, shift: shift.map((s) => -s) }))).toBe(true);
    }
  });
});
