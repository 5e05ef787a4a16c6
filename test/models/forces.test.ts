import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placeNeighborList } from "../../src/neighbors/layout.js";
import type { Executor } from "../../src/parallel/index.js";
import { Arena, type Region } from "../../src/wasm/memory.js";
import { expectClose, testExecutor } from "../expect.js";

let executor: Executor;
let region: Region;
beforeAll(async () => {
  executor = await testExecutor();
  region = executor.pool.allocate(1 << 20, "test");
});
afterAll(() => executor.close());

const N_ATOMS = 6;

interface Pairs {
  readonly centerAtoms: number[];
  readonly offsets: number[];
  readonly neighborAtoms: number[];
  readonly displacements: number[];
  readonly gradients: number[];
}

/** Centers with any number of neighbors, none and themselves included. */
function randomPairs(seed: number, nCenters: number, firstPair: number): Pairs {
  const random = xoroshiro128plus(seed);
  const draw = (count: number): number[] => Array.from({ length: count }, () => 2 * uniformFloat64(random) - 1);
  const atoms = (count: number): number[] => Array.from({ length: count }, () => uniformInt(random, 0, N_ATOMS - 1));
  const offsets = [firstPair];
  for (let c = 0; c < nCenters; c++) offsets.push(offsets[c] + uniformInt(random, 0, 5));
  const end = offsets[nCenters];
  return { centerAtoms: atoms(nCenters), offsets, neighborAtoms: atoms(end), displacements: draw(3 * end), gradients: draw(3 * (end - firstPair)) };
}

/** As defined: the energy of a center depends on d = r_j − r_i; a strain moves d by ε d. */
function plainForces({ centerAtoms, offsets, neighborAtoms, displacements, gradients }: Pairs): { forces: number[]; virial: number[] } {
  const forces = new Array<number>(3 * N_ATOMS).fill(0);
  const virial = new Array<number>(9).fill(0);
  centerAtoms.forEach((center, c) => {
    for (let p = offsets[c]; p < offsets[c + 1]; p++) {
      for (let b = 0; b < 3; b++) {
        const g = gradients[3 * (p - offsets[0]) + b];
        forces[3 * neighborAtoms[p] + b] -= g;
        forces[3 * center + b] += g;
        for (let a = 0; a < 3; a++) virial[3 * a + b] -= displacements[3 * p + a] * g;
      }
    }
  });
  return { forces, virial };
}

/** The routine on centers first … last − 1, added to what the arrays hold. */
function addRoutine(arena: Arena, pairs: Pairs, forces: number, virial: number, first = 0, last = pairs.centerAtoms.length): void {
  const { wasm } = executor;
  const { offsets, centerAtoms, neighborAtoms } = pairs;
  const put = (values: number[]): number => {
    const pointer = arena.f64(values.length);
    wasm.f64(pointer, values.length).set(values);
    return pointer;
  };
  const putIntegers = (values: number[]): number => {
    const pointer = arena.i32(values.length);
    wasm.i32(pointer, values.length).set(values);
    return pointer;
  };
  const [dx, dy, dz] = [0, 1, 2].map((axis) => put(pairs.displacements.filter((_, i) => i % 3 === axis))) as [number, number, number];
  const list = {
    nAtoms: N_ATOMS, nCenters: centerAtoms.length, nPairs: neighborAtoms.length, centerAtoms: putIntegers(centerAtoms),
    offsets: putIntegers(offsets), neighborAtoms: putIntegers(neighborAtoms), dx, dy, dz, distances: 0,
  };
  const gradients = put(pairs.gradients.slice(3 * (offsets[first] - offsets[0])));
  wasm.routines.scatterForces(placeNeighborList(wasm, arena, list, first, last), gradients, forces, virial);
}

function zeros(arena: Arena, count: number): number {
  const pointer = arena.f64(count);
  executor.wasm.f64(pointer, count).fill(0);
  return pointer;
}

describe("forces of pair gradients", () => {
  it.each([
    [1, 0, 0],
    [2, 1, 0],
    [3, 4, 0],
    [4, 9, 5],
  ])("are their sums (seed %i: %i centers, first pair %i), whole and in parts", (seed, nCenters, firstPair) => {
    const { wasm } = executor;
    const pairs = randomPairs(seed, nCenters, firstPair);
    const plain = plainForces(pairs);
    for (const cut of new Set([0, 1, nCenters >> 1, nCenters].filter((center) => center <= nCenters))) {
      const arena = new Arena(region);
      const [forces, virial] = [zeros(arena, 3 * N_ATOMS), zeros(arena, 9)];
      addRoutine(arena, pairs, forces, virial, 0, cut);
      addRoutine(arena, pairs, forces, virial, cut);
      expectClose(wasm.f64(forces, 3 * N_ATOMS), plain.forces, 1e-14);
      expectClose(wasm.f64(virial, 9), plain.virial, 1e-14);
    }
    expect(plain.virial.some((value) => value !== 0)).toBe(nCenters > 0);
  });

  it("come without the virial where it has no place", () => {
    const pairs = randomPairs(5, 4, 2);
    const arena = new Arena(region);
    const forces = zeros(arena, 3 * N_ATOMS);
    addRoutine(arena, pairs, forces, 0);
    expectClose(executor.wasm.f64(forces, 3 * N_ATOMS), plainForces(pairs).forces, 1e-14);
  });
});
