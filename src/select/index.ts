export { selectSparsePoints, type SparseSelection } from "./sparse-points.js";
export { sparseMethods, sparseSchema, type SparseCount, type SparseOptions } from "./schema.js";
export { readSparsePoints, type SparsePoints } from "./sparse-file.js";
export { distinctCandidates, DUPLICATE_TOLERANCE } from "./duplicates.js";
export { cur, leverages } from "./cur.js";
export { farthestPoints } from "./farthest-point.js";
export { sampleIndices } from "./random.js";
export type { Candidates } from "./candidates.js";
export type { EnvironmentSource } from "./collect.js";
