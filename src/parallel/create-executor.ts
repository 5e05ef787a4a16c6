import { InvalidParameterError } from "../errors.js";
import { isShared } from "../wasm/builds.js";
import { type LoadOptions, loadWasm } from "../wasm/wasm.js";
import type { Executor } from "./executor.js";
import { SerialExecutor } from "./serial.js";
import { addedTaskModules } from "./task-modules.js";

/** Threads, memory and build of an executor. */
export interface ExecutorOptions extends LoadOptions {
  /** Number of threads; 1 runs on the calling thread. Default: all that the machine offers, or `PESTLE_CORES` (1 in a browser). */
  readonly threads?: number;
  /** URLs of modules that define tasks of their own (`defineTask`); every worker thread imports them before its first task. See also `addTaskModule`. */
  readonly taskModules?: readonly string[];
  /**
   * Whether threads are started only when the work turns out to be worth it (default: at once). Until they have started, tasks run on the
   * calling thread, which is busy meanwhile: for programs that do one thing after the other, such as the command line. Not with task modules.
   */
  readonly lazyThreads?: boolean;
}

const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;

async function defaultThreads(): Promise<number> {
  return isNode ? (await import("./cores.js")).availableCores() : 1;
}

/** Loads the WebAssembly core and starts the threads. Close the executor to end them. */
export async function createExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  const threads = options.threads ?? (await defaultThreads());
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new InvalidParameterError(`threads is ${threads}; it must be a whole number from 1 to 1024`);
  }
  const { wasm, pool } = await loadWasm(options);
  if (threads === 1) return new SerialExecutor(wasm, pool);
  if (!isNode || !isShared(wasm.shared.build)) {
    throw new InvalidParameterError(`threads is ${threads}, but the build "${wasm.shared.build}" has no shared memory; use threads: 1`);
  }
  // Loaded here only, because browsers have neither piscina nor worker_threads.
  const { ThreadExecutor } = await import("./threads.js");
  const taskModules = [...addedTaskModules(), ...(options.taskModules ?? [])];
  return new ThreadExecutor(wasm, pool, threads, { taskModules, isLazy: options.lazyThreads });
}
