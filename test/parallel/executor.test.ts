import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as errors from "../../src/errors.js";
import * as parallel from "../../src/parallel/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { buildNames, detectBuild, isShared } from "../../src/wasm/builds.js";
import { DelayingExecutor } from "./delaying-executor.js";
import { defineTestTasks } from "./tasks.mjs";
import { TIME_LIMIT } from "../time-limit.js";

const tasks = defineTestTasks(parallel, errors);
const taskModules = [new URL("worker-tasks.mjs", import.meta.url).href];
const hasThreads = isShared(await detectBuild());

const start = (threads: number): Promise<Executor> => createExecutor({ threads, taskModules });

const kinds = [
  { name: "serial", threads: 1 },
  { name: "threads", threads: 2 },
].filter(({ threads }) => threads === 1 || hasThreads);

describe.each(kinds)("the $name executor", ({ threads }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await start(threads);
  });
  afterAll(() => executor.close());

  it("knows its number of threads", () => {
    expect(executor.threads).toBe(threads);
  });

  it("returns outputs in input order, whatever finishes first", async () => {
    const inputs = [40, 5, 30, 1, 20, 0].map((milliseconds, value) => ({ value, milliseconds }));
    const finished: number[] = [];
    const outputs = await executor.map(tasks.delayed, inputs, { onDone: (index) => finished.push(index) });
    expect(outputs).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...finished].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("maps nothing to nothing", async () => {
    expect(await executor.map(tasks.square, [])).toEqual([]);
  });

  it("lets routines and views work on the shared memory", async () => {
    const region = executor.pool.allocate(100 * 8, "test");
    await executor.submit(tasks.fill, { pointer: region.pointer, count: 100, value: 2.5 });
    expect([...executor.wasm.f64(region.pointer, 100)]).toEqual(new Array(100).fill(2.5));
    executor.pool.release(region);
  });

  it("shows workers memory that grew after they started", async () => {
    const bytes = 64 << 20;
    const region = executor.pool.allocate(bytes, "test");
    const last = region.pointer + bytes - 64;
    for (let repeat = 0; repeat < 2; repeat++) {
      await executor.submit(tasks.block, { pointer: last, start: 0, count: 8 });
      await executor.submit(tasks.fill, { pointer: last, count: 8, value: repeat });
      expect(executor.wasm.f64(last, 8)[7]).toBe(repeat);
    }
    executor.pool.release(region);
  });

  it("runs a task again with more scratch when the arena is full, and keeps the larger arena", async () => {
    const bytes = 10 << 20;
    expect(await executor.submit(tasks.scratch, bytes)).toBe(2 * (bytes / 8) + 1);
    const inUse = executor.pool.bytesInUse;
    expect(executor.scratchBytes).toBe(inUse);
    expect(await executor.map(tasks.scratch, [64, bytes])).toEqual([2 * 8 + 1, 2 * (bytes / 8) + 1]);
    expect(executor.pool.bytesInUse).toBeGreaterThanOrEqual(inUse);
  });

  it("gives back all scratch but one arena for each task in flight", async () => {
    await executor.map(tasks.scratch, new Array<number>(20).fill(6 << 20));
    expect(executor.pool.bytesInUse).toBeLessThan((threads + 1) * (40 << 20));
  });

  it("lets tasks wait for each other where their scratch has no room, and refuses only what has none alone", async () => {
    const short = new DelayingExecutor(await createExecutor({ threads, taskModules, maximumBytes: 48 << 20 }), 1, 8);
    const bytes = 15 << 20;
    try {
      const inputs = Array.from({ length: 20 }, (_, i) => (i % 5 === 0 ? 64 : bytes));
      expect(await short.map(tasks.scratch, inputs)).toEqual(inputs.map((size) => 2 * (size / 8) + 1));
      const settled = await Promise.allSettled([bytes, 60 << 20, 64, 60 << 20, bytes].map((size) => short.submit(tasks.scratch, size)));
      expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
      // idle scratch makes way for others
      short.pool.release(short.pool.allocate(40 << 20, "test"));
      expect(await short.submit(tasks.scratch, bytes)).toBe(2 * (bytes / 8) + 1);
    } finally {
      await short.close();
    }
  });

  it("limits what is in flight, first come, first served, and allocates scratch for that only", async () => {
    const fresh = await start(threads);
    const before = fresh.pool.bytesInUse;
    const order: number[] = [];
    const submitted = Array.from({ length: 30 }, async (_, value) => {
      await fresh.submit(tasks.delayed, { value, milliseconds: 0 });
      order.push(value);
      expect(fresh.pool.bytesInUse - before).toBeLessThanOrEqual(fresh.maximumInFlight * (4 << 20));
    });
    await Promise.all(submitted);
    // Several threads finish in any order, one after the other in that of their turns.
    if (threads === 1) expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.length).toBe(30);
    await fresh.close();
  });

  it("passes the turn on after failures and cancellations", async () => {
    const controller = new AbortController();
    const cancelled = Array.from({ length: 10 }, () => executor.submit(tasks.delayed, { value: 1, milliseconds: 1 }, { signal: controller.signal }));
    const failing = Array.from({ length: 10 }, () => executor.submit(tasks.fail, "NumericalError"));
    controller.abort();
    const settled = await Promise.allSettled([...cancelled, ...failing]);
    expect(settled.every(({ status }) => status === "rejected")).toBe(true);
    expect(await executor.submit(tasks.square, 3)).toBe(9);
  });

  it.each(["InvalidParameterError", "InvalidStructureError", "NumericalError", "ResourceError", "InternalError", "CancelledError"] as const)(
    "passes on a %s as what it is, with the label",
    async (kind) => {
      const promise = executor.submit(tasks.fail, kind, { label: "frame 12 of Si.xyz" });
      await expect(promise).rejects.toBeInstanceOf(errors[kind]);
      await expect(promise).rejects.toThrow("frame 12 of Si.xyz: the reason");
    },
  );

  it("passes on where a file is wrong", async () => {
    const error = await executor.submit(tasks.fail, "FormatError").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(errors.FormatError);
    expect((error as errors.FormatError).location).toEqual({ file: "a.xyz", line: 3, column: 7 });
    expect((error as errors.FormatError).message).toBe("a.xyz:3:7: not a number");
  });

  it("makes anything else an InternalError with its text", async () => {
    await expect(executor.submit(tasks.fail, "TypeError", { label: "frame 1" })).rejects.toThrow("frame 1: TypeError: x is not a thing");
    await expect(executor.submit(tasks.fail, "string")).rejects.toThrow("just text");
    await expect(executor.submit(tasks.fail, "TypeError")).rejects.toBeInstanceOf(errors.InternalError);
  });

  it("turns a bad status of a routine into an error", async () => {
    await expect(executor.submit(tasks.fill, { pointer: 0, count: -1, value: 0 })).rejects.toThrow(/fill was called with an invalid argument/);
  });

  it("names an unknown task", async () => {
    const unknown = { name: "test/absent", run: () => 0 };
    await expect(executor.submit(unknown, 0)).rejects.toThrow('task "test/absent" is not known to this thread');
  });

  it("stops at the first error and rejects with it once", async () => {
    const started: number[] = [];
    const inputs = Array.from({ length: 100 }, (_, i) => (i === 3 ? "NumericalError" : "none"));
    const label = (_input: string, index: number): string => {
      started.push(index);
      return `frame ${index}`;
    };
    // also where many more tasks are handed over at once than this executor has threads
    for (const other of [executor, new DelayingExecutor(executor, 1, 5)]) {
      started.length = 0;
      await expect(other.map(tasks.fail, inputs, { label })).rejects.toThrow(/^frame 3: the reason/);
      expect(started.length).toBeGreaterThan(3);
      expect(started.length).toBeLessThan(30);
      expect(await other.submit(tasks.square, 3)).toBe(9);
    }
  });

  it("stops when the signal fires", async () => {
    const controller = new AbortController();
    const inputs = Array.from({ length: 1000 }, (_, value) => ({ value, milliseconds: 5 }));
    let done = 0;
    const onDone = (): void => {
      if (++done === 10) controller.abort();
    };
    await expect(executor.map(tasks.delayed, inputs, { signal: controller.signal, onDone })).rejects.toBeInstanceOf(errors.CancelledError);
    expect(done).toBeLessThan(20);
    await expect(executor.submit(tasks.square, 1, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(errors.CancelledError);
  });

  it("may be closed while its threads start", async () => {
    for (const pause of [0, 5, 20, 60]) {
      const brief = await start(threads);
      await new Promise((resolve) => setTimeout(resolve, pause));
      await brief.close();
      await brief.close();
      await expect(brief.submit(tasks.square, 5)).rejects.toThrow("the executor is closed");
    }
  });

  it("refuses work after it was closed", async () => {
    const other = await start(threads);
    expect(await other.submit(tasks.square, 5)).toBe(25);
    await other.close();
    await expect(other.submit(tasks.square, 5)).rejects.toThrow("the executor is closed");
  });

  it("says what did not fit when the scratch exceeds the memory limit, and goes on", async () => {
    const small = await createExecutor({ threads, taskModules, maximumBytes: 48 << 20 });
    try {
      await expect(small.submit(tasks.scratch, 64 << 20, { label: "frame 7" })).rejects.toThrow(
        /not enough memory for scratch of frame 7: it needs 8\d\.\d MB, of 50\.3 MB in all/,
      );
      expect(await small.submit(tasks.scratch, 1 << 20)).toBe(2 * ((1 << 20) / 8) + 1);
      const [a, b] = [small.pool.allocate(1024, "a"), small.pool.allocate(1024, "b")];
      small.wasm.f64(a.pointer, 128).fill(7);
      small.wasm.f64(b.pointer, 128).fill(8);
      await small.map(tasks.scratch, [1 << 20, 1 << 20, 2 << 20]);
      expect(small.wasm.f64(a.pointer, 128).every((value) => value === 7)).toBe(true);
      expect(small.wasm.f64(b.pointer, 128).every((value) => value === 8)).toBe(true);
    } finally {
      await small.close();
    }
  });
});

