import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidParameterError, InvalidStructureError, ResourceError } from "../../src/errors.js";
import { buildNeighborList, environmentBatch, estimateNeighborListBytes, type NeighborInput, neighborList } from "../../src/neighbors/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import type { Structure } from "../../src/structures/structure.js";
import { Arena, ArenaOverflow } from "../../src/wasm/memory.js";
import { testExecutor } from "../expect.js";
import { crystal, diamond, fcc, listOf, pairsOf } from "./list.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

type Pbc = readonly [boolean, boolean, boolean];
const everywhere: Pbc = [true, true, true];
const nowhere: Pbc = [false, false, false];

/** Number of neighbors in each shell, from the distances in one environment. */
function shells(distances: ArrayLike<number>): number[] {
  const sorted = Array.from(distances).sort((a, b) => a - b);
  const counts: number[] = [];
  sorted.forEach((d, k) => (k > 0 && d - sorted[k - 1] < 1e-6 ? counts[counts.length - 1]++ : counts.push(1)));
  return counts;
}

function input(positions: number[], cell: number[] | null, pbc: Pbc, cutoff: number): NeighborInput {
  return { positions: Float64Array.from(positions), nAtoms: positions.length / 3, cell, pbc, cutoff };
}

describe("buildNeighborList on perfect crystals", () => {
  // coordination sequences of the lattices: distances a/√2 · √n (fcc), and of diamond with its two interpenetrating fcc lattices
  const cases = [
    { name: "fcc", motif: fcc, a: 3.6, cutoff: 3.6 * 1.6, counts: [12, 6, 24, 12, 24] },
    { name: "diamond", motif: diamond, a: 5.43, cutoff: 5.43 * 1.3, counts: [4, 12, 12, 6, 12, 24, 16] },
    { name: "simple cubic", motif: [[0, 0, 0]], a: 2, cutoff: 4.1, counts: [6, 12, 8, 6] },
  ];
  it.each(cases)("$name has its coordination shells, for any supercell", ({ motif, a, cutoff, counts }) => {
    for (const repeats of [1, 2, 3, 6]) {
      const { positions, cell } = crystal(a, motif, repeats);
      const list = listOf(executor, { positions, nAtoms: positions.length / 3, cell, pbc: everywhere, cutoff });
      for (let i = 0; i < positions.length / 3; i++) {
        expect(shells(list.distances.subarray(list.offsets[i], list.offsets[i + 1]))).toEqual(counts);
      }
    }
  });

  it("has four neighbors of every atom of a large diamond crystal, in spatial and in random order", () => {
    const { positions, cell } = crystal(5.43, diamond, 30);
    const nAtoms = positions.length / 3;
    const shuffled = positions.slice();
    // multiplication by a number without common factor is a permutation
    for (let i = 0; i < nAtoms; i++) shuffled.set(positions.subarray(3 * i, 3 * i + 3), 3 * ((i * 7919) % nAtoms));
    for (const given of [positions, shuffled]) {
      const list = listOf(executor, { positions: given, nAtoms, cell, pbc: everywhere, cutoff: 2.6 }, 100e6);
      expect(list.offsets.every((offset, i) => offset === 4 * i)).toBe(true);
      let worst = 0;
      for (let pair = 0; pair < list.distances.length; pair++) {
        for (let k = 0; k < 3; k++) {
          const image = given[3 * list.neighborAtoms[pair] + k] + list.cellShifts[3 * pair + k] * cell[0];
          // Math.max keeps NaN
          worst = Math.max(worst, Math.abs(image - given[3 * (pair >> 2) + k] - list.displacements[3 * pair + k]));
        }
        worst = Math.max(worst, Math.abs(list.distances[pair] - 5.43 * Math.sqrt(3 / 16)));
      }
      expect(worst <= 1e-12).toBe(true);
    }
  });

  it("gives the primitive and a strongly skewed, left-handed cell of fcc the same shells", () => {
    const h = 1.8;
    const rows = [[0, h, h], [h, 0, h], [h, h, 0]];
    const second = rows[1].map((x, k) => x + 70 * rows[0][k]);
    const third = rows[2].map((x, k) => x - 11 * second[k]);
    for (const cell of [rows.flat(), [...second, ...rows[0], ...third]]) {
      expect(shells(listOf(executor, input([5, -9, 0.3], cell, everywhere, 3.6 * 1.6)).distances)).toEqual([12, 6, 24, 12, 24]);
    }
  });

  it("lists a chain, a sheet and a dimer, whatever the other lattice vectors are", () => {
    const cell = [2, 0, 0, 0, 3, 0, 0, 0, 0];
    const count = (pbc: Pbc, positions: number[]): number => listOf(executor, input(positions, cell, pbc, 6.5)).distances.length;
    expect(count([true, false, false], [0, 0, 0])).toBe(6);
    expect(count([false, true, false], [0, 0, 0])).toBe(4);
    // points (2a, 3b) in a circle of radius 6.5 but the origin: 7 with b = 0, 5 with b = ±1, 3 with b = ±2
    expect(count([true, true, false], [0, 0, 0])).toBe(6 + 2 * 5 + 2 * 3);
    expect(count(nowhere, [0, 0, 0, 0, 0, 6])).toBe(2);
  });

  it("leaves out pairs exactly at the cutoff", () => {
    expect(listOf(executor, input([0, 0, 0, 0, 0, 6.5], null, nowhere, 6.5)).distances.length).toBe(0);
    expect(listOf(executor, input([0, 0, 0], [2, 0, 0, 0, 2, 0, 0, 0, 2], everywhere, 2)).distances.length).toBe(0);
  });
});

