import { Matrix, SVD } from "ml-matrix";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { seededRandom } from "../../src/math/random.js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CancelledError } from "../../src/errors.js";
import type { Executor } from "../../src/parallel/index.js";
import { type Choices, cur, distinctChoices, farthestPoints, leverages } from "../../src/select/index.js";
import { sampleIndices } from "../../src/math/sampling.js";
import { inclusionProbabilities, systematicSample } from "../../src/select/cur.js";
import type { Region } from "../../src/wasm/memory.js";
import { expectClose, testExecutor } from "../expect.js";

let executor: Executor;
const regions: Region[] = [];
beforeAll(async () => {
  executor = await testExecutor();
});
afterEach(() => regions.splice(0).forEach((region) => executor.pool.release(region)));
afterAll(() => executor.close());

const random = (seed: number) => seededRandom(seed);

/** Points on a curved sheet, so that their singular values fall off as those of descriptors do. */
function randomPoints(seed: number, count: number, nFeatures: number): number[][] {
  const generator = random(seed);
  return Array.from({ length: count }, () => {
    const [a, b] = [uniformFloat64(generator), uniformFloat64(generator)];
    return Array.from({ length: nFeatures }, (_, f) => Math.cos(f * a) * Math.exp(-f * b) + 0.01 * uniformFloat64(generator));
  });
}

function place(points: number[][]): Choices {
  const nFeatures = points[0]?.length ?? 3;
  const region = executor.pool.allocate(8 * points.length * nFeatures, "test");
  regions.push(region);
  executor.wasm.f64(region.pointer, points.length * nFeatures).set(points.flat());
  return { values: region.pointer, count: points.length, nFeatures };
}

const squared = (x: number[], y: number[]): number => x.reduce((sum, value, f) => sum + (value - y[f]) ** 2, 0);

