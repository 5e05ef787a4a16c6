// Entry of worker threads that know tasks from outside: loads these before it says that it has started.
import { workerData } from "node:worker_threads";
import type { WorkerData } from "./parallel/worker-pool.js";

// as in worker.ts
const { taskModules } = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerData;
await Promise.all(taskModules.map((url) => import(url)));
const { default: run } = await import("./worker.js");

export default run;
