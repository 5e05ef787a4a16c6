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

/**
 * foldJacobian, a plain product, scatterRows.
 * @param columns first column of each center among `width` columns
 */
function routineRows(block: Block, sparse: number[][], slopes: number[][], strain: boolean, hasForces: boolean, columns?: number[], width = sparse.length): Float64Array {
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
  const stride = width + 3;
  const design = place(arena, new Float64Array((3 * nAtoms + 6) * stride));
  const atomRows = placeIntegers(arena, Array.from({ length: nAtoms }, (_, atom) => (hasForces ? 3 * atom : -1)));
  const columnsAt = columns ? placeIntegers(arena, columns) : 0;
  const scatter = (designRows: number): number =>
    wasm.routines.scatterRows(
      strain ? 3 * nAtoms : -1, list, folded, placeMatrix(wasm, arena, matrix(place(arena, slopes.flat()), nCenters, nSparse)),
      placeMatrix(wasm, arena, matrix(place(arena, products.flat()), nRows, nSparse)), atomRows, columnsAt,
      placeMatrix(wasm, arena, matrix(design, designRows, width, stride)),
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

  it("have columns of their own for centers of each kind", () => {
    const block = randomBlock(11, 3, 6);
    const random = xoroshiro128plus(12);
    const draw = (n: number): number[] => Array.from({ length: n }, () => uniformFloat64(random) - 0.5);
    const sparse = [draw(3), draw(3)];
    const slopes = block.centerAtoms.map(() => draw(2));
    const isSecond = block.centerAtoms.map((_, c) => c % 3 === 1);
    const inBlocks = slopes.map((slope, c) => (isSecond[c] ? [0, 0, 0, ...slope] : [...slope, 0, 0, 0]));
    const expected = plainRows(block, [...sparse, [0, 0, 0], ...sparse], inBlocks, true);
    const actual = routineRows(block, sparse, slopes, true, true, isSecond.map((second) => (second ? 3 : 0)), 5);
    expectClose(actual, [...expected.forces, ...expected.strain].flatMap((row) => [...row, 0, 0, 0]), 1e-13);
    for (const column of [-1, 4]) expect(() => routineRows(block, sparse, slopes, true, true, isSecond.map(() => column), 5)).toThrow(InternalError);
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

/** Rows and their products, in the order of the routines; with derivatives d of x, theirs. */
function plainQuadratic(x: number[], d?: number[]): number[] {
  const products = x.flatMap((xa, a) => x.slice(a).map((xb, i) => (i === 0 ? 0.5 : 1) * (d ? xa * d[a + i] + d[a] * xb : xa * xb)));
  return [...(d ?? x), ...products];
}

describe("rows of quadratic models", () => {
  it.each([0, 1, 2, 3, 6, 7])("%i features", (n) => {
    const { wasm } = executor;
    const arena = new Arena(region);
    const row = (seed: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(seed + 2 * i));
    const width = n + (n * (n + 1)) / 2;
    const x = [row(1), row(2), row(3)];
    const values = place(arena, x.flat());
    const out = arena.f64(3 * width);
    wasm.routines.quadraticRows(3, n, values, out);
    expectClose(wasm.f64(out, 3 * width), x.flatMap((r) => plainQuadratic(r)), 1e-15);
    // one group of three rows, none, and two
    const ofCenters = [0, 0, 0, 2, 2, 2, 2, 2, 2];
    const derivatives = ofCenters.map((_, i) => row(10 + i));
    const target = arena.f64(9 * width);
    wasm.routines.quadraticDerivatives(3, n, values, placeIntegers(arena, [1, 0, 2]), place(arena, derivatives.flat()), target);
    expectClose(wasm.f64(target, 9 * width), derivatives.flatMap((d, i) => plainQuadratic(x[ofCenters[i]], d)), 1e-15);
  });
});
