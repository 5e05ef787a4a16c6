import type { EvaluationRecord } from "../../../tune/search-result.js";
import { formatCount, formatSignificant } from "../../formatting.js";
import { legendView } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { bestColor, ink, palette, PLOT_WIDTH } from "../../theme.js";
import { thinClasses } from "../rank-classes.js";
import { COST, hasCost, paretoFront } from "../pareto.js";
import type { StageView } from "../stage-view.js";
import { metricDisplay, metricHeading } from "../value-display.js";

const POINT_LIMIT = 500;

/** What accuracy is measured by: the loss, without the price of the cost where it holds one. */
export function accuracyOf({ completed }: StageView): { readonly heading: string; readonly value: (record: EvaluationRecord) => number } {
  const isPriced = completed.every(({ metrics }) => Number.isFinite(metrics.lossOfErrors));
  if (!isPriced) return { heading: "loss", value: ({ loss }) => loss };
  return { heading: metricHeading(metricDisplay("lossOfErrors")), value: ({ metrics }) => metrics.lossOfErrors };
}

/** Accuracy over cost of all evaluations, and the front that no other one beats; undefined where cost was not measured. */
export function paretoPlot(view: StageView): Plot | undefined {
  const { classes, completed, start, best, prefix } = view;
  const { heading, value } = accuracyOf(view);
  const front = paretoFront(completed, value);
  if (front.length === 0) return undefined;
  const point = (record: EvaluationRecord) => ({ x: record.metrics[COST], y: value(record) });
  const pointsOf = (record: EvaluationRecord | undefined) => (record && hasCost(record) ? [point(record)] : []);
  const shown = thinClasses(classes, POINT_LIMIT).flatMap(({ members }) => members).filter(hasCost).map(point);
  const layers = [
    { values: shown, mark: { type: "point" as const, filled: true, color: palette[0], size: 18, opacity: 0.55 } },
    { values: front.map(point), mark: { type: "line" as const, interpolate: "step-after" as const, color: bestColor, strokeWidth: 1.6 } },
    { values: front.map(point), mark: { type: "point" as const, filled: true, shape: "diamond", color: bestColor, size: 60, opacity: 1 } },
    { values: pointsOf(start), mark: { type: "point" as const, filled: false, shape: "square", color: ink.text, size: 80, strokeWidth: 1.6 } },
    { values: pointsOf(best), mark: { type: "point" as const, filled: false, shape: "circle", color: ink.text, size: 150, strokeWidth: 1.6 } },
  ];
  const points = [...shown, ...front.map(point)];
  const [cheap, dear] = [front[0], front[front.length - 1]].map((record) => formatSignificant(record.metrics[COST]));
  return {
    name: `${prefix}pareto-front`,
    description: `${heading} over cost per atom; the front has ${formatCount(front.length)} evaluations from ${cheap} to ${dear} µs/atom`,
    caption: "Each point is an evaluation. Those on the line are the front: whatever is more accurate costs more. Costs are measured and vary by a few percent.",
    spec: {
      title: { text: "Accuracy and cost", subtitle: `front of ${formatCount(front.length)}, from ${cheap} to ${dear} µs/atom` },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 290,
          encoding: {
            x: axis("x", "cost of a prediction (µs/atom)", points.map(({ x }) => x)),
            y: axis("y", heading, points.map(({ y }) => y)),
          },
          layer: layers.map(({ values, mark }) => ({
            data: { values }, mark, encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } },
          })),
        },
        legendView(
          [
            { name: "evaluation", color: palette[0], shape: "circle" }, { name: "front", color: bestColor, shape: "diamond" },
            ...(start && hasCost(start) ? [{ name: "start", color: ink.text, shape: "square", open: true }] : []),
            ...(best && hasCost(best) ? [{ name: "lowest loss", color: ink.text, shape: "circle", open: true }] : []),
          ],
          PLOT_WIDTH,
        ),
      ],
    },
  };
}

/** An axis over the values, with room at both ends; logarithmic over more than a factor of five. */
function axis(field: string, title: string, values: readonly number[]) {
  const lower = Math.min(...values);
  const sorted = [...values].sort((a, b) => a - b);
  // A few hopeless ones must not press the others together.
  const usual = sorted[Math.floor(0.9 * (sorted.length - 1))];
  const upper = Math.min(sorted[sorted.length - 1], usual + 3 * (usual - lower));
  const isLog = lower > 0 && upper / lower > 5;
  const domain = isLog ? [lower * 0.85, upper * 1.18] : [lower - 0.06 * (upper - lower || 1), upper + 0.06 * (upper - lower || 1)];
  return {
    field, type: "quantitative" as const,
    scale: { type: isLog ? ("log" as const) : ("linear" as const), domain, nice: false, clamp: true },
    // on a linear axis "g" would write 20 as 2e+1
    axis: { title, tickCount: 5, format: isLog ? "~g" : "~r" },
  };
}
