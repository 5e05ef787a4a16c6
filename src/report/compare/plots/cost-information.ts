import { drawing, lineLayer, pathLayer, textLayer, type Place } from "../../plots/drawing.js";
import { panelLayers, placeIn, type Panel } from "../../plots/panels.js";
import type { Plot } from "../../plots/render-svg.js";
import { bestColor, ink } from "../../theme.js";
import { fittedName, type ComparisonView, type DescriptorView, type MicrosecondTiming } from "../compared-view.js";
import { efficientFront, type InformationMeasure } from "../measures.js";
import { formatEstimate, formatNumber } from "../number-display.js";
import { keyView } from "./key.js";
import { labelPlaces, LABEL_SIZE, type PlacedLabel } from "./label-places.js";
import { coloredLines, lookPoints, type ColoredLine } from "./marks.js";
import { logAxis, type NumberAxis } from "./number-axis.js";
import { panelHeight, singlePanel, WIDTH } from "./panel.js";

/** A descriptor that has both a time and a measure. */
export interface CostPoint {
  readonly view: DescriptorView;
  /** µs */
  readonly x: number;
  readonly y: number;
  readonly timing: MicrosecondTiming;
  /** Standard error of y; NaN where it is not known. */
  readonly error: number;
}

/** What a plot of cost against a measure shows, by ascending cost. */
export function costPoints({ descriptors, times }: ComparisonView, measure: InformationMeasure): CostPoint[] {
  const points = descriptors.flatMap((view) => {
    const timing = times.ofRows(view.descriptor);
    const estimate = measure.of(view.descriptor);
    if (!timing || !estimate || !(timing.median > 0) || !(estimate.mean > 0)) return [];
    return [{ view, x: timing.median, y: estimate.mean, timing, error: estimate.error }];
  });
  return points.sort((a, b) => a.x - b.x);
}

/** Those on the front: of errors of energies as the comparison says, of other measures by the points themselves. */
export function frontOf(points: readonly CostPoint[], measure: InformationMeasure): CostPoint[] {
  const named = measure.key === "energy" ? points.filter(({ view }) => view.descriptor.onFront) : [];
  return named.length > 0 ? named : efficientFront(points, measure.isError);
}

/** A measure of what descriptors tell over what they cost, the front drawn and its members named; undefined where no descriptor has both. */
export function costInformationPlot(comparison: ComparisonView, measure: InformationMeasure): Plot | undefined {
  const points = costPoints(comparison, measure);
  if (points.length === 0) return undefined;
  const { per } = comparison.times;
  const front = frontOf(points, measure);
  const x = logAxis(points.flatMap(({ timing }) => [timing.low, timing.high]));
  const y = logAxis(points.flatMap((point) => [point.y, point.y + (point.error || 0), Math.max(point.y - (point.error || 0), 0.3 * point.y)]), { margin: 0.1 });
  const panel = singlePanel(x, y, { xTitle: `processor time per ${per} (µs)`, yTitle: measure.heading, height: 280 });
  const better = measure.isError ? "smaller" : "larger";
  const absent = comparison.descriptors.length - points.length;
  return {
    name: `cost-${measure.key}`,
    description: `${measure.heading} over processor time per ${per} of ${points.length} descriptors; on the front: ${front.map(({ view }) => view.name).join(", ")}`,
    caption: `Times of rows and the search of their neighbors. On the line: the front; whatever has a ${better} value costs more. ` +
      `Bars: quartiles of the time, standard errors of the measure.${measure.isError ? "" : " Larger is more: the number of directions in which the rows vary."}` +
      `${absent > 0 ? ` ${absent} of ${comparison.descriptors.length} descriptors are not here: their time or this measure is missing.` : ""}`,
    width: WIDTH,
    spec: {
      title: { text: `${measure.title} and cost`, subtitle: frontText(front, points.length) },
      spacing: 8,
      vconcat: [
        drawing(WIDTH, panelHeight(panel), scatterLayers(points, front, { panel, x, y })),
        keyView(points.map(({ view, timing, y: mean, error }) => ({
          view, value: `${formatNumber(timing.median)} · ${formatEstimate({ mean, error })}`,
        })), WIDTH, { hasLines: false, heading: `µs · ${measure.unit || measure.heading}` }),
      ],
    },
  };
}

function frontText(front: readonly CostPoint[], nPoints: number): string {
  if (nPoints === 1) return "one descriptor: nothing to compare it with";
  return `front of ${front.length} among ${nPoints}, named in bold`;
}

function scatterLayers(points: readonly CostPoint[], front: readonly CostPoint[], { panel, x, y }: { panel: Panel; x: NumberAxis; y: NumberAxis }) {
  const at = (time: number, value: number): Place => placeIn(panel, x.position(time), y.position(value));
  const { ground, texts } = panelLayers([panel]);
  const bars = points.flatMap(({ view: { color }, timing, error, ...point }): ColoredLine[] => [
    { from: at(timing.low, point.y), to: at(timing.high, point.y), color },
    ...(error > 0 ? [{ from: at(point.x, Math.max(point.y - error, y.domain[0])), to: at(point.x, point.y + error), color }] : []),
  ]);
  const steps = front.flatMap((point, i) => [...(i > 0 ? [at(point.x, front[i - 1].y)] : []), at(point.x, point.y)]);
  const wishes = points.map((point) => ({ ...at(point.x, point.y), text: fittedName(point.view, 190), isNeeded: front.includes(point) && points.length > 1 }));
  const labels = labelPlaces(wishes, { left: panel.left + 2, right: panel.left + panel.width, top: panel.top, bottom: panel.top + panel.height - 2 },
    steps.slice(1).map((to, i) => ({ from: steps[i], to })), bars);
  const leaders = labels.flatMap((label) => (label.leader ? [{ from: label.leader, to: nearestEnd(label) }] : []));
  const named = (isNeeded: boolean) => labels.filter((label) => label.isNeeded === isNeeded);
  return [
    ...ground,
    pathLayer([steps], { color: bestColor, width: 1.8 }),
    coloredLines(bars, 1.1),
    lineLayer(leaders, { color: ink.muted, width: 0.8 }),
    lookPoints(points.map((point) => ({ look: point.view, ...at(point.x, point.y), size: front.includes(point) ? 85 : 50 }))),
    textLayer(named(false), { align: "left", size: LABEL_SIZE }),
    textLayer(named(true), { align: "left", size: LABEL_SIZE, color: ink.text, weight: 600 }),
    ...texts,
  ];
}

/** Where a line from the mark meets a text: its nearer end. */
function nearestEnd({ x, y, text, leader }: PlacedLabel): Place {
  const right = x + (text.length * LABEL_SIZE) / 2;
  return leader && leader.x > right ? { x: right, y } : { x: leader && leader.x > x ? leader.x : x, y };
}
