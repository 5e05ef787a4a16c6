import { cumulativeShare, histogram, logarithmicEdges, quantile } from "../../analysis/distribution.js";
import { forEachValue, type Quantity } from "../../analysis/metrics.js";
import { displayName, errorDisplay, formatSignificant } from "../formatting.js";
import { headlineDataset, type ReportDataset } from "../report-data.js";
import { ink, otherColor, palette, PLOT_WIDTH } from "../theme.js";
import type { GroupStyle, GroupStyles } from "./group-styles.js";
import { legendView, type LegendEntry } from "./legend.js";
import type { Plot } from "./render-svg.js";

const names: Readonly<Record<Quantity, { title: string; symbol: string }>> = {
  energy: { title: "Energy errors", symbol: "|ΔE|" },
  forces: { title: "Force component errors", symbol: "|ΔF|" },
  virial: { title: "Virial component errors", symbol: "|ΔW|" },
};

/** How errors spread over orders of magnitude: a histogram per data set, and cumulative shares per group; undefined without values. */
export function distributionPlot(quantity: Quantity, datasets: readonly ReportDataset[], styles: GroupStyles): Plot | undefined {
  const headline = headlineDataset(datasets);
  const samples = datasets
    .map((dataset) => ({ dataset, values: absoluteErrors(quantity, dataset) }))
    .filter(({ values }) => values.length > 0);
  const edges = errorEdges(samples.map(({ values }) => values));
  if (!edges || !headline) return undefined;
  const { title, symbol } = names[quantity];
  const colors = datasetColors(samples.map(({ dataset }) => dataset), headline);
  const entries = samples.map(({ dataset }, i) => ({ name: displayName(dataset.name, 20), color: colors[i], shape: "stroke" }));
  return {
    name: `distribution-${quantity}`,
    description: `${title}: histogram per data set and cumulative distribution per group`,
    caption: `Top: share of values per bin, by data set. Bottom: share of ${displayName(headline.name, 20)} values ` +
      `with an error of at most ${symbol}, by group. Errors below the axis are counted in the first bin.`,
    spec: distributionSpec(quantity, {
      bins: samples.flatMap(({ values }, i) => histogramSteps(entries[i], values, edges)),
      datasets: entries,
      curves: cumulativeCurves(quantity, headline, styles, edges),
      domain: [edges[0], edges[edges.length - 1]],
      quantiles: quantileLine(quantity, headline),
    }),
  };
}

/** Absolute errors in displayed units, ascending. */
function absoluteErrors(quantity: Quantity, dataset: Pick<ReportDataset, "records">): Float64Array {
  const values: number[] = [];
  const { scale } = errorDisplay[quantity];
  for (const record of dataset.records) {
    forEachValue(record, (visited, reference, predicted) => {
      if (visited === quantity) values.push(Math.abs(predicted - reference) * scale);
    });
  }
  return Float64Array.from(values).sort();
}

/** "test: half below 1.52, 95 % below 6.40 meV/atom" */
function quantileLine(quantity: Quantity, dataset: ReportDataset): string {
  const values = absoluteErrors(quantity, dataset);
  if (values.length === 0) return "";
  const [median, high] = [0.5, 0.95].map((probability) => formatSignificant(quantile(values, probability)));
  return `${displayName(dataset.name, 20)}: half below ${median}, 95 % below ${high} ${errorDisplay[quantity].unit}`;
}

/** Bins over whole decades, from about the first percentile to the largest error; undefined if no error is positive. */
function errorEdges(samples: readonly Float64Array[]): Float64Array | undefined {
  let largest = 0;
  let lowest = Infinity;
  let count = 0;
  for (const values of samples) {
    const positive = values.subarray(values.findIndex((value) => value > 0));
    if (!(values.at(-1) ?? 0)) continue;
    largest = Math.max(largest, positive[positive.length - 1]);
    lowest = Math.min(lowest, quantile(positive, 0.01));
    count = Math.max(count, values.length);
  }
  if (largest === 0) return undefined;
  const upper = Math.ceil(Math.log10(largest) - 1e-9);
  const lower = Math.min(upper - 1, Math.max(Math.floor(Math.log10(lowest)), upper - 5));
  const edges = logarithmicEdges(10 ** lower, 10 ** upper, (upper - lower) * (count < 500 ? 5 : 10));
  // A largest error that rounding has put just above a power of ten needs no decade of its own.
  edges[edges.length - 1] = Math.max(edges[edges.length - 1], largest);
  return edges;
}

