import type { Estimate } from "../../analysis/information/information.js";
import type { Timing } from "../../compare/comparison.js";
import { ABSENT, formatSeconds, formatSignificant, withMinus } from "../formatting.js";

/** "4.02 ± 0.11", the error with two digits; without an error three digits of the mean. */
export function formatEstimate(estimate: Pick<Estimate, "mean" | "error"> | undefined): string {
  if (!estimate || !Number.isFinite(estimate.mean)) return ABSENT;
  const { mean, error } = estimate;
  const isSmall = !(error > 1e-6 * Math.abs(mean));
  if (!Number.isFinite(error) || isSmall || Math.abs(mean) >= 1e6) return formatNumber(mean);
  const decimals = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(error) + 1e-9)));
  return `${withMinus(mean.toFixed(decimals))} ± ${error.toFixed(decimals)}`;
}

/** Three significant digits; powers of ten where there would be many zeros. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ABSENT;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e6)) return withMinus(formatSignificant(value));
  const [factor, exponent] = value.toExponential(1).split("e");
  return `${withMinus(factor)} × ${power(Number(exponent))}`;
}

const SUPERSCRIPTS = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

/** "10⁻¹²" */
export function power(exponent: number): string {
  const digits = Array.from(String(Math.abs(exponent)), (digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** Half the distance of the quartiles, as a share of the median: "12.3 µs ± 2 %" says how far repetitions lie apart. */
export function spreadOf({ median, low, high }: Timing): number {
  return (high - low) / 2 / median;
}

export function formatPercent(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return ABSENT;
  const percent = 100 * share;
  return `${percent !== 0 && Math.abs(percent) < 10 ? withMinus(percent.toFixed(1)) : withMinus(percent.toFixed(0))} %`;
}

/** Processor time: "12.3 s", "4 min 10 s", "5 h 03 min", "812 h". */
export function formatHours(hours: number): string {
  if (!Number.isFinite(hours)) return ABSENT;
  return hours < 48 ? formatSeconds(3600 * hours) : `${formatNumber(hours)} h`;
}
