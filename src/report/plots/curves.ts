import { displayName, formatCount, formatSignificant, formatTick } from "../formatting.js";
import type { ReportPlot } from "../report-data.js";
import { palette, PLOT_WIDTH } from "../theme.js";
import { axisNumbers } from "./axis-numbers.js";
import { legendView } from "./legend.js";
import type { Plot } from "./render-svg.js";

/** Points of a curve that are drawn: evenly spread over the logarithmic axis. */
const MOST_POINTS = 300;

/** Curves on two logarithmic axes. */
export function curvesPlot(plot: ReportPlot): Plot {
  const { name } = plot;
  const [title, x, y] = [plot.title, plot.x, plot.y].map((text) => displayName(text, 40));
  const curves = plot.curves.map((curve) => ({ ...curve, name: displayName(curve.name, 30) }));
  const points = curves.flatMap((curve) => curve.points);
  const ends = curves.map((curve) => `${curve.name} from ${formatSignificant(curve.points[0][1])} to ${formatSignificant(curve.points[curve.points.length - 1][1])}`).join(", ");
  const [lowest, highest] = [Math.min, Math.max].map((end) => end(...points.map(([value]) => value)));
  return {
    name,
    description: `${title}: ${y} against ${x}; ${ends}`,
    caption: displayName(plot.caption, 400),
    spec: {
      title: { text: title, subtitle: highest < 10 ? `${formatTick(lowest)} to ${formatTick(highest)} ${x}` : `up to ${formatCount(highest)} ${x}` },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 290,
          encoding: { x: logAxis("x", x, points.map(([value]) => value)), y: logAxis("y", y, points.map(([, value]) => value)) },
          layer: curves.map(({ points: own }, i) => ({
            data: { values: thinned(own).map(([px, py]) => ({ x: px, y: py })) },
            mark: { type: "line" as const, color: palette[i % palette.length], strokeWidth: 1.8, strokeDash: i === 0 ? [1, 0] : [5, 3], point: own.length <= 30 },
            encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } },
          })),
        },
        legendView(curves.map(({ name: own }, i) => ({ name: i === 0 ? own : `${own} (dashed)`, color: palette[i % palette.length], shape: "stroke" })), PLOT_WIDTH),
      ],
    },
  };
}

/** From this ratio of the ends on, numbers are written as powers of ten. */
const MANY_DECADES = 1e6;

/** A logarithmic axis a little longer than the values need. */
export function logAxis(field: string, title: string, values: readonly number[]) {
  const [lower, upper] = [Math.min(...values), Math.max(...values)];
  const domain = [lower * 0.94, Math.max(upper, lower * 1.02) * 1.06] as const;
  return {
    field, type: "quantitative" as const,
    scale: { type: "log" as const, domain: [...domain], nice: false, clamp: true },
    // a short axis has too few numbers with one digit
    axis: { title, values: axisNumbers(domain, domain[1] > 4 * domain[0] ? { most: 8, isLog: true } : { most: 6, isLog: false }), format: domain[1] > MANY_DECADES * domain[0] ? "~e" : "~g" },
  };
}

/** The first, the last, and those between that lie apart on the axis. */
function thinned(points: readonly (readonly [x: number, y: number])[]): (readonly [x: number, y: number])[] {
  if (points.length <= MOST_POINTS) return [...points];
  const step = Math.log(points[points.length - 1][0] / points[0][0]) / MOST_POINTS;
  let next = -Infinity;
  return points.filter(([value], i) => {
    if (Math.log(value) < next && i < points.length - 1) return false;
    next = Math.log(value) + step;
    return true;
  });
}
