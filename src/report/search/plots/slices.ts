import type { EvaluationRecord } from "../../../tune/search-result.js";
import { formatCount } from "../../formatting.js";
import { drawing, pathLayer, pointLayer, type Place } from "../../plots/drawing.js";
import { legendView } from "../../plots/legend.js";
import { panelLayers, placeIn, type Panel } from "../../plots/panels.js";
import type { Plot } from "../../plots/render-svg.js";
import { bestColor, ink } from "../../theme.js";
import type { ParameterAxis } from "../parameter-axis.js";
import { thinClasses, type RankClass } from "../rank-classes.js";
import type { StageView } from "../stage-view.js";
import { parameterHeading } from "../value-display.js";
import { fittingTicks } from "./fitting-ticks.js";

const WIDTH = 430;
const LEFT = 44;
const GAP = 18;
const POINT_LIMIT = 250;

/** Parameters shown, the most influential first. */
const MOST_SLICES = 6;
const MOST_IN_PAIRS = 4;

/** The loss over each of the most influential parameters; undefined with fewer than two evaluations or without parameters. */
export function slicesPlot({ axes: all, influences, classes, completed, start, lossAxis, model, prefix }: StageView): Plot | undefined {
  const axes = influences.slice(0, MOST_SLICES).map(({ axis }) => axis);
  if (axes.length === 0 || completed.length < 2) return undefined;
  const width = (WIDTH - LEFT - GAP) / 2;
  const height = 120;
  const rowHeight = height + 62;
  const panels = axes.map((axis, i): Panel => ({
    left: LEFT + (i % 2) * (width + GAP), top: 26 + Math.floor(i / 2) * rowHeight, width, height,
    xTicks: fittingTicks(axis, width), yTicks: tickless(lossAxis.ticks(5), i % 2 > 0),
    xTitle: parameterHeading(axis.parameter), ...(i % 2 === 0 && { yTitle: "loss" }),
  }));
  const marks = marksIn(panels, (record, i) => [jittered(axes[i], record), lossAxis.position(record.loss)], classes, start);
  const curves = axes.flatMap((axis, i) => {
    const predicted = model?.slice(all.indexOf(axis)) ?? [];
    const at = (position: number, loss: number): Place => placeIn(panels[i], position, lossAxis.position(loss));
    if (axis.parameter.dimension.kind !== "categorical") return [predicted.map(({ position, loss }) => at(position, loss))];
    // A line from one category to the next would tell of an order.
    const half = 0.3 / predicted.length;
    return predicted.map(({ position, loss }) => [at(position - half, loss), at(position + half, loss)]);
  });
  const curveLayers = model ? [pathLayer(curves, { color: bestColor, width: 1.4, opacity: 0.9 })] : [];
  const above = completed.filter(({ loss }) => lossAxis.isAbove(loss)).length;
  return {
    name: `${prefix}slices`,
    description: `Loss over each of ${axes.length} parameters, the most influential first`,
    caption: `Loss over one parameter each, the most influential first${axes.length < influences.length ? ` (${axes.length} of ${influences.length})` : ""}.` +
      `${above > 0 ? ` ${formatCount(above)} above the axis are drawn at its upper edge.` : ""}${
        model ? " Line: what a surrogate of the evaluations predicts along the parameter, the others at their best." : ""}${levelsNote(axes)}${marks.selection}`,
    width: WIDTH,
    spec: {
      title: { text: "Loss over parameters", subtitle: "color, shape and size by rank of the loss" },
      spacing: 8,
      vconcat: [drawing(WIDTH, Math.ceil(axes.length / 2) * rowHeight + 2, [...marks.layers, ...curveLayers]), legendView([...marks.legend, ...(model ? [{ name: "surrogate", color: bestColor, shape: "stroke" }] : [])], WIDTH)],
    },
  };
}

function levelsNote(axes: readonly ParameterAxis[]): string {
  return axes.some(({ parameter }) => parameter.values) ? " Points of equal levels are moved apart a little." : "";
}

