import type { LearningCurveResult } from "../../analysis/validation/learning-curve.js";
import type { PowerLaw } from "../../analysis/validation/power-law.js";
import type { ErrorSpread } from "../../analysis/validation/spread.js";
import { formatCount, formatSignificant, withMinus } from "../formatting.js";
import { type LearningSeries, learningSeries } from "../learning-series.js";
import { palette, PLOT_WIDTH } from "../theme.js";
import { logAxis } from "./curves.js";
import { legendView } from "./legend.js";
import type { Plot } from "./render-svg.js";

/** Lower ends of bars that the axis reaches down to, as a share of the mean: a deviation as large as the mean has no lower end there. */
const LOWEST_END = 0.4;
const measures = ["rmse", "mae"] as const;
/** Marks of the MAE stand a little to the right, so that bars do not cover each other. */
const BESIDE = 1.03;

/** Errors against the number of structures, a plot for each quantity and property that the data have. */
export function learningCurvePlots(curve: LearningCurveResult): Plot[] {
  return learningSeries(curve).map((series) => learningCurvePlot(series, curve));
}

function learningCurvePlot({ key, title, unit, scale, law, errorsOf }: LearningSeries, { on, scoredStructures, points }: LearningCurveResult): Plot {
  const marks = measures.map((measure) => points.flatMap((point) => markOf(point.size, errorsOf(point), measure, scale)));
  const inUnit = unit === "" ? "" : ` in ${unit}`;
  const all = marks.flat();
  const sizes = marks[0].map(({ x }) => x);
  const line = law ? [Math.min(...sizes), Math.max(...sizes)].map((x) => ({ x, y: law.amplitude * x ** -law.exponent * scale })) : [];
  const heights = [...all.flatMap(({ y, low, high }) => [y, low, high]), ...line.map(({ y }) => y)];
  const [first, last] = [marks[0][0], marks[0][marks[0].length - 1]];
  const xy = { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } };
  return {
    name: `learning-${key}`,
    description: `${title}: error${inUnit} against the number of structures that were fitted to; RMSE from ${formatSignificant(first.y)} with ${first.x} to ${formatSignificant(last.y)} with ${last.x}`,
    caption: `Errors of ${formatCount(scoredStructures)} ${on} structures: mean and standard deviation over random parts of the training data.` + (law ? ` Dashed: RMSE = ${formatSignificant(law.amplitude * scale)} · N^−b with b = ${exponentText(law)}, by least squares of the logarithms.` : ""),
    spec: {
      title: { text: `${title}: learning curve`, subtitle: law ? `RMSE ∝ N^−b, b = ${exponentText(law)}` : "too few sizes for an exponent" },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 290,
          encoding: { x: logAxis("x", "structures that were fitted to", [sizes[0] * 0.95, sizes[sizes.length - 1] * 1.05]), y: logAxis("y", unit === "" ? "error" : `error (${unit})`, heights) },
          layer: [
            { data: { values: line }, mark: { type: "line" as const, color: palette[0], strokeWidth: 1.5, strokeDash: [5, 4] }, encoding: xy },
            ...marks.flatMap((own, i) => [
              { data: { values: own }, mark: { type: "rule" as const, color: palette[i], strokeWidth: 1.4 }, encoding: { x: xy.x, y: { field: "low", type: "quantitative" as const }, y2: { field: "high" } } },
              { data: { values: own }, mark: { type: "point" as const, filled: true, opacity: 1, size: 46, color: palette[i], shape: shapes[i] }, encoding: xy },
            ]),
          ],
        },
        legendView([...measures.map((measure, i) => ({ name: measure.toUpperCase(), color: palette[i], shape: shapes[i] })), ...(law ? [{ name: "fit to the RMSE (dashed)", color: palette[0], shape: "stroke" }] : [])], PLOT_WIDTH),
      ],
    },
  };
}

const shapes = ["circle", "square"] as const;

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

function markOf(size: number, errors: ErrorSpread, measure: "rmse" | "mae", scale: number): Mark[] {
  const { mean, deviation } = errors[measure];
  if (!(mean > 0)) return [];
  const half = Number.isFinite(deviation) ? deviation : 0;
  return [{ x: measure === "mae" ? size * BESIDE : size, y: mean * scale, low: Math.max(mean - half, LOWEST_END * mean) * scale, high: (mean + half) * scale }];
}

/** "0.42 ± 0.03" */
export function exponentText({ exponent, standardError }: PowerLaw): string {
  return `${withMinus(exponent.toFixed(2))}${Number.isFinite(standardError) ? ` ± ${standardError.toFixed(2)}` : ""}`;
}
