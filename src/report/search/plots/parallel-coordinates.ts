import { formatCount } from "../../formatting.js";
import { drawing, lineLayer, pathLayer, textLayer, type Line, type Place, type Text } from "../../plots/drawing.js";
import { legendView } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { ink } from "../../theme.js";
import type { ParameterAxis } from "../parameter-axis.js";
import { thinClasses } from "../rank-classes.js";
import type { StageView } from "../stage-view.js";
import { parameterHeading } from "../value-display.js";
import { fittingTicks } from "./fitting-ticks.js";

const WIDTH = 430;
const MARGIN = 26;
/** From axis to axis, px: as far apart as it takes for a few of them to fill a picture, since lines that cross at flat angles say little. */
const ROW = { least: 62, most: 150, all: 330 };
const LINE_LIMIT = 300;

/**
 * One horizontal axis per parameter, one line down through all of them per evaluation: so names stand upright and any number of
 * parameters fits the width of a phone. Undefined with fewer than two parameters or evaluations.
 */
export function parallelCoordinatesPlot({ axes, classes, completed, start, prefix }: StageView): Plot | undefined {
  if (axes.length < 2 || completed.length < 2) return undefined;
  const shown = thinClasses(classes, LINE_LIMIT);
  const nShown = shown.reduce((sum, { members }) => sum + members.length, 0);
  const x = (position: number): number => MARGIN + position * (WIDTH - 2 * MARGIN);
  const step = Math.min(ROW.most, Math.max(ROW.least, ROW.all / (axes.length - 1)));
  const y = (row: number): number => 26 + row * step;
  const path = (values: Parameters<ParameterAxis["position"]>[0]): Place[] =>
    axes.flatMap((axis, row) => {
      const position = axis.position(values);
      return position === undefined ? [] : [{ x: x(position), y: y(row) }];
    });
  const height = y(axes.length - 1) + 26;
  const layers = [...shown].reverse().map(({ members, color, width, opacity }) =>
    pathLayer(members.map(({ values }) => path(values)), { color, width, opacity }),
  );
  const dashed = start && pathLayer([path(start.values)], { color: ink.text, width: 1.6, dash: [5, 3] });
  const selection = nShown < completed.length
    ? ` ${formatCount(nShown)} of ${formatCount(completed.length)} are drawn, of the poorer ones every few.` : "";
  return {
    name: `${prefix}parallel-coordinates`,
    description: `Parallel coordinates of ${axes.length} parameters: one line per completed evaluation, the best ones on top`,
    caption: `One axis per parameter, one line per completed evaluation; the better its loss, the stronger the line. Where strong lines meet, ` +
      `the loss decides on the parameter; where they spread, it does not.${selection}`,
    width: WIDTH,
    spec: {
      title: { text: "Parameters of all evaluations", subtitle: "rank by loss; in parentheses the loss of the last of each class" },
      spacing: 8,
      vconcat: [
        drawing(WIDTH, height, [...layers, ...(dashed ? [dashed] : []), ...axisLayers(axes, x, y)]),
        legendView(
          [...shown.map(({ name, color }) => ({ name, color, shape: "stroke" })), ...(start ? [{ name: "start (dashed)", color: ink.text, shape: "stroke" }] : [])],
          WIDTH,
        ),
      ],
    },
  };
}

function axisLayers(axes: readonly ParameterAxis[], x: (position: number) => number, y: (row: number) => number) {
  const lines: Line[] = [];
  const ticks: Text[] = [];
  const names: Text[] = [];
  axes.forEach((axis, row) => {
    lines.push({ from: { x: x(0), y: y(row) }, to: { x: x(1), y: y(row) } });
    names.push({ x: x(0), y: y(row) - 14, text: parameterHeading(axis.parameter) });
    for (const { position, text } of fittingTicks(axis, x(1) - x(0))) {
      lines.push({ from: { x: x(position), y: y(row) - 3 }, to: { x: x(position), y: y(row) + 4 } });
      ticks.push({ x: x(position), y: y(row) + 13, text });
    }
  });
  return [
    lineLayer(lines, { color: ink.muted, width: 1.2 }),
    textLayer(ticks),
    textLayer(names, { align: "left", color: ink.text, size: 12.5, weight: 600 }),
  ];
}
