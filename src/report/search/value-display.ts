import { sizeTitle } from "../../fit/registry.js";
import type { Parameter, ParameterValue } from "../../tune/search-space/search-space.js";
import { ABSENT, displayName, formatCount, formatSignificant, shortest, withMinus } from "../formatting.js";

/** How a measured number is shown: multiplied by `scale`, in `unit`. */
export interface MetricDisplay {
  readonly title: string;
  /** Empty for numbers without a unit and for metrics that nobody has named here. */
  readonly unit: string;
  readonly scale: number;
}

const metricUnits: readonly (readonly [pattern: RegExp, unit: string, scale: number])[] = [
  [/energy(Rmse|Mae|Max)$/i, "meV/atom", 1000],
  [/forces?(Rmse|Mae|Max)$/i, "eV/Å", 1],
  [/virial(Rmse|Mae|Max)$/i, "meV/atom", 1000],
  [/^cost$/, "µs/atom", 1],
  [/^operations$/, "kflop/atom", 1e-3],
  [/seconds$/i, "s", 1],
];

const metricTitles: ReadonlyMap<string, string> = new Map([
  ["pairs", "kernel values"], ["cost", "cost of a prediction"], ["operations", "operations"], ["lossOfErrors", "loss of errors alone"],
]);

/** Title and unit of a metric by its name: "energyRmse" → energy RMSE in meV/atom. */
export function metricDisplay(name: string): MetricDisplay {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  const title = metricTitles.get(name) ?? sizeTitle(name) ?? displayName(words.replace(/\b(rmse|mae)\b/g, (word) => word.toUpperCase()).replace(/\bstd\b/, "std. deviation").replace("forces", "force"), 40);
  const [, unit = "", scale = 1] = metricUnits.find(([pattern]) => pattern.test(name)) ?? [];
  return { title, unit, scale };
}

/** "energy RMSE (meV/atom)" */
export function metricHeading({ title, unit }: MetricDisplay): string {
  return unit === "" ? title : `${title} (${unit})`;
}

/** "4.02 meV/atom" */
export function formatMetric(name: string, value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return ABSENT;
  const { unit, scale } = metricDisplay(name);
  if (unit === "") return withMinus(Number.isInteger(value) ? formatCount(value) : formatSignificant(value));
  return `${withMinus(formatSignificant(value * scale))} ${unit}`;
}

/** Three significant digits; a loss mixes units and has none. */
export function formatLoss(loss: number | undefined): string {
  return loss === undefined ? ABSENT : withMinus(formatSignificant(loss));
}

const parameterUnits: readonly (readonly [pattern: RegExp, unit: string])[] = [
  [/\.cutoff\.[a-z]+$/i, "Å"],
  [/\.descriptor\..*\bsigma(Radial|Angular)?(\.\w+|\[\d+\])?$/i, "Å"],
  [/\.(bondLengths\..*|innerCutoff)$/, "Å"],
  [/\.kernel\.delta$/, "eV"],
  [/^fit\.sigma\.(.*\.)?(energy|virial)$/, "eV/atom"],
  [/^fit\.sigma\.(.*\.)?forces$/, "eV/Å"],
  [/^fit\.jitter$/, "eV²"],
];

/** The unit of a parameter of a fit file (docs/conventions.md); empty where it has none. */
export function parameterUnit({ path }: Pick<Parameter, "path">): string {
  return parameterUnits.find(([pattern]) => pattern.test(path))?.[1] ?? "";
}

/** "zeta", "cutoff.radius (Å)" */
export function parameterHeading(parameter: Parameter): string {
  const unit = parameterUnit(parameter);
  const label = displayName(parameter.label, 34);
  return unit === "" ? label : `${label} (${unit})`;
}

/** Four significant digits; whole numbers and texts as they are. */
export function formatValue(value: ParameterValue | undefined): string {
  if (value === undefined) return ABSENT;
  if (typeof value !== "number") return displayName(String(value), 30);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return withMinus(String(value));
  return Number.isFinite(value) ? shortest(value, 4) : ABSENT;
}

/** "−38.2 %" for a fall; a difference where the start is not positive, undefined without both. */
export function formatChange(start: number | undefined, best: number | undefined): string | undefined {
  if (start === undefined || best === undefined || !Number.isFinite(start) || !Number.isFinite(best)) return undefined;
  const difference = best - start;
  const sign = difference < 0 ? "−" : difference > 0 ? "+" : "±";
  if (!(start > 0 && best >= 0)) return `${sign}${formatSignificant(Math.abs(difference))}`;
  const percent = Math.abs(100 * difference) / start;
  if (percent < 0.05) return "±0.0 %";
  return `${sign}${percent >= 1000 ? formatSignificant(percent) : percent.toFixed(1)} %`;
}
