import type { Parameter, ParameterValue, ParameterValues } from "../../tune/search-space/search-space.js";
import { formatTick } from "../formatting.js";
import { axisNumbers, type Tick } from "../plots/axis-numbers.js";
import { formatValue } from "./value-display.js";

/** Where the values of a parameter lie between 0 and 1 on an axis. */
export interface ParameterAxis {
  readonly parameter: Parameter;
  /** Whether values are levels without distances, which stand in the middle of equal shares of the axis. */
  readonly isList: boolean;
  /** Undefined for a parameter that is not active, and for a value that the axis cannot show. */
  position(values: ParameterValues): number | undefined;
  /** The same of a coordinate of an optimizer: 0 to 1 where the parameter is continuous, a level otherwise. */
  positionAt(coordinate: number): number | undefined;
  /** At most `most` of them, in ascending order. */
  ticks(most: number): Tick[];
}

/** An axis over the range of a parameter, wide enough for all values that were evaluated. */
export function parameterAxis(parameter: Parameter, evaluated: readonly ParameterValues[]): ParameterAxis {
  const { range, values: levels = [] } = parameter;
  return range ? numberAxis(parameter, range, evaluated) : listAxis(parameter, levels);
}

function numberAxis(parameter: Parameter, range: readonly [number, number], evaluated: readonly ParameterValues[]): ParameterAxis {
  const isLog = parameter.scale === "log" && range[0] > 0;
  let [lower, upper] = range;
  for (const values of evaluated) {
    const value = values[parameter.path];
    if (typeof value !== "number" || !Number.isFinite(value) || (isLog && value <= 0)) continue;
    lower = Math.min(lower, value);
    upper = Math.max(upper, value);
  }
  const scaled = (value: number): number => (isLog ? Math.log(value) : value);
  const width = scaled(upper) - scaled(lower);
  const place = (value: number): number => (width > 0 ? (scaled(value) - scaled(lower)) / width : 0.5);
  const position = (value: ParameterValue | undefined): number | undefined => {
    const share = typeof value === "number" ? place(value) : NaN;
    return Number.isFinite(share) ? share : undefined;
  };
  return {
    parameter,
    isList: false,
    position: (values) => position(values[parameter.path]),
    positionAt: (coordinate) =>
      position(parameter.values ? parameter.values[coordinate] : isLog ? range[0] * (range[1] / range[0]) ** coordinate : range[0] + coordinate * (range[1] - range[0])),
    ticks: (most) => {
      const numbers = axisNumbers([lower, upper], { most, isLog, whole: parameter.values !== undefined });
      return numbers.map((value) => ({ position: place(value), text: formatTick(value) }));
    },
  };
}

function listAxis(parameter: Parameter, levels: readonly ParameterValue[]): ParameterAxis {
  const place = (level: number): number => (level + 0.5) / levels.length;
  return {
    parameter,
    isList: true,
    positionAt: place,
    position: (values) => {
      const level = levels.indexOf(values[parameter.path]);
      return level < 0 ? undefined : place(level);
    },
    ticks: (most) => {
      const step = Math.ceil(levels.length / Math.max(1, most));
      return levels.flatMap((level, i) => (i % step === 0 ? [{ position: place(i), text: formatValue(level) }] : []));
    },
  };
}
