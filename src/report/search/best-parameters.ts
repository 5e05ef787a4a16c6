import type { EvaluationRecord } from "../../tune/search-result.js";
import { formatTick } from "../formatting.js";
import { formatValue } from "./value-display.js";
import type { ParameterAxis } from "./parameter-axis.js";

/** Within this share of the range a value counts as standing at the bound. */
const NEAR = 0.01;

/** Which end of its range the value of a parameter stands at; undefined inside, for lists without order and for two levels. */
export function boundOf({ parameter, position }: ParameterAxis, { values, point }: EvaluationRecord, index: number): "lower" | "upper" | undefined {
  const { dimension, range, values: levels } = parameter;
  if (dimension.kind === "categorical" || (levels && levels.length <= 2)) return undefined;
  const value = values[parameter.path];
  if (value === undefined) return undefined;
  if (levels) return value === levels[0] ? "lower" : value === levels[levels.length - 1] ? "upper" : undefined;
  // A bound may be another parameter: then only the point knows where the range ends.
  const share = point?.[index] ?? position(values);
  if (share === undefined || !range) return undefined;
  return share <= NEAR ? "lower" : share >= 1 - NEAR ? "upper" : undefined;
}

/** "0.2 to 1, logarithmic", "poly3 | poly3gauss" */
export function rangeText({ parameter }: ParameterAxis): string {
  const { range, values = [], scale } = parameter;
  if (range) return `${formatTick(range[0])} to ${formatTick(range[1])}${scale === "log" ? ", logarithmic" : ""}${values.length > 0 ? ", whole" : ""}`;
  return values.map((value) => formatValue(value)).join(" | ");
}
