import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { InternalError } from "../errors.js";
import type { MemoryPool } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { Executor } from "./executor.js";
import type { TaskReply, TaskRequest } from "./task.js";

/** Worker threads need JavaScript: when this file runs from its TypeScript source (tests), the built worker is used. */
function workerFile(): string {
  const beside = fileURLToPath(new URL("../worker.js", import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL("../../dist/worker.js", import.meta.url));
}

/** Runs tasks on a fixed number of worker threads (piscina), all on one WebAssembly memory. */
export class ThreadExecutor extends Executor {
  readonly threads: number;
  private readonly workers: Piscina;

  constructor(wasm: Wasm, pool: MemoryPool, threads: number) {
    super(wasm, pool);
    this.threads = threads;
    this.workers = new Piscina({
      filename: workerFile(),
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      workerData: wasm.shared,
      execArgv: [],
    });
  }

  protected async dispatch(request: TaskRequest): Promise<TaskReply> {
    try {
      return (await this.workers.run(request)) as TaskReply;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `a worker thread stopped in task "${request.name}": ${reason}`;
      return { kind: "failed", error: { code: "INTERNAL", message, stack: new InternalError(message, { cause: error }).stack } };
    }
  }

  async close(): Promise<void> {
    await this.workers.destroy();
  }
}
