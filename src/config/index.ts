import { describeSchema } from "./describe-config.js";
import { fitFileSchema } from "./fit-config.js";
import { tuneFileSchema } from "./tune-config.js";

export { type ConfigFile, readConfigFile, resolveConfig } from "./config-file.js";
export { type DescribeConfig, describeSchema } from "./describe-config.js";
export { type FitConfig, fitFileSchema, pathsBeside, relocatePaths } from "./fit-config.js";
export { candidateOf, searchIdentity, type TuneConfig, tuneFileSchema } from "./tune-config.js";
export { type TunedFile, tunedFitFile } from "./tuned-file.js";
export { applyAssignments, parseAssignments } from "./overrides.js";
export { inSearchParameters } from "./search-place.js";
export { type FileRecord, programVersions, recordFile } from "./provenance.js";

/** Configuration files by the command that reads them. */
export const configSchemas = { fit: fitFileSchema, describe: describeSchema, tune: tuneFileSchema } as const;
