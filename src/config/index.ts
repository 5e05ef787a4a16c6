export { type ConfigFile, readConfigFile, resolveConfig } from "./config-file.js";
export { type DescribeConfig, describeSchema } from "./describe-config.js";
export { type FitConfig, type FitFileSchema, fitFileSchema, pathsBeside, relocatePaths } from "./fit-config.js";
export { candidateOf, searchIdentity, type TuneConfig, type TuneFileSchema, tuneFileSchema } from "./tune-config.js";
export { type TunedFile, tunedFitFile } from "./tuned-file.js";
export { applyAssignments, type Assignment, parseAssignments } from "./overrides.js";
export { inSearchParameters } from "./search-place.js";
export { type ProgramVersions, programVersions, recordFile } from "./provenance.js";
export { configSchemas } from "./schemas.js";