/** Evaluations over pairs of the most influential parameters; undefined with fewer than two of each. */
export function pairsPlot({ influences, classes, completed, start, prefix }: StageView): Plot | undefined {
  const axes = influences.slice(0, MOST_IN_PAIRS).map(({ axis }) => axis);
  if (axes.length < 2 || completed.length < 2) return undefined;
  const n = axes.length - 1;
  const size = Math.min(190, (WIDTH - LEFT - (n - 1) * GAP) / n);
  const rowHeight = size + 44;
  // Below the diagonal: parameter `column` across, parameter `row + 1` up.
  const cells = axes.slice(1).flatMap((_, row) => Array.from({ length: row + 1 }, (_, column) => ({ row, column })));
  const panels = cells.map(({ row, column }): Panel => ({
    left: LEFT + column * (size + GAP), top: 26 + row * rowHeight, width: size, height: size,
    xTicks: tickless(fittingTicks(axes[column], size), row < n - 1), yTicks: tickless(axes[row + 1].ticks(4), column > 0),
    ...(row === n - 1 && { xTitle: parameterHeading(axes[column].parameter) }),
    ...(column === 0 && { yTitle: parameterHeading(axes[row + 1].parameter) }),
  }));
  const positions = (record: EvaluationRecord, i: number): [number | undefined, number | undefined] =>
    [jittered(axes[cells[i].column], record), jittered(axes[cells[i].row + 1], record)];
  const marks = marksIn(panels, positions, classes, start);
  return {
    name: `${prefix}pairs`,
    description: `Evaluations over pairs of the ${axes.length} most influential parameters, marked by rank of the loss`,
    caption: `Pairs of the ${axes.length} most influential parameters; axes of a row and of a column are the same.${levelsNote(axes)}${marks.selection}`,
    width: WIDTH,
    spec: {
      title: { text: "Pairs of parameters", subtitle: "color, shape and size by rank of the loss" },
      spacing: 8,
      vconcat: [drawing(WIDTH, 26 + n * rowHeight, marks.layers), legendView(marks.legend, WIDTH)],
    },
  };
}

/** Grid lines without texts, for panels beside one with the same axis. */
function tickless<T extends { readonly text: string }>(ticks: readonly T[], hidden: boolean): T[] {
  return hidden ? ticks.map((tick) => ({ ...tick, text: "" })) : [...ticks];
}

/** Evaluations in panels, poor ones below good ones; the start on top as an open square. */
function marksIn(
  panels: readonly Panel[],
  positions: (record: EvaluationRecord, panel: number) => readonly [number | undefined, number | undefined],
  classes: readonly RankClass[],
  start: EvaluationRecord | undefined,
) {
  const shown = thinClasses(classes, POINT_LIMIT);
  const places = (members: readonly EvaluationRecord[]): Place[] =>
    panels.flatMap((panel, i) =>
      members.flatMap((record) => {
        const [x, y] = positions(record, i);
        return x === undefined || y === undefined ? [] : [placeIn(panel, x, y)];
      }),
    );
  const { ground, texts } = panelLayers(panels);
  const startLook = { color: ink.text, shape: "square", size: 60, open: true };
  const points = [...shown].reverse().map(({ members, ...look }) => pointLayer(places(members), look));
  const [nShown, total] = [shown, classes].map((list) => list.reduce((sum, { members }) => sum + members.length, 0));
  return {
    layers: [...ground, ...points, ...(start ? [pointLayer(places([start]), startLook)] : []), ...texts],
    legend: [...shown, ...(start ? [{ name: "start", color: ink.text, shape: "square", open: true }] : [])],
    selection: nShown < total ? ` ${formatCount(nShown)} of ${formatCount(total)} evaluations are drawn, of the poorer ones every few.` : "",
  };
}

/** Moves points of equal levels apart by an amount that follows from the number of the evaluation. */
function jittered(axis: ParameterAxis, record: EvaluationRecord): number | undefined {
  const position = axis.position(record.values);
  const levels = axis.parameter.values?.length;
  if (position === undefined || levels === undefined || record.id < 0) return position;
  const fraction = (record.id * 0.6180339887498949) % 1;
  return Math.max(0, Math.min(1, position + (fraction - 0.5) * (0.4 / levels)));
}
