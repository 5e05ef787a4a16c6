export * from "./cell.js";
export { Dataset, DatasetBuilder } from "./dataset.js";
export type { DatasetReport, KeyReport, KeyUse, TargetName } from "./dataset-report.js";
export { parseStructures, readDataset, type ReadOptions, readStructures } from "./io/read-structures.js";
export type { TargetKeys } from "./io/target-keys.js";
export { atomicNumberOf, chemicalSymbols, describeUnknownElement, findAtomicNumber, symbolOf } from "./periodic-table.js";
export type { AtomColumn, InfoValue, Structure, Targets } from "./structure.js";
