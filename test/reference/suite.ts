import { afterAll, beforeAll } from "vitest";
import type { Executor } from "../../src/parallel/index.js";
import { testExecutor } from "../expect.js";
import { Comparisons } from "./comparisons.js";
import { type ReferenceFolder, referenceFolder } from "./folder.js";

export interface ReferenceSuite {
  /** Undefined where the set has no such folder. */
  readonly folder?: ReferenceFolder;
  readonly comparisons: Comparisons;
  /** There from the first test on. */
  readonly executor: Executor;
}

/** What a file of tests over one folder of reference values works with. The number of values compared is printed at its end. */
export function referenceSuite(name: string): ReferenceSuite {
  const comparisons = new Comparisons();
  let executor: Executor | undefined;
  beforeAll(async () => {
    executor = await testExecutor();
  });
  afterAll(async () => {
    await executor?.close();
    comparisons.print(`reference/${name}`);
  });
  return {
    folder: referenceFolder(name),
    comparisons,
    get executor() {
      if (!executor) throw new Error("the threads of a suite are there from its first test on");
      return executor;
    },
  };
}
