import { formatTick } from "../../formatting.js";
import { axisNumbers, type Tick } from "../../plots/axis-numbers.js";
import { power } from "../number-display.js";

/** Where numbers lie between 0 and 1 on an axis. */
export interface NumberAxis {
  readonly domain: readonly [number, number];
  /** Within 0 … 1: what lies outside stands at the end. */
  position(value: number): number;
  ticks(most: number): Tick[];
}

/** Decades from which on ticks are written as powers of ten. */
const MANY_DECADES = 5;
/** Up to this ratio of the ends, equal steps give better numbers than steps of equal ratio. */
const SHORT_RATIO = 8;

/** A logarithmic axis over positive numbers, with room at both ends and at least a factor of `least` long. */
export function logAxis(values: readonly number[], { margin = 0.06, least = 3 } = {}): NumberAxis {
  const shown = values.filter((value) => value > 0 && Number.isFinite(value));
  const positive = shown.map(Math.log);
  // counts have no halves
  const whole = shown.length > 0 && shown.every(Number.isInteger);
  let lower = positive.length > 0 ? positive.reduce((a, b) => Math.min(a, b)) : 0;
  let upper = positive.length > 0 ? positive.reduce((a, b) => Math.max(a, b)) : 0;
  const missing = Math.max(0, Math.log(least) - (upper - lower)) / 2;
  lower -= missing;
  upper += missing;
  const room = margin * (upper - lower);
  const domain = [Math.exp(lower - room), Math.exp(upper + room)] as const;
  const place = (value: number): number => (Math.log(value) - lower + room) / (upper - lower + 2 * room);
  const hasPowers = upper - lower > MANY_DECADES * Math.LN10;
  const text = (value: number): string => (hasPowers ? power(Math.round(Math.log10(value))) : formatTick(value));
  return {
    domain,
    position: (value) => inside(place(value)),
    ticks: (most) => axisNumbers(domain, { most, isLog: domain[1] > SHORT_RATIO * domain[0], whole }).map((value) => ({ position: place(value), text: text(value) })),
  };
}

/** A linear axis over numbers from one end to the other. */
export function linearAxis(lower: number, upper: number): NumberAxis {
  const end = upper > lower ? upper : lower + 1;
  const place = (value: number): number => (value - lower) / (end - lower);
  return {
    domain: [lower, end],
    position: (value) => inside(place(value)),
    ticks: (most) => axisNumbers([lower, end], { most, isLog: false }).map((value) => ({ position: place(value), text: formatTick(value) })),
  };
}

function inside(position: number): number {
  return Math.min(1, Math.max(0, position));
}
