import { errorSummary, forEachValue, type Quantity } from "../../analysis/metrics.js";
import { displayName, errorDisplay, formatCount, formatSignificant } from "../formatting.js";
import { headlineDataset, type ReportDataset, type StructureRecord } from "../report-data.js";
import { ink, LABEL_EXTENT, PLOT_WIDTH } from "../theme.js";
import type { GroupStyle, GroupStyles } from "./group-styles.js";
import { legendView, textWidth } from "./legend.js";
import type { Plot } from "./render-svg.js";
import { thinPoints, type PointSeries } from "./thin-points.js";

/** Above this many points a parity plot shows a selection. */
const POINT_LIMIT = 3000;

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
  readonly style: GroupStyle;
  readonly strong: boolean;
}

interface Point {
  readonly reference: number;
  readonly predicted: number;
  readonly error: number;
  readonly style: GroupStyle;
  readonly strong: boolean;
}

/** Predicted against reference values, with the errors below, colored by group; undefined without any reference value. */
export function parityPlot(
  quantity: Quantity,
  datasets: readonly ReportDataset[],
  styles: GroupStyles,
  isolatedAtomSource?: string,
): Plot | undefined {
  const strong = headlineDataset(datasets);
  const relative = quantity === "energy" && datasets.every(({ records }) => records.every((r) => r.isolatedAtomEnergy !== undefined));
  const series = datasets
    .map((dataset) => datasetSeries(quantity, dataset, { strong: dataset === strong, relative, styles }))
    .flat()
    // Large groups below, so that they do not hide small ones.
    .sort((a, b) => Number(a.strong) - Number(b.strong) || b.reference.length - a.reference.length);
  const total = series.reduce((sum, { reference }) => sum + reference.length, 0);
  if (total === 0) return undefined;
  const drawn = thinPoints(series, POINT_LIMIT);
  const points = series.flatMap(({ reference, error, ...look }, i) =>
    Array.from(drawn[i], (j): Point => ({ ...look, reference: reference[j], predicted: reference[j] + error[j], error: error[j] })),
  );
  const { title } = texts[quantity];
  const range = points.length < total
    ? ` ${formatCount(points.length)} of ${formatCount(total)} points are drawn: where they lie dense, one in each cell of a fine grid.`
    : "";
  return {
    name: `parity-${quantity}`,
    description: `${title}: predicted against reference values, and their difference`,
    caption: `${captionOf(quantity, datasets, relative && zeroOf(isolatedAtomSource))}${range}`,
    spec: paritySpec(quantity, points, { datasets, styles, relative }),
  };
}

interface SeriesOptions {
  readonly strong: boolean;
  readonly relative: boolean;
  readonly styles: GroupStyles;
}

function datasetSeries(quantity: Quantity, { records }: ReportDataset, { strong, relative, styles }: SeriesOptions): Series[] {
  const groups = new Map<GroupStyle, { reference: number[]; error: number[] }>();
  for (const record of records) {
    const shift = relative ? shiftOf(record) : 0;
    const style = styles.of(record.group);
    forEachValue(record, (visited, reference, predicted) => {
      if (visited !== quantity) return;
      let values = groups.get(style);
      if (!values) groups.set(style, (values = { reference: [], error: [] }));
      values.reference.push(reference - shift);
      values.error.push(predicted - reference);
    });
  }
  return [...groups].map(([style, { reference, error }]) => ({
    style, strong, reference: Float64Array.from(reference), error: Float64Array.from(error),
  }));
}

function shiftOf({ isolatedAtomEnergy = 0, nAtoms }: StructureRecord): number {
  return isolatedAtomEnergy / nAtoms;
}

function captionOf(quantity: Quantity, datasets: readonly ReportDataset[], zeroText: string | false): string {
  const strong = headlineDataset(datasets);
  const faint = datasets.filter((dataset) => dataset !== strong).map(({ name }) => displayName(name, 20));
  const marks = faint.length > 0 && strong ? `Strong marks: ${displayName(strong.name, 20)}; faint marks: ${faint.join(", ")}.` : "";
  const zero = zeroText ? ` Energies are relative to ${zeroText}.` : "";
  return `Top: predicted against reference; the line is perfect agreement. Bottom: predicted − reference${
    quantity === "forces" ? "" : " in meV/atom"
  }. ${marks}${zero}`.trim();
}

