import { InvalidParameterError } from "../../errors.js";
import type { ParameterPath } from "../../parameter-path.js";

/** A searched parameter that is not allowed. `path` leads to what is wrong inside `tune.parameters`, so that its place in the file can be named. */
export class SearchParameterError extends InvalidParameterError {
  /** Inside `tune.parameters`. */
  readonly path: ParameterPath;
  /** Whether the key or what stands behind it is wrong. */
  readonly part: "key" | "value";

  constructor(path: ParameterPath, part: "key" | "value", message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
    this.part = part;
  }
}
