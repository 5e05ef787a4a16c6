export { type BaselineOptions, baselineSchema } from "./baseline.js";
export { defineTrainer } from "./define-trainer.js";
export { type FitPlan, type PredictionSeconds, type OutlineLine, type PlannedMemory } from "./fit-plan.js";
export { type FitCurve, type FitPlot, type FitStage, type FitSummary, type FitTable, type NamedCount, type TableCell } from "./fit-summary.js";
export { type CompleteRequest, type DescriptorPart, type FitContext, type FitRequest, type FitResult, type FitSection, type KernelPart, type ModelSection, type ModelSectionSchema, type Trainer, type TrainerDefinition } from "./trainer.js";
export { type CommitteeOptions as CommitteeFitOptions, committeeSchema } from "./committee/schema.js";
export { withSpreadLimits } from "./committee/spread-limits.js";
export { trainCommittee } from "./committee/train.js";
export type { BlocksName, ChainState, Checkpoint, CheckpointContext, DataContent, FitIdentity, InnerWork, KeptBlocks, KeptChains, KeptParts, KeptScope, NamedContent, NamedData, PartCodec, PartName, ReductionName, StoredPart } from "./checkpoint/checkpoint.js";
export { recallPart, withCheckpoint, workWithin } from "./checkpoint/checkpoint.js";
export { CheckpointFolder, type CheckpointOptions } from "./checkpoint/checkpoint-folder.js";
export type { WritingOptions } from "./checkpoint/part-folder.js";
export { digestOfNumbers, fitIdentity, type SectionSchemas } from "./checkpoint/identity.js";
export { registerTrainer, trainerNames, trainerOf } from "./registry.js";
export { type ActiveSetsContext, withActiveSets } from "./linear/active-sets.js";
export { fitLinear, type LinearFitResult } from "./linear/fit.js";
export type { ColumnGroupsSummary, ColumnGroupSummary, LinearFitSummary } from "./linear/summary.js";
export type { LeftOutErrors, LeftOutStatistics } from "./linear/cross-validation.js";
export type { ClassWeights, EvidenceSigma } from "./linear/weights.js";
export type { PathStep } from "./linear/greedy-path.js";
export { type LinearFitPlan, planLinearFit } from "./linear/estimate.js";
export { type LinearFit, type LinearFitOptions, linearFitSchema, type LinearModelSection, linearSchema } from "./linear/schema.js";
export { type ComposedFitResult, fitComposed } from "./composed/fit.js";
export { planComposedFit } from "./composed/estimate.js";
export { type ComposedFit, type ComposedFitOptions, composedFitSchema, composedSchema, type ComposedSection } from "./composed/schema.js";
export type { BasisOption, BasisRecordOption, ExponentialOption, NodeOption, PotentialOption } from "./composed/potential-option.js";
export type { ComposedFitSummary } from "./composed/summary.js";
export type { TrainingRecord } from "./composed/training.js";
export { fitKernelRidge } from "./kernel-ridge/fit.js";
export type { KernelRidgeFitResult } from "./kernel-ridge/job.js";
export { planKernelRidgeFit } from "./kernel-ridge/estimate.js";
export {
  type KernelRidgeFit,
  type KernelRidgeFitOptions,
  kernelRidgeFitSchema,
  type KernelRidgeModelOptions,
  kernelRidgeSchema,
} from "./kernel-ridge/schema.js";
export type { KernelRidgeScanErrors, KernelRidgeScanPoint } from "./kernel-ridge/scan-point.js";
export { type KernelRidgeScan, type KernelRidgeScanContext, scanKernelRidge } from "./kernel-ridge/scan-kernel-ridge.js";
export type { KernelRidgeFitSummary, KernelRidgeLeftOut } from "./kernel-ridge/summary.js";
export { fitSparseGp, type SparseGpFitResult } from "./sparse-gp/fit.js";
export type { SparseGpFitSummary } from "./sparse-gp/summary.js";
export { estimateSparseGpBytes, planSparseGpFit, type SparseGpFitPlan, type TermSizes } from "./sparse-gp/estimate.js";
export { fitSchema, type FitOptions, resolveFit, type ResolvedFit, type SparseGpFit, type SparseGpModelOptions, sparseGpSchema } from "./sparse-gp/schema.js";
export { type HuberIteration, type HuberStep, iterateHuber, type WeightedProblem } from "./robust/huber.js";
export { huberTrainer, robustFit, type RobustFitResult } from "./robust/robust-fit.js";
export { type RobustOptions, robustSchema } from "./robust/schema.js";
export type { DownWeighted, OutlyingStructure, RobustSummary } from "./robust/summary.js";
export { barScale, type BarScale, type UncertainErrors } from "./calibration/bar-scale.js";
export { type MaskOption, maskSchema, type SigmaOptions, sigmaSchema } from "./sigma.js";
export { type PartialData, sigmaOnPart } from "./partial-data.js";
export { findIsolatedAtomEnergies, type IsolatedAtomEnergies, isolatedAtomEnergiesSchema, type IsolatedAtomOption } from "./isolated-atoms.js";
export { countTargets, rowCounts, type TargetCounts } from "./targets.js";
export { type EnergyTarget, type ForceTargets, rowsOf, type StructureTargets, targetsOf, type VirialTarget } from "./structure-targets.js";
export { type Block, splitBlocks } from "./least-squares/blocks.js";
export { blocksInFlight, chainCount, reduceRows, type RowsInput, type RowSource } from "./least-squares/chains.js";
export { type LeastSquaresSolution, makeTriangles, solveTriangle, strideOf, type Triangle, triangleBytes } from "./least-squares/triangle.js";
export { ardFixedPoint } from "./linear/solvers/ard.js";
export type { ArdIteration } from "./linear/solvers/ard-steps.js";
export { readReducedRows, reduceDenseRows } from "./linear/solvers/dense-rows.js";
export { type HuberOptions, huberRidge, type HuberSolution, type RobustRows } from "./linear/solvers/huber.js";
export { type Criterion, ridgeOfBand } from "./linear/solvers/many-columns.js";
export type { RidgeOptions } from "./linear/solvers/appended-ridge.js";
export { type GroupedRows, leftOutResiduals } from "./linear/solvers/left-out.js";
export {
  calibrationCurve,
  calibrationFactor,
  type CalibrationPoint,
  committeeOf,
  type CommitteeOptions,
  covarianceFactor,
  covarianceOf,
  drawCommittee,
  predictionVariances,
  type RootKind,
} from "./linear/solvers/posterior.js";
export type { ReducedRows } from "./linear/solvers/reduced-rows.js";
export { bayesianRidge, evidenceMaxima, gcvRidge, logEvidence, noiseVarianceAt, ridgePoint, ridgeScan, ridgeSolution, scanGrid } from "./linear/solvers/ridge.js";
export { defaultSolver, type SolverOptions, solverSchema } from "./linear/solvers/schema.js";
export { type SingularForm, singularForms } from "./linear/solvers/singular-form.js";
export type { CovarianceRoot, GreedyStep, LinearSolution, RidgeScanPoint } from "./linear/solvers/solution.js";
export { MANY_COLUMNS, type SolveOptions, solveReduced } from "./linear/solvers/solve.js";
