import { errorSummary, forEachValue, type Quantity } from "../../analysis/metrics.js";
import { displayName, errorDisplay, formatCount, formatError } from "../formatting.js";
import { headlineDataset, type ReportDataset, type StructureRecord } from "../report-data.js";
import { ink } from "../theme.js";
import { legendColumns, type GroupStyles } from "./group-styles.js";
import type { Plot } from "./render-svg.js";
import { thinPoints, type PointSeries } from "./thin-points.js";

/** Above this many points a parity plot shows a selection. */
const POINT_LIMIT = 3000;
const WIDTH = 350;

interface ParityText {
  readonly title: string;
  readonly unit: string;
  readonly symbol: string;
}

const texts: Readonly<Record<Quantity, ParityText>> = {
  energy: { title: "Energy per atom", unit: "eV/atom", symbol: "E" },
  forces: { title: "Force components", unit: "eV/Å", symbol: "F" },
  virial: { title: "Virial components per atom", unit: "eV/atom", symbol: "W" },
};

interface Series extends PointSeries {
  readonly group: string;
  readonly strong: boolean;
}

interface Point {
  readonly reference: number;
  readonly predicted: number;
  readonly error: number;
  readonly group: string;
  readonly strong: boolean;
}

/** Predicted against reference values, with the errors below, colored by group; undefined without any reference value. */
export function parityPlot(quantity: Quantity, datasets: readonly ReportDataset[], styles: GroupStyles): Plot | undefined {
  const strong = headlineDataset(datasets);
  const relative = quantity === "energy" && datasets.every(({ records }) => records.every((r) => r.isolatedAtomEnergy !== undefined));
  const series = datasets
    .map((dataset) => datasetSeries(quantity, dataset, { strong: dataset === strong, relative, styles }))
    .sort((a, b) => Number(a[0]?.strong ?? false) - Number(b[0]?.strong ?? false))
    .flat();
  const total = series.reduce((sum, { reference }) => sum + reference.length, 0);
  if (total === 0) return undefined;
  const drawn = thinPoints(series, POINT_LIMIT);
  const points = series.flatMap(({ group, strong: isStrong, reference, error }, i) =>
    Array.from(drawn[i], (j): Point => ({ reference: reference[j], predicted: reference[j] + error[j], error: error[j], group, strong: isStrong })),
  );
  const { title } = texts[quantity];
  const range = points.length < total
    ? ` ${formatCount(points.length)} of ${formatCount(total)} points are drawn: the largest error in every occupied cell of a fine grid, so no outlier is missing.`
    : "";
  return {
    name: `parity-${quantity}`,
    description: `${title}: predicted against reference values, and their difference`,
    caption: `${captionOf(quantity, datasets, relative)}${range}`,
    spec: paritySpec(quantity, points, { datasets, styles, relative }),
  };
}

interface SeriesOptions {
  readonly strong: boolean;
  readonly relative: boolean;
  readonly styles: GroupStyles;
}

function datasetSeries(quantity: Quantity, { records }: ReportDataset, { strong, relative, styles }: SeriesOptions): Series[] {
  const groups = new Map<string, { reference: number[]; error: number[] }>();
  for (const record of records) {
    const shift = relative ? shiftOf(record) : 0;
    const { name } = styles.of(record.group);
    forEachValue(record, (visited, reference, predicted) => {
      if (visited !== quantity) return;
      let values = groups.get(name);
      if (!values) groups.set(name, (values = { reference: [], error: [] }));
      values.reference.push(reference - shift);
      values.error.push(predicted - reference);
    });
  }
  return [...groups].map(([group, { reference, error }]) => ({
    group, strong, reference: Float64Array.from(reference), error: Float64Array.from(error),
  }));
}

function shiftOf({ isolatedAtomEnergy = 0, nAtoms }: StructureRecord): number {
  return isolatedAtomEnergy / nAtoms;
}

function captionOf(quantity: Quantity, datasets: readonly ReportDataset[], relative: boolean): string {
  const strong = headlineDataset(datasets);
  const faint = datasets.filter((dataset) => dataset !== strong).map(({ name }) => displayName(name, 20));
  const marks = faint.length > 0 && strong ? `Strong marks: ${displayName(strong.name, 20)}; faint marks: ${faint.join(", ")}.` : "";
  const zero = relative ? " Energies are relative to isolated atoms." : "";
  return `Top: predicted against reference; the line is perfect agreement. Bottom: predicted − reference${
    quantity === "forces" ? "" : " in meV/atom"
  }. ${marks}${zero}`.trim();
}

