import type { JudgedErrorBars } from "../../analysis/error-bars.js";
import { errorDisplay, formatCorrelation, formatCount, formatSignificant } from "../formatting.js";
import { ink, palette, PLOT_WIDTH } from "../theme.js";
import { axisNumbers } from "./axis-numbers.js";
import { legendView } from "./legend.js";
import type { Plot } from "./render-svg.js";

type Kind = "energy" | "forces";

const titles: Readonly<Record<Kind, string>> = { energy: "Error bars of energies", forces: "Error bars of force components" };

/** Whether error bars are right: shares of errors within intervals, and errors where bars are small and large; undefined without reference values. */
export function errorBarPlot(kind: Kind, bars: JudgedErrorBars): Plot | undefined {
  if (bars.count === 0) return undefined;
  const { unit } = errorDisplay[kind];
  const series: Series[] = [{ name: "bars", color: palette[0], bars }, ...(bars.withNoise ? [{ name: "bars and noise of the fit", color: palette[1], bars: bars.withNoise }] : [])];
  const within = bars.calibration.find(({ deviations }) => deviations === 1)!.observed;
  return {
    name: `error-bars-${kind}`,
    description: `${titles[kind]}: observed against expected shares, and errors against bars`,
    caption:
      "Top: share of the errors within intervals about the prediction that should hold the share below, for normal errors; on the line bars are right, below it too small. " +
      `Bottom: root mean square of errors and bars, for predictions with bars of about the same size (${unit}).`,
    spec: {
      title: {
        text: titles[kind],
        subtitle: [
          `errors ${formatSignificant(bars.factor)} × the bars, ${(100 * within).toFixed(0)} % within one (normal: 68 %)`,
          `rank correlation ${formatCorrelation(bars.rankCorrelation)} (right bars: ${formatCorrelation(bars.attainableCorrelation)}), ${formatCount(bars.count)} values`,
        ],
      },
      spacing: 12,
      vconcat: [coveragePanel(series), binPanel(kind, series), legendView([...series.map(({ name, color }) => ({ name, color, shape: "circle" })), { name: "right bars", color: ink.line, shape: "stroke" }], PLOT_WIDTH)],
    },
  };
}

function coveragePanel(series: readonly Series[]) {
  const axis = (field: string, title: string) => ({
    field, type: "quantitative" as const, scale: { domain: [0, 1], nice: false }, axis: { title, format: ".0%", values: [0, 0.2, 0.4, 0.6, 0.8, 1] },
  });
  const curves = series.map(({ color, bars: { coverage } }) => ({ color, points: coverage.map(({ expected, observed }) => ({ x: expected, y: observed })) }));
  return {
    width: PLOT_WIDTH, height: 230,
    encoding: { x: axis("x", "expected share"), y: axis("y", "observed share") },
    layer: layers(curves, [{ x: 0, y: 0 }, { x: 1, y: 1 }]),
  };
}

function binPanel(kind: Kind, series: readonly Series[]) {
  const { scale, unit } = errorDisplay[kind];
  const curves = series.map(({ color, bars: { bins } }) => ({ color, points: bins.map(({ bar, error }) => ({ x: bar * scale, y: error * scale })).filter(({ x, y }) => x > 0 && y > 0) }));
  const values = curves.flatMap(({ points }) => points.flatMap(({ x, y }) => [x, y]));
  const domain = values.length > 0 ? ([Math.min(...values) * 0.8, Math.max(...values) * 1.25] as const) : ([0.1, 1] as const);
  const axis = (field: string, title: string) => ({
    field, type: "quantitative" as const,
    scale: { type: "log" as const, domain: [...domain], nice: false },
    axis: { title, values: axisNumbers(domain, { most: 7, isLog: true }), format: "~g" },
  });
  return {
    width: PLOT_WIDTH, height: 230,
    encoding: { x: axis("x", `bar (${unit})`), y: axis("y", `error (${unit})`) },
    layer: layers(curves, domain.map((end) => ({ x: end, y: end }))),
  };
}

type Point = { readonly x: number; readonly y: number };

interface Series {
  readonly name: string;
  readonly color: string;
  readonly bars: Pick<JudgedErrorBars, "coverage" | "bins">;
}

function layers(curves: readonly { readonly color: string; readonly points: readonly Point[] }[], line: readonly Point[]) {
  const encoding = { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } };
  return [
    { data: { values: [...line] }, mark: { type: "line" as const, color: ink.line, strokeWidth: 1.4 }, encoding },
    ...curves.map(({ color, points }) => ({
      data: { values: [...points] }, mark: { type: "line" as const, color, strokeWidth: 1.8, point: { color, size: 30 } }, encoding,
    })),
  ];
}
