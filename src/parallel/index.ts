import { availableParallelism } from "node:os";
import { InvalidParameterError } from "../errors.js";
import { isShared } from "../wasm/builds.js";
import { type LoadOptions, loadWasm } from "../wasm/wasm.js";
import type { Executor } from "./executor.js";
import { SerialExecutor } from "./serial.js";
import { ThreadExecutor } from "./threads.js";

export interface ExecutorOptions extends LoadOptions {
  /** Number of threads; 1 runs on the calling thread. Default: all that the machine offers. */
  readonly threads?: number;
}

/** Loads the WebAssembly core and starts the threads. Close the executor to end them. */
export async function createExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new InvalidParameterError(`threads is ${threads}; it must be a whole number from 1 to 1024`);
  }
  const { wasm, pool } = await loadWasm(options);
  if (threads === 1) return new SerialExecutor(wasm, pool);
  if (!isShared(wasm.shared.build)) {
    throw new InvalidParameterError(`the build "${wasm.shared.build}" has no shared memory; use threads: 1`);
  }
  return new ThreadExecutor(wasm, pool, threads);
}

export { Executor, throwIfAborted, type MapOptions, type SubmitOptions } from "./executor.js";
export { defineTask, type Task, type TaskContext } from "./task.js";
