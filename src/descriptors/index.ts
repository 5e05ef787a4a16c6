export type * from "./descriptor.js";
export type * from "./structure-descriptor.js";
export { centerRows, type DescribedBatch, type RowBatch, type RowKind, type Rows, scratchBytes, type ScratchSize, sliceBatch, stateBytes, type StateSize, structureRows } from "./rows.js";
export type { Arithmetic, DataKind, DescriptorCost, Extent, Preset, SizeParameter, Stage } from "./cost.js";
export { Concatenation } from "./concatenation.js";
export { OuterAverage } from "./outer-average.js";
export { Standardized } from "./environment-standardization.js";
export { type Standardization, standardizationSchema } from "./standardization.js";
export type { ColumnList, ColumnMap, ColumnMatrix } from "./reduction/column-map.js";
export { ColumnsOf } from "./reduction/columns.js";
export { PrincipalComponents } from "./reduction/principal-components.js";
export { ReducedDescriptor } from "./reduction/reduced-descriptor.js";
export { type Unreduced, unreduced, unreducedRows } from "./reduction/unreduced.js";
export { type Reduction, reductionSchema } from "./reduction/schema.js";
export {
  attachDescriptor,
  attachStructureDescriptor,
  createDescriptor,
  createEnvironmentDescriptor,
  descriptorCost,
  descriptorNames,
  type DescriptorOf,
  descriptorPresets,
  descriptorSchema,
  registerDescriptor,
  type StructureDescriptorName,
} from "./registry.js";
export { requireCenterRows, requireEnvironments } from "./requirements.js";
export { LocalMbtr } from "./many-body/local-mbtr.js";
export { Mbtr, ValleOganov } from "./many-body/mbtr.js";
export {
  type LocalMbtrParameters,
  localMbtrSchema,
  type MbtrParameters,
  mbtrSchema,
  type ValleOganovParameters,
  valleOganovSchema,
} from "./many-body/parameters.js";
export { CoulombMatrix } from "./matrices/coulomb-matrix.js";
export { type CoulombMatrixParameters, coulombMatrixSchema, type EwaldSumMatrixParameters, ewaldSumMatrixSchema, type SineMatrixParameters, sineMatrixSchema } from "./matrices/parameters.js";
export { EwaldSumMatrix } from "./matrices/ewald-sum-matrix.js";
export { SineMatrix } from "./matrices/sine-matrix.js";
export { Ace } from "./ace/ace.js";
export { usualBondLength } from "./ace/bonds.js";
export type { ExplicitFunction } from "./ace/explicit-functions.js";
export { type DegreeSelection, type Factor, type FactorSet, factorSets } from "./ace/selection.js";
export { type PruningRecord, pruningRecordSchema } from "./pruning-record.js";
export { type AceParameters, aceSchema } from "./ace/parameters.js";
export { Bispectrum } from "./bispectrum/bispectrum.js";
export { type BispectrumParameters, bispectrumSchema } from "./bispectrum/parameters.js";
export { Cluster } from "./cluster/cluster.js";
export { type ClusterBasisParameters, clusterBasisSchema, type ClusterParameters, clusterSchema } from "./cluster/parameters.js";
export { OverlapMatrix } from "./overlap-matrix/overlap-matrix.js";
export { type OverlapMatrixParameters, overlapMatrixSchema } from "./overlap-matrix/parameters.js";
export { Soap, type SoapColumn } from "./soap/soap.js";
export { type SoapParameters, soapSchema } from "./soap/parameters.js";
export { Distance2b } from "./distance-2b/distance-2b.js";
export { type Distance2bParameters, distance2bSchema } from "./distance-2b/parameters.js";
export { Angle3b } from "./angle-3b/angle-3b.js";
export { type Angle3bParameters, angle3bSchema } from "./angle-3b/parameters.js";
export { SoapTurboExpansion } from "./spherical-expansion/soap-turbo-expansion.js";
export { SphericalExpansion } from "./spherical-expansion/spherical-expansion.js";
export { type SoapTurboExpansionParameters, soapTurboExpansionSchema, type SphericalExpansionParameters, sphericalExpansionSchema } from "./spherical-expansion/parameters.js";
export { SoapTurbo } from "./soap-turbo/soap-turbo.js";
export { type SoapTurboParameters, soapTurboSchema } from "./soap-turbo/parameters.js";
export { Acsf } from "./acsf/acsf.js";
export { type AcsfGrid, acsfGridSchema, type AcsfParameters, acsfSchema, type CenterFunction, centerFunctionSchema } from "./acsf/parameters.js";
export { acsfGrid, type AcsfLists } from "./acsf/grids.js";
export { formatSymmetryFunctions, type LengthUnit, parseSymmetryFunctions, type SymmetryFunctionFile } from "./acsf/input-file.js";
