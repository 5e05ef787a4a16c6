import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { InternalError } from "../../src/errors.js";
import { matrix, placeMatrix } from "../../src/linalg/matrix.js";
import { placeNeighborList } from "../../src/neighbors/layout.js";
import { type Executor } from "../../src/parallel/index.js";
import { Arena, type Region } from "../../src/wasm/memory.js";
import { placeRecord, readField } from "../../src/wasm/records.js";
import { expectClose, testExecutor } from "../expect.js";

/** A block of centers with random neighbors: several images of one atom, images of the center, centers without neighbors. */
interface Block {
  readonly nAtoms: number;
  readonly nFeatures: number;
  readonly firstPair: number;
  readonly centerAtoms: number[];
  readonly offsets: number[];
  readonly neighborAtoms: number[];
  readonly displacements: number[][];
  readonly jacobian: number[];
}

function randomBlock(seed: number, nFeatures: number, nCenters: number): Block {
  const random = xoroshiro128plus(seed);
  const real = (): number => 2 * uniformFloat64(random) - 1;
  const nAtoms = 5;
  const firstPair = uniformInt(random, 0, 3);
  const offsets = [firstPair];
  for (let c = 0; c < nCenters; c++) offsets.push(offsets[c] + uniformInt(random, 0, 7));
  const end = offsets[nCenters];
  return {
    nAtoms,
    nFeatures,
    firstPair,
    centerAtoms: Array.from({ length: nCenters }, () => uniformInt(random, 0, nAtoms - 1)),
    offsets,
    neighborAtoms: Array.from({ length: end }, () => uniformInt(random, 0, nAtoms - 1)),
    displacements: Array.from({ length: end }, () => [real(), real(), real()]),
    jacobian: Array.from({ length: (end - firstPair) * 3 * nFeatures }, real),
  };
}

const VOIGT = [[0, 0], [1, 1], [2, 2], [1, 2], [0, 2], [0, 1]];

/** Derivative rows of the sum over centers of Σ_f x_f w[c][f], written down as they are defined. */
function plainRows(block: Block, sparse: number[][], slopes: number[][], strain: boolean): { forces: number[][]; strain: number[][] } {
  const { nAtoms, nFeatures, firstPair } = block;
  const forces = Array.from({ length: 3 * nAtoms }, () => sparse.map(() => 0));
  const strains = VOIGT.map(() => sparse.map(() => 0));
  block.centerAtoms.forEach((center, c) => {
    for (let p = block.offsets[c]; p < block.offsets[c + 1]; p++) {
      sparse.forEach((point, s) => {
        const derivative = [0, 1, 2].map((a) => {
          const row = ((p - firstPair) * 3 + a) * nFeatures;
          return slopes[c][s] * point.reduce((sum, value, f) => sum + value * block.jacobian[row + f], 0);
        });
        derivative.forEach((value, a) => {
          forces[3 * block.neighborAtoms[p] + a][s] += value;
          forces[3 * center + a][s] -= value;
        });
        const d = block.displacements[p];
        if (strain) VOIGT.forEach(([a, b], v) => (strains[v][s] += 0.5 * (d[a] * derivative[b] + d[b] * derivative[a])));
      });
    }
  });
  return { forces, strain: strains };
}

let executor: Executor;
let region: Region;
beforeAll(async () => {
  executor = await testExecutor();
  region = executor.pool.allocate(1 << 20, "test");
});
afterAll(() => executor.close());

function place(arena: Arena, values: ArrayLike<number>): number {
  const pointer = arena.f64(values.length);
  executor.wasm.f64(pointer, values.length).set(values);
  return pointer;
}

function placeIntegers(arena: Arena, values: ArrayLike<number>): number {
  const pointer = arena.i32(values.length);
  executor.wasm.i32(pointer, values.length).set(values);
  return pointer;
}

/** The list of a block; images of atoms are told apart by their displacements alone. */
function placeList(arena: Arena, { nAtoms, centerAtoms, offsets, neighborAtoms, displacements }: Block): number {
  const [dx, dy, dz] = [0, 1, 2].map((axis) => place(arena, displacements.map((d) => d[axis])));
  return placeNeighborList(executor.wasm, arena, {
    nAtoms, nCenters: centerAtoms.length, nPairs: neighborAtoms.length, centerAtoms: placeIntegers(arena, centerAtoms),
    offsets: placeIntegers(arena, offsets), neighborAtoms: placeIntegers(arena, neighborAtoms), dx, dy, dz, distances: 0,
  });
}

/** Rows that folding leaves: three for every other atom among the neighbors of a center, six for the strain of each center. */
function exactRows({ centerAtoms, offsets, neighborAtoms }: Block, strain: boolean): number {
  const others = centerAtoms.map((center, c) => new Set(neighborAtoms.slice(offsets[c], offsets[c + 1]).filter((atom) => atom !== center)).size);
  return others.reduce((sum, count) => sum + 3 * count + (strain ? 6 : 0), 0);
}

