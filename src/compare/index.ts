export { compareDescriptors, type CompareOptions } from "./compare-descriptors.js";
export type { Arithmetic } from "../descriptors/cost.js";
export type { ComparedDescriptor, Comparison, Cost, CostUnit, Extrapolation, RefusedDescriptor, Scaling, StageShare, Timing } from "./comparison.js";
export type { NamedParameters } from "./presets.js";
export { type CacheKey, defaultCacheFolder, FolderCache, MemoryCache, type ResultCache } from "./result-cache.js";