describe("buildNeighborList on special input", () => {
  it("gives empty lists for no atoms, one atom, and atoms out of reach", () => {
    expect([...listOf(executor, input([], null, nowhere, 5)).offsets]).toEqual([0]);
    expect([...listOf(executor, input([], [3, 0, 0, 0, 3, 0, 0, 0, 3], everywhere, 5)).offsets]).toEqual([0]);
    expect([...listOf(executor, input([1, 2, 3], null, nowhere, 5)).offsets]).toEqual([0, 0]);
    expect([...listOf(executor, input([0, 0, 0, 1e5, -1e5, 3], null, nowhere, 5)).offsets]).toEqual([0, 0, 0]);
    const extraOnly = { ...input([], null, nowhere, 5), extraCenters: Float64Array.of(1, 1, 1) };
    expect([...listOf(executor, extraOnly).offsets]).toEqual([0, 0]);
    const noCenter = { ...input([0, 0, 0, 1, 0, 0], null, nowhere, 5), centers: new Int32Array(0) };
    expect([...listOf(executor, noCenter).offsets]).toEqual([0]);
  });

  it("refers shifts to the positions as given, far outside the cell", () => {
    const cell = [4, 0, 0, 1, 5, 0, 0, 2, 6];
    const inside = [0.5, 0.5, 0.5, 2, 3, 4];
    const moved = [...inside.slice(0, 3), 2 + 7 * 4 - 3 * 1, 3 - 3 * 5, 4];
    const [a, b] = [inside, moved].map((positions) => pairsOf(listOf(executor, input(positions, cell, everywhere, 6))));
    expect(a.length).toBe(b.length);
    for (const pair of b) {
      const ends = [pair.center, pair.neighbor].map((atom) => moved.slice(3 * atom, 3 * atom + 3));
      for (let k = 0; k < 3; k++) {
        const image = ends[1][k] + [0, 1, 2].reduce((sum, axis) => sum + pair.shift[axis] * cell[3 * axis + k], 0);
        expect(Math.abs(image - ends[0][k] - pair.displacement[k]) <= 1e-12).toBe(true);
      }
    }
  });

  it("gives an extra center the atom at its position, at distance 0", () => {
    const list = listOf(executor, { ...input([1, 1, 1, 2, 1, 1], null, nowhere, 3), centers: Int32Array.of(1), extraCenters: Float64Array.of(1, 1, 1) });
    expect([...list.centerAtoms]).toEqual([1, -1]);
    expect([...list.offsets]).toEqual([0, 1, 3]);
    expect([...list.neighborAtoms]).toEqual([0, 0, 1]);
    expect([...list.distances]).toEqual([1, 0, 1]);
  });

  it("is the same from a pointer, in the same order", () => {
    const { positions, cell } = crystal(5.43, diamond, 2);
    const region = executor.pool.allocate(positions.length * 8, "positions");
    executor.wasm.f64(region.pointer, positions.length).set(positions);
    const base = { nAtoms: 64, cell, pbc: everywhere, cutoff: 5 };
    expect(listOf(executor, { ...base, positions: region.pointer })).toEqual(listOf(executor, { ...base, positions }));
    executor.pool.release(region);
  });

  it("leaves nothing but the list in the arena", () => {
    const region = executor.pool.allocate(1 << 20, "arena");
    const arena = new Arena(region);
    const list = buildNeighborList(executor.wasm, arena, input([0, 0, 0], [3, 0, 0, 0, 3, 0, 0, 0, 3], everywhere, 5));
    expect(arena.mark()).toBe(list.distances + Math.ceil((list.nPairs * 8) / 64) * 64);
    executor.pool.release(region);
  });
});

