import { InternalError, serializeError } from "../errors.js";
import type { MemoryPool } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { Executor } from "./executor.js";
import { runTask, type TaskReply, type TaskRequest } from "./task.js";
import type { WorkerPool } from "./worker-pool.js";

/** ms of processor time still to come, by the tasks so far, for which threads are started: each takes 25 ms of processor time to start on an idle machine, 80 on a busy one */
const WORTH_STARTING = 400;
/** ms of work done without threads before anything is said of what is to come: the first tasks compile what they run */
const FIRST_LOOK = 10;
/** ms between turns of the event loop while tasks run on the calling thread: signals, progress and threads that start get through */
const PAUSE = 20;
/** The same while threads start, which takes many turns */
const PAUSE_AT_START = 2;

/** How threads are started. */
export interface ThreadOptions {
  /** Of modules that define tasks; they are known to the worker threads only after these have started, which happens at once. */
  readonly taskModules?: readonly string[];
  /** Whether threads wait for work that is worth them. */
  readonly isLazy?: boolean;
}

/**
 * Runs tasks on worker threads that share one WebAssembly memory. Lazy ones start when what is to come is worth it; until all of them have
 * loaded their modules, tasks run on the calling thread.
 */
export class ThreadExecutor extends Executor {
  readonly threads: number;
  /** Whether no task runs on the calling thread. */
  private readonly waitsForThreads: boolean;
  private readonly taskModules: readonly string[];
  private starting: Promise<void> | undefined;
  private workers: WorkerPool | undefined;
  private failure: string | undefined;
  private isClosed = false;
  /** Of tasks on the calling thread. */
  private readonly here = { milliseconds: 0, tasks: 0, lastPause: performance.now() };

  constructor(wasm: Wasm, pool: MemoryPool, threads: number, { taskModules = [], isLazy = false }: ThreadOptions = {}) {
    super(wasm, pool);
    this.threads = threads;
    this.taskModules = taskModules;
    this.waitsForThreads = !isLazy || taskModules.length > 0;
    if (this.waitsForThreads) void this.start();
  }

  private start(): Promise<void> {
    return (this.starting ??= import("./worker-pool.js")
      .then(({ WorkerPool }) => {
        this.workers = new WorkerPool(this.wasm.shared, this.threads, this.taskModules);
      })
      .catch((error: unknown) => {
        this.failure = `the worker threads cannot start: ${error instanceof Error ? error.message : String(error)}`;
      }));
  }

  protected async dispatch(request: TaskRequest): Promise<TaskReply> {
    if (this.waitsForThreads) await this.start();
    else await this.pause();
    if (this.isClosed) return failed("the executor is closed");
    if (this.failure !== undefined) return failed(this.failure);
    if (this.workers && (this.waitsForThreads || this.workers.isReady)) return this.workers.run(request);
    return this.runHere(request);
  }

  private runHere(request: TaskRequest): TaskReply {
    // not the time on the clock: on a busy machine that would start threads for little
    const begin = process.cpuUsage();
    const reply = runTask(this.wasm, request);
    const { user, system } = process.cpuUsage(begin);
    this.here.milliseconds += (user + system) / 1000;
    this.here.tasks++;
    if (this.isWorthThreads()) void this.start();
    return reply;
  }

  private isWorthThreads(): boolean {
    const { milliseconds, tasks } = this.here;
    if (this.starting || milliseconds < FIRST_LOOK) return false;
    // of what nobody has announced, as much is taken to come as there was
    return milliseconds > WORTH_STARTING || (milliseconds / tasks) * this.tasksToCome > WORTH_STARTING;
  }

  /** Lets the event loop turn when it is time; tasks that wait here are run one after the other. */
  private async pause(): Promise<void> {
    const longest = this.starting ? PAUSE_AT_START : PAUSE;
    while (performance.now() - this.here.lastPause > longest) {
      // not setTimeout: several that wait in turn would be served within one turn of the loop, for ever
      await new Promise((resolve) => setImmediate(resolve));
      this.here.lastPause = performance.now();
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.starting;
    await this.workers?.close();
  }
}

function failed(message: string): TaskReply {
  return { kind: "failed", error: serializeError(new InternalError(message)) };
}
