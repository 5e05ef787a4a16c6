/**
 * Public entry for browsers (`pestle/browser`): one thread, no files. Without cross-origin isolation it uses the builds
 * without shared memory, which hold the same routines.
 * @module
 */
export * from "./errors.js";
export { createExecutor, type Executor, type ExecutorOptions } from "./parallel/index.js";
export { type BuildName, buildNames, detectBuild } from "./wasm/builds.js";
export { Arena, ArenaOverflow, type MemoryPool, type Pointer, type Region } from "./wasm/memory.js";
export { loadWasm, type LoadOptions, type Wasm } from "./wasm/wasm.js";