/** foldJacobian, a plain product, scatterRows. */
function routineRows(block: Block, sparse: number[][], slopes: number[][], strain: boolean, hasForces: boolean): Float64Array {
  const { wasm } = executor;
  const arena = new Arena(region);
  const { nFeatures, nAtoms, centerAtoms } = block;
  const nCenters = centerAtoms.length;
  const nSparse = sparse.length;
  const capacity = exactRows(block, strain);
  const list = placeList(arena, block);
  const rows = arena.f64(capacity * nFeatures);
  const counts = arena.i32(nCenters);
  const folded = placeRecord(wasm, arena, "FoldedRows", { nFeatures, capacity, rows, atoms: arena.i32(capacity / 3), counts, nRows: 0 });
  const slots = placeIntegers(arena, new Array<number>(nAtoms).fill(-1));
  wasm.routines.foldJacobian(strain ? 1 : 0, list, place(arena, block.jacobian), folded, slots);
  expect([...wasm.i32(slots, nAtoms)]).toEqual(new Array(nAtoms).fill(-1));
  const nRows = readField(wasm, folded, "FoldedRows", "nRows");
  expect(nRows).toBe(3 * wasm.i32(counts, nCenters).reduce((sum, count) => sum + count, 0));
  const values = wasm.f64(rows, nRows * nFeatures);
  const products = Array.from({ length: nRows }, (_, r) =>
    sparse.map((point) => point.reduce((sum, value, f) => sum + value * values[r * nFeatures + f], 0)),
  );
  const stride = nSparse + 3;
  const design = place(arena, new Float64Array((3 * nAtoms + 6) * stride));
  const atomRows = placeIntegers(arena, Array.from({ length: nAtoms }, (_, atom) => (hasForces ? 3 * atom : -1)));
  const scatter = (designRows: number): number =>
    wasm.routines.scatterRows(
      strain ? 3 * nAtoms : -1, list, folded, placeMatrix(wasm, arena, matrix(place(arena, slopes.flat()), nCenters, nSparse)),
      placeMatrix(wasm, arena, matrix(place(arena, products.flat()), nRows, nSparse)), atomRows,
      placeMatrix(wasm, arena, matrix(design, designRows, nSparse, stride)),
    );
  if (strain) expect(() => scatter(3 * nAtoms + 5)).toThrow(InternalError);
  else if (hasForces && nCenters > 3) expect(() => scatter(3)).toThrow(InternalError);
  wasm.f64(design, (3 * nAtoms + 6) * stride).fill(0);
  scatter(3 * nAtoms + 6);
  return wasm.f64(design, (3 * nAtoms + 6) * stride).slice();
}

describe("rows of the design matrix", () => {
  it.each([
    [1, 1, 1, 1],
    [2, 2, 0, 3],
    [3, 3, 4, 4],
    [4, 5, 3, 1],
    [5, 8, 6, 7],
  ])("seed %i: %i features, %i centers, %i sparse points", (seed, nFeatures, nCenters, nSparse) => {
    const block = randomBlock(seed, nFeatures, nCenters);
    const random = xoroshiro128plus(seed + 100);
    const draw = (n: number): number[] => Array.from({ length: n }, () => uniformFloat64(random) - 0.5);
    const sparse = Array.from({ length: nSparse }, () => draw(nFeatures));
    const slopes = Array.from({ length: nCenters }, () => draw(nSparse));
    for (const [strain, hasForces] of [[true, true], [false, true], [true, false]]) {
      const expected = plainRows(block, sparse, slopes, strain);
      const rows = [...expected.forces.map((row) => (hasForces ? row : row.map(() => 0))), ...expected.strain];
      expectClose(routineRows(block, sparse, slopes, strain, hasForces), rows.flatMap((row) => [...row, 0, 0, 0]), 1e-13);
    }
  });

  it("says when the rows do not fit", () => {
    const { wasm } = executor;
    const arena = new Arena(region);
    const block = {
      nAtoms: 2, nFeatures: 1, firstPair: 0, centerAtoms: [0], offsets: [0, 1], neighborAtoms: [1], displacements: [[1, 1, 1]], jacobian: [1, 2, 3],
    };
    const list = placeList(arena, block);
    const buffers = { rows: arena.f64(9), atoms: arena.i32(3), counts: arena.i32(1), nRows: 0 };
    const slots = placeIntegers(arena, [-1, -1]);
    const call = (capacity: number, strain: number): number =>
      wasm.routines.foldJacobian(
        strain, list, place(arena, block.jacobian), placeRecord(wasm, arena, "FoldedRows", { nFeatures: 1, capacity, ...buffers }), slots,
      );
    expect(() => call(2, 0)).toThrow(/too small/u);
    expect(() => call(8, 1)).toThrow(/too small/u);
    expect(() => call(3, 0)).not.toThrow();
  });

  it.each([0, 1, 2, 5])("sums columns and scales rows (%i columns)", (n) => {
    const { wasm } = executor;
    const arena = new Arena(region);
    const values = Array.from({ length: 3 * n }, (_, i) => Math.sin(i + 1));
    const matrix = place(arena, values);
    const sums = place(arena, new Array<number>(n).fill(1));
    wasm.routines.addColumnSums(3, n, matrix, sums);
    expectClose(wasm.f64(sums, n), Array.from({ length: n }, (_, j) => 1 + values[j] + values[n + j] + values[2 * n + j]), 1e-14);
    wasm.routines.scaleRows(3, n, n, place(arena, [2, -1, 0]), matrix);
    expectClose(wasm.f64(matrix, 3 * n), values.map((value, i) => value * [2, -1, 0][Math.floor(i / n)]), 1e-15);
  });
});
