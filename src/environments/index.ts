export { type CenterSelection, parseCenterSelection, selectCenters } from "./center-selection.js";
export { blockSizes, type BlockSizes } from "./block-parts.js";
export { describeStructures, type DescribeOptions } from "./describe-structures.js";
export { columnStatistics, type Learned, learnFromData, type LearnOptions } from "./learn.js";
export { type ParameterDerivatives, parameterDerivatives, type ParameterDerivativesOptions } from "./parameter-derivatives.js";
export { principalAxes } from "./principal-axes.js";
export type { FingerprintBlock } from "./fingerprint-block.js";
export { type EnvironmentDerivatives, EnvironmentDescriber, type MovingAtoms } from "./environment-derivatives.js";
export { environmentOf, type SingleEnvironment, speciesOfEnvironments } from "./single-environment.js";
export type { CenterRange, Geometry } from "./geometry.js";
export { type AtomicEnvironments, copyGeometry, type DescribedEnvironments } from "./environments.js";
export type { EnvironmentSource } from "./collect.js";
export {
  type CachedEnvironments,
  type DescribedStructures,
  type DescribeRequest,
  EnvironmentCache,
  estimateDescribedBytes,
} from "./cache/environment-cache.js";
