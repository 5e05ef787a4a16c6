import { drawing, lineLayer, type Line } from "../../plots/drawing.js";
import { panelLayers, placeIn } from "../../plots/panels.js";
import type { Plot } from "../../plots/render-svg.js";
import { ink } from "../../theme.js";
import type { DescriptorView } from "../compared-view.js";
import { keyView } from "./key.js";
import { coloredLines, lookLines, lookPoints } from "./marks.js";
import { logAxis } from "./number-axis.js";
import { panelHeight, singlePanel, WIDTH } from "./panel.js";

/** What is drawn of one descriptor on logarithmic axes. */
export interface LogSeries {
  readonly view: DescriptorView;
  /** Joined by a line. */
  readonly line: readonly { readonly x: number; readonly y: number }[];
  /** Marks, with standard errors where there are any. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly error?: number | undefined }[];
  /** In the key, beside the name. */
  readonly value?: string | undefined;
}

/** Texts and extras of a plot on two logarithmic axes. */
export interface LogPlotTexts extends Pick<Plot, "name" | "description" | "caption"> {
  readonly title: string;
  readonly subtitle: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** What the values of the key are. */
  readonly valueHeading: string;
  /** Dashed level lines. */
  readonly levels?: readonly number[];
}

/** Lower ends of error bars that the axis reaches down to, as a share of the value. */
const LOWEST_END = 0.4;

/** Lines of descriptors on two logarithmic axes, and a key below. */
export function logPlot(series: readonly LogSeries[], texts: LogPlotTexts): Plot {
  const { title, subtitle, xTitle, yTitle, valueHeading, levels = [], ...named } = texts;
  const all = series.flatMap(({ line, points }) => [...line, ...points]);
  const x = logAxis(all.map((point) => point.x), { margin: 0.04, least: 1.5 });
  // an error as large as the value has no lower end on this axis
  const ends = series.flatMap(({ points }) => points.flatMap(({ y, error = NaN }) => (error > 0 ? [y + error, Math.max(y - error, LOWEST_END * y)] : [])));
  const y = logAxis([...all.map((point) => point.y), ...ends, ...levels]);
  const panel = singlePanel(x, y, { xTitle, yTitle });
  const placeOf = (point: { readonly x: number; readonly y: number }) => placeIn(panel, x.position(point.x), y.position(point.y));
  const { ground, texts: axisTexts } = panelLayers([panel]);
  const bars = series.flatMap(({ view, points }) => points.flatMap(({ error, ...point }) => {
    if (!(error !== undefined && error > 0)) return [];
    const ends = [point.y - error, point.y + error].map((end) => placeOf({ x: point.x, y: Math.max(end, y.domain[0]) }));
    return [{ from: ends[0], to: ends[1], color: view.color }];
  }));
  const lines = levels.map((level): Line => ({ from: placeIn(panel, 0, y.position(level)), to: placeIn(panel, 1, y.position(level)) }));
  return {
    ...named,
    width: WIDTH,
    spec: {
      title: { text: title, subtitle },
      spacing: 8,
      vconcat: [
        drawing(WIDTH, panelHeight(panel), [
          ...ground,
          lineLayer(lines, { color: ink.muted, dash: [5, 4] }),
          coloredLines(bars, 1.2),
          lookLines(series.map(({ view, line }) => ({ look: view, places: line.map(placeOf) }))),
          lookPoints(series.flatMap(({ view, points }) => points.map((point) => ({ look: view, ...placeOf(point), size: 30 })))),
          ...axisTexts,
        ]),
        keyView(series.map(({ view, value }) => ({ view, value })), WIDTH, { heading: valueHeading }),
      ],
    },
  };
}
