// Nearest rows against all pairs.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nearestRows, reorder } from "../../../src/analysis/blind-spots/nearest-rows.js";
import { boxes, boxSquare, partition } from "../../../src/analysis/blind-spots/partition.js";
import { matrix } from "../../../src/linalg/index.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { Holdings } from "../../../src/parallel/holdings.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** By the definition: k nearest of every row, of equal ones the first. */
function allPairs(values: ArrayLike<number>, n: number, d: number, k: number): { neighbors: number[]; distances: number[] } {
  const [neighbors, distances]: [number[], number[]] = [[], []];
  for (let i = 0; i < n; i++) {
    const others = Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += (values[i * d + f] - values[j * d + f]) ** 2;
      return { j, distance: Math.sqrt(sum) };
    });
    const near = others.filter(({ j }) => j !== i).sort((a, b) => a.distance - b.distance || a.j - b.j).slice(0, k);
    neighbors.push(...near.map(({ j }) => j));
    distances.push(...near.map(({ distance }) => distance));
  }
  return { neighbors, distances };
}

async function search(values: Float64Array, d: number, k: number, on = executor): Promise<Awaited<ReturnType<typeof nearestRows>> & { values: Float64Array }> {
  const holdings = new Holdings(on);
  try {
    const rows = matrix(holdings.allocate(8 * values.length, "rows").pointer, values.length / d, d);
    on.wasm.f64(rows.pointer, values.length).set(values);
    const found = await nearestRows(rows, k, { executor: on });
    return { ...found, values: on.wasm.f64(rows.pointer, values.length).slice() };
  } finally {
    holdings.release();
  }
}

/** Clusters far from 0, of very different widths by column. */
function rows(n: number, d: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const centers = Array.from({ length: 5 * d }, () => 3 * standardNormal(random));
  return Float64Array.from({ length: n * d }, (_, at) => 20 + (centers[(Math.floor(at / d) % 5) * d + (at % d)] + standardNormal(random)) / (1 + (at % d)));
}

describe("nearest rows", () => {
  it.each([
    [1, 3, 4], [2, 1, 4], [7, 5, 10], [191, 2, 3], [193, 40, 10], [577, 30, 7], [400, 24, 1],
  ])("are those of all pairs: %d rows of %d features, %d wanted", async (n, d, k) => {
    const found = await search(rows(n, d, n + d), d, k);
    const plain = allPairs(found.values, n, d, k);
    expect(found.k).toBe(Math.min(k, n - 1));
    expect([...found.neighbors]).toEqual(plain.neighbors);
    expectClose(found.distances, plain.distances, 1e-12);
    expect([...found.order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it("reorders the rows as it says", async () => {
    const values = rows(450, 6, 5);
    const found = await search(values, 6, 3);
    expect([...found.values]).toEqual([...found.order].flatMap((i) => [...values.subarray(6 * i, 6 * i + 6)]));
  });

  it("takes few distances of whole rows", async () => {
    const n = 2000;
    const found = await search(rows(n, 40, 2), 40, 5);
    expect(found.taken).toBeGreaterThan(5 * n);
    expect(found.taken).toBeLessThan(0.2 * n * n);
  });

  it("keeps the digits of small distances", async () => {
    const values = rows(300, 8, 3);
    values.copyWithin(8 * 299, 8 * 17, 8 * 18);
    values[8 * 299] += 2 ** -46;
    const { order, neighbors, distances, k } = await search(values, 8, 2);
    const at = order.indexOf(299);
    expect(order[neighbors[k * at]]).toBe(17);
    expect(distances[k * at]).toBe(2 ** -46);
  });

  it("has the same bits for any number of threads", async () => {
    const values = rows(900, 33, 8);
    const threads = await createExecutor({ threads: 3 });
    try {
      // as texts: a difference of long arrays takes minutes to print
      const text = (found: object): string => JSON.stringify(found, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value));
      expect(text(await search(values, 33, 6, threads)) === text(await search(values, 33, 6))).toBe(true);
    } finally {
      await threads.close();
    }
  });

  it("copes with rows that are all equal", async () => {
    const { distances, neighbors } = await search(new Float64Array(300 * 4).fill(0.1), 4, 3);
    expect(distances.every((distance) => distance === 0)).toBe(true);
    expect([...neighbors.subarray(0, 6)]).toEqual([1, 2, 3, 0, 2, 3]);
  });
});

describe("partition", () => {
  it("makes groups of at most so many points, each point once, whose boxes hold them", () => {
    const points = rows(500, 3, 1);
    const { order, offsets } = partition(points, 3, 64);
    expect([...offsets].slice(1).every((end, g) => end - offsets[g] <= 64 && end - offsets[g] >= 32)).toBe(true);
    expect(new Set(order).size).toBe(500);
    reorder(points, 3, order);
    const box = boxes(points, 3, offsets);
    for (let a = 0; a + 1 < offsets.length; a++) {
      const [b, i] = [(3 * a) % (offsets.length - 1), offsets[a]];
      const j = offsets[b + 1] - 1;
      const square = [0, 1, 2].reduce((sum, c) => sum + (points[3 * i + c] - points[3 * j + c]) ** 2, 0);
      expect(boxSquare(box, 3, a, b)).toBeLessThanOrEqual(square);
      expect(boxSquare(box, 3, a, a)).toBe(0);
    }
  });

  it("has no groups of no points", () => {
    expect(partition(new Float64Array(0), 3, 8)).toEqual({ order: new Int32Array(0), offsets: Int32Array.of(0) });
  });
});
