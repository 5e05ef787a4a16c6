import { FormatError } from "../errors.js";
import type { ParameterPath } from "../parameter-path.js";
import { SearchParameterError } from "../tune/search-space/parameter-error.js";
import type { ConfigFile } from "./config-file.js";

/**
 * Runs something that takes searched parameters; what is wrong with one of them is told with its line and column.
 * @param path of the parameters in the file: `tune.parameters`, or those of a stage
 */
export function inSearchParameters<T>(file: ConfigFile | undefined, path: ParameterPath, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!file || !(error instanceof SearchParameterError)) throw error;
    throw new FormatError(file.locate([...path, ...error.path], error.part), error.message, { cause: error });
  }
}
