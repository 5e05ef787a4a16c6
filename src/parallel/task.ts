import { InternalError, type SerializedError, serializeError } from "../errors.js";
import { Arena, ArenaOverflow, type Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";

/** What a running task may use: an instance of the module on the shared memory, and scratch that is gone when it returns. */
export interface TaskContext {
  /** The instance of the thread that runs the task. */
  readonly wasm: Wasm;
  /** An arena; a full one ends the task, which is run again with a larger one. */
  readonly scratch: Arena;
}

/**
 * A pure function that runs on any thread. Inputs and outputs are plain, cloneable data; large arrays travel as pointers into
 * the shared memory. It may be run again with a larger scratch arena, so it must not depend on what it wrote before.
 */
export interface Task<Input, Output> {
  /** Unique: "fit/solve". Threads find the function by it. */
  readonly name: string;
  /** Does not keep pointers into the scratch. */
  readonly run: (context: TaskContext, input: Input) => Output;
}

const registry = new Map<string, Task<never, unknown>>();

/** Defines a task and makes it known to the worker threads, which import the same modules (see `src/worker.ts`). */
export function defineTask<Input, Output>(name: string, run: (context: TaskContext, input: Input) => Output): Task<Input, Output> {
  const task = { name, run };
  registry.set(name, task);
  return task;
}

export interface TaskRequest {
  readonly name: string;
  readonly input: unknown;
  readonly scratch: { readonly pointer: Pointer; readonly bytes: number };
}

export type TaskReply =
  | { readonly kind: "done"; readonly output: unknown }
  | { readonly kind: "overflow"; readonly requiredBytes: number }
  | { readonly kind: "failed"; readonly error: SerializedError };

/** Thrown by a task that needs what its thread is still loading: it is run again when that is there. */
export class NotReady extends Error {
  constructor(readonly ready: Promise<unknown>) {
    super("not ready");
  }
}

/** Runs one request on the calling thread; never throws. A promise where the thread has to load something first. */
export function runTask(wasm: Wasm, request: TaskRequest): TaskReply | Promise<TaskReply> {
  try {
    const task = registry.get(request.name);
    if (!task) throw new InternalError(`task "${request.name}" is not known to this thread`);
    const output = task.run({ wasm, scratch: new Arena(request.scratch) }, request.input as never);
    return { kind: "done", output };
  } catch (error) {
    if (error instanceof NotReady) {
      return error.ready.then(() => runTask(wasm, request), (reason: unknown): TaskReply => ({ kind: "failed", error: serializeError(reason) }));
    }
    if (error instanceof ArenaOverflow) return { kind: "overflow", requiredBytes: error.requiredBytes };
    return { kind: "failed", error: serializeError(error) };
  }
}
