export * from "./errors.js";
export { createExecutor, type Executor, type ExecutorOptions } from "./parallel/index.js";
export * from "./structures/index.js";
export * from "./neighbors/index.js";
export * from "./analysis/index.js";
