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
  const axisOf = { title: x, values: axisNumbers(domain, { most: 7, isLog }), format: "~g" };
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
          mark: { type: "bar", color: palette[0], binSpacing: 0, fillOpacity: 0.75 },
          encoding: {
            x: { field: "x", type: "quantitative", scale: { type: isLog ? "log" : "linear", domain: [...domain], nice: false, zero: false }, axis: axisOf },
            x2: { field: "x2" },
            y: { field: "y", type: "quantitative", axis: { title: y, format: "~%", tickCount: 5 } },
          },
        },
        {
          data: { values: shown.map((mark, i) => ({ ...mark, dy: 8 + 14 * i })) },
          layer: [
            { mark: { type: "rule", color: ink.muted, strokeDash: [4, 3] }, encoding: { x: { field: "x", type: "quantitative" } } },
            { mark: { type: "text", align: "left", baseline: "top", dx: 4, color: ink.muted, fontSize: 11 }, encoding: { x: { field: "x", type: "quantitative" }, y: { value: 4 }, text: { field: "text", type: "nominal" } } },
          ],
        },
      ],
    },
  };
}
