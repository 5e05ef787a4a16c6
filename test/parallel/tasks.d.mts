import type * as errors from "../../src/errors.js";
import type { defineTask, Task } from "../../src/parallel/index.js";

export declare function defineTestTasks(
  parallel: { defineTask: typeof defineTask },
  errorClasses: typeof errors,
): {
  square: Task<number, number>;
  delayed: Task<{ value: number; milliseconds: number }, number>;
  block: Task<{ pointer: number; start: number; count: number }, number>;
  fill: Task<{ pointer: number; count: number; value: number }, number>;
  scratch: Task<number, number>;
  fail: Task<string, never>;
  exit: Task<number, never>;
};
