export { type SelectionTerm, selectSparsePoints, type SparseSelection } from "./sparse-points.js";
export type { SelectionContext } from "./selection.js";
export { countSchema, sparseMethods, sparseSchema, type SparseCount, type SparseOptions } from "./schema.js";
export { readSparsePoints, type SparseFileOptions, type SparsePoints } from "./sparse-file.js";
export { distinctChoices, DUPLICATE_TOLERANCE } from "./duplicates.js";
export { cur, type Leverages, leverages } from "./cur.js";
export { farthestPoints } from "./farthest-point.js";
export type { Choices } from "./choices.js";
export { type ActiveSetOptions, type ActiveSetResult, ActiveSetSearch, chooseActiveSet, updateActiveSet } from "./active-set.js";
