// WebAssembly memory is the same on every machine: more threads must not leave less room for columns, and short memory must not change bits.
import { describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { fitLinear, fitSparseGp, type LinearFit, planLinearFit, planSparseGpFit, type SparseGpFit } from "../../src/fit/index.js";
import { plannedMemory } from "../../src/fit/sparse-gp/memory-estimate.js";
import { SerialExecutor } from "../../src/parallel/serial.js";
import type { TaskReply, TaskRequest } from "../../src/parallel/task.js";
import { Dataset } from "../../src/structures/index.js";
import { ADDRESSABLE_BYTES } from "../../src/wasm/memory.js";
import { loadWasm } from "../../src/wasm/wasm.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { DelayingExecutor } from "../parallel/delaying-executor.js";

const data = Dataset.from(Array.from({ length: 20 }, (_, i) => makeStructure(randomStructure(i, 8), { energy: -8 + Math.sin(i), forces: Float64Array.from({ length: 24 }, (_, k) => Math.sin(i + k)) })));
/** Enough for a task of every thread. */
const repeated = data.subset(Int32Array.from({ length: 300 }, (_, i) => i % 20));
const isolatedAtomEnergies = { Na: -1.5, Cl: -2.25 };

const soap = (nMax: number, lMax: number) => ({ type: "soap", nMax, lMax, sigma: 0.6, cutoff: { radius: 4 } });

function sparseGp(count: number): SparseGpFit {
  const terms = [{ descriptor: soap(3, 2), kernel: { type: "dot-product", zeta: 2 }, sparse: { method: "random", count } }];
  return { model: { type: "sparse-gp", isolatedAtomEnergies, terms }, fit: { jitter: 1e-3 } } as unknown as SparseGpFit;
}

function linear(nMax: number): LinearFit {
  return { model: { type: "linear", isolatedAtomEnergies, terms: [{ descriptor: soap(nMax, 4) }] }, fit: { solver: { type: "ridge", regularization: 1 } } } as unknown as LinearFit;
}

const sum = (memory: readonly { readonly bytes: number }[]): number => memory.reduce((total, { bytes }) => total + bytes, 0);
const threadCounts = [4, 16, 64, 256];

describe("room for columns", () => {
  const descriptor = createEnvironmentDescriptor(soap(8, 6), "these tests");
  const term = { descriptor, nFeatures: descriptor.featureCount(data.species()), nCenters: 2400, nRows: 2400, centers: null, usesCur: false };
  const blocks = Array.from({ length: 1000 }, (_, i) => ({ items: [i % 300], nRows: 600 }));
  const planned = (nSparse: number, threads: number, room: number) =>
    plannedMemory({ terms: [{ ...term, nSparse }], blocks, dataset: repeated, threads, hasDerivatives: true, room });

  /** Sparse points, to 2 %. */
  function roomFor(threads: number, room: number): number {
    let [low, high] = [0, 40_000];
    while (high - low > 0.02 * low) {
      const middle = Math.floor((low + high) / 2);
      if (sum(planned(middle, threads, room).needed) <= room) low = middle;
      else high = middle;
    }
    return low;
  }

  it.each([ADDRESSABLE_BYTES, 600e6])("of a Gaussian process in %d bytes hardly depends on the threads", (room) => {
    const onTwo = roomFor(2, room);
    expect(onTwo).toBeGreaterThan(3000);
    const ratios = threadCounts.map((threads) => roomFor(threads, room) / onTwo);
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(0.9);
  });

  it("of a linear model hardly depends on the threads", () => {
    const room = 70e6;
    const most = (threads: number): number => Math.max(...[8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18].map((nMax) => {
      const { columns, wasmBytes } = planLinearFit(linear(nMax), data, threads, room);
      return wasmBytes <= room ? columns : 0;
    }));
    const onTwo = most(2);
    const all = threadCounts.map(most);
    expect(onTwo > 500 && onTwo < planLinearFit(linear(18), data, 2).columns).toBe(true);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0.9 * onTwo);
  });
});

/** Claims to have threads, with a limit of the memory, and counts the tasks that run at once. */
class CountingExecutor extends DelayingExecutor {
  most = 0;
  private atWork = 0;

  static async create(threads: number, maximumBytes: number): Promise<CountingExecutor> {
    const { wasm, pool } = await loadWasm({ maximumBytes });
    return new CountingExecutor(new SerialExecutor(wasm, pool), 1, threads);
  }

  protected override async dispatch(request: TaskRequest): Promise<TaskReply> {
    this.most = Math.max(this.most, ++this.atWork);
    const reply = await super.dispatch(request);
    this.atWork--;
    return reply;
  }
}

describe("a fit on 64 threads with little memory", () => {
  const fits = [
    ["a Gaussian process", 32e6, async (executor: CountingExecutor) => (await fitSparseGp(sparseGp(80), repeated, executor)).model.terms[0].coefficients],
    ["a linear model", 32e6, async (executor: CountingExecutor) => (await fitLinear(linear(3), repeated, executor)).model.terms[0].coefficients],
  ] as const;

  it.each(fits)("%s: runs fewer tasks at once, to the same bits", async (_, maximumBytes, fit) => {
    const [roomy, short, serial] = [await CountingExecutor.create(64, 1e9), await CountingExecutor.create(64, maximumBytes), await CountingExecutor.create(1, 1e9)];
    const coefficients = await fit(serial);
    expect(coefficients.every(Number.isFinite) && coefficients.some((value) => value !== 0)).toBe(true);
    expect(await fit(roomy)).toEqual(coefficients);
    expect(await fit(short)).toEqual(coefficients);
    expect(roomy.most).toBeGreaterThan(10);
    expect(short.most < roomy.most && short.most > 1).toBe(true);
    expect(roomy.pool.peakBytes).toBeGreaterThan(maximumBytes);
    expect(short.pool.peakBytes).toBeLessThanOrEqual(maximumBytes);
  });

  it("says so in the plan", async () => {
    const lineOf = async (room?: number): Promise<string | undefined> => (await planSparseGpFit(sparseGp(80), repeated, 64, room)).outline.find(({ label }) => label === "at once")?.text;
    expect(await lineOf()).toBeUndefined();
    expect(await lineOf(32e6)).toMatch(/^rows by [1-7] of 64 threads: memory$/);
    expect(planLinearFit(linear(3), repeated, 64, 32e6).outline.at(-1)!.text).toMatch(/^rows by [1-7] of 64 threads: memory$/);
  });

  it("is refused with the number of columns that two threads would have room for, nearly", async () => {
    const most = async (threads: number): Promise<number> => {
      const reason = await fitSparseGp(sparseGp(2000), repeated, await CountingExecutor.create(threads, 32e6)).catch((error: unknown) => String(error));
      return Number(/use at most about (\d+) sparse points/.exec(reason as string)?.[1]);
    };
    expect((await most(64)) / (await most(2))).toBeGreaterThanOrEqual(0.9);
  });
});
