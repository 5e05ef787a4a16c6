// Updates that several threads share, against those on one thread.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NumericalError } from "../../../src/errors.js";
import { makeTriangles, strideOf, type Triangle } from "../../../src/fit/index.js";
import { mergeOnThreads, updateOnThreads } from "../../../src/fit/least-squares/shared-update.js";
import { packedElements, readTriangle } from "../../../src/linalg/index.js";
import { createExecutor, type Executor, Holdings } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";
import { DelayingExecutor } from "../../parallel/delaying-executor.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const ALWAYS = 0;
const NEVER = Infinity;
// more than one panel and slab, and an incomplete one of each; more rows than are folded in at a time
const n = 650;
const nRows = 1100;

/** The triangle that random rows are reduced to, two blocks of them. */
async function reduced(on: Executor, shared: number, holdings: Holdings, seed: number, change: (rows: Float64Array) => void = () => undefined): Promise<Triangle> {
  const [triangle] = await makeTriangles(n - 1, 1, holdings);
  const stride = strideOf(n - 1);
  for (const rows of [nRows, 30]) {
    const buffer = on.pool.allocate(8 * rows * stride, "rows");
    try {
      const view = on.wasm.f64(buffer.pointer, rows * stride);
      view.set(randomArray(rows * stride, seed + rows));
      change(view);
      await updateOnThreads({ triangle, design: buffer.pointer, nRows: rows }, { executor: on }, shared);
    } finally {
      on.pool.release(buffer);
    }
  }
  return triangle;
}

/** Of an update, a merge, and a merge with something small. */
async function results(on: Executor, shared: number): Promise<Float64Array[]> {
  const holdings = new Holdings(on);
  try {
    const [into, from] = [await reduced(on, shared, holdings, 1), await reduced(on, shared, holdings, 2)];
    const updated = readTriangle(on.wasm, into);
    await mergeOnThreads(into, from, { executor: on }, shared);
    const merged = readTriangle(on.wasm, into);
    // a diagonal of either sign, as a caller may have it: what is small beside it must not meet a difference of two large numbers
    const elements = packedElements(on.wasm, into);
    for (let j = 0; j < n; j++) elements[j] = -elements[j];
    const small = packedElements(on.wasm, from);
    for (let e = 0; e < small.length; e++) small[e] *= 1e-9;
    await mergeOnThreads(into, from, { executor: on }, shared);
    return [updated, merged, readTriangle(on.wasm, into)];
  } finally {
    holdings.release();
  }
}

describe("an update that threads share", () => {
  it("is the one of a single thread, and so is a merge", async () => {
    const [expected, found] = [await results(executor, NEVER), await results(executor, ALWAYS)];
    for (const k of expected.keys()) {
      expect(expected[k].some((value) => Math.abs(value) > 1)).toBe(true);
      expectClose(found[k], expected[k], 1e-12, "relative-to-max");
    }
  });

  it("has the same bits on one thread, on two, and in any order", async () => {
    const two = await createExecutor({ threads: executor.wasm.shared.build === "unshared" ? 1 : 2 });
    try {
      const expected = await results(executor, ALWAYS);
      for (const other of [two, new DelayingExecutor(executor, 3, 4)]) expect(await results(other, ALWAYS)).toEqual(expected);
    } finally {
      await two.close();
    }
  });

  it("refuses what is not finite, and gives its memory back", async () => {
    const held = executor.pool.bytesInUse - executor.scratchBytes;
    const holdings = new Holdings(executor);
    await expect(reduced(executor, ALWAYS, holdings, 1, (rows) => (rows[500 * strideOf(n - 1) + 333] = NaN))).rejects.toThrow(NumericalError);
    holdings.release();
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(held);
  });

  it.each([ALWAYS, NEVER])("leaves the columns before the first that is not 0 alone (shared from %d on)", async (shared) => {
    const holdings = new Holdings(executor);
    try {
      const [given, all] = [await reduced(executor, shared, holdings, 5), await reduced(executor, shared, holdings, 5)];
      const stride = strideOf(n - 1);
      for (const [triangle, firstColumn] of [[given, 150], [all, undefined]] as const) {
        const rows = holdings.allocate(8 * 70 * stride, "rows").pointer;
        executor.wasm.f64(rows, 70 * stride).set(randomArray(70 * stride, 9).map((x, i) => (i % stride < 150 ? 0 : x)));
        await updateOnThreads({ triangle, design: rows, nRows: 70, firstColumn }, { executor }, shared);
      }
      expectClose(readTriangle(executor.wasm, given), readTriangle(executor.wasm, all), 1e-13, "relative-to-max");
    } finally {
      holdings.release();
    }
  });
});