describe.skipIf(!hasThreads)("determinism", () => {
  it("gives the same bits for 1, 2 and 5 threads", async () => {
    const sums: Float64Array[] = [];
    for (const threads of [1, 2, 5]) {
      const executor = await start(threads);
      const region = executor.pool.allocate(10_000 * 8, "test");
      const blocks = Array.from({ length: 37 }, (_, i) => ({ pointer: region.pointer, start: i * 270, count: 270 }));
      const partial = await executor.map(tasks.block, blocks);
      sums.push(Float64Array.of(partial.reduce((sum, value) => sum + value, 0), ...executor.wasm.f64(region.pointer, 37 * 270)));
      await executor.close();
    }
    expect(sums[0][0]).not.toBe(0);
    for (const others of sums) expect(Buffer.from(others.buffer).equals(Buffer.from(sums[0].buffer))).toBe(true);
  });
});

describe.skipIf(!hasThreads)("worker threads", () => {
  it("that crash give one error naming what was computed, and are replaced", async () => {
    const executor = await start(2);
    const inputs = [0, 1, 2, 3];
    const promise = executor.map(tasks.exit, inputs.slice(0, 1), { label: (input) => `frame ${input} of Si.xyz` });
    await expect(promise).rejects.toThrow('frame 0 of Si.xyz: a worker thread stopped in task "test/exit": worker exited with code: 0');
    await expect(promise).rejects.toBeInstanceOf(errors.InternalError);
    expect(await executor.map(tasks.square, inputs)).toEqual([0, 1, 4, 9]);
    await expect(executor.submit(tasks.exit, 3)).rejects.toThrow("code: 3");
    expect(await executor.map(tasks.square, inputs)).toEqual([0, 1, 4, 9]);
    await executor.close();
  });

  it("are not terminated while one that replaces another loads its modules", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pestle-threads-"));
    const loaded = join(folder, "loaded");
    // leaves a mark when it is loaded, after a while
    const program = `import { appendFileSync } from "node:fs"; await new Promise((done) => setTimeout(done, 300)); appendFileSync(${JSON.stringify(loaded)}, "x");`;
    const executor = await createExecutor({ threads: 2, taskModules: [...taskModules, `data:text/javascript,${encodeURIComponent(program)}`] });
    await expect(executor.submit(tasks.exit, 1)).rejects.toThrow("code: 1");
    await executor.close();
    expect(readFileSync(loaded, "utf8")).toBe("xxx");
    rmSync(folder, { recursive: true });
  });

  it("that cannot start give an error instead of waiting", async () => {
    const executor = await createExecutor({ threads: 2, taskModules: ["file:///absent/module.mjs"] });
    await expect(executor.map(tasks.square, [1, 2, 3, 4, 5], { label: (n) => `frame ${n}` })).rejects.toThrow(/^frame \d: .*absent\/module\.mjs/);
    await expect(executor.submit(tasks.square, 1)).rejects.toThrow();
    await executor.close();
  });

  it.each(["close", "leave"])("end with the process after a cancellation (%s)", async (end) => {
    const program = fileURLToPath(new URL("cancelled.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, end], { timeout: TIME_LIMIT });
    const result = JSON.parse(stdout) as { name: string; code: string; done: number };
    expect(result).toMatchObject({ name: "CancelledError", code: "CANCELLED" });
    expect(result.done).toBeGreaterThanOrEqual(20);
    expect(result.done).toBeLessThan(30);
  });
});

describe("createExecutor", () => {
  it.each([0, -1, 1.5, NaN, 2000])("refuses %d threads", async (threads) => {
    await expect(createExecutor({ threads })).rejects.toThrow(/threads is .*; it must be a whole number from 1 to 1024/);
  });

  it("refuses threads on a build without shared memory", async () => {
    await expect(createExecutor({ threads: 2, build: "unshared" })).rejects.toThrow(/build "unshared" has no shared memory; use threads: 1/);
  });

  it.each(buildNames.filter((name) => name !== "relaxed-simd"))("runs on the build %s", async (build) => {
    const executor = await createExecutor({ threads: 1, build });
    expect(executor.wasm.shared.build).toBe(build);
    expect(await executor.submit(tasks.scratch, 64)).toBe(17);
    await executor.close();
  });
});
