export {
  type DescribedPart,
  type DescribedParts,
  type EvaluationRequest,
  type Potential,
  type PotentialEvaluator,
  type PotentialTables,
  type TablesOfPart,
  type Prediction,
  type PreparedPotential,
  type ResidualNoise,
  type Want,
} from "./potential.js";
export type { ErrorBarCalibration, FileRecord, Model, ModelContent, ModelPart, ModelType, NamedArray, PartTypes, Provenance } from "./model-type.js";
export { type ComposedParts, type Parametric, type ParameterRowsRequest, parameterRowCount, type PotentialParameter } from "./parametric.js";
export { evaluateDataset, evaluateStructure, evaluateStructures, type Evaluated, type EvaluateOptions } from "./evaluate.js";
export { type OpenEvaluateOptions, OpenPotential, openPotential } from "./open-potential.js";
export type { PlacedStructure } from "./placed-structure.js";
export { type KnownPotentialOptions, knownPotentialSchema, knownSpecies, makeKnownPotential } from "./known-potential.js";
export { loadModel, saveModel } from "./model-file.js";
export { isModelFile } from "./model-file-mark.js";
export { decodeModel, encodeModel, MODEL_FILE_VERSION } from "./model-format.js";
export { attachPotential, modelNames, modelTypeOf, registerModelType } from "./registry.js";
export { CommitteeModel, type CommitteeOrigin, type CommitteeParts, committeeOrigins } from "./committee/model.js";
export { type CommitteeModelOptions, committeeOfModel } from "./linear/committee.js";
export type { ActiveSets } from "./linear/active-sets.js";
export { type CoefficientCovariance, LinearModel, type LinearModelOptions } from "./linear/model.js";
export type { LinearTerm } from "./linear/term.js";
export { ComposedModel } from "./composed/model.js";
export type { ComposedModelOptions } from "./composed/options.js";
export { type NotatedForm, type NotationStyle, parseNotation, printNotation } from "./composed/notation.js";
export { type BasisPlaces, type ComposedParameter, countParameters, layoutParameters, type NodePlaces, type ParameterCounts, type ParameterKind, type ParameterLayout } from "./composed/parameters.js";
export { type ClusterBasis, type ClusterCutoff, clusterCutoffs, type ClusterCutoffName, speciesModes, type SpeciesMode } from "../descriptors/cluster/basis.js";
export type { ComposedForm, ComposedLeaf, ComposedNode, Composition, ExponentialLeaf, LinearLeaf } from "./composed/tree.js";
export { buckinghamModel, buckinghamSchema } from "./pair/buckingham.js";
export { ClosedFormModel, type ClosedFormPair, type PairParameters } from "./pair/closed-form.js";
export { lennardJonesModel, lennardJonesSchema } from "./pair/lennard-jones.js";
export { morseModel, morseSchema } from "./pair/morse.js";
export { type PairTable, PairTableModel, parsePairTable } from "./pair/table.js";
export { ZblModel, type ZblParameters, zblSchema } from "./pair/zbl.js";
export { KernelRidgeModel } from "./kernel-ridge/model.js";
export type { KernelRidgeErrorBars, KernelRidgeOptions, KernelRidgeTarget } from "./kernel-ridge/options.js";
export type { KernelRidgeTerm, TermJacobians } from "./kernel-ridge/term.js";
export { SparseGpModel, type SparseGpOptions } from "./sparse-gp/model.js";
export { drawSparseGps } from "./sparse-gp/draws.js";
export type { SparseGpPosterior } from "./sparse-gp/posterior.js";
export type { SparseGpTerm } from "./sparse-gp/term.js";
export { SumModel, type SumModelOptions, type SumPart } from "./sum/model.js";