/** What the energies are relative to. */
function zeroOf(isolatedAtomSource: string | undefined): string {
  if (isolatedAtomSource === "average") return "the mean energy of an atom (not energies of isolated atoms)";
  if (isolatedAtomSource === "least-squares") return "energies of the elements from a least-squares fit to the compositions (not those of isolated atoms)";
  if (isolatedAtomSource === "model") return "the energies of single atoms that the model holds";
  return isolatedAtomSource === "given" ? "the isolated-atom energies that were given" : "isolated atoms";
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
  const domain = padded(values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b)));
  const worst = points.reduce((largest, { error }) => Math.max(largest, Math.abs(error)), 0) * scale;
  const errorRange: [number, number] = worst > 0 ? [-worst * 1.08, worst * 1.08] : [-1, 1];
  const extent = Math.max(labelExtent(domain, 6), labelExtent(errorRange, 4));
  const axisSymbol = relative ? "E − ΣE₀" : symbol;
  const xAxis = (axisTitle: string | null, labels: boolean) => ({
    field: "x", type: "quantitative" as const, scale: { domain, nice: false, zero: false },
    axis: { title: axisTitle, labels, ticks: labels, tickCount: 6 },
  });
  const yAxis = (axisTitle: string, range: [number, number], tickCount: number) => ({
    field: "y", type: "quantitative" as const, scale: { domain: range, nice: false, zero: false },
    axis: { title: axisTitle, tickCount, minExtent: extent, maxExtent: extent },
  });
  return {
    title: { text: title, subtitle: errorLines(quantity, datasets) },
    spacing: 12,
    vconcat: [
      {
        width: PLOT_WIDTH, height: 300,
        encoding: { x: xAxis(null, false), y: yAxis(`predicted ${axisSymbol} (${unit})`, domain, 6) },
        layer: [...pointLayers(points, ({ predicted }) => predicted), lineLayer([domain[0], domain[0]], [domain[1], domain[1]])],
      },
      {
        width: PLOT_WIDTH, height: 110,
        encoding: { x: xAxis(`reference ${axisSymbol} (${unit})`, true), y: yAxis(`Δ${symbol} (${errorUnit})`, errorRange, 4) },
        layer: [...pointLayers(points, ({ error }) => error * scale), lineLayer([domain[0], 0], [domain[1], 0])],
      },
      legendView(styles.all.filter((style) => points.some((point) => point.style === style)), PLOT_WIDTH),
    ],
  };
}

/** Faint points below strong ones; many points become smaller. */
function pointLayers(points: readonly Point[], y: (point: Point) => number) {
  return [false, true].map((strong) => {
    const chosen = points.filter((point) => point.strong === strong);
    const dense = chosen.length > 400;
    const size = (strong ? 26 : 14) * (dense ? 0.55 : 1);
    return {
      data: { values: chosen.map((point) => ({ x: point.reference, y: y(point), color: point.style.color, shape: point.style.shape })) },
      mark: { type: "point" as const, filled: true, size, opacity: (strong ? 0.8 : 0.25) * (dense ? 0.8 : 1) },
      encoding: {
        x: { field: "x", type: "quantitative" as const },
        y: { field: "y", type: "quantitative" as const },
        color: { field: "color", type: "nominal" as const, scale: null },
        shape: { field: "shape", type: "nominal" as const, scale: null },
      },
    };
  });
}

function lineLayer(from: readonly [number, number], to: readonly [number, number]) {
  return {
    data: { values: [from, to].map(([x, y]) => ({ x, y })) },
    mark: { type: "line" as const, color: ink.text, strokeWidth: 1, opacity: 0.65 },
    encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } },
  };
}

/** "RMSE (meV/atom): train 2.11 · test 4.02", in more lines where one is too short. */
function errorLines(quantity: Quantity, datasets: readonly ReportDataset[]): string[] {
  const { scale, unit } = errorDisplay[quantity];
  const parts = datasets.flatMap(({ name, records }) => {
    const { count, rmse } = errorSummary(records).total[quantity];
    return count > 0 ? [`${displayName(name, 20)} ${formatSignificant(rmse * scale)}`] : [];
  });
  const lines = [`RMSE (${unit}): ${parts[0]}`];
  for (const part of parts.slice(1)) {
    const longer = `${lines[lines.length - 1]} · ${part}`;
    if (textWidth(longer) > PLOT_WIDTH) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A range with 4 % of room at both ends. */
function padded(lower: number, upper: number): [number, number] {
  const margin = 0.04 * (upper > lower ? upper - lower : Math.max(Math.abs(upper), 1));
  return [lower - margin, upper + margin];
}

/** Room for tick labels of an axis over `domain`, px; large numbers with small steps need more than usual. */
function labelExtent([lower, upper]: [number, number], tickCount: number): number {
  const decimals = Math.max(0, Math.ceil(-Math.log10((upper - lower) / tickCount)));
  const characters = Math.max(...[lower, upper].map((end) => end.toFixed(Math.min(10, decimals)).length));
  return Math.max(LABEL_EXTENT, 7 * characters + 6);
}
