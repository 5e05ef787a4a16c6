import { displayName } from "../formatting.js";
import { ink, palette, PLOT_WIDTH } from "../theme.js";
import { axisNumbers } from "./axis-numbers.js";
import type { Plot } from "./render-svg.js";

/** Counts in bins, and places on the axis that have a name. */
export interface HistogramPlot extends Pick<Plot, "name" | "caption"> {
  readonly title: string;
  readonly subtitle: string;
  /** In words, at the axis. */
  readonly x: string;
  /** In words, at the axis. */
  readonly y: string;
  /** Ascending, one more than counts. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Bins of equal ratio instead of equal width. */
  readonly isLog: boolean;
  readonly marks?: readonly { readonly x: number; readonly text: string }[];
}

/** Shares of a whole in bins; empty bins at both ends are cut off. */
export function histogramPlot({ name, caption, title, subtitle, x, y, edges, counts, isLog, marks = [] }: HistogramPlot): Plot | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) return undefined;
  const first = Math.max(0, counts.findIndex((count) => count > 0) - 1);
  const last = Math.min(counts.length, counts.findLastIndex((count) => count > 0) + 2);
  const domain = [edges[first], edges[last]] as const;
  const bars = counts.slice(first, last).map((count, i) => ({ x: edges[first + i], x2: edges[first + i + 1], y: count / total }));
  const shown = marks.filter((mark) => mark.x >= domain[0] && mark.x <= domain[1]);
  const place = (value: number): number => (isLog ? Math.log(value / domain[0]) / Math.log(domain[1] / domain[0]) : (value - domain[0]) / (domain[1] - domain[0]));
  // names stand where there is room for them
  const names = (isRight: boolean) => ({
    transform: [{ filter: `datum.right === ${isRight}` }],
    mark: { type: "text" as const, align: isRight ? ("right" as const) : ("left" as const), baseline: "top" as const, dx: isRight ? -4 : 4, color: ink.muted, fontSize: 11 },
    encoding: { x: { field: "x", type: "quantitative" as const }, y: { value: 4 }, text: { field: "text", type: "nominal" as const } },
  });
  const axisOf = { title: x, values: axisNumbers(domain, { most: 7, isLog }), format: isLog && domain[1] > 1e4 * domain[0] ? "~e" : "~g" };
  return {
    name,
    caption: displayName(caption, 600),
    description: `${title}: ${subtitle}`,
    spec: {
      title: { text: title, subtitle },
      width: PLOT_WIDTH, height: 220,
      layer: [
        {
          data: { values: bars },
          mark: { type: "rect", color: palette[0], fillOpacity: 0.75 },
          encoding: {
            x: { field: "x", type: "quantitative", scale: { type: isLog ? "log" : "linear", domain: [...domain], nice: false }, axis: axisOf },
            x2: { field: "x2" },
            y: { field: "y", type: "quantitative", scale: { zero: true }, axis: { title: y, format: "~%", tickCount: 5 } },
            y2: { datum: 0 },
          },
        },
        {
          data: { values: shown.map((mark) => ({ ...mark, right: place(mark.x) > 0.7 })) },
          layer: [
            { mark: { type: "rule", color: ink.muted, strokeDash: [4, 3] }, encoding: { x: { field: "x", type: "quantitative" } } },
            names(false),
            names(true),
          ],
        },
      ],
    },
  };
}
