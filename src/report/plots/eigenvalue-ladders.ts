import { legendView, type LegendEntry } from "./legend.js";
import type { Plot } from "./render-svg.js";
import { bestColor, ink, otherColor, palette, PLOT_WIDTH } from "../theme.js";

/** log₁₀ of the share of the largest eigenvalue at which the significant correlation region ends. */
export const SIGNIFICANT = -15;

/** Eigenvalues of one matrix. */
export interface Ladder {
  /** Below it. */
  readonly name: string;
  /** log₁₀ of each eigenvalue by the largest, falling. */
  readonly rungs: readonly number[];
  /** How many of the last are rounding. */
  readonly nUncertain?: number;
  /** Marked as what the search has found. */
  readonly isResult?: boolean;
}

/** Ladders side by side. */
export interface LadderPlot extends Pick<Plot, "name" | "description" | "caption"> {
  readonly title: string;
  readonly subtitle: string;
  /** What stands side by side. */
  readonly x: string;
  readonly ladders: readonly Ladder[];
}

/** Ladders whose names fit below them in the usual size. */
const ROOMY = 5;
/** Half the width of a rung, of the distance of ladders. */
const HALF = 0.32;

const significantMark: LegendEntry = { name: "significant", color: palette[0], shape: "stroke" };
const sloppyMark: LegendEntry = { name: "below 10⁻¹⁵", color: otherColor, shape: "stroke" };
const uncertainMark: LegendEntry = { name: "rounding", color: ink.grid, shape: "stroke" };
const resultMark: LegendEntry = { name: "the result", color: bestColor, shape: "triangle-down" };

/** Spectra as ladders, each rung an eigenvalue, with the border of the significant correlation region. */
export function eigenvalueLadders({ name, description, caption, title, subtitle, x: heading, ladders }: LadderPlot): Plot {
  const rungs = ladders.flatMap(({ rungs: own, nUncertain = 0 }, place) =>
    own.map((y, k) => ({ y, from: place - HALF, to: place + HALF, color: (k >= own.length - nUncertain ? uncertainMark : y >= SIGNIFICANT ? significantMark : sloppyMark).color })),
  );
  const lowest = Math.min(SIGNIFICANT - 1, ...rungs.map(({ y }) => y)) - 0.5;
  const results = ladders.flatMap(({ isResult }, place) => (isResult ? [{ x: place, y: 0.3 }] : []));
  const marks = [significantMark, sloppyMark, ...(ladders.some(({ nUncertain = 0 }) => nUncertain > 0) ? [uncertainMark] : []), ...(results.length > 0 ? [resultMark] : [])];
  const x = { field: "x", type: "quantitative" as const };
  const y = { field: "y", type: "quantitative" as const };
  return {
    name, description, caption,
    spec: {
      title: { text: title, subtitle },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 290,
          encoding: {
            x: { ...x, scale: { domain: [-0.6, ladders.length - 0.4], nice: false }, axis: { title: heading, values: ladders.map((_, place) => place), labelExpr: labelsOf(ladders), labelOverlap: false, ...(ladders.length > ROOMY && { labelFontSize: 10 }), grid: false } },
            y: { ...y, scale: { domain: [lowest, 0.6], nice: false, zero: false }, axis: { title: "log₁₀ λ/λₘₐₓ", tickCount: 6, format: "~r" } },
          },
          layer: [
            { data: { values: [{ y: SIGNIFICANT }] }, mark: { type: "rule" as const, color: ink.text, strokeWidth: 1, strokeDash: [5, 4] }, encoding: { x: { value: 0 }, x2: { value: PLOT_WIDTH }, y } },
            {
              data: { values: rungs },
              mark: { type: "rule" as const, strokeWidth: 1.6 },
              encoding: { x: { field: "from", type: "quantitative" as const }, x2: { field: "to" }, y, color: { field: "color", type: "nominal" as const, scale: null } },
            },
            ...(results.length > 0 ? [{ data: { values: results }, mark: { type: "point" as const, shape: "triangle-down", filled: true, size: 40, color: bestColor }, encoding: { x, y } }] : []),
          ],
        },
        legendView(marks, PLOT_WIDTH),
      ],
    },
  };
}

/** An expression of Vega for the names, which may have lines. */
function labelsOf(ladders: readonly Ladder[]): string {
  return `[${ladders.map(({ name }) => JSON.stringify(name.split("\n"))).join(", ")}][datum.value]`;
}
