import { Executor } from "./executor.js";
import { runTask, type TaskReply, type TaskRequest } from "./task.js";

/** Runs every task on the calling thread; lets the event loop turn now and then, so that signals and progress get through. */
export class SerialExecutor extends Executor {
  readonly threads = 1;
  private lastPause = performance.now();
  private isClosed = false;

  protected async dispatch(request: TaskRequest): Promise<TaskReply> {
    if (this.isClosed) return { kind: "failed", error: { code: "INTERNAL", message: "the executor is closed" } };
    const now = performance.now();
    if (now - this.lastPause > 50) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.lastPause = performance.now();
    }
    return runTask(this.wasm, request);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}
