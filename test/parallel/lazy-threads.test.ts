// Threads that start when the work is worth it: where tasks run changes no result and no error.
import { afterEach, describe, expect, it } from "vitest";
import { CancelledError, NumericalError } from "../../src/errors.js";
import { neighborList } from "../../src/neighbors/plain.js";
import { createExecutor, defineTask, type Executor } from "../../src/parallel/index.js";
import { parseStructures } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";

/** Known to the calling thread only: on a worker it fails. Takes so much processor time. */
const here = defineTask("test/lazy/here", (_context, milliseconds: number) => {
  const begin = process.cpuUsage();
  for (let spent = 0; spent < 1000 * milliseconds; ) {
    const { user, system } = process.cpuUsage(begin);
    spent = user + system;
  }
  return milliseconds;
});
const fails = defineTask("test/lazy/fails", (): number => {
  throw new NumericalError("the reason");
});
/** More than what threads are started for, ms. */
const LONG = 900;
const onThreads = /is not known to this thread/u;

const hasThreads = isShared(await detectBuild());

describe.skipIf(!hasThreads)("threads that start when they are worth it", () => {
  let executor: Executor;
  afterEach(() => executor.close());
  const start = async (threads = 2): Promise<Executor> => (executor = await createExecutor({ threads, lazyThreads: true }));

  /** Whether tasks run on worker threads, once these have had the time to start. */
  async function startsThreads(looks = 1000): Promise<boolean> {
    for (let look = 0; look < looks; look++) {
      const isKnown = await executor.submit(here, 0).then(() => true, (error: Error) => !onThreads.test(error.message));
      if (!isKnown) return true;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return false;
  }

  it("do not start for brief work", async () => {
    await start();
    expect(executor.threads).toBe(2);
    for (let task = 0; task < 5; task++) expect(await executor.submit(here, 1)).toBe(1);
    expect(await startsThreads(20)).toBe(false);
  });

  it("start for long work, and early where much is announced", async () => {
    await start();
    const outputs = executor.map(here, new Array<number>(10_000).fill(3));
    await expect(outputs).rejects.toThrow(onThreads);
    expect(await startsThreads()).toBe(true);
    await executor.close();
    await start();
    await executor.submit(here, LONG);
    expect(await startsThreads()).toBe(true);
  });

  it("start at once for work that is expected, and not for little of it", async () => {
    await start();
    executor.expectWork(10);
    expect(await startsThreads(20)).toBe(false);
    executor.expectWork(10_000);
    expect(await startsThreads()).toBe(true);
  });

  it("leave a share to the calling thread where they are few, and none where they are many", async () => {
    for (const [threads, isCallerOneOfThem] of [[2, true], [5, false]] as const) {
      await start(threads);
      executor.expectWork(10_000);
      expect(await startsThreads()).toBe(true);
      const settled = await Promise.allSettled(Array.from({ length: 60 }, () => executor.submit(here, 2)));
      const [ranHere, ranThere] = (["fulfilled", "rejected"] as const).map((status) => settled.filter((one) => one.status === status).length);
      expect(ranThere).toBeGreaterThan(0);
      expect(ranHere > 0).toBe(isCallerOneOfThem);
      await executor.close();
    }
  });

  it("pass on errors and cancellations of tasks on the calling thread", async () => {
    await start();
    await expect(executor.submit(fails, undefined, { label: "frame 3" })).rejects.toThrow("frame 3: the reason");
    await expect(executor.submit(fails, undefined)).rejects.toBeInstanceOf(NumericalError);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30); // the event loop turns between tasks
    await expect(executor.map(here, new Array<number>(300).fill(5), { signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
  });

  it("may be closed before, while and after they start, and run nothing then", async () => {
    for (const milliseconds of [0, LONG]) {
      await start();
      await executor.submit(here, milliseconds);
      await executor.close();
      await executor.close();
      await expect(executor.submit(here, 0)).rejects.toThrow("the executor is closed");
    }
  });

  it("compute on either side what the other does", async () => {
    await start();
    const rows = Array.from({ length: 20 }, (_, i) => `Si ${(i * 2.93) % 6} ${(i * 4.71) % 6} ${(i * 1.37) % 6}`);
    const [structure] = parseStructures(`20\nLattice="6 0 0 0 6 0 0 0 6"\n${rows.join("\n")}\n`);
    const before = await neighborList(executor, structure, 3);
    expect(before.distances.length).toBeGreaterThan(20);
    await executor.submit(here, LONG);
    expect(await startsThreads()).toBe(true);
    expect(await neighborList(executor, structure, 3)).toEqual(before);
  });
});
