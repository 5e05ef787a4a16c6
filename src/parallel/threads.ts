import { InternalError, serializeError } from "../errors.js";
import type { MemoryPool } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { Executor } from "./executor.js";
import { runTask, type TaskReply, type TaskRequest } from "./task.js";
import type { WorkerPool } from "./worker-pool.js";

/** ms of processor time still to come, by the tasks so far, for which threads are started: with less, commands on two threads took longer than on one */
const WORTH_STARTING = 800;
/** ms of work done without threads before anything is said of what is to come: the first tasks run what is not compiled yet, at a third of the speed */
const FIRST_LOOK = 40;
/** ms between turns of the event loop while all tasks run on the calling thread: signals, progress and threads that start get through */
const PAUSE = 20;
/** Up to so many threads, the calling thread is one of them for good: it has little else to do, and a start is saved. */
const CALLER_IS_ONE_OF = 4;

/** How threads are started. */
export interface ThreadOptions {
  /** Of modules that define tasks; they are known to the worker threads only after these have started, which happens at once. */
  readonly taskModules?: readonly string[];
  /** Whether threads wait for work that is worth them. */
  readonly isLazy?: boolean;
}

/** A task that waits for the calling thread or for a worker. */
interface Waiting {
  readonly request: TaskRequest;
  readonly resolve: (reply: TaskReply | Promise<TaskReply>) => void;
}

/**
 * Runs tasks on worker threads that share one WebAssembly memory. Lazy ones start when what is to come is worth it; until all of them have
 * loaded their modules, tasks run on the calling thread, which goes on to run a share of them where there are few threads.
 */
export class ThreadExecutor extends Executor {
  readonly threads: number;
  /** Whether the calling thread runs tasks until the workers are ready, and a share of them afterwards where threads are few. */
  private readonly isLazy: boolean;
  private readonly taskModules: readonly string[];
  private starting: Promise<void> | undefined;
  private workers: WorkerPool | undefined;
  private failure: string | undefined;
  private isClosed = false;
  /** Tasks of a lazy executor, first come, first served, and whether a turn of the event loop is to come that serves them. */
  private readonly line: Waiting[] = [];
  private isTurnDue = false;
  /** ms that a task of each name took on the calling thread, the last time. */
  private readonly lastTimes = new Map<string, number>();
  /** Of tasks on the calling thread. */
  private readonly here = { milliseconds: 0, tasks: 0, lastTurn: performance.now() };

  constructor(wasm: Wasm, pool: MemoryPool, threads: number, { taskModules = [], isLazy = false }: ThreadOptions = {}) {
    super(wasm, pool);
    this.threads = threads;
    this.taskModules = taskModules;
    this.isLazy = isLazy && taskModules.length === 0;
    if (!this.isLazy) void this.start();
  }

  private get isCallerOneOfThem(): boolean {
    return this.isLazy && this.threads <= CALLER_IS_ONE_OF;
  }

  private start(): Promise<void> {
    return (this.starting ??= import("./worker-pool.js")
      .then(({ WorkerPool }) => {
        const [threads, tasksPerThread] = this.isCallerOneOfThem ? [this.threads - 1, 2] : [this.threads, 1];
        this.workers = new WorkerPool(this.wasm.shared, { threads, tasksPerThread, taskModules: this.taskModules });
      })
      .catch((error: unknown) => {
        this.failure = `the worker threads cannot start: ${error instanceof Error ? error.message : String(error)}`;
      }));
  }

  override expectWork(milliseconds: number): void {
    if (milliseconds > WORTH_STARTING) void this.start();
  }

  protected async dispatch(request: TaskRequest): Promise<TaskReply> {
    if (!this.isLazy) {
      await this.start();
      return this.refusal ?? this.workers!.run(request);
    }
    if (this.refusal) return this.refusal;
    if (!this.starting && this.line.length === 0 && performance.now() - this.here.lastTurn < PAUSE) return this.runHere(request);
    return new Promise((resolve) => {
      this.line.push({ request, resolve });
      this.takeTurnSoon();
    });
  }

  private get refusal(): TaskReply | undefined {
    if (this.isClosed) return failed("the executor is closed");
    return this.failure === undefined ? undefined : failed(this.failure);
  }

  /** Not by setTimeout: tasks that follow each other would be served within one turn of the loop, for ever. */
  private takeTurnSoon(): void {
    if (this.isTurnDue || this.line.length === 0) return;
    this.isTurnDue = true;
    setImmediate(() => {
      this.isTurnDue = false;
      this.here.lastTurn = performance.now();
      this.serve();
      this.takeTurnSoon();
    });
  }

  /**
   * Brief tasks at once, then one for every idle worker, one for the calling thread, and one more that a worker can begin with while this one
   * is busy.
   */
  private serve(): void {
    const { line, refusal } = this;
    if (refusal) for (const { resolve } of line.splice(0)) resolve(refusal);
    if (!this.workers?.isReady) return this.serveHere(line.shift());
    if (!this.isCallerOneOfThem) return this.handOver(Infinity);
    for (const task of this.takeBrief()) this.serveHere(task);
    this.handOver(this.workers.threads);
    const own = line.shift();
    this.handOver(this.workers.threads + 1);
    this.serveHere(own);
  }

  /**
   * Takes tasks out of the line that are brief beside others in it: behind a long one of a worker they would wait for long, and what follows
   * them, too; a worker that has only brief ones would soon wait for the calling thread.
   */
  private takeBrief(): Waiting[] {
    const times = this.line.map((task) => this.lastTime(task));
    const limit = Math.max(...times) / 4;
    const brief = this.line.filter((_, i) => times[i] > 0 && times[i] < limit);
    if (brief.length > 0) this.line.splice(0, Infinity, ...this.line.filter((task) => !brief.includes(task)));
    return brief;
  }

  /** 0 where nothing is known. */
  private lastTime({ request }: Waiting): number {
    return this.lastTimes.get(request.name) ?? 0;
  }

  /** Hands tasks to the workers until these have so many. */
  private handOver(tasks: number): void {
    while (this.line.length > 0 && this.workers!.tasksAtWork < tasks) {
      const { request, resolve } = this.line.shift()!;
      void this.workers!.run(request).then(resolve);
    }
  }

  private serveHere(task: Waiting | undefined): void {
    if (task) task.resolve(this.runHere(task.request));
  }

  private runHere(request: TaskRequest): TaskReply | Promise<TaskReply> {
    const start = performance.now();
    try {
      return this.starting ? runTask(this.wasm, request) : this.runAndLook(request);
    } finally {
      this.lastTimes.set(request.name, performance.now() - start);
    }
  }

  /** Starts threads when it turns out that they are worth it. */
  private runAndLook(request: TaskRequest): TaskReply | Promise<TaskReply> {
    // not the time on the clock: on a busy machine that would start threads for little
    const begin = process.cpuUsage();
    const reply = runTask(this.wasm, request);
    const { user, system } = process.cpuUsage(begin);
    const milliseconds = (user + system) / 1000;
    this.here.milliseconds += milliseconds;
    this.here.tasks++;
    if (this.isWorthThreads(milliseconds)) void this.start();
    return reply;
  }

  private isWorthThreads(last: number): boolean {
    const { milliseconds, tasks } = this.here;
    if (milliseconds < FIRST_LOOK) return false;
    // of what nobody has announced, as much is taken to come as there was
    return milliseconds > WORTH_STARTING || Math.min(last, milliseconds / tasks) * this.tasksToCome > WORTH_STARTING;
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