interface SpecOptions {
  readonly datasets: readonly ReportDataset[];
  readonly styles: GroupStyles;
  readonly relative: boolean;
}

function paritySpec(quantity: Quantity, points: readonly Point[], { datasets, styles, relative }: SpecOptions): Plot["spec"] {
  const { title, unit, symbol } = texts[quantity];
  const { scale, unit: errorUnit } = errorDisplay[quantity];
  const values = points.flatMap(({ reference, predicted }) => [reference, predicted]);
  const domain = padded(values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b)), 0.04);
  const worst = points.reduce((largest, { error }) => Math.max(largest, Math.abs(error)), 0) * scale;
  const present = styles.all.filter(({ name }) => points.some(({ group }) => group === name));
  const names = present.map(({ name }) => name);
  const quantitySymbol = relative ? "E − ΣE₀" : symbol;
  const marks = (strong: boolean, y: string) => ({
    data: { values: points.filter((point) => point.strong === strong).map((p) => ({ x: p.reference, y: y === "error" ? p.error * scale : p.predicted, group: p.group })) },
    mark: { type: "point" as const, filled: true, size: strong ? 26 : 14, opacity: strong ? 0.75 : 0.22 },
    encoding: {
      x: { field: "x", type: "quantitative" as const },
      y: { field: "y", type: "quantitative" as const },
      color: { field: "group", type: "nominal" as const },
      shape: { field: "group", type: "nominal" as const },
    },
  });
  const line = (ends: readonly { x: number; y: number }[]) => ({
    data: { values: [...ends] },
    mark: { type: "line" as const, color: ink.line, strokeWidth: 1.2 },
    encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } },
  });
  const xAxis = (axisTitle: string | null, labels: boolean) => ({
    field: "x", type: "quantitative" as const, scale: { domain, nice: false, zero: false },
    axis: { title: axisTitle, labels, ticks: labels, tickCount: 6 },
  });
  const yAxis = (axisTitle: string, range: [number, number], tickCount: number) => ({
    field: "y", type: "quantitative" as const, scale: { domain: range, nice: false, zero: false }, axis: { title: axisTitle, tickCount },
  });
  const errorRange: [number, number] = worst > 0 ? [-worst * 1.06, worst * 1.06] : [-1, 1];
  return {
    title: { text: title, subtitle: errorLines(quantity, datasets) },
    spacing: 12,
    resolve: { scale: { color: "shared", shape: "shared" } },
    vconcat: [
      {
        width: WIDTH, height: 300,
        encoding: {
          x: xAxis(null, false),
          y: yAxis(`predicted ${quantitySymbol} (${unit})`, domain, 6),
          color: {
            field: "group", type: "nominal",
            scale: { domain: names, range: present.map(({ color }) => color) },
            legend: { orient: "bottom", columns: legendColumns(names, WIDTH + 50), direction: "horizontal" },
          },
          shape: { field: "group", type: "nominal", scale: { domain: names, range: present.map(({ shape }) => shape) } },
        },
        layer: [line([{ x: domain[0], y: domain[0] }, { x: domain[1], y: domain[1] }]), marks(false, "predicted"), marks(true, "predicted")],
      },
      {
        width: WIDTH, height: 100,
        encoding: { x: xAxis(`reference ${quantitySymbol} (${unit})`, true), y: yAxis(`Δ${symbol} (${errorUnit})`, errorRange, 4) },
        layer: [line([{ x: domain[0], y: 0 }, { x: domain[1], y: 0 }]), marks(false, "error"), marks(true, "error")],
      },
    ],
  };
}

/** "RMSE: train 2.11, test 4.02 meV/atom" */
function errorLines(quantity: Quantity, datasets: readonly ReportDataset[]): string {
  const parts = datasets.flatMap(({ name, records }) => {
    const { count, rmse } = errorSummary(records).total[quantity];
    return count > 0 ? [`${displayName(name, 20)} ${formatError(quantity, rmse)}`] : [];
  });
  return `RMSE: ${parts.join(" · ")}`;
}

function padded(lower: number, upper: number, share: number): [number, number] {
  const margin = upper > lower ? (upper - lower) * share : Math.max(Math.abs(upper), 1) * share;
  return [lower - margin, upper + margin];
}
