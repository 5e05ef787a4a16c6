import { cumulativeShare, histogram, logarithmicEdges, quantile } from "../../analysis/distribution.js";
import { forEachValue, type Quantity } from "../../analysis/metrics.js";
import { displayName, errorDisplay } from "../formatting.js";
import { headlineDataset, type ReportDataset } from "../report-data.js";
import { ink, otherColor, palette } from "../theme.js";
import { legendColumns, type GroupStyles } from "./group-styles.js";
import type { Plot } from "./render-svg.js";

const WIDTH = 350;
const names: Readonly<Record<Quantity, { title: string; symbol: string }>> = {
  energy: { title: "Energy errors", symbol: "|ΔE|" },
  forces: { title: "Force component errors", symbol: "|ΔF|" },
  virial: { title: "Virial component errors", symbol: "|ΔW|" },
};

/** How errors spread over orders of magnitude: a histogram per data set, and cumulative shares per group; undefined without values. */
export function distributionPlot(quantity: Quantity, datasets: readonly ReportDataset[], styles: GroupStyles): Plot | undefined {
  const errors = datasets.map((dataset) => ({ name: displayName(dataset.name, 20), values: absoluteErrors(quantity, dataset) }));
  const edges = errorEdges(errors.map(({ values }) => values));
  const headline = headlineDataset(datasets);
  if (!edges || !headline) return undefined;
  const withErrors = errors.filter(({ values }) => values.length > 0);
  const { title, symbol } = names[quantity];
  const headlineName = displayName(headline.name, 20);
  return {
    name: `distribution-${quantity}`,
    description: `${title}: histogram per data set and cumulative distribution per group`,
    caption: `Top: share of values per bin, by data set. Bottom: share of ${headlineName} values with an error of at most ${symbol}, by group; ` +
      "dashed: all groups. Errors below the axis are counted in the first bin.",
    spec: distributionSpec(quantity, {
      bins: withErrors.flatMap(({ name, values }) => histogramSteps(name, values, edges)),
      datasetNames: withErrors.map(({ name }) => name),
      headlineName,
      curves: cumulativeCurves(quantity, headline, styles, edges),
      styles,
      domain: [edges[0], edges[edges.length - 1]],
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
  return logarithmicEdges(10 ** lower, 10 ** upper, (upper - lower) * (count < 500 ? 5 : 10));
}

interface Row {
  readonly x: number;
  readonly y: number;
  readonly series: string;
}

function histogramSteps(series: string, values: Float64Array, edges: Float64Array): Row[] {
  const { counts, below } = histogram(values, edges);
  const rows = Array.from(counts, (count, bin) => ({ x: edges[bin], y: (count + (bin === 0 ? below : 0)) / values.length, series }));
  return [...rows, { x: edges[counts.length], y: rows[rows.length - 1].y, series }];
}

function cumulativeCurves(quantity: Quantity, dataset: ReportDataset, styles: GroupStyles, edges: Float64Array): Row[] {
  const thresholds = logarithmicEdges(edges[0], edges[edges.length - 1], 120);
  const curve = (series: string, records: ReportDataset["records"]): Row[] => {
    const values = absoluteErrors(quantity, { records });
    if (values.length === 0) return [];
    return Array.from(cumulativeShare(values, thresholds), (y, i) => ({ x: thresholds[i], y, series }));
  };
  const groups = new Map<string, ReportDataset["records"][number][]>();
  for (const record of dataset.records) {
    const { name } = styles.of(record.group);
    const members = groups.get(name);
    if (members) members.push(record);
    else groups.set(name, [record]);
  }
  return [...[...groups].flatMap(([name, records]) => curve(name, records)), ...curve(ALL, dataset.records)];
}

/** Not a possible group name, as these are shown without control characters. */
const ALL = "\u0000all";

interface SpecOptions {
  readonly bins: readonly Row[];
  readonly datasetNames: readonly string[];
  readonly headlineName: string;
  readonly curves: readonly Row[];
  readonly styles: GroupStyles;
  readonly domain: [number, number];
}

function distributionSpec(quantity: Quantity, { bins, datasetNames, headlineName, curves, styles, domain }: SpecOptions): Plot["spec"] {
  const { title, symbol } = names[quantity];
  const present = styles.all.filter(({ name }) => curves.some(({ series }) => series === name));
  const groups = present.map(({ name }) => name);
  const x = (labels: boolean) => ({
    field: "x", type: "quantitative" as const, scale: { type: "log" as const, domain, nice: false },
    axis: { title: labels ? `${symbol} (${errorDisplay[quantity].unit})` : null, labels, ticks: labels, values: decades(domain), format: "~g" },
  });
  const y = { field: "y", type: "quantitative" as const };
  const share = (axisTitle: string) => ({ ...y, axis: { title: axisTitle, format: ".0%", tickCount: 5 } });
  const legend = (legendNames: readonly string[]) => ({
    orient: "bottom" as const, direction: "horizontal" as const, columns: legendColumns(legendNames, WIDTH + 50),
    symbolType: "stroke" as const, symbolStrokeWidth: 2.5, symbolSize: 130,
  });
  return {
    title: { text: title },
    spacing: 14,
    resolve: { scale: { color: "independent", x: "independent" }, legend: { color: "independent" } },
    vconcat: [
      {
        width: WIDTH, height: 150, data: { values: [...bins] },
        encoding: {
          x: x(false), y: share("share per bin"),
          color: {
            field: "series", type: "nominal", legend: legend(datasetNames),
            scale: { domain: [...datasetNames], range: datasetColors(datasetNames, headlineName) },
          },
        },
        layer: [
          { mark: { type: "area", interpolate: "step-after", opacity: 0.14, line: false }, encoding: { y: { ...y, stack: null } } },
          { mark: { type: "line", interpolate: "step-after", strokeWidth: 1.8 } },
        ],
      },
      {
        width: WIDTH, height: 180,
        encoding: { x: x(true), y: { ...share("share with smaller error"), scale: { domain: [0, 1] } } },
        layer: [
          {
            data: { values: curves.filter(({ series }) => series !== ALL) },
            mark: { type: "line", strokeWidth: 2 },
            encoding: {
              color: {
                field: "series", type: "nominal", legend: legend(groups),
                scale: { domain: groups, range: present.map(({ color }) => color) },
              },
            },
          },
          {
            data: { values: curves.filter(({ series }) => series === ALL) },
            mark: { type: "line", strokeWidth: 1.4, strokeDash: [5, 4], color: ink.text },
          },
        ],
      },
    ],
  };
}

/** The headline data set in blue, the others in gray and orange. */
function datasetColors(datasets: readonly string[], headline: string): string[] {
  const others = [otherColor, palette[5], palette[3], palette[2]];
  let next = 0;
  return datasets.map((name) => (name === headline ? palette[0] : others[next++ % others.length]));
}

function decades([lower, upper]: [number, number]): number[] {
  const first = Math.round(Math.log10(lower));
  const last = Math.round(Math.log10(upper));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}
