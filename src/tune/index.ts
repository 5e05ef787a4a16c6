export * from "./optimizers/index.js";
export * from "./search-space/index.js";
export type { EvaluationRecord, SearchResult, StageResult } from "./search-result.js";
