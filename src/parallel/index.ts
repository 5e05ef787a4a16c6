export { createExecutor, type ExecutorOptions } from "./create-executor.js";
export { Executor, throwIfAborted, type MapOptions, type SubmitOptions } from "./executor.js";
export { Holdings, type Releasable } from "./holdings.js";
export { defineTask, type Task, type TaskContext } from "./task.js";
export type { Progress, ProgressListener } from "./progress.js";
export { addTaskModule } from "./task-modules.js";
export type { WorkContext } from "./work-context.js";
