import type { ErrorBarSummary, JudgedErrorBars } from "../../analysis/error-bars.js";
import { ABSENT, errorDisplay, formatError } from "../formatting.js";
import { html, type Markup } from "../markup.js";
import type { Figure } from "../plots/figure.js";
import type { ReportCell, ReportData, ReportTable } from "../report-data.js";
import { factTable, figureGrid } from "./sections.js";

/** Shares that the table of intervals has. */
const SHOWN = [0.5, 0.8, 0.9, 0.95, 0.99];

/** Predicted uncertainties against actual errors: plots, and how many errors intervals hold. */
export function errorBarSection(bars: ReportData["errorBars"], figures: readonly Figure[]): Markup | undefined {
  if (!bars) return undefined;
  return html`<section><h2>Error bars</h2>
${figures.length > 0 && figureGrid(figures)}
${factTable(coverageTable(bars))}</section>`;
}

function coverageTable({ energy, forces }: ErrorBarSummary): ReportTable {
  const row = (kind: "energy" | "forces", name: string, { count, size, factor, coverage, withNoise }: JudgedErrorBars): ReportCell[][] => {
    const cells = (of: Pick<JudgedErrorBars, "size" | "factor" | "coverage">): ReportCell[] => [
      formatError(kind, of.size),
      Number.isFinite(of.factor) ? of.factor.toPrecision(3) : ABSENT,
      ...SHOWN.map((share) => percent(of.coverage.find(({ expected }) => Math.abs(expected - share) < 1e-9)?.observed)),
    ];
    return [
      [name, count, ...cells({ size, factor, coverage })],
      ...(withNoise ? [[`${name}, with the noise of the fit`, count, ...cells(withNoise)]] : []),
    ];
  };
  return {
    title: "Intervals",
    columns: ["of", "values", "bar (RMS)", "error / bar", ...SHOWN.map((share) => `in ${(100 * share).toFixed(0)} %`)],
    rows: [...row("energy", errorDisplay.energy.title, energy), ...row("forces", errorDisplay.forces.title, forces)],
  };
}

function percent(share: number | undefined): string {
  return share === undefined ? ABSENT : `${(100 * share).toFixed(1)} %`;
}
