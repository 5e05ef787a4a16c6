export * from "./optimizers/index.js";
export * from "./search-space/index.js";
export type { EvaluationRecord, SearchResult, StageResult } from "./search-result.js";
export { kernelDistribution, type KernelDistribution, type KernelDistributionOptions, type KernelTerm } from "./objectives/kernel-distribution/distribution.js";
