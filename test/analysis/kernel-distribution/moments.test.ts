import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { NumericalError } from "../../../src/errors.js";
import {
  mergeMoments,
  type Moments,
  noMoments,
  shapeOf,
} from "../../../src/analysis/kernel-distribution/moments.js";
import { placeRecord, readRecord } from "../../../src/wasm/records.js";
import { expectClose } from "../../expect.js";
import { randomSource, type Workbench, workbench } from "../../linalg/dense.js";
import { plainDistribution } from "./plain.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench(8 << 20);
});

const BINS = 10;

interface Block {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
  readonly excluded: readonly number[];
}

/** The routine, block after block. */
function accumulate(blocks: readonly Block[]): { moments: Moments; counts: number[] } {
  const { wasm, arena } = bench;
  arena.reset();
  const moments = placeRecord(wasm, arena, "Moments", noMoments);
  const scratch = placeRecord(wasm, arena, "Moments", noMoments);
  const counts = arena.i32(4 * BINS);
  const histogram = placeRecord(wasm, arena, "Histogram", { from: 0, binsPerUnit: BINS, bins: BINS, counts });
  wasm.i32(counts, 4 * BINS).fill(0);
  for (const { rows, columns, values, excluded } of blocks) {
    const holes = arena.i32(Math.max(1, rows));
    wasm.i32(holes, rows).set(excluded);
    wasm.routines.addMoments(rows, columns, bench.vector(values), holes, histogram, moments, scratch);
  }
  const sums = new Array<number>(BINS).fill(0);
  wasm.i32(counts, 4 * BINS).forEach((count, i) => (sums[i % BINS] += count));
  return { moments: readRecord(wasm, moments, "Moments"), counts: sums };
}

function kept({ columns, values, excluded }: Block): number[] {
  return values.filter((_, i) => excluded[Math.floor(i / columns)] !== i % columns);
}

function block(rows: number, columns: number, seed: number, low = -0.1, high = 1.1): Block {
  const next = randomSource(seed);
  const values = Array.from({ length: rows * columns }, () => low + ((high - low) * (1 + next())) / 2);
  const excluded = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? -1 : (7 * row + seed) % columns));
  return { rows, columns, values, excluded };
}

function expectMoments(moments: Moments, values: readonly number[], tolerance: number): void {
  const plain = plainDistribution(values, BINS);
  const { std, skewness } = shapeOf(moments);
  expect(moments.count).toBe(plain.count);
  expectClose([moments.mean, std, moments.minimum, moments.maximum], [plain.mean, plain.std, plain.minimum, plain.maximum], tolerance);
  expectClose([skewness], [plain.skewness], 10 * tolerance);
}

describe("moments of blocks", () => {
  it("are those of the values together, whatever the shapes of the blocks and the elements left out", () => {
    const shapes = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 11 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 1000 }), (sizes, seed) => {
        const blocks = sizes.map(([rows, columns], i) => block(rows, columns, seed + i));
        const values = blocks.flatMap(kept);
        fc.pre(values.length > 3);
        const { moments, counts } = accumulate(blocks);
        expectMoments(moments, values, 1e-13);
        expect(counts).toEqual(plainDistribution(values, BINS).counts);
      }),
      { numRuns: 100 },
    );
  });

  it("count a value on the edge of two bins in the upper one, and what lies outside in the first or last", () => {
    const edges = Array.from({ length: BINS }, (_, bin) => bin / BINS).filter((edge, bin) => edge * BINS === bin);
    expect(edges.length > 5).toBe(true);
    const values = [...edges, -3, 1, 7];
    const expected = Array.from({ length: BINS }, (_, bin) => Number(edges.includes(bin / BINS)));
    expected[0] += 1;
    expected[BINS - 1] += 2;
    const blockOf = (some: readonly number[]): Block => ({ rows: 1, columns: some.length, values: some, excluded: [-1] });
    // four at a time, and one by one
    expect(accumulate([blockOf(values)]).counts).toEqual(expected);
    expect(accumulate(values.map((value) => blockOf([value]))).counts).toEqual(expected);
  });

  it("keep the shape of narrow distributions far from 0", () => {
    const blocks = [block(40, 300, 1, 0.99, 0.995), block(7, 33, 2, 0.9949, 0.996), block(1, 1000, 3, 0.9, 0.9900001)];
    const { moments } = accumulate(blocks);
    const shifted = blocks.flatMap(kept).map((value) => value - 0.99);
    const plain = plainDistribution(shifted, BINS);
    const { std, skewness } = shapeOf(moments);
    expect(plain.std > 1e-3 && plain.std < 0.03).toBe(true);
    expectClose([std / plain.std, skewness / plain.skewness], [1, 1], 1e-11);
  });

  it("are merged on the host as in the routine", () => {
    const blocks = [block(3, 5, 1), block(2, 9, 2, 0.2, 0.3), block(4, 4, 3)];
    const parts = blocks.map((one) => accumulate([one]).moments);
    const merged = parts.reduce(mergeMoments, noMoments);
    const whole = accumulate(blocks).moments;
    expectClose(Object.values(merged), Object.values(whole), 1e-13);
    expect(Object.keys(merged)).toEqual(Object.keys(whole));
    expect(mergeMoments(whole, noMoments)).toEqual(whole);
  });

  it("of equal values have no width and no skewness", () => {
    const { moments, counts } = accumulate([{ rows: 2, columns: 3, values: [1, 1, 1, 1 + 2 ** -52, 1, 1 - 2 ** -52], excluded: [-1, 1] }]);
    expect(shapeOf(moments)).toEqual({ std: 0, skewness: 0 });
    expect(moments.count).toBe(5);
    expect(counts[BINS - 1]).toBe(5);
  });

  it("know the sign of the skewness", () => {
    const values = [0, 0, 0, 1];
    const { moments } = accumulate([{ rows: 1, columns: 4, values, excluded: [-1] }]);
    // p = 1/4: (1 − 2p)/√(p(1 − p))
    expectClose([shapeOf(moments).skewness], [0.5 / Math.sqrt(3 / 16)], 1e-14);
    const mirrored = accumulate([{ rows: 4, columns: 1, values: values.map((value) => 1 - value), excluded: [-1, -1, -1, -1] }]);
    expectClose([shapeOf(mirrored.moments).skewness], [-0.5 / Math.sqrt(3 / 16)], 1e-14);
  });

  it("do not hide values that are not finite", () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const at of [0, 4]) {
        const values = [0.1, 0.2, 0.3, 0.4, 0.5];
        values[at] = bad;
        expect(() => accumulate([{ rows: 1, columns: 5, values, excluded: [2] }])).toThrow(NumericalError);
        expect(accumulate([{ rows: 1, columns: 5, values, excluded: [at] }]).moments.count).toBe(4);
      }
    }
  });
});
