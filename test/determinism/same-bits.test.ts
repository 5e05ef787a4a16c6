// The same bits whatever the number of threads and the order in which tasks end. Builds are compared with a base commit by
// .ci/same-bits.mjs; here each is compared with itself.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SparseGpModel } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { testExecutor } from "../expect.js";
import { DelayingExecutor } from "../parallel/delaying-executor.js";
import { type Bits, bitsOfFingerprints, bitsOfFits, bitsOfKernels, bitsOfPredictions, bitsOfSearch, modelForPredictions } from "./computations.js";

const computations: Readonly<Record<string, (executor: Executor, model: SparseGpModel) => Promise<Bits>>> = {
  fits: bitsOfFits,
  fingerprints: bitsOfFingerprints,
  predictions: bitsOfPredictions,
  "a kernel distribution": bitsOfKernels,
  "a search": bitsOfSearch,
};

let serial: Executor;
let model: SparseGpModel;
const expected = new Map<string, Bits>();

beforeAll(async () => {
  serial = await testExecutor();
  model = await modelForPredictions(serial);
  for (const [name, compute] of Object.entries(computations)) expected.set(name, await compute(serial, model));
});
afterAll(() => serial.close());

describe.each(Object.entries(computations))("%s", (name, compute) => {
  it.each([2, 5, 8])("in the order of %i threads, delayed at random, have the same bits", async (threads) => {
    for (const seed of [threads, threads + 100]) {
      const delayed = new DelayingExecutor(serial, seed, threads);
      expect(await compute(delayed, model)).toEqual(expected.get(name));
      // tasks did change places
      expect(delayed.overtakings > 0).toBe(true);
    }
  });
});

describe.skipIf(!isShared(await detectBuild()))("threads that start in the middle", () => {
  it.each(Object.entries(computations))("compute %s of the same bits", async (name, compute) => {
    const lazy = await createExecutor({ threads: 2, lazyThreads: true });
    try {
      expect(await compute(lazy, model)).toEqual(expected.get(name));
    } finally {
      await lazy.close();
    }
  });
});

describe.skipIf(!isShared(await detectBuild()))("threads, delayed at random", () => {
  let threads: Executor;
  beforeAll(async () => {
    threads = await createExecutor({ threads: 2 });
  });
  afterAll(() => threads.close());

  it.each(Object.entries(computations))("compute %s of the same bits", async (name, compute) => {
    expect(await compute(new DelayingExecutor(threads, 3, 5), model)).toEqual(expected.get(name));
  });
});
