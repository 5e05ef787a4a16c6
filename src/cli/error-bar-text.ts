import type { BarJudgement, ErrorBarSummary, JudgedErrorBars } from "../analysis/error-bars.js";
import type { ErrorBarCalibration } from "../models/model-type.js";

/** Lines for energies and for forces, with the noise of the fit where it is known, and what bars were multiplied by. */
export function describeErrorBars({ energy, forces }: ErrorBarSummary, calibration?: ErrorBarCalibration): string[] {
  return [...lines("energies", energy, 1000, "meV/atom"), ...lines("forces", forces, 1, "eV/Å"), ...(calibration ? [describeCalibration(calibration)] : [])];
}

/** "error bars are calibrated: energies × 2.31, forces × 1.12, with 25 structures" */
export function describeCalibration({ energy, forces, structures }: ErrorBarCalibration): string {
  const factor = (name: string, value: number | undefined): string[] => (value === undefined ? [] : [`${name} × ${value.toPrecision(3)}`]);
  return `error bars are calibrated: ${[...factor("energies", energy), ...factor("forces", forces)].join(", ")}${structures === undefined ? "" : `, with ${structures} structures`}`;
}

function lines(of: string, { count, withNoise, ...bars }: JudgedErrorBars, factor: number, unit: string): string[] {
  const line = (name: string, { size, ...judged }: BarJudgement): string => `${name} of ${of} ${(factor * size).toPrecision(3)} ${unit}${count === 0 ? "" : describe(judged)}`;
  return [line("error bars", bars), ...(withNoise ? [line("with the noise, bars", withNoise)] : [])];
}

function describe({ factor, calibration, rankCorrelation }: Omit<BarJudgement, "size">): string {
  const shares = calibration.map(({ deviations, observed, expected }) => `${percent(observed)} within ${deviations} (normal: ${percent(expected)})`);
  return `; errors are ${factor.toPrecision(3)} times as large, ${shares.join(", ")}${Number.isNaN(rankCorrelation) ? "" : `; rank correlation ${rankCorrelation.toFixed(2)}`}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.99 && share < 1 ? 1 : 0)} %`;
}
