export { checkParameters, type CheckedSpace, createSearchSpace, type SearchSpaceOptions } from "./create.js";
export { SearchParameterError } from "./parameter-error.js";
export { parametersSchema, type ParametersOptions } from "./schema.js";
export type { Candidate, Parameter, ParameterValue, ParameterValues, SearchSpace } from "./search-space.js";
