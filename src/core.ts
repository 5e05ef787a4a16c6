/**
 * What extensions are made of (`pestle/core`): memory, executors and tasks, linear algebra, and the contracts of descriptors, kernels and
 * potentials with the parts that implementations share. `pestle` is what users need.
 * @module
 */
export * from "./errors.js";
export { Arena, ArenaOverflow, alignUp, MemoryPool, type Pointer, type Region } from "./wasm/memory.js";
export { withScratch } from "./wasm/scratch.js";
export { loadWasm, type LoadOptions, type Routines, type SharedWasm, Wasm } from "./wasm/wasm.js";
export { type BuildName, buildNames, detectBuild } from "./wasm/builds.js";
export * from "./parallel/index.js";
export { nextSerial, rememberAttached } from "./parallel/attached.js";
export * from "./linalg/index.js";
export * from "./neighbors/index.js";
export * from "./descriptors/index.js";
export { speciesIndices } from "./descriptors/species.js";
export { type AtomicEnvironments, buildEnvironments, copyGeometry, type DescribedEnvironments, describeEnvironments } from "./environments/environments.js";
export type { CenterRange, Geometry } from "./environments/geometry.js";
export * from "./kernels/index.js";
export { atomicNumberOf, symbolOf } from "./structures/periodic-table.js";
