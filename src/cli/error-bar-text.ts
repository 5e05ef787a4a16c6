import type { ErrorBarSummary, JudgedErrorBars } from "../analysis/error-bars.js";

/** Lines for energies and for forces, with the noise of the fit where it is known. */
export function describeErrorBars({ energy, forces }: ErrorBarSummary): string[] {
  return [...lines("energies", energy, 1000, "meV/atom"), ...lines("forces", forces, 1, "eV/Å")];
}

function lines(of: string, { count, withNoise, ...bars }: JudgedErrorBars, factor: number, unit: string): string[] {
  const line = (name: string, { size, ...judged }: typeof bars): string => `${name} of ${of} ${(factor * size).toPrecision(3)} ${unit}${count === 0 ? "" : describe(judged)}`;
  return [line("error bars", bars), ...(withNoise ? [line("with the noise, bars", withNoise)] : [])];
}

function describe({ factor, calibration }: Pick<JudgedErrorBars, "factor" | "calibration">): string {
  const shares = calibration.map(({ deviations, observed, expected }) => `${percent(observed)} within ${deviations} (normal: ${percent(expected)})`);
  return `; errors are ${factor.toPrecision(3)} times as large, ${shares.join(", ")}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.99 && share < 1 ? 1 : 0)} %`;
}
