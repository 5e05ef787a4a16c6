// Entry of the worker threads: joins the shared memory and runs requests. Importing a module registers the tasks that it defines.
import { parentPort, threadId, workerData } from "node:worker_threads";
import "./neighbors/tasks.js";
import "./environments/tasks.js";
import "./models/tasks.js";
import "./select/tasks.js";
import "./fit/tasks.js";
import "./analysis/tasks.js";
import "./tune/tasks.js";
import "./audit/tasks.js";
import { runTask, type TaskReply, type TaskRequest } from "./parallel/task.js";
import type { WorkerData, WorkerStarted } from "./parallel/worker-pool.js";
import { Wasm } from "./wasm/wasm.js";

// piscina wraps its own data around the caller's: [its port and settings, the caller's value]
const data = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerData;
const wasm = new Wasm(data);
parentPort?.postMessage({ startedThread: threadId } satisfies WorkerStarted);

export default function run(request: TaskRequest): TaskReply | Promise<TaskReply> {
  return runTask(wasm, request);
}
