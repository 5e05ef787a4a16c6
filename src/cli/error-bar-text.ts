import type { BarJudgement, ErrorBarSummary, JudgedErrorBars } from "../analysis/error-bars.js";
import type { ErrorBarCalibration } from "../models/model-type.js";
import { formatCorrelation } from "../report/formatting.js";

/** Lines for energies and for forces, with the noise of the fit where it is known, and what bars were multiplied by. */
export function describeErrorBars({ energy, forces }: ErrorBarSummary, calibration?: ErrorBarCalibration): string[] {
  return [...lines("energies", energy, 1000, "meV/atom"), ...lines("forces", forces, 1, "eV/Å"), ...(calibration ? [describeCalibration(calibration)] : [])];
}

/** "error bars are calibrated: energies × 2.31 with a floor of 6.60 meV/atom, forces × 1.12, with 25 structures" */
export function describeCalibration({ energy, forces, energyFloor = 0, forcesFloor = 0, structures, outOfBag = false }: ErrorBarCalibration): string {
  const scale = (name: string, factor: number | undefined, floor: string | undefined): string[] =>
    factor === undefined ? [] : [`${name} × ${factor.toPrecision(3)}${floor === undefined ? "" : ` with a floor of ${floor}`}`];
  const scales = [
    ...scale("energies", energy, energyFloor > 0 ? `${(1000 * energyFloor).toPrecision(3)} meV/atom` : undefined),
    ...scale("forces", forces, forcesFloor > 0 ? `${forcesFloor.toPrecision(3)} eV/Å` : undefined),
  ];
  const from = outOfBag ? ", out of bag" : "";
  return `error bars are calibrated: ${scales.join(", ")}${from}${structures === undefined ? "" : `, with ${structures} structures`}`;
}

/** None where there are no bars of that kind, as of forces where energies are all that was asked for. */
function lines(of: string, { count, withNoise, ...bars }: JudgedErrorBars, factor: number, unit: string): string[] {
  if (Number.isNaN(bars.size)) return [];
  const line = (name: string, { size, ...judged }: BarJudgement): string => `${name} of ${of} ${(factor * size).toPrecision(3)} ${unit}${count === 0 ? "" : describe(judged)}`;
  return [line("error bars", bars), ...(withNoise ? [line("with the noise, bars", withNoise)] : [])];
}

function describe({ factor, calibration, rankCorrelation, attainableCorrelation }: Omit<BarJudgement, "size">): string {
  const shares = calibration.map(({ deviations, observed, expected }) => `${percent(observed)} within ${deviations} (normal: ${percent(expected)})`);
  return `; errors are ${factor.toPrecision(3)} times as large, ${shares.join(", ")}${Number.isNaN(rankCorrelation) ? "" : `; rank correlation ${formatCorrelation(rankCorrelation)} (right bars: ${formatCorrelation(attainableCorrelation)})`}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.99 && share < 1 ? 1 : 0)} %`;
}
