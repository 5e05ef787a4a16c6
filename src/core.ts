/**
 * What extensions are made of (`pestle/core`): memory, executors and tasks, linear algebra, and the contracts of descriptors, kernels,
 * models and trainers with the parts that implementations share. `pestle` is what users need.
 * @module
 */
import "./library-mark.js";
export * from "./errors.js";
export { type FilePlace, filePath, type NamedFile } from "./file-path.js";
export { type ParameterPath, validate, type ValidationOptions } from "./validation.js";
export { type BuildName, buildNames, detectBuild } from "./wasm/builds.js";
export { alignUp, Arena, ArenaOverflow, MemoryPool, type Pointer, type Region } from "./wasm/memory.js";
export { withScratch } from "./wasm/scratch.js";
export { type LoadedWasm, loadWasm, type LoadOptions, type Routines, type SharedWasm, Wasm } from "./wasm/wasm.js";
export * from "./parallel/index.js";
export { nextSerial, rememberAttached } from "./parallel/attached.js";
export { hermiteTable, type HermiteSegment, type HermiteTable, type SmoothFunctions, type SmoothPiece } from "./math/hermite-table.js";
export { type Place, placeHermiteTable, type TableGroups } from "./math/placed-table.js";
export * from "./linalg/index.js";
export * from "./structures/index.js";
export * from "./neighbors/index.js";
export * from "./descriptors/index.js";
export { speciesIndices } from "./descriptors/species.js";
export * from "./environments/index.js";
export { buildEnvironments, describeEnvironments, type EnvironmentRange } from "./environments/environments.js";
export * from "./kernels/index.js";
export * from "./models/index.js";
export * from "./select/index.js";
export * from "./fit/index.js";