describe("farthest-point sampling", () => {
  it.each([1, 2, 5, 8, 13])("chooses what the definition says (%i features)", async (nFeatures) => {
    const points = randomPoints(nFeatures, 60, nFeatures);
    const chosen = await farthestPoints(place(points), 40, random(3), { executor });
    for (let step = 1; step < chosen.length; step++) {
      const set = [...chosen.subarray(0, step)];
      const distances = points.map((point) => Math.min(...set.map((member) => squared(point, points[member]))));
      expectClose([distances[chosen[step]]], [Math.max(...distances)], 1e-12, "relative-to-max");
    }
    expect(new Set(chosen).size).toBe(chosen.length);
  });

  it("takes the first of equals", async () => {
    // points of a grid: distances are whole numbers, and most of them occur many times
    const points = Array.from({ length: 125 }, (_, i) => [i % 5, Math.floor(i / 5) % 5, Math.floor(i / 25)]);
    const chosen = await farthestPoints(place(points), 60, random(2), { executor });
    let ties = 0;
    for (let step = 1; step < chosen.length; step++) {
      const distances = points.map((point) => Math.min(...[...chosen.subarray(0, step)].map((member) => squared(point, points[member]))));
      const largest = Math.max(...distances);
      expect(chosen[step]).toBe(distances.indexOf(largest));
      if (distances.lastIndexOf(largest) !== distances.indexOf(largest)) ties++;
    }
    expect(ties).toBeGreaterThan(40);
  });

  it("is decided by the seed, and takes all where fewer are there", async () => {
    const choices = place(randomPoints(1, 50, 4));
    const first = await farthestPoints(choices, 10, random(1), { executor });
    expect(await farthestPoints(choices, 10, random(1), { executor })).toEqual(first);
    expect(await farthestPoints(choices, 10, random(4), { executor })).not.toEqual(first);
    const all = await farthestPoints(choices, 80, random(1), { executor });
    expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(await farthestPoints({ ...choices, count: 0 }, 5, random(1), { executor })).toHaveLength(0);
  });

  it("stops when told to", async () => {
    const choices = place(randomPoints(1, 200, 4));
    const controller = new AbortController();
    const steps = farthestPoints(choices, 200, random(1), { executor, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(steps).rejects.toThrow(CancelledError);
  });
});

describe("CUR", () => {
  it("has the leverage scores of a singular value decomposition", async () => {
    const points = randomPoints(7, 90, 12);
    const { scores, rank } = await leverages(place(points), { executor });
    const svd = new SVD(new Matrix(points), { autoTranspose: true });
    expect(rank).toBe(6);
    const expected = points.map((_, i) => Array.from({ length: rank }, (_, k) => svd.leftSingularVectors.get(i, k) ** 2).reduce((a, b) => a + b));
    expectClose(scores, expected, 1e-9);
    expectClose([scores.reduce((a, b) => a + b)], [rank], 1e-10);
  });

  it("takes the largest scores, or draws by them with a seed", async () => {
    const points = randomPoints(9, 80, 6);
    points.push([0, 0, 0, 0, 0, 50]);
    const choices = place(points);
    const { scores } = await leverages(choices, { executor });
    const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
    expect([...(await cur(choices, 10, undefined, { executor }))]).toEqual(order.slice(0, 10).sort((a, b) => a - b));
    const drawn = await cur(choices, 10, random(5), { executor });
    expect(await cur(choices, 10, random(5), { executor })).toEqual(drawn);
    expect(await cur(choices, 10, random(6), { executor })).not.toEqual(drawn);
    expect(new Set(drawn).size).toBe(10);
    expect(drawn).toContain(80); // its score makes it certain
  });

  it("takes every candidate with its own probability", () => {
    const scores = Float64Array.from({ length: 40 }, (_, i) => (i === 5 ? 30 : 1 + ((7 * i) % 5)));
    const probabilities = inclusionProbabilities(scores, 12);
    expect(probabilities[5]).toBe(1);
    expectClose([probabilities.reduce((a, b) => a + b)], [12], 1e-12);
    expectClose([probabilities[3] / probabilities[4]], [scores[3] / scores[4]], 1e-12);
    const taken = new Float64Array(40);
    const draws = 2000;
    for (let d = 0; d < draws; d++) {
      const sample = systematicSample(probabilities, 12, (d + 0.5) / draws);
      expect(new Set(sample).size).toBe(12);
      for (const j of sample) taken[j] += 1 / draws;
    }
    expectClose(taken, probabilities, 2 / draws);
  });

  it("takes all when as many are asked for, and copes with scores of zero", () => {
    expect([...systematicSample(inclusionProbabilities(Float64Array.of(0, 2, 0, 1), 2), 2, 0.999)]).toEqual([1, 3]);
    expect(systematicSample(inclusionProbabilities(new Float64Array(5), 3), 3, 0.5)).toHaveLength(3);
  });
});

describe("distinct choices", () => {
  it("keeps the first of equal vectors", () => {
    const points = randomPoints(4, 30, 5);
    points[12] = points[3].map((value) => value + 5e-11);
    points[20] = points[3].map((value) => value - 4e-11);
    points[25] = points[7].slice();
    points[26] = points[7].map((value, f) => value + (f === 4 ? 1e-8 : 0));
    expect([...distinctChoices(executor.wasm, place(points))]).toEqual(Array.from({ length: 30 }, (_, i) => i).filter((i) => ![12, 20, 25].includes(i)));
  });

  it("leaves one of many copies", () => {
    expect([...distinctChoices(executor.wasm, place(new Array(9).fill([1, 2, 3])))]).toEqual([0]);
    expect([...distinctChoices(executor.wasm, place([]))]).toEqual([]);
  });
});

describe("random indices", () => {
  it("are different, ascending, in range and decided by the seed", () => {
    const sample = sampleIndices(100, 30, random(1));
    expect(new Set(sample).size).toBe(30);
    expect([...sample]).toEqual([...sample].sort((a, b) => a - b));
    expect(sample[0] >= 0 && sample[29] < 100).toBe(true);
    expect(sampleIndices(100, 30, random(1))).toEqual(sample);
    expect(sampleIndices(100, 30, random(2))).not.toEqual(sample);
    expect([...sampleIndices(4, 9, random(1))]).toEqual([0, 1, 2, 3]);
    expect([...sampleIndices(0, 9, random(1))]).toEqual([]);
  });

  it("reach every index about equally often", () => {
    const generator = random(11);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 3000; i++) for (const index of sampleIndices(10, 3, generator)) counts[index]++;
    // 900 ± 25 (one standard deviation) each
    for (const count of counts) expect(Math.abs(count - 900) < 130).toBe(true);
  });
});
