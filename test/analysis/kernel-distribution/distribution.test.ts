import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor } from "../../../src/descriptors/index.js";
import { describeStructures } from "../../../src/environments/index.js";
import { CancelledError, InvalidParameterError } from "../../../src/errors.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { EnvironmentCache } from "../../../src/environments/index.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import {
  kernelDistribution,
  type KernelDistribution,
  type KernelDistributionOptions,
  type KernelTerm,
} from "../../../src/analysis/kernel-distribution/distribution.js";
import { expectClose, testExecutor } from "../../expect.js";
import { makeStructure, randomStructure } from "../../models/systems.js";
import { plainDistribution, plainKernels } from "./plain.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

function term(changes: { zeta?: number; delta?: number; centers?: string[]; descriptor?: object } = {}): KernelTerm {
  const { zeta = 3.7, delta = 1, centers, descriptor } = changes;
  return {
    descriptor: { type: "soap", nMax: 3, lMax: 2, sigma: 0.4, normalize: true, cutoff: { radius: 3.5, width: 0.5 }, ...descriptor },
    kernel: { type: "dot-product", zeta, delta },
    ...(centers && { centers }),
  } as KernelTerm;
}

function randomData(count: number, nAtoms: (i: number) => number): Dataset {
  return Dataset.from(Array.from({ length: count }, (_, i) => makeStructure(randomStructure(10 + i, nAtoms(i), i % 2 === 0), { energy: 0 }, "any")));
}

/** The definition, from descriptors that come by another way. */
async function plainOf(dataset: Dataset, { descriptor, kernel, centers }: KernelTerm, species: number[] | undefined): Promise<ReturnType<typeof plainDistribution>> {
  const rows: number[][] = [];
  const options = { species: dataset.species(), ...(centers && { centers: { species } }) };
  for await (const { nRows, values } of describeStructures(executor, createDescriptor(descriptor), dataset, options)) {
    const width = values.length / nRows;
    for (let row = 0; row < nRows; row++) rows.push(Array.from(values.subarray(row * width, (row + 1) * width)));
  }
  return plainDistribution(plainKernels(rows, rows.map((_, i) => i), kernel), 100);
}

function expectSame(found: KernelDistribution, plain: ReturnType<typeof plainDistribution>): void {
  expect(found.pairs).toBe(plain.count);
  expectClose([found.mean, found.std, found.minimum, found.maximum], [plain.mean, plain.std, plain.minimum, plain.maximum], 1e-12);
  expectClose([found.skewness], [plain.skewness], 1e-9);
  expect(found.histogram).toEqual({ from: 0, to: 1, counts: plain.counts });
}

/** A pair of atoms at some distance, in Å, turned by some angle. */
function dimer(distance: number, angle = 0): Structure {
  const positions = Float64Array.of(0, 0, 0, distance * Math.cos(angle), distance * Math.sin(angle), 0);
  const atoms = { ...randomStructure(1, 2, false), atomicNumbers: Uint8Array.of(6, 6), positions };
  return makeStructure(atoms, { energy: 0 }, "dimer");
}

