/**
 * What users need (`pestle`): data, descriptors, fits, predictions, searches, reports. What extensions are made of is in `pestle/core`.
 * @module
 */
import "./library-mark.js";
export * from "./errors.js";
export { codata2018, type OwnUnit, ownUnit, unitFactor, units } from "./units.js";
export { type ParameterPath, validate, type ValidationOptions } from "./validation.js";
export { createExecutor, type ExecutorOptions } from "./parallel/create-executor.js";
export type { Executor } from "./parallel/executor.js";
export type { Progress, ProgressListener } from "./parallel/progress.js";
export * from "./structures/index.js";
export { neighborList, type NeighborListOptions, type PlainNeighborList } from "./neighbors/plain.js";
export type { ColumnStatistics, DataStatistics, Descriptor, Feature, FeatureSpace, SpeciesList } from "./descriptors/descriptor.js";
export { Concatenation } from "./descriptors/concatenation.js";
export type { AnyDescriptor, DataExtent, StructureDescriptor } from "./descriptors/structure-descriptor.js";
export { createDescriptor, descriptorNames, type DescriptorOf, descriptorSchema, type StructureDescriptorName } from "./descriptors/registry.js";
export { Ace } from "./descriptors/ace/ace.js";
export { usualBondLength } from "./descriptors/ace/bonds.js";
export { type AceParameters, aceSchema } from "./descriptors/ace/parameters.js";
export { Bispectrum } from "./descriptors/bispectrum/bispectrum.js";
export { type BispectrumParameters, bispectrumSchema } from "./descriptors/bispectrum/parameters.js";
export { LocalMbtr } from "./descriptors/many-body/local-mbtr.js";
export { Mbtr, ValleOganov } from "./descriptors/many-body/mbtr.js";
export {
  type LocalMbtrParameters,
  localMbtrSchema,
  type MbtrParameters,
  mbtrSchema,
  type ValleOganovParameters,
  valleOganovSchema,
} from "./descriptors/many-body/parameters.js";
export { CoulombMatrix } from "./descriptors/matrices/coulomb-matrix.js";
export { type CoulombMatrixParameters, coulombMatrixSchema, type EwaldSumMatrixParameters, ewaldSumMatrixSchema, type SineMatrixParameters, sineMatrixSchema } from "./descriptors/matrices/parameters.js";
export { EwaldSumMatrix } from "./descriptors/matrices/ewald-sum-matrix.js";
export { SineMatrix } from "./descriptors/matrices/sine-matrix.js";
export { OuterAverage } from "./descriptors/outer-average.js";
export { Standardized } from "./descriptors/environment-standardization.js";
export { type Standardization, standardizationSchema } from "./descriptors/standardization.js";
export { ColumnsOf } from "./descriptors/reduction/columns.js";
export { ReducedDescriptor } from "./descriptors/reduction/reduced-descriptor.js";
export { type Reduction, reductionSchema } from "./descriptors/reduction/schema.js";
export { Soap, type SoapColumn } from "./descriptors/soap/soap.js";
export { type SoapParameters, soapSchema } from "./descriptors/soap/parameters.js";
export { Distance2b } from "./descriptors/distance-2b/distance-2b.js";
export { type Distance2bParameters, distance2bSchema } from "./descriptors/distance-2b/parameters.js";
export { Angle3b } from "./descriptors/angle-3b/angle-3b.js";
export { type Angle3bParameters, angle3bSchema } from "./descriptors/angle-3b/parameters.js";
export { SoapTurboExpansion } from "./descriptors/spherical-expansion/soap-turbo-expansion.js";
export { SphericalExpansion } from "./descriptors/spherical-expansion/spherical-expansion.js";
export { type SoapTurboExpansionParameters, soapTurboExpansionSchema, type SphericalExpansionParameters, sphericalExpansionSchema } from "./descriptors/spherical-expansion/parameters.js";
export { SoapTurbo } from "./descriptors/soap-turbo/soap-turbo.js";
export { Acsf } from "./descriptors/acsf/acsf.js";
export { acsfGrid, type AcsfLists } from "./descriptors/acsf/grids.js";
export { formatSymmetryFunctions, type LengthUnit, parseSymmetryFunctions, type SymmetryFunctionFile } from "./descriptors/acsf/input-file.js";
export { type AcsfGrid, acsfGridSchema, type AcsfParameters, acsfSchema, type CenterFunction, centerFunctionSchema } from "./descriptors/acsf/parameters.js";
export { type SoapTurboParameters, soapTurboSchema } from "./descriptors/soap-turbo/parameters.js";
export { type CenterSelection, parseCenterSelection } from "./environments/center-selection.js";
export { describeStructures, type DescribeOptions } from "./environments/describe-structures.js";
export { columnStatistics, type Learned, learnFromData, type LearnOptions } from "./environments/learn.js";
export type { FingerprintBlock } from "./environments/fingerprint-block.js";
export { type CachedEnvironments, EnvironmentCache } from "./environments/cache/environment-cache.js";
export { kernelNames, type KernelParameters, kernelSchema, kernelValue } from "./kernels/registry.js";
export { type DotProductParameters, dotProductSchema } from "./kernels/dot-product.js";
export { type LaplacianParameters, laplacianSchema } from "./kernels/laplacian.js";
export { type MaternParameters, maternSchema } from "./kernels/matern.js";
export { type PiecewisePolynomialParameters, piecewisePolynomialSchema } from "./kernels/piecewise-polynomial.js";
export { type SquaredExponentialParameters, squaredExponentialSchema } from "./kernels/squared-exponential.js";
export type { Potential, Prediction, Want } from "./models/potential.js";
export type { ErrorBarCalibration, FileRecord, Model, Provenance } from "./models/model-type.js";
export { CommitteeModel, type CommitteeOrigin, type CommitteeParts } from "./models/committee/model.js";
export { evaluateDataset, evaluateStructure, evaluateStructures, type Evaluated, type EvaluateOptions } from "./models/evaluate.js";
export { type OpenEvaluateOptions, OpenPotential, openPotential } from "./models/open-potential.js";
export type { PlacedStructure } from "./models/placed-structure.js";
export { loadModel, saveModel } from "./models/model-file.js";
export { isModelFile } from "./models/model-file-mark.js";
export { modelNames } from "./models/registry.js";
export { KernelRidgeModel } from "./models/kernel-ridge/model.js";
export type { KernelRidgeErrorBars, KernelRidgeOptions, KernelRidgeTarget } from "./models/kernel-ridge/options.js";
export type { KernelRidgeTerm, TermJacobians } from "./models/kernel-ridge/term.js";
export { SparseGpModel, type SparseGpOptions } from "./models/sparse-gp/model.js";
export { drawSparseGps } from "./models/sparse-gp/draws.js";
export type { SparseGpPosterior } from "./models/sparse-gp/posterior.js";
export type { SparseGpTerm } from "./models/sparse-gp/term.js";
export { countSchema, sparseMethods, sparseSchema, type SparseCount, type SparseOptions } from "./select/schema.js";
export type { FitPlan, OutlineLine, PlannedMemory, PredictionSeconds } from "./fit/fit-plan.js";
export type { FitCurve, FitPlot, FitStage, FitSummary, FitTable, NamedCount, TableCell } from "./fit/fit-summary.js";
export type { FitContext, FitRequest, FitResult, Trainer } from "./fit/trainer.js";
export type { BlocksName, ChainState, Checkpoint, DataContent, FitIdentity, KeptBlocks, KeptChains, KeptParts, KeptScope, NamedContent, NamedData, PartCodec, PartName, ReductionName, StoredPart } from "./fit/checkpoint/checkpoint.js";
export { CheckpointFolder, type CheckpointOptions } from "./fit/checkpoint/checkpoint-folder.js";
export type { WritingOptions } from "./fit/checkpoint/part-folder.js";
export type { Recall } from "./fit/kept-results.js";
export { trainerNames, trainerOf } from "./fit/registry.js";
export { type CommitteeOptions as CommitteeFitOptions, committeeSchema } from "./fit/committee/schema.js";
export { barScale, type BarScale, type UncertainErrors } from "./fit/calibration/bar-scale.js";
export { withSpreadLimits } from "./fit/committee/spread-limits.js";
export { trainCommittee } from "./fit/committee/train.js";
export { fitKernelRidge } from "./fit/kernel-ridge/fit.js";
export type { KernelRidgeFitResult } from "./fit/kernel-ridge/job.js";
export { planKernelRidgeFit } from "./fit/kernel-ridge/estimate.js";
export { type KernelRidgeFit, type KernelRidgeFitOptions, kernelRidgeFitSchema, type KernelRidgeModelOptions, kernelRidgeSchema } from "./fit/kernel-ridge/schema.js";
export type { KernelRidgeScanErrors, KernelRidgeScanPoint } from "./fit/kernel-ridge/scan-point.js";
export { type KernelRidgeScan, type KernelRidgeScanContext, scanKernelRidge } from "./fit/kernel-ridge/scan-kernel-ridge.js";
export type { KernelRidgeFitSummary, KernelRidgeLeftOut } from "./fit/kernel-ridge/summary.js";
export { fitSparseGp, type SparseGpFitResult } from "./fit/sparse-gp/fit.js";
export type { SparseGpFitSummary } from "./fit/sparse-gp/summary.js";
export { planSparseGpFit, type SparseGpFitPlan, type TermSizes } from "./fit/sparse-gp/estimate.js";
export { fitSchema, type FitOptions, type ResolvedFit, type SparseGpFit, type SparseGpModelOptions, sparseGpSchema } from "./fit/sparse-gp/schema.js";
export type { SigmaOptions } from "./fit/sigma.js";
export { findIsolatedAtomEnergies, type IsolatedAtomEnergies, type IsolatedAtomOption } from "./fit/isolated-atoms.js";
export type { TargetCounts } from "./fit/targets.js";
export * from "./tune/index.js";
export * from "./analysis/index.js";
export * from "./compare/index.js";
export * from "./audit/index.js";
export * from "./report/index.js";
export * from "./interop/fingerprints/index.js";
export * from "./interop/gap/index.js";
export * from "./config/index.js";
