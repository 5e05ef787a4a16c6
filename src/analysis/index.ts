export { type ErrorStatistics, ErrorSum } from "./error-sum.js";
export { FORCE_THRESHOLD, forEachForceVector, type ForceVectorError, type ForceVectorErrors } from "./force-vectors.js";
export {
  atomForceErrors,
  errorSummary,
  ErrorAccumulator,
  forEachError,
  forEachValue,
  quantities,
  type ArrayComparison,
  type EnergyComparison,
  type ErrorOptions,
  type ErrorSummary,
  type GroupErrors,
  type Quantity,
  type StructureComparison,
  type ValueVisitor,
} from "./metrics.js";
export { cumulativeShare, histogram, linearEdges, logarithmicEdges, quantile, type Histogram } from "./distribution.js";
export { assessPotential, type Assessment, type AssessmentOptions, type LabeledComparison } from "./assessment.js";
export type { PropertyErrors } from "./property-errors.js";
export {
  crossValidate,
  type CrossValidateContext,
  type CrossValidation,
  type FoldResult,
  type HeldOutPrediction,
  heldOutPredictions,
} from "./validation/cross-validate.js";
export type { HeldOutPredictions, HeldOutResult } from "./validation/held-out-fit.js";
export {
  divideLearningData,
  learningCurve,
  type LearningCurveContext,
  type LearningCurveResult,
  type LearningPoint,
  type LearningRun,
  summarizeLearningRuns,
} from "./validation/learning-curve.js";
export type { LearningData, LearningPart, LearningParts } from "./validation/learning-parts.js";
export { fitPowerLaw, type PowerLaw } from "./validation/power-law.js";
export { type CrossValidationOptions, crossValidationSchema, type LearningCurveOptions, learningCurveSchema } from "./validation/schema.js";
export type { ErrorSpread, GroupSpread, MeanAndDeviation, PropertySpread, SummarySpread } from "./validation/spread.js";
export { calibrateErrorBars, type CalibratedModel, type CalibrationOptions } from "./calibrate.js";
export { attainableCorrelation, type BarBin, barBins, coverage, type CoveragePoint, rankCorrelation } from "./coverage.js";
export { type BarJudgement, type ComparedErrorBars, type ComparisonWithBars, type ErrorBarSummary, type ErrorsWithBars, errorsWithBars, type JudgedErrorBars, judgeErrorBars, type PredictedDeviations } from "./error-bars.js";
export {
  DOMAIN_THRESHOLD,
  type DomainMeasure,
  type DomainValues,
  GRADE_THRESHOLD,
  type OutermostAtom,
  SPREAD_THRESHOLD,
  type TrainingDomain,
  trainingDomain,
  type TrainingDomainOptions,
  uncertainties,
} from "./training-domain.js";
export { kernelDistribution, type KernelDistribution, type KernelDistributionOptions, type KernelTerm } from "./kernel-distribution/distribution.js";
export type { KernelHistogram } from "./kernel-distribution/kernel-histogram.js";
export { descriptorInformation, type InformationOptions } from "./information/describe-information.js";
export type { LearningMemory } from "./information/learned-structures.js";
export { type AgreementOptions, descriptorAgreement } from "./information/agreement.js";
export type {
  Agreement,
  ClosePair,
  Estimate,
  Information,
  KernelShape,
  LearningCurve,
  PairAgreement,
  SampledRow,
  Spectrum,
} from "./information/information.js";
export { type ComparedCell, suspectReferenceWarnings } from "./suspect-references.js";
export type { IntegerEnvironment } from "./redundancy/exact-places.js";
export { type EnvironmentRanks, exactRanks, type ExactPruning, type ExactPruningOptions, pruneExactly } from "./redundancy/exact-pruning.js";
export type { Invariant } from "./redundancy/invariants.js";
export { PRIMES } from "./redundancy/prime-field.js";
export { type BlindDirections, blindDirections, type BlindDirectionsOptions, describeBlindDirections } from "./sensitivity/blind-directions.js";
export { modeDisplacements, type Sensitivity, sensitivityAt, sensitivityFrom, sensitivityOf, type SensitivityOptions } from "./sensitivity/sensitivity.js";
export { type Stabilizer, stabilizerOf, type SymmetryOperation } from "./sensitivity/stabilizer.js";
export { type Blindness, blindnessOf } from "./manifolds/blindness.js";
export { degeneratePair, type Direction, methaneManifold, methaneManifoldGrid, methaneOf } from "./manifolds/degenerate-environments.js";
export { rotatedDistance } from "./manifolds/displacement.js";
export { followManifold } from "./manifolds/follow-manifold.js";
export { fourBodyEnergy } from "./manifolds/four-body-energy.js";
export type { Manifold, ManifoldEnd, ManifoldOptions, ManifoldPoint } from "./manifolds/manifold.js";
export type { EnvironmentAtoms } from "./blind-spots/matched-atoms.js";
export { structuralDistance, type StructuralDistance, type StructuralDistanceOptions } from "./blind-spots/structural-distance.js";
export { findBlindSpots } from "./blind-spots/find-blind-spots.js";
export { type DrawnEnvironment, type LaidPair, layPairs } from "./blind-spots/laid-pairs.js";
export type { BlindSpotOptions } from "./blind-spots/options.js";
export type { BlindPair, BlindSpots, ErrorBound, PairEnergy, PairForces, SpeciesSearch, UsualPairs } from "./blind-spots/blind-spots.js";
export { type AcePruning, type AcePruningOptions, pruneAce } from "./redundancy/prune-ace.js";
export { type ColumnPruning, type ColumnPruningOptions, type ConditionedColumns, type ConditionedOptions, pruneColumns, pruneColumnsConditioned, type ThresholdCount } from "./redundancy/prune-columns.js";
export { randomEnvironment } from "./redundancy/random-environments.js";
export type { ConditionedPruning } from "./redundancy/conditioned-pruning.js";
export { type Derivatives, type PointRank, type RealPruning, SMALLEST_GAP } from "./redundancy/real-pruning.js";
export { planReduction, type ReductionPlan } from "./redundancy/reduction-plan.js";
export { type DescriptorReduction, type OrderCount, reduceDescriptor, type ReduceOptions, type TypedParameters } from "./redundancy/reduce-descriptor.js";
export { DEFAULT_BITS, type PrecisionChoice, precisionChoices } from "./fisher/bits.js";
export { fisherInformation, type FisherOptions } from "./fisher/fisher-information.js";
export { type FisherPlan, planFisher } from "./fisher/plan.js";
export type {
  FisherInformation,
  FisherSpectrum,
  KappaByPrecision,
  ParameterEstimate,
  ParameterShare,
  Participation,
  PrecisionAccount,
  PrecisionTier,
  PredictionError,
  SetSpectra,
  SignificantRegion,
  SloppyDirection,
} from "./fisher/result.js";
export type { RowWeights } from "./fisher/weights.js";
