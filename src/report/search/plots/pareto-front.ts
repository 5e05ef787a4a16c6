import { efficientFront, errorOf, type FrontAxes, frontAxes, hasCost } from "../../../tune/front.js";
import type { EvaluationRecord } from "../../../tune/search-result.js";
import { formatCount, formatSignificant } from "../../formatting.js";
import { legendView } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { bestColor, ink, palette, PLOT_WIDTH } from "../../theme.js";
import { thinClasses } from "../rank-classes.js";
import type { StageView } from "../stage-view.js";
import { metricDisplay, metricHeading } from "../value-display.js";

const POINT_LIMIT = 500;

/** What errors are called on the front. */
export function errorHeading({ isPriced }: FrontAxes): string {
  return isPriced ? metricHeading(metricDisplay("lossOfErrors")) : "loss";
}

/** Accuracy over cost of all evaluations, and the front that no other one beats; undefined where costs are not known, or all the same. */
export function paretoPlot(view: StageView): Plot | undefined {
  const { classes, completed, start, prefix, stage: { chosen } } = view;
  const best = chosen ?? view.best;
  const axes = frontAxes(completed);
  const front = axes && efficientFront(completed, axes);
  if (!front || front.length === 0) return undefined;
  const { metric } = axes;
  const heading = errorHeading(axes);
  const cost = metricDisplay(metric);
  const isKnown = (record: EvaluationRecord): boolean => hasCost(record, metric);
  const point = (record: EvaluationRecord) => ({ x: record.metrics[metric] * cost.scale, y: errorOf(record, axes) });
  const pointsOf = (record: EvaluationRecord | undefined) => (record && isKnown(record) ? [point(record)] : []);
  const shown = thinClasses(classes, POINT_LIMIT).flatMap(({ members }) => members).filter(isKnown).map(point);
  const layers = [
    { values: shown, mark: { type: "point" as const, filled: true, color: palette[0], size: 18, opacity: 0.55 } },
    { values: front.map(point), mark: { type: "line" as const, interpolate: "step-after" as const, color: bestColor, strokeWidth: 1.6 } },
    { values: front.map(point), mark: { type: "point" as const, filled: true, shape: "diamond", color: bestColor, size: 60, opacity: 1 } },
    { values: pointsOf(start), mark: { type: "point" as const, filled: false, shape: "square", color: ink.text, size: 80, strokeWidth: 1.6 } },
    { values: pointsOf(best), mark: { type: "point" as const, filled: false, shape: "circle", color: ink.text, size: 150, strokeWidth: 1.6 } },
  ];
  const points = [...shown, ...front.map(point)];
  const [cheap, dear] = [front[0], front[front.length - 1]].map((record) => formatSignificant(record.metrics[metric] * cost.scale));
  return {
    name: `${prefix}pareto-front`,
    description: `${heading} over cost per atom; the front has ${formatCount(front.length)} evaluations from ${cheap} to ${dear} ${cost.unit}`,
    caption:
      "Each point is an evaluation. Those on the line are the front: whatever is more accurate costs more. " +
      (metric === "cost" ? "Costs are measured and vary by a few percent." : "Operations are counted, for the number of neighbors that is expected in the data."),
    spec: {
      title: { text: "Accuracy and cost", subtitle: `front of ${formatCount(front.length)}, from ${cheap} to ${dear} ${cost.unit}` },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 290,
          encoding: {
            x: axis("x", metricHeading(cost), points.map(({ x }) => x)),
            y: axis("y", heading, points.map(({ y }) => y)),
          },
          layer: layers.map(({ values, mark }) => ({
            data: { values }, mark, encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } },
          })),
        },
        legendView(
          [
            { name: "evaluation", color: palette[0], shape: "circle" }, { name: "front", color: bestColor, shape: "diamond" },
            ...(start && isKnown(start) ? [{ name: "start", color: ink.text, shape: "square", open: true }] : []),
            ...(best && isKnown(best) ? [{ name: chosen ? "chosen" : "lowest loss", color: ink.text, shape: "circle", open: true }] : []),
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