interface Row {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly color: string;
}

function histogramSteps({ name, color }: LegendEntry, values: Float64Array, edges: Float64Array): Row[] {
  const { counts, below } = histogram(values, edges);
  const rows = Array.from(counts, (count, bin) => ({ x: edges[bin], y: (count + (bin === 0 ? below : 0)) / values.length, name, color }));
  return [...rows, { ...rows[rows.length - 1], x: edges[counts.length] }];
}

interface Curve extends LegendEntry {
  readonly rows: readonly Row[];
}

/** One curve per group, and one of all groups if there are several. */
function cumulativeCurves(quantity: Quantity, dataset: ReportDataset, styles: GroupStyles, edges: Float64Array): Curve[] {
  const thresholds = logarithmicEdges(edges[0], edges[edges.length - 1], 120);
  const curve = ({ name, color }: Pick<LegendEntry, "name" | "color">, records: ReportDataset["records"]): Curve[] => {
    const values = absoluteErrors(quantity, { records });
    if (values.length === 0) return [];
    const rows = Array.from(cumulativeShare(values, thresholds), (y, i) => ({ x: thresholds[i], y, name, color }));
    return [{ name, color, shape: "stroke", rows }];
  };
  const members = new Map<GroupStyle, ReportDataset["records"][number][]>(styles.all.map((style) => [style, []]));
  for (const record of dataset.records) members.get(styles.of(record.group))?.push(record);
  const groups = [...members].flatMap(([style, records]) => curve(style, records));
  return groups.length > 1 ? [...groups, ...curve({ name: "all", color: ink.text }, dataset.records)] : groups;
}

interface SpecOptions {
  readonly bins: readonly Row[];
  readonly datasets: readonly LegendEntry[];
  readonly curves: readonly Curve[];
  readonly domain: [number, number];
  /** Line below the title. */
  readonly quantiles: string;
}

function distributionSpec(quantity: Quantity, { bins, datasets, curves, domain, quantiles }: SpecOptions): Plot["spec"] {
  const { title, symbol } = names[quantity];
  const x = (axisTitle: string | null) => ({
    field: "x", type: "quantitative" as const, scale: { type: "log" as const, domain, nice: false },
    axis: { title: axisTitle, labels: axisTitle !== null, ticks: axisTitle !== null, values: decades(domain),
      // the last label stands half outside of the plot
      labelExpr: "format(datum.value, datum.value < 1e5 ? '~g' : '~e')" },
  });
  const y = { field: "y", type: "quantitative" as const };
  const series = {
    color: { field: "color", type: "nominal" as const, scale: null },
    detail: { field: "name", type: "nominal" as const },
  };
  return {
    title: { text: title, subtitle: quantiles },
    spacing: 12,
    vconcat: [
      {
        width: PLOT_WIDTH, height: 170, data: { values: [...bins] },
        encoding: { x: x(null), y: { ...y, axis: { title: "share per bin", format: ".0%", tickCount: 5 } }, ...series },
        layer: [
          { mark: { type: "area", interpolate: "step-after", opacity: 1, fillOpacity: 0.14, line: false }, encoding: { y: { ...y, stack: null } } },
          { mark: { type: "line", interpolate: "step-after", strokeWidth: 1.8 } },
        ],
      },
      legendView(datasets, PLOT_WIDTH),
      {
        width: PLOT_WIDTH, height: 210, data: { values: curves.flatMap(({ rows }) => rows) },
        encoding: {
          x: x(`${symbol} (${errorDisplay[quantity].unit})`),
          y: { ...y, scale: { domain: [0, 1] }, axis: { title: "share with smaller error", format: ".0%", tickCount: 5 } },
          ...series,
        },
        mark: { type: "line", strokeWidth: 1.8 },
      },
      legendView(curves, PLOT_WIDTH),
    ],
  };
}

/** The headline data set in blue, the others in gray and more. */
function datasetColors(datasets: readonly ReportDataset[], headline: ReportDataset): string[] {
  const others = [otherColor, palette[5], palette[3], palette[2]];
  let next = 0;
  return datasets.map((dataset) => (dataset === headline ? palette[0] : others[next++ % others.length]));
}

function decades([lower, upper]: [number, number]): number[] {
  const first = Math.round(Math.log10(lower));
  const last = Math.round(Math.log10(upper));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}
