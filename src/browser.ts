/**
 * Public entry for browsers (`pestle/browser`): one thread, no files; `parseStructures` takes the text of a file. The package has it as one
 * ES module with the WebAssembly in it, which a page loads as it stands. Without cross-origin isolation it uses the builds without shared
 * memory, which hold the same routines.
 * @module
 */
export * from "./errors.js";
export { codata2018, type OwnUnit, ownUnit, unitFactor, units } from "./units.js";
export { type BuildName, buildNames, detectBuild } from "./wasm/builds.js";
export { Arena, ArenaOverflow, MemoryPool, type Pointer, type Region } from "./wasm/memory.js";
export { type LoadedWasm, loadWasm, type LoadOptions, type Routines, type SharedWasm, Wasm } from "./wasm/wasm.js";
export * from "./parallel/index.js";
export type { Column, ColumnShape } from "./structures/column.js";
export type { ColumnRequest, ColumnRequests } from "./structures/io/column-reader.js";
export { parseStructures } from "./structures/io/parse-structures.js";
export type { TargetKeys } from "./structures/io/target-keys.js";
export { atomicNumberOf, chemicalSymbols, symbolOf } from "./structures/periodic-table.js";
export type { AtomInfo, ColumnSource, InfoValue, Structure, StructureSource, Targets } from "./structures/structure.js";
export * from "./neighbors/index.js";
export * from "./descriptors/index.js";
export * from "./environments/index.js";
export { decodeModel, encodeModel } from "./models/model-format.js";
export type { DescribedPart, DescribedParts, EvaluationRequest, Potential, PotentialEvaluator, PotentialTables, Prediction, PreparedPotential, Want } from "./models/potential.js";
export type { FileRecord, Model, ModelContent, ModelType, NamedArray, Provenance } from "./models/model-type.js";
export { type OpenEvaluateOptions, OpenPotential, openPotential } from "./models/open-potential.js";
export type { PlacedStructure } from "./models/placed-structure.js";
export { type Evaluated, type EvaluateOptions, evaluateStructure, evaluateStructures } from "./models/evaluate.js";
