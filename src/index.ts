export * from "./errors.js";
export { type BuildName, buildNames, detectBuild } from "./wasm/builds.js";
export { Arena, ArenaOverflow, MemoryPool, type Pointer, type Region } from "./wasm/memory.js";
export { loadWasm, type LoadOptions, type Routines, type SharedWasm, Wasm } from "./wasm/wasm.js";
export * from "./parallel/index.js";
export * from "./structures/index.js";
export * from "./neighbors/index.js";
export * from "./analysis/index.js";
