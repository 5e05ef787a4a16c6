export type { EnvironmentBatch } from "./environment-batch.js";
export { environmentBatch } from "./environments.js";
export { estimateNeighborListBytes, expectedNeighbors, type NeighborCountInput } from "./estimate.js";
export { keepNeighbors, type KeptNeighbors, type KnownNeighbors, neighborsWithin } from "./known-list.js";
export type { NeighborInput, NeighborList } from "./layout.js";
export { buildNeighborList } from "./neighbor-list.js";
export { copyNeighborList, neighborList, type NeighborListOptions, type PlainNeighborList } from "./plain.js";
