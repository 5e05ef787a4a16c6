import { CancelledError, deserializeError } from "../errors.js";
import type { MemoryPool, Region } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { ScratchRegions } from "./scratch-regions.js";
import type { Task, TaskReply, TaskRequest } from "./task.js";

/** How one task is run. */
export interface SubmitOptions {
  /** Refuses the task with a CancelledError before it begins; one that runs is finished. */
  readonly signal?: AbortSignal;
  /** Names what is computed, for error messages: "frame 12 of Si.xyz". */
  readonly label?: string;
}

/** How a list of inputs is worked through. */
export interface MapOptions<Input, Output = unknown> {
  /** No further input is begun; the promise rejects with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Names an input, for error messages. */
  readonly label?: (input: Input, index: number) => string;
  /** Called once for each finished input, in order of completion. */
  readonly onDone?: (index: number, output: Output) => void;
}

/**
 * Runs tasks on one or more threads of this process that share one WebAssembly memory: inputs hold pointers into it, so that tasks cannot
 * go to other machines. What can is an evaluation as a whole, see `EvaluationRunner` of a search. Results come back in input order, so that
 * a reduction over them has the same bits for any number of threads.
 */
export abstract class Executor {
  /** The instance of the calling thread. */
  readonly wasm: Wasm;
  /** The only allocator of the shared memory. */
  readonly pool: MemoryPool;
  /** Tasks that run at once. */
  abstract readonly threads: number;
  private readonly scratch: ScratchRegions;
  private inFlight = 0;
  private announced = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(wasm: Wasm, pool: MemoryPool) {
    this.wasm = wasm;
    this.pool = pool;
    this.scratch = new ScratchRegions(pool, () => this.maximumInFlight);
  }

  /** Runs one request on some thread. */
  protected abstract dispatch(request: TaskRequest): Promise<TaskReply>;

  /** Stops the threads. The executor cannot be used afterwards. */
  abstract close(): Promise<void>;

  /**
   * Tasks that are handed to the threads at once, so that none waits for the host. Others wait in line, first come, first served:
   * scratch memory does not grow with the amount of work that callers have at hand. Those whose scratch has no room wait, too, for others to finish.
   */
  get maximumInFlight(): number {
    return this.threads === 1 ? 1 : this.threads + 1;
  }

  /** Bytes of scratch memory, kept from task to task: all that is in use of the pool when nobody holds anything. */
  get scratchBytes(): number {
    return this.scratch.bytes;
  }

  /**
   * Says that about so many tasks will be submitted, for executors that start threads when what is to come is worth it. `map` announces its
   * own; results never depend on it.
   */
  announce(tasks: number): void {
    this.announced += tasks;
  }

  /**
   * Says that work is to come soon, for executors that start threads when it is worth it: they can start while data are read. As with
   * `announce`, results never depend on it.
   * @param _milliseconds of processor time, about
   */
  expectWork(_milliseconds: number): void {
    // there is nothing to start
  }

  /** Of those that were announced, by the number of tasks since then. */
  protected get tasksToCome(): number {
    return this.announced;
  }

  private async takeTurn(): Promise<void> {
    if (this.inFlight < this.maximumInFlight) this.inFlight++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The turn goes to the next in line, so that nobody overtakes. */
  private passTurn(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.inFlight--;
  }

  /**
   * Runs one task, when its turn has come.
   * @throws {CancelledError} when the signal fired; any error of the task, with the label in front
   */
  async submit<Input, Output>(task: Task<Input, Output>, input: Input, options: SubmitOptions = {}): Promise<Output> {
    await this.takeTurn();
    try {
      return await this.runTask(task, input, options);
    } finally {
      this.announced = Math.max(0, this.announced - 1);
      this.passTurn();
    }
  }

  private async runTask<Input, Output>(task: Task<Input, Output>, input: Input, options: SubmitOptions): Promise<Output> {
    throwIfAborted(options.signal);
    let scratch: Region | undefined = await this.scratch.take(task.name, options.label);
    try {
      for (;;) {
        throwIfAborted(options.signal);
        const reply = await this.dispatch({ name: task.name, input, scratch: { pointer: scratch.pointer, bytes: scratch.bytes } });
        throwIfAborted(options.signal);
        if (reply.kind === "done") return reply.output as Output;
        if (reply.kind === "failed") throw deserializeError(reply.error, options.label);
        const small: Region = scratch;
        scratch = undefined; // the next line may throw
        scratch = await this.scratch.exchange(small, task.name, reply.requiredBytes, options.label);
      }
    } finally {
      if (scratch) this.scratch.giveBack(scratch);
    }
  }

  /** Runs a task on every input, with few inputs and outputs in waiting; outputs are in input order. */
  async map<Input, Output>(task: Task<Input, Output>, inputs: readonly Input[], options: MapOptions<Input, Output> = {}): Promise<Output[]> {
    const outputs = new Array<Output>(inputs.length);
    this.announce(inputs.length);
    let next = 0;
    let failed = false;
    const takeInTurn = async (): Promise<void> => {
      while (next < inputs.length && !failed) {
        const index = next++;
        const input = inputs[index];
        try {
          outputs[index] = await this.submit(task, input, { signal: options.signal, label: options.label?.(input, index) });
        } catch (error) {
          failed = true;
          throw error;
        }
        options.onDone?.(index, outputs[index]);
      }
    };
    const loops = Math.min(inputs.length, this.maximumInFlight);
    const settled = await Promise.allSettled(Array.from({ length: loops }, takeInTurn));
    for (const loop of settled) if (loop.status === "rejected") throw loop.reason;
    return outputs;
  }
}

/** @throws {CancelledError} when the signal has fired */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError("cancelled", { cause: signal.reason });
}
