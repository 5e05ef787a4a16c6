import type { ErrorBarSummary, JudgedErrorBars } from "../analysis/error-bars.js";

/** A line for energies and one for forces. */
export function describeErrorBars({ energy, forces }: ErrorBarSummary): string[] {
  return [`error bars of energies ${(1000 * energy.size).toPrecision(3)} meV/atom${judged(energy)}`, `error bars of forces ${forces.size.toPrecision(3)} eV/Å${judged(forces)}`];
}

function judged({ count, factor, calibration }: JudgedErrorBars): string {
  if (count === 0) return "";
  const shares = calibration.map(({ deviations, observed, expected }) => `${percent(observed)} within ${deviations} (normal: ${percent(expected)})`);
  return `; errors are ${factor.toPrecision(3)} times as large, ${shares.join(", ")}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.99 && share < 1 ? 1 : 0)} %`;
}
