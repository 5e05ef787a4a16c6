// A triangle that another one is being merged into is not that of its chain any more.
import { expect, it } from "vitest";
import { CancelledError } from "../../../src/errors.js";
import { type KeptChains, makeTriangles, reduceRows, type RowsInput, strideOf } from "../../../src/fit/index.js";
import { defineTask, Holdings } from "../../../src/parallel/index.js";
import { testExecutor } from "../../expect.js";

const N = 5;
const ROWS = 7;
const write = defineTask("test/interrupted-merge/rows", ({ wasm }, { rows, design }: RowsInput<number>): null => {
  wasm.f64(design, ROWS * strideOf(N)).forEach((_, i, all) => (all[i] = Math.sin(i + 31 * rows)));
  return null;
});

it("is not kept when the merge is interrupted", async () => {
  const executor = await testExecutor();
  const holdings = new Holdings(executor);
  const controller = new AbortController();
  const atRest = new Set<number>();
  let left: number[] | undefined;
  const kept: KeptChains = {
    finished: () => Promise.resolve(undefined),
    restore: () => Promise.resolve(undefined),
    working: (chain) => void atRest.delete(chain),
    resting: (chain) => void atRest.add(chain),
    interrupted: () => {
      left = [...atRest];
      return Promise.resolve();
    },
    merged: () => expect.fail("was not merged"),
    release: () => undefined,
    safeBlocks: 0,
  };
  try {
    const triangles = await makeTriangles(N, 2, holdings);
    const source = { count: 4, maximumRows: ROWS, rowsOf: () => ROWS, write, input: (block: number) => block };
    const onProgress = ({ done }: { done: number }): void => {
      // all rows are in; the merge is next
      if (done === 4) controller.abort();
    };
    await expect(reduceRows(source, triangles, { executor, signal: controller.signal, onProgress }, kept)).rejects.toBeInstanceOf(CancelledError);
    expect(left).toEqual([]);
  } finally {
    holdings.release();
    await executor.close();
  }
});
