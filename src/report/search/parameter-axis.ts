import type { Parameter, ParameterValue, ParameterValues } from "../../tune/search-space/search-space.js";
import { formatTick, formatValue } from "./value-display.js";

export interface Tick {
  /** 0 to 1 */
  readonly position: number;
  readonly text: string;
}

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

export interface AxisNumbers {
  readonly most: number;
  readonly isLog: boolean;
  /** Whole numbers only. */
  readonly whole?: boolean;
}

/** Round numbers within a range, ascending. */
export function axisNumbers([lower, upper]: readonly [number, number], { most, isLog, whole = false }: AxisNumbers): number[] {
  return isLog ? logarithmicTicks(lower, upper, most) : linearTicks(lower, upper, most, whole);
}

/** Multiples of 1, 2 or 5 times a power of ten; whole ones for whole numbers. */
function linearTicks(lower: number, upper: number, most: number, whole: boolean): number[] {
  if (!(upper > lower)) return [lower];
  for (let exponent = Math.floor(Math.log10((upper - lower) / Math.max(1, most))) - 1; ; exponent++) {
    for (const factor of [1, 2, 5]) {
      const step = factor * 10 ** exponent;
      if (whole && step < 1) continue;
      const first = Math.ceil(lower / step - 1e-9);
      const count = Math.floor(upper / step + 1e-9) - first + 1;
      if (count <= Math.max(2, most)) return count >= 2 ? Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12))) : [lower, upper];
    }
  }
}

/** Powers of ten, or 1-2-5 steps, or 1-2-3-5-7 steps: the densest that fits; both ends where no row has two ticks. */
function logarithmicTicks(lower: number, upper: number, most: number): number[] {
  const first = Math.floor(Math.log10(lower));
  const last = Math.ceil(Math.log10(upper));
  const rows = [[1, 2, 3, 5, 7], [1, 2, 5], [1]].map((factors) => {
    const all = Array.from({ length: last - first + 1 }, (_, i) => factors.map((factor) => Number(`${factor}e${first + i}`))).flat();
    return all.filter((value) => value >= lower * (1 - 1e-9) && value <= upper * (1 + 1e-9));
  });
  const fitting = rows.find((row) => row.length <= most && row.length >= 2);
  if (fitting) return fitting;
  const decades = rows[rows.length - 1];
  const step = Math.ceil(decades.length / Math.max(1, most));
  return decades.length > most ? decades.filter((_, i) => i % step === 0) : [lower, upper];
}