describe("buildNeighborList on input it refuses", () => {
  const build = (given: NeighborInput) => () => listOf(executor, given);
  const cube = [3, 0, 0, 0, 3, 0, 0, 0, 3];

  it.each([0, -1, NaN, Infinity])("refuses the cutoff %d", (cutoff) => {
    expect(build(input([0, 0, 0], null, nowhere, cutoff))).toThrow(InvalidParameterError);
  });

  it.each([NaN, Infinity, -Infinity])("names the atom at %d", (bad) => {
    expect(build(input([0, 0, 0, 1, bad, 0], null, nowhere, 3))).toThrow(/atom 1 /);
    expect(build(input([0, 0, 0, 1, bad, 0], cube, everywhere, 3))).toThrow(/atom 1 /);
    expect(build(input([0, 0, 0, bad, 0, 0], cube, [false, true, true], 3))).toThrow(InvalidStructureError);
    expect(build({ ...input([0, 0, 0], cube, everywhere, 3), extraCenters: Float64Array.of(0, 0, bad) })).toThrow(/center 1 /);
  });

  it("refuses atoms so far away that no digits are left", () => {
    expect(build(input([0, 0, 0, 1e9, 0, 0], cube, everywhere, 3))).toThrow(/wrap the positions/);
  });

  it.each([
    [[3, 0, 0, 0, 3, 0, 0, 0, 0], everywhere],
    [[3, 0, 0, 6, 0, 0, 0, 0, 3], [true, true, false]],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9], everywhere],
    [[1, 2, 3, 4, 5, 6, 5, 7, 9 + 2 ** -49], everywhere],
    [[NaN, 0, 0, 0, 3, 0, 0, 0, 3], everywhere],
    [[0, 0, 0, 0, 3, 0, 0, 0, 3], [true, false, false]],
  ] as [number[], Pbc][])("refuses the cell %j with pbc %j", (cell, pbc) => {
    expect(build(input([0, 0, 0], cell, pbc, 3))).toThrow(InvalidStructureError);
  });

  it("refuses periodicity without a cell", () => {
    expect(build(input([0, 0, 0], null, everywhere, 3))).toThrow(/no cell/);
  });

  it("names atoms at one position, images counted", () => {
    expect(build(input([0, 0, 0, 1, 1, 1, 2, 2, 2, 1, 1, 1], null, nowhere, 3))).toThrow(/atoms 1 and 3 /);
    expect(build(input([0, 0, 0, 1, 1, 1, 2, 2, 2, 1, 1, 1 + 5e-7], null, nowhere, 3))).toThrow(/atoms 1 and 3 /);
    expect(build(input([0, 0, 0, 1, 1, 1, 3, 0, 0], cube, everywhere, 2))).toThrow(/atoms 0 and 2 /);
    expect(build(input([0, 0, 0, 3, 0, 0], cube, everywhere, 8))).toThrow(InvalidStructureError);
    expect(listOf(executor, input([0, 0, 0, 0, 0, 2e-6], null, nowhere, 3)).distances.length).toBe(2);
  });

  it("refuses positions, centers and species of the wrong length or range", () => {
    expect(build({ ...input([0, 0, 0], null, nowhere, 3), nAtoms: 2 })).toThrow(InvalidStructureError);
    expect(build({ ...input([0, 0, 0], null, nowhere, 3), centers: Int32Array.of(0, 1) })).toThrow(/atom 1/);
    expect(build({ ...input([0, 0, 0], null, nowhere, 3), extraCenters: Float64Array.of(0, 1) })).toThrow(InvalidParameterError);
  });

  it("refuses a list that no memory holds, before it starts", () => {
    expect(build(input([0, 0, 0], [0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1], everywhere, 100))).toThrow(ResourceError);
  });
});

describe("estimateNeighborListBytes", () => {
  const { positions, cell } = crystal(5.43, diamond, 4);
  const cases: [string, NeighborInput, number][] = [
    ["a solid", { positions, nAtoms: 512, cell, pbc: everywhere, cutoff: 5 }, 1.3],
    ["a dense slab", { positions, nAtoms: 512, cell, pbc: [true, true, false], cutoff: 5 }, 8],
    ["a cluster", { positions, nAtoms: 512, cell: null, pbc: nowhere, cutoff: 5 }, 8],
    ["one atom in a small cell", input([0, 0, 0], [3, 0, 0, 0, 3, 0, 0, 0, 3], everywhere, 8), 8],
  ];
  it.each(cases)("is enough, and not far too much, for %s", (_, given, factor) => {
    const bytes = estimateNeighborListBytes(given);
    const region = executor.pool.allocate(bytes, "estimate");
    const arena = new Arena(region);
    buildNeighborList(executor.wasm, arena, given);
    expect(arena.mark() - arena.start).toBeGreaterThan(given.nAtoms > 1 ? bytes / factor - 65536 : 0);
    executor.pool.release(region);
  });

  it("matters: a smaller arena overflows and says how much it needs", () => {
    const region = executor.pool.allocate(100e3, "too small");
    let needed = 0;
    try {
      buildNeighborList(executor.wasm, new Arena(region), cases[0][1]);
    } catch (error) {
      if (error instanceof ArenaOverflow) needed = error.requiredBytes;
    }
    expect(needed).toBeGreaterThan(512 * 28 * 48);
    executor.pool.release(region);
  });
});

