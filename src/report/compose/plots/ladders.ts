import { formatCount, formatSignificant } from "../../formatting.js";
import { legendView, shortenedText } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { bestColor, ink, otherColor, palette, PLOT_WIDTH } from "../../theme.js";
import { trainedRecords } from "../candidate-view.js";
import type { ComposeReportData } from "../compose-report-data.js";

/** Eigenvalues below this share of the largest are outside of the significant correlation region. */
const SIGNIFICANT = -15;
/** Ladders that fit side by side. */
const MOST = 8;

/** Eigenvalues of the Fisher information of what the search went on from; undefined where none are known. */
export function ladderPlot({ result }: ComposeReportData): Plot | undefined {
  const byId = new Map(trainedRecords(result).map((record) => [record.id, record]));
  const shown = result.incumbents.map((id) => byId.get(id)!).filter(({ spectrum }) => spectrum.eigenvalues.length > 0).slice(-MOST);
  if (shown.length === 0) return undefined;
  const steps = shown.flatMap(({ spectrum: { eigenvalues } }, x) => eigenvalues.filter((value) => value > 0).map((value) => ({ x, y: Math.log10(value / eigenvalues[0]) })));
  const lowest = Math.min(SIGNIFICANT - 1, ...steps.map(({ y }) => y)) - 0.5;
  const names = shown.map(({ notation }, x) => ({ x, text: `${x + 1}. ${shortenedText(notation, 300)}` }));
  const x = { field: "x", type: "quantitative" as const };
  const y = { field: "y", type: "quantitative" as const };
  return {
    name: "eigenvalue-ladders",
    description: `Eigenvalues of the Fisher information of ${formatCount(shown.length)} potentials, relative to the largest; ${shown.map(({ notation, spectrum }) => `${notation} log κ ${formatSignificant(spectrum.log10Kappa ?? NaN)}`).join(", ")}`,
    caption: `Each rung is an eigenvalue of JᵀJ of the linear parameters, on a logarithmic axis, gauge directions of products left out. Directions with rungs below the dashed line are those that the data hardly determine. ${names.map(({ text }) => text).join("; ")}.`,
    spec: {
      title: { text: "Eigenvalue ladders", subtitle: "Fisher information of what the search went on from" },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 290,
          encoding: {
            x: { ...x, scale: { domain: [-0.6, shown.length - 0.4], nice: false }, axis: { title: "accepted potential", values: names.map((name) => name.x), labelExpr: "datum.value + 1", grid: false } },
            y: { ...y, scale: { domain: [lowest, 0.6], nice: false, zero: false }, axis: { title: "log₁₀ λ/λₘₐₓ", tickCount: 6, format: "~r" } },
          },
          layer: [
            { data: { values: [{ y: SIGNIFICANT }] }, mark: { type: "rule" as const, color: ink.text, strokeWidth: 1, strokeDash: [5, 4] }, encoding: { y } },
            {
              data: { values: steps.map((step) => ({ ...step, from: step.x - 0.32, to: step.x + 0.32, color: step.y >= SIGNIFICANT ? palette[0] : otherColor })) },
              mark: { type: "rule" as const, strokeWidth: 1.6 },
              encoding: { x: { field: "from", type: "quantitative" as const }, x2: { field: "to" }, y, color: { field: "color", type: "nominal" as const, scale: null } },
            },
            {
              data: { values: [{ x: shown.length - 1, y: 0.3 }] },
              mark: { type: "point" as const, shape: "triangle-down", filled: true, size: 40, color: bestColor },
              encoding: { x, y },
            },
          ],
        },
        legendView(
          [
            { name: "significant", color: palette[0], shape: "stroke" }, { name: "below 10⁻¹⁵", color: otherColor, shape: "stroke" },
            { name: "the result", color: bestColor, shape: "triangle-down" },
          ],
          PLOT_WIDTH,
        ),
      ],
    },
  };
}
