import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { InternalError, serializeError } from "../errors.js";
import type { SharedWasm } from "../wasm/wasm.js";
import type { TaskReply, TaskRequest } from "./task.js";

/**
 * Worker threads need JavaScript: when this file runs from its TypeScript source (tests), the built worker is used. The bundled one starts
 * faster; modules that define tasks of their own do it in the modules of the library.
 */
function workerFile(hasTaskModules: boolean): string {
  const isBuilt = existsSync(new URL("../worker.js", import.meta.url));
  const dist = new URL(isBuilt ? "../" : "../../dist/", import.meta.url);
  const fileOf = (name: string): string => fileURLToPath(new URL(name, dist));
  if (hasTaskModules) return fileOf("worker-with-modules.js");
  const bundled = fileOf("cli-bundle/worker.cjs");
  return existsSync(bundled) ? bundled : fileOf("worker.js");
}

/** What a worker thread is born with: the memory and module to join, and modules whose tasks it must know. */
export interface WorkerData extends SharedWasm {
  readonly taskModules: readonly string[];
}

/** What a worker sends when it has loaded its modules. */
export interface WorkerStarted {
  /** Of the worker. */
  readonly startedThread: number;
}

/** ms; a worker that has not started by then never will */
const START_LIMIT = 10_000;
/** ms between looks at which threads there are and which of them have started */
const START_POLL = 5;

/** How many worker threads there are, and what they can do. */
export interface WorkerPoolOptions {
  readonly threads: number;
  /** URLs of modules that define tasks. */
  readonly taskModules: readonly string[];
  /** Tasks that a thread is given at once: with two the next one waits where it will run, and the thread not for this one. */
  readonly tasksPerThread: number;
}

/** A fixed number of worker threads (piscina), all on one WebAssembly memory. */
export class WorkerPool {
  readonly threads: number;
  private readonly workers: Piscina;
  private tasks = 0;
  private readonly started = new Set<number>();
  /** The end of all threads, once it has begun. */
  private ending: Promise<void> | undefined;
  /** Why no task can run any more: the workers cannot start, or the pool was closed. */
  private stopped: string | undefined;

  constructor(shared: SharedWasm, { threads, taskModules, tasksPerThread }: WorkerPoolOptions) {
    this.threads = threads;
    const workerData: WorkerData = { ...shared, taskModules };
    this.workers = new Piscina({
      filename: workerFile(taskModules.length > 0),
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: tasksPerThread,
      workerData,
      execArgv: [],
    });
    this.workers.on("message", ({ startedThread }: WorkerStarted) => this.started.add(startedThread));
    this.workers.on("error", (error: unknown) => this.failToStart(error));
  }

  /** Whether every thread has loaded its modules, or none ever will. */
  get isReady(): boolean {
    return this.stopped !== undefined || this.workers.threads.every(({ threadId }) => this.started.has(threadId));
  }

  /** Tasks that were handed over and have not come back. */
  get tasksAtWork(): number {
    return this.tasks;
  }

  /** An error outside of any task: piscina gives up starting workers, so waiting tasks would wait forever. */
  private failToStart(error: unknown): void {
    this.stopped ??= `the worker threads cannot start: ${reasonOf(error)}`;
    void this.end();
  }

  /** Runs a task on the next thread that is free; never throws. */
  async run(request: TaskRequest): Promise<TaskReply> {
    if (this.stopped) return failure(this.stopped);
    this.tasks++;
    try {
      return (await this.workers.run(request)) as TaskReply;
    } catch (error) {
      return failure(this.stopped ?? `a worker thread stopped in task "${request.name}": ${reasonOf(error)}`, error);
    } finally {
      this.tasks--;
    }
  }

  async close(): Promise<void> {
    this.stopped ??= "the executor is closed";
    await this.end();
  }

  private end(): Promise<void> {
    return (this.ending ??= this.untilStarted().then(() => this.workers.destroy()));
  }

  /** Node 20 ends the whole process when a thread is terminated while it links its modules: also one that replaces another, or that will fail. */
  private async untilStarted(): Promise<void> {
    const limit = performance.now() + START_LIMIT;
    while (performance.now() < limit && this.workers.threads.some(({ threadId }) => !this.started.has(threadId))) {
      await setTimeout(START_POLL);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failure(message: string, cause?: unknown): TaskReply {
  return { kind: "failed", error: serializeError(new InternalError(message, { cause })) };
}