describe("environmentBatch", () => {
  it("gives centers and neighbors their species, −1 to centers that are not atoms", () => {
    const region = executor.pool.allocate(1 << 20, "arena");
    const arena = new Arena(region);
    const given = { ...input([0, 0, 0, 1, 0, 0, 0, 1.5, 0], null, nowhere, 1.6), extraCenters: Float64Array.of(0, 0, 1) };
    const list = buildNeighborList(executor.wasm, arena, given);
    const batch = environmentBatch(executor.wasm, arena, list, Int32Array.of(2, 0, 1));
    expect([...executor.wasm.i32(batch.centerSpecies, 4)]).toEqual([2, 0, 1, -1]);
    const neighbors = [...executor.wasm.i32(list.neighborAtoms, list.nPairs)];
    expect(neighbors).toEqual([1, 2, 0, 0, 0, 1]);
    expect([...executor.wasm.i32(batch.neighborSpecies, batch.nPairs)]).toEqual([0, 1, 2, 2, 2, 0]);
    expect(() => environmentBatch(executor.wasm, arena, list, Int32Array.of(2, 0))).toThrow(InvalidParameterError);
    executor.pool.release(region);
  });
});

function structureOf(positions: Float64Array, cell: number[] | null, pbc: Pbc, label: string): Structure {
  const atomicNumbers = new Uint8Array(positions.length / 3).fill(14);
  return {
    atomicNumbers, positions, cell: cell && Float64Array.from(cell), pbc, label,
    targets: {}, configType: "", info: new Map(), atomInfo: [],
  };
}

describe("neighborList", () => {
  it("is the same, in the same order, on threads and on every build, through cells and through images", async () => {
    const { positions, cell } = crystal(5.43, diamond, 4);
    positions.forEach((x, k) => (positions[k] = x + 0.2 * Math.sin(k * k)));
    const solid = structureOf(positions, cell, everywhere, "a crystal");
    const molecule = structureOf(positions.slice(0, 3 * 33), null, nowhere, "a molecule");
    const small = structureOf(Float64Array.of(0, 0, 0, 1.1, 1.3, 1.4, 2.9, 2.5, 2.6), [0, 2.9, 2.7, 2.8, 0, 2.6, 2.5, 2.7, 0.1], everywhere, "a cell");
    const lists = async (on: Executor) => [await neighborList(on, solid, 5), await neighborList(on, molecule, 5), await neighborList(on, small, 7)];
    const expected = await lists(executor);
    expect(expected[0].distances.length).toBeGreaterThan(512 * 20);
    expect(expected[2].distances.length).toBeGreaterThan(3 * 50);
    for (const options of [{ threads: 2 }, { threads: 1, build: "scalar" }, { threads: 1, build: "simd" }, { threads: 1, build: "unshared" }] as const) {
      const other = await createExecutor(options);
      try {
        expect(await lists(other)).toEqual(expected);
      } finally {
        await other.close();
      }
    }
  });

  it("names the structure in errors", async () => {
    const structure = structureOf(Float64Array.of(0, 0, 0, 0, 0, 0), null, nowhere, "frame 7 of a.xyz");
    await expect(neighborList(executor, structure, 5)).rejects.toThrow(/^frame 7 of a\.xyz: atoms 0 and 1/);
  });
});

interface Reference {
  readonly source: string;
  readonly frames: readonly {
    readonly name: string;
    readonly cell: number[] | null;
    readonly pbc: Pbc;
    readonly positions: number[];
    readonly results: readonly { readonly cutoff: number; readonly counts: number[]; readonly distanceSum: number; readonly shiftSquares: number }[];
  }[];
}

describe("buildNeighborList against ASE", () => {
  const reference = JSON.parse(readFileSync(new URL("../data/neighbors-ase.json", import.meta.url), "utf8")) as Reference;

  it.each(reference.frames)("has the counts of ase.neighborlist for $name", ({ cell, pbc, positions, results }) => {
    for (const { cutoff, counts, distanceSum, shiftSquares } of results) {
      const list = listOf(executor, input(positions, cell, pbc, cutoff));
      expect(counts.map((_, i) => list.offsets[i + 1] - list.offsets[i])).toEqual(counts);
      const sum = list.distances.reduce((total, d) => total + d, 0);
      expect(Math.abs(sum - distanceSum) <= 1e-10 * distanceSum).toBe(true);
      expect(list.cellShifts.reduce((total, s) => total + s * s, 0)).toBe(shiftSquares);
    }
  });
});
