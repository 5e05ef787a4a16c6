import type { EvaluationRecord } from "../../../tune/search-result.js";
import type { Plot } from "../../plots/render-svg.js";
import { bestColor, ink, otherColor, PLOT_WIDTH } from "../../theme.js";
import type { StageView } from "../stage-view.js";
import { formatLoss } from "../value-display.js";

/** Kernel values between environments, with the parameters of the start and with the best ones; undefined where nobody looked. */
export function kernelHistogramsPlot({ start, best, prefix }: StageView): Plot | undefined {
  const shown = [{ name: "start", record: start, color: otherColor }, { name: "best", record: best, color: bestColor }].flatMap(
    ({ record, ...look }) => (record && total(record) > 0 ? [{ ...look, record, histogram: record.histogram! }] : []),
  );
  if (shown.length === 0) return undefined;
  const domain = [Math.min(...shown.map(({ histogram }) => histogram.from)), Math.max(...shown.map(({ histogram }) => histogram.to))];
  const numbers = shown.map(({ name, record }) => `${name}: ${statistics(record)}`);
  return {
    name: `${prefix}kernel-histograms`,
    description: `Histograms of kernel values between environments. ${numbers.join("; ")}`,
    caption: "Share of kernel values between pairs of environments per bin. Values spread over the whole range tell environments apart; " +
      "a peak at 1 means that they look alike to the descriptor. The rule is the mean, the bar one standard deviation to both sides.",
    spec: {
      title: { text: "Kernel values", subtitle: numbers },
      spacing: 14,
      vconcat: shown.map(({ name, record, histogram, color }, i) => panel(name, record, steps(histogram), { color, domain, isLast: i === shown.length - 1 })),
    },
  };
}

function total({ histogram }: EvaluationRecord): number {
  return histogram && histogram.to > histogram.from ? histogram.counts.reduce((sum, count) => sum + count, 0) : 0;
}

/** "mean 0.97, std. deviation 0.012, skewness −3.1" */
function statistics({ metrics }: EvaluationRecord): string {
  const parts = [["mean", metrics.kernelMean], ["std. deviation", metrics.kernelStd], ["skewness", metrics.kernelSkewness]] as const;
  return parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${formatLoss(value)}`])).join(", ");
}

function steps({ from, to, counts }: NonNullable<EvaluationRecord["histogram"]>): { x: number; y: number }[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  const rows = counts.map((count, bin) => ({ x: from + (bin * (to - from)) / counts.length, y: count / sum }));
  return [...rows, { x: to, y: rows[rows.length - 1].y }];
}

interface PanelOptions {
  readonly color: string;
  readonly domain: readonly number[];
  readonly isLast: boolean;
}

function panel(name: string, { metrics }: EvaluationRecord, rows: readonly { x: number; y: number }[], { color, domain, isLast }: PanelOptions) {
  const highest = rows.reduce((largest, { y }) => Math.max(largest, y), 0);
  const { kernelMean: mean, kernelStd: std } = metrics;
  const x = { field: "x", type: "quantitative" as const };
  const y = { field: "y", type: "quantitative" as const };
  const inDomain = (value: number): number => Math.min(domain[1], Math.max(domain[0], value));
  const level = 1.12 * highest;
  const moments = mean !== undefined && std !== undefined && Number.isFinite(mean) && Number.isFinite(std);
  return {
    width: PLOT_WIDTH, height: 120,
    encoding: {
      x: {
        ...x, scale: { domain: [...domain], nice: false, zero: false },
        axis: { title: isLast ? "kernel value" : null, labels: isLast, ticks: isLast, tickCount: 6, format: "~g" },
      },
      y: { ...y, scale: { domain: [0, 1.22 * highest], nice: false }, axis: { title: `${name}, share`, format: "~%", tickCount: 4 } },
    },
    layer: [
      { data: { values: [...rows] }, mark: { type: "area" as const, interpolate: "step-after" as const, color, opacity: 1, fillOpacity: 0.25 }, encoding: { x, y: { ...y, stack: null } } },
      { data: { values: [...rows] }, mark: { type: "line" as const, interpolate: "step-after" as const, color, strokeWidth: 1.8 }, encoding: { x, y } },
      ...(moments ? [
        {
          data: { values: [0, level].map((end) => ({ x: inDomain(mean), y: end })) },
          mark: { type: "line" as const, color: ink.text, strokeWidth: 1.2 }, encoding: { x, y },
        },
        {
          data: { values: [mean - std, mean + std].map((end) => ({ x: inDomain(end), y: level })) },
          mark: { type: "line" as const, color: ink.text, strokeWidth: 3 }, encoding: { x, y },
        },
      ] : []),
    ],
  };
}
