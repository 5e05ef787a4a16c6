import { parsePath, valueAt } from "../parameter-path.js";
import type { Point } from "../optimizers/optimizer.js";
import { completeCandidate, lookUp } from "./search-space/complete.js";
import type { Candidate, ParameterValue, ParameterValues, SearchSpace } from "./search-space/search-space.js";

export interface StartValues {
  readonly values: ParameterValues;
  /** Whether the point nearest to them stands for these values, and not for the next ones of a grid. */
  readonly isReached: boolean;
}

/** Values that the user's file has for what is searched: as written there, not as they come back from a point. */
export function startValues(space: SearchSpace, base: Candidate, point: Point | undefined): StartValues {
  const complete = completeCandidate(base);
  const decoded = point && space.decode(point);
  const paths = decoded ? Object.keys(decoded) : space.parameters.map(({ path }) => path);
  const values = Object.fromEntries(
    paths.flatMap((path): [string, ParameterValue][] => {
      const value = lookUp(complete, parsePath(path)) ?? valueAt(base, parsePath(path));
      return isParameterValue(value) ? [[path, value]] : [];
    }),
  );
  return { values, isReached: decoded !== undefined && Object.entries(decoded).every(([path, value]) => isSame(values[path], value)) };
}

function isParameterValue(value: unknown): value is ParameterValue {
  return ["number", "string", "boolean"].includes(typeof value);
}

/** Numbers come back from a logarithmic scale with another last digit. */
function isSame(a: ParameterValue | undefined, b: ParameterValue): boolean {
  if (typeof a === "number" && typeof b === "number") return Math.abs(a - b) <= 1e-12 * Math.abs(b);
  return a === b;
}
