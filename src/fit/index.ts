export { fitSparseGp, type FitContext, type SparseGpFitResult, type SparseGpFitSummary } from "./sparse-gp/fit.js";
export { estimateSparseGpBytes, type FitPlanSummary, planSparseGpFit } from "./sparse-gp/memory.js";
export { fitSchema, modelSchema, resolveFit, sparseGpSchema, type FitOptions, type ResolvedFit, type SparseGpFit, type SigmaOptions, type SparseGpModelOptions } from "./schema.js";
export { findIsolatedAtomEnergies, type IsolatedAtomEnergies, type IsolatedAtomOption } from "./isolated-atoms.js";
export { countTargets, type TargetCounts } from "./targets.js";
