export type { EnvironmentBatch } from "./environment-batch.js";
export { environmentBatch } from "./environments.js";
export { estimateNeighborListBytes } from "./estimate.js";
export { buildNeighborList, type NeighborInput, type NeighborList } from "./neighbor-list.js";
export { copyNeighborList, neighborList, type NeighborListOptions, type PlainNeighborList } from "./plain.js";
