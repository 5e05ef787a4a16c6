import type { Quantity } from "../analysis/metrics.js";

/** How errors of a quantity are shown: multiplied by `scale`, in `unit`. */
export interface QuantityDisplay {
  readonly title: string;
  readonly unit: string;
  readonly scale: number;
}

export const errorDisplay: Readonly<Record<Quantity, QuantityDisplay>> = {
  energy: { title: "Energy", unit: "meV/atom", scale: 1000 },
  forces: { title: "Forces", unit: "eV/Å", scale: 1 },
  virial: { title: "Virial", unit: "meV/atom", scale: 1000 },
};

/** "Energy RMSE, meV/atom" */
export function measureTitle({ title, unit }: QuantityDisplay, measure: "rmse" | "mae"): string {
  return `${title} ${measure.toUpperCase()}${unit === "" ? "" : `, ${unit}`}`;
}

/** Text of a value that is not there. */
export const ABSENT = "–";

/**
 * Text from data made safe to show: control characters, lone surrogates and marks that reorder text are replaced, because they
 * would break XML or act on a terminal; long names are shortened in the middle.
 */
export function displayName(text: string, maxLength = 48): string {
  const clean = text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF\u202A-\u202E\u2066-\u2069]/gu, "\uFFFD");
  const characters = Array.from(clean);
  if (characters.length <= maxLength) return clean;
  const tail = Math.floor((maxLength - 1) / 3);
  return `${characters.slice(0, maxLength - 1 - tail).join("")}…${characters.slice(characters.length - tail).join("")}`;
}

export function groupName(group: string, maxLength = 48): string {
  return group === "" ? "(no config_type)" : displayName(group, maxLength);
}

/** Decimals at which the smallest positive value of a column still has two significant digits, between 1 and 4. */
export function columnDecimals(values: readonly number[]): number {
  const positive = values.filter((value) => Number.isFinite(value) && value > 0);
  if (positive.length === 0) return 1;
  return Math.min(4, Math.max(1, 1 - Math.floor(Math.log10(Math.min(...positive)))));
}

export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return ABSENT;
  return value >= 1e7 ? value.toExponential(2) : value.toFixed(decimals);
}

/** Three significant digits: "4.02", "0.117", "1230". */
export function formatSignificant(value: number): string {
  if (!Number.isFinite(value)) return ABSENT;
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1e7 || magnitude < 1e-4) return value.toExponential(2);
  const rounded = Number(value.toPrecision(3));
  return rounded.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
}

/** An error with its unit; `value` in eV/atom or eV/Å. */
export function formatError(quantity: Quantity, value: number): string {
  const { scale, unit } = errorDisplay[quantity];
  return Number.isFinite(value) ? `${formatSignificant(value * scale)} ${unit}` : ABSENT;
}

/** Two digits; a zero has no sign. */
export function formatCorrelation(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2).replace(/^-(?=0\.00$)/, "") : ABSENT;
}

export function formatCount(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** "1 structure", "25 structures". */
export function formatCounted(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}

export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return ABSENT;
  if (seconds > 0 && seconds < 0.1) return seconds < 1e-4 ? `${formatSignificant(seconds * 1e6)} µs` : `${formatSignificant(seconds * 1e3)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return ABSENT;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? formatCount(value) : formatSignificant(value)} ${units[unit]}`;
}

/** For axes: as few digits as three significant ones need. */
export function formatTick(value: number): string {
  return shortest(value, 3);
}

/** As few digits as so many significant ones need. */
export function shortest(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  return withMinus(magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e5) ? rounded.toExponential().replace("e+", "e") : String(rounded));
}

/** The sign of a negative number as it is printed. */
export function withMinus(text: string): string {
  return text.replace(/^-/, "−");
}
