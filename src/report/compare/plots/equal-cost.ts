import { energyError, energyUncertainty } from "../../../compare/sentences.js";
import { drawing, lineLayer, pathLayer, textLayer } from "../../plots/drawing.js";
import { legendView, textWidth } from "../../plots/legend.js";
import { panelLayers, placeIn, spacedTicks, type Panel } from "../../plots/panels.js";
import type { Plot } from "../../plots/render-svg.js";
import { bestColor, ink } from "../../theme.js";
import { fittedName, type ComparisonView, type DescriptorView } from "../compared-view.js";
import { formatEstimate, formatNumber } from "../number-display.js";
import { coloredLines, lookPoints } from "./marks.js";
import { logAxis } from "./number-axis.js";
import { WIDTH } from "./panel.js";

const ROW = 36;

interface Row {
  readonly view: DescriptorView;
  /** µs with the search of neighbors */
  readonly time: number;
  readonly error: number;
  readonly uncertainty: number;
  /** Of all that cost no more. */
  readonly best: DescriptorView;
  readonly lowest: number;
}

/**
 * Errors of energies beside the lowest of all that cost no more, a line for each descriptor, the cheapest first; undefined where fewer than two
 * have both an error and a cost.
 */
export function equalCostPlot(comparison: ComparisonView): Plot | undefined {
  const rows = rowsOf(comparison);
  if (rows.length < 2) return undefined;
  const unit = rows[0].view.descriptor.information?.learning.energy?.unit ?? "";
  const axis = logAxis(rows.flatMap(({ error, uncertainty, lowest }) => [error, lowest, error + uncertainty, Math.max(error - uncertainty, 0.3 * error)]));
  const panel: Panel = {
    left: 0, top: 2, width: WIDTH, height: rows.length * ROW + 4,
    xTicks: spacedTicks((most) => axis.ticks(most), WIDTH), xTitle: `validation error of energies (${unit})`,
  };
  const { per } = comparison.times;
  return {
    name: "equal-cost",
    description: `Errors of energies at equal cost. ${rows.map((row) => `${row.view.name}: ${formatNumber(row.time)} µs per ${per}, ${formatNumber(row.error)} ${unit}, ${placeText(row)}`).join("; ")}`,
    caption: `The cheapest first, with µs per ${per}. The line is the lowest error that this much time buys, a descriptor's mark its own error with the standard error; ` +
      `at the right, how many times that of the best one that costs no more.${limitText(rows)}`,
    width: WIDTH,
    spec: {
      title: { text: "Energies at equal cost", subtitle: "all columns, with the most structures" },
      spacing: 10,
      vconcat: [
        drawing(WIDTH, panel.top + panel.height + 38, layersOf(rows, panel, (error) => placeIn(panel, axis.position(error), 0).x)),
        legendView([{ name: "lowest error of what costs no more", color: bestColor, shape: "square" }], WIDTH),
      ],
    },
  };
}

function rowsOf({ descriptors, times }: ComparisonView): Row[] {
  const rows = descriptors.flatMap((view) => {
    const { descriptor } = view;
    const [time, error] = [times.ofRows(descriptor)?.median, energyError(descriptor)];
    const best = descriptors.find((other) => other.descriptor.name === descriptor.bestAtCost);
    if (time === undefined || !best || !(error > 0) || !(descriptor.errorOverFront >= 1)) return [];
    return [{ view, time, error, uncertainty: energyUncertainty(descriptor) || 0, best, lowest: energyError(best.descriptor) }];
  });
  return rows.filter(({ lowest }) => lowest > 0).sort((a, b) => a.time - b.time || a.error - b.error);
}

function layersOf(rows: readonly Row[], panel: Panel, xOf: (error: number) => number) {
  const yOf = (row: number): number => panel.top + row * ROW + 26;
  const { ground, texts } = panelLayers([panel]);
  const values = rows.map(placeText);
  const heads = rows.map(({ view, time }, i) => ({ x: 0, y: yOf(i) - 15, text: fittedName(view, WIDTH - textWidth(values[i]) - textWidth(timeText(time)) - 16) + timeText(time) }));
  const staircase = rows.flatMap(({ lowest }, i) => [{ x: xOf(lowest), y: yOf(i) - (i === 0 ? 10 : ROW / 2) }, { x: xOf(lowest), y: yOf(i) + (i === rows.length - 1 ? 10 : ROW / 2) }]);
  return [
    ...ground,
    pathLayer([staircase], { color: bestColor, width: 2.2 }),
    lineLayer(rows.map(({ error, lowest }, i) => ({ from: { x: xOf(lowest), y: yOf(i) }, to: { x: xOf(error), y: yOf(i) } })), { color: ink.line, width: 1.4 }),
    coloredLines(rows.flatMap(({ view, error, uncertainty }, i) => {
      if (!(uncertainty > 0)) return [];
      return [{ from: { x: Math.max(0, xOf(Math.max(error - uncertainty, 0.01 * error))), y: yOf(i) }, to: { x: xOf(error + uncertainty), y: yOf(i) }, color: view.color }];
    }), 1.4),
    lookPoints(rows.map(({ view, error }, i) => ({ look: view, x: xOf(error), y: yOf(i), size: 62 }))),
    textLayer(heads, { align: "left", color: ink.text, size: 12 }),
    textLayer(rows.flatMap(({ view }, i) => (view.descriptor.onFront ? [] : [{ x: WIDTH, y: yOf(i) - 15, text: values[i] }])), { align: "right", color: ink.text, size: 12 }),
    textLayer(rows.flatMap(({ view }, i) => (view.descriptor.onFront ? [{ x: WIDTH, y: yOf(i) - 15, text: values[i] }] : [])), { align: "right", color: ink.text, size: 12, weight: 600 }),
    ...texts,
  ];
}

function timeText(time: number): string {
  return `  ·  ${formatNumber(time)} µs`;
}

/** "1.45 ± 0.57 × 1." where another one is better, "front" otherwise. */
function placeText({ view: { descriptor }, best }: Row): string {
  const doubt = descriptor.isClear ? "" : ", within errors";
  if (descriptor.onFront) return `front${doubt}`;
  const { errorOverFront: mean, errorOverFrontUncertainty: error } = descriptor;
  return `${formatEstimate({ mean, error })} × no. ${best.number}${doubt}`;
}

function limitText(rows: readonly Row[]): string {
  const names = rows.filter(({ view }) => (view.descriptor.information?.learning.energy?.leftOut ?? 0) > 0).map(({ view }) => view.name);
  return names.length === 0 ? "" : ` Learned from fewer structures than the others, as rows are long: ${names.join(", ")}.`;
}