describe("kernelDistribution", () => {
  it("is the shape of all kernel values between different environments", async () => {
    const dataset = randomData(7, (i) => 3 + (i % 4));
    for (const zeta of [1, 4, 2.5]) expectSame(await kernelDistribution(dataset, term({ zeta }), executor), await plainOf(dataset, term({ zeta }), undefined));
    const smooth: KernelTerm = { ...term(), kernel: { type: "squared-exponential", lengthScale: 0.3, delta: 1 } };
    expectSame(await kernelDistribution(dataset, smooth, executor), await plainOf(dataset, smooth, undefined));
    const sodium = term({ centers: ["Na"] });
    expectSame(await kernelDistribution(dataset, sodium, executor), await plainOf(dataset, sodium, [11]));
  });

  it("does not depend on δ and on how descriptors are cut into blocks", async () => {
    const dataset = randomData(140, () => 8);
    const whole = await kernelDistribution(dataset, term(), executor, { references: 600 });
    expect(whole.environments).toBe(1120);
    expect(whole.pairs).toBe(600 * 1119);
    const streamed = await kernelDistribution(dataset, term(), executor, { references: 600, blockBytes: 1 });
    expect(streamed).toEqual(whole);
    const scaled = await kernelDistribution(dataset, term({ delta: 3 }), executor, { references: 600 });
    expect(scaled.scale).toBe(9);
    expectClose([scaled.mean, scaled.std, scaled.skewness], [whole.mean, whole.std, whole.skewness], 1e-12);
  });

  it("has the same bits on one and two threads", async () => {
    const dataset = randomData(90, (i) => 4 + (i % 5));
    const options: KernelDistributionOptions = { references: 100, seed: 3, fraction: 0.9 };
    const threaded = await createExecutor({ threads: 2 });
    try {
      expect(await kernelDistribution(dataset, term(), threaded, options)).toEqual(await kernelDistribution(dataset, term(), executor, options));
    } finally {
      await threaded.close();
    }
  });

  it("is the same where environments are described once for several calls", async () => {
    const dataset = randomData(20, (i) => 3 + (i % 4));
    const cache = new EnvironmentCache(executor);
    try {
      const environments = cache.of(dataset);
      for (const options of [{}, { references: 30 }, { references: 30, blockBytes: 1 }, { fraction: 0.5 }]) {
        for (const what of [term(), term({ zeta: 2 }), term({ centers: ["Cl"] })]) {
          const without = await kernelDistribution(dataset, what, executor, options);
          expect(await kernelDistribution(dataset, what, executor, { ...options, environments })).toEqual(without);
        }
      }
      expect(cache.bytes > 0).toBe(true);
    } finally {
      cache.release();
    }
  });

  it("takes a seeded sample of references and environments", async () => {
    const dataset = randomData(30, () => 6);
    const all = await kernelDistribution(dataset, term(), executor);
    expect([all.environments, all.references, all.pairs]).toEqual([180, 180, 180 * 179]);
    const some = await kernelDistribution(dataset, term(), executor, { references: 60 });
    expect([some.environments, some.references, some.pairs]).toEqual([180, 60, 60 * 179]);
    expectClose([some.mean], [all.mean], 0.05);
    const other = await kernelDistribution(dataset, term(), executor, { references: 60, seed: 2 });
    expect(other.mean === some.mean).toBe(false);
    const part = await kernelDistribution(dataset, term(), executor, { fraction: 0.25 });
    expect([part.environments, part.pairs]).toEqual([45, 45 * 44]);
  });

  it("finds no width and no skewness where all environments are the same", async () => {
    const dataset = Dataset.from([dimer(1.4), dimer(1.4, 0.3), dimer(1.4, 1.1)]);
    const found = await kernelDistribution(dataset, term({ zeta: 9.5 }), executor);
    expect([found.std, found.skewness, found.pairs]).toEqual([0, 0, 30]);
    expectClose([found.mean], [1], 1e-12);
    expect(found.histogram.counts[99]).toBe(30);
  });

  it("of two dimers has the two values that it must", async () => {
    const dataset = Dataset.from([dimer(1.2), dimer(2.2)]);
    const { mean, std, skewness, minimum, maximum } = await kernelDistribution(dataset, term(), executor);
    // Of 12 ordered pairs 4 are of atoms of the same dimer (k = 1) and 8 of different ones (k = minimum).
    const k = minimum;
    expect(k > 0.01 && k < 0.99).toBe(true);
    expectClose([maximum, mean, std], [1, (1 + 2 * k) / 3, ((1 - k) * Math.SQRT2) / 3], 1e-12);
    expectClose([skewness], [Math.SQRT1_2], 1e-10);
  });

  it("measures descriptors that have no unit length by the longest of them", async () => {
    const dataset = Dataset.from([dimer(1.2), dimer(2.2)]);
    const { scale, mean, maximum, histogram } = await kernelDistribution(dataset, term({ zeta: 2, descriptor: { normalize: false } }), executor);
    expect(Math.abs(scale - 1) > 0.01).toBe(true);
    expectClose([maximum], [1], 1e-12);
    expect(mean > 0 && mean < 1).toBe(true);
    expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(12);
  });

  it("gives its memory back, also when it is stopped", async () => {
    const dataset = randomData(5, () => 4);
    await kernelDistribution(dataset, term(), executor);
    const before = executor.pool.bytesInUse;
    await kernelDistribution(dataset, term(), executor);
    await expect(kernelDistribution(dataset, term(), executor, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    expect(executor.pool.bytesInUse).toBe(before);
  });

  it("refuses what it cannot look at", async () => {
    const dataset = Dataset.from([dimer(1.2)]);
    await expect(kernelDistribution(dataset, term({ centers: ["Si"] }), executor)).rejects.toThrow(/centers names Si; the data has C/);
    await expect(kernelDistribution(dataset, term({ descriptor: { average: "outer" } }), executor)).rejects.toThrow(/soap has a row for each structure here; .*: use average: off/);
    const one = Dataset.from([makeStructure(randomStructure(1, 1, false), { energy: 0 }, "atom")]);
    await expect(kernelDistribution(one, term(), executor)).rejects.toThrow(InvalidParameterError);
  });
});
