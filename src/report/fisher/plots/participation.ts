import type { FisherInformation } from "../../../analysis/fisher/result.js";
import { formatCount } from "../../formatting.js";
import { SIGNIFICANT } from "../../plots/eigenvalue-ladders.js";
import type { Plot } from "../../plots/render-svg.js";
import { ink, PLOT_WIDTH, rankColors } from "../../theme.js";

const WIDTH = 2 * PLOT_WIDTH;
/** Smaller shares are the ground. */
const LEAST = 0.01;
/** Upper ends of the classes of shares. */
const CLASSES = [0.05, 0.2, 0.5, 1] as const;
/** Of these, from faint to strong on a light ground and on a dark one. */
const COLORS = rankColors.toReversed();
/** px of a row, with few parameters and with many. */
const ROW_HEIGHTS = [16, 11] as const;

/** A map of the share of each parameter in each eigenvector, with the border of the significant correlation region; undefined where it would be too large. */
export function participationPlot({ participation }: FisherInformation): Plot | undefined {
  if (!participation || participation.parameters.length < 2) return undefined;
  const { set, parameters, log10Eigenvalues, shares } = participation;
  const border = log10Eigenvalues.filter((value) => value >= SIGNIFICANT).length;
  const cells = shares.flatMap((row, k) => row.flatMap((share, p) => (share < LEAST ? [] : [{ x: k + 1, y: parameters[p], color: colorOf(share) }])));
  const rowHeight = ROW_HEIGHTS[parameters.length > 30 ? 1 : 0];
  const longest = Math.max(...parameters.map((name) => name.length));
  return {
    name: "participation",
    width: WIDTH,
    description: `Shares of ${formatCount(parameters.length)} parameters in ${formatCount(shares.length)} eigenvectors; the first ${formatCount(border)} are in the significant correlation region`,
    caption: `Each column is an eigenvector of F of ${set === "all" ? "all" : "the linear"} parameters, the best determined first; colors are the squared components. Left of the dashed line lies the significant correlation region (${formatCount(border)} of ${formatCount(shares.length)}): parameters that are dark to the right of it alone are not determined by these data.`,
    spec: {
      title: { text: "Who takes part in which direction", subtitle: "share of the parameter in the eigenvector" },
      spacing: 12,
      vconcat: [
        {
          width: WIDTH, height: rowHeight * parameters.length,
          encoding: {
            x: { field: "x", type: "quantitative", scale: { domain: [0.5, shares.length + 0.5], nice: false, zero: false }, axis: { title: "eigenvector", tickMinStep: 1, tickCount: Math.min(shares.length, 15), format: "d", grid: false } },
            y: {
              field: "y", type: "ordinal", scale: { domain: [...parameters], padding: 0 },
              axis: { title: null, labelFontSize: rowHeight - 2, labelLimit: 400, minExtent: 6 * longest, maxExtent: 6.5 * longest, grid: true, labelOverlap: false },
            },
          },
          layer: [
            {
              data: { values: cells.map((cell) => ({ ...cell, from: cell.x - 0.5, to: cell.x + 0.5 })) },
              mark: { type: "rect" },
              encoding: { x: { field: "from", type: "quantitative" }, x2: { field: "to" }, y: { field: "y", type: "ordinal" }, color: { field: "color", type: "nominal", scale: null } },
            },
            { data: { values: [{ x: border + 0.5 }] }, mark: { type: "rule", color: ink.text, strokeWidth: 1, strokeDash: [5, 4] }, encoding: { x: { field: "x", type: "quantitative" }, y: { value: 0 }, y2: { value: rowHeight * parameters.length } } },
          ],
        },
        classLegend(),
      ],
    },
  };
}

function colorOf(share: number): string {
  return COLORS[CLASSES.findIndex((end) => share <= end)];
}

type ConcatItem = Extract<Plot["spec"], { vconcat: unknown }>["vconcat"][number];

function classLegend(): ConcatItem {
  const entries = CLASSES.map((end, k) => ({ name: `${k === 0 ? LEAST : CLASSES[k - 1]} to ${end}`, color: COLORS[k], x: 8 + 110 * k, text: 22 + 110 * k, y: 9 }));
  const place = (field: string) => ({ field, type: "quantitative" as const, scale: null, axis: null });
  return {
    width: WIDTH, height: 18, data: { values: entries },
    layer: [
      { mark: { type: "square", size: 120, opacity: 1 }, encoding: { x: place("x"), y: place("y"), color: { field: "color", type: "nominal", scale: null } } },
      { mark: { type: "text", align: "left", baseline: "middle", fontSize: 12, color: ink.text }, encoding: { x: place("text"), y: place("y"), text: { field: "name", type: "nominal" } } },
    ],
  };
}
