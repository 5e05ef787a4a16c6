import type { ComparedDescriptor } from "../../../compare/comparison.js";
import { drawing, lineLayer, pointLayer, textLayer } from "../../plots/drawing.js";
import { legendView, type LegendEntry } from "../../plots/legend.js";
import { panelLayers, placeIn, spacedTicks, type Panel } from "../../plots/panels.js";
import type { Plot } from "../../plots/render-svg.js";
import { ink, palette } from "../../theme.js";
import { fittedName, type ComparisonView, type MicrosecondTiming } from "../compared-view.js";
import { formatNumber } from "../number-display.js";
import { logAxis } from "./number-axis.js";
import { WIDTH } from "./panel.js";

const ROW = 36;

interface TimeKind extends LegendEntry {
  readonly of: (cost: NonNullable<ComparedDescriptor["cost"]>) => NonNullable<ComparedDescriptor["cost"]>["values"] | undefined;
}

const kinds: readonly TimeKind[] = [
  { name: "search of neighbors", color: palette[0], shape: "diamond", of: ({ neighbors }) => neighbors },
  { name: "values", color: palette[2], shape: "circle", of: ({ values }) => values },
  { name: "values and backward", color: palette[1], shape: "triangle-right", of: ({ backward }) => backward },
  { name: "values and Jacobian", color: palette[3], shape: "square", of: ({ jacobian }) => jacobian },
];

/** What rows cost alone and with derivatives, a line of marks for each descriptor; undefined where no time is known. */
export function timesPlot({ descriptors, times }: ComparisonView): Plot | undefined {
  const members = descriptors.filter(({ descriptor }) => descriptor.cost);
  if (members.length === 0) return undefined;
  const marks = members.map(({ descriptor }) => kinds.flatMap((kind) => {
    const timing: MicrosecondTiming | undefined = times.of(descriptor, kind.of(descriptor.cost!));
    return timing && timing.median > 0 ? [{ kind, time: timing.median }] : [];
  }));
  const axis = logAxis(marks.flat().map(({ time }) => time));
  const panel: Panel = {
    left: 0, top: 2, width: WIDTH, height: members.length * ROW + 4,
    xTicks: spacedTicks((most) => axis.ticks(most), WIDTH), xTitle: `processor time per ${times.per} (µs)`,
  };
  const yOf = (row: number): number => panel.top + row * ROW + 26;
  const xOf = (time: number): number => placeIn(panel, axis.position(time), 0).x;
  const { ground, texts } = panelLayers([panel]);
  const shown = kinds.filter((kind) => marks.some((row) => row.some((mark) => mark.kind === kind)));
  return {
    name: "times",
    description: `Processor time per ${times.per} in µs. ${members.map(({ name }, i) => `${name}: ${marks[i].map(({ kind, time }) => `${kind.name} ${formatNumber(time)}`).join(", ")}`).join("; ")}`,
    caption: "Medians on a logarithmic axis. Values: rows alone. Backward: rows and the product of ∂E/∂X with their derivatives, as predictions take it; Jacobian: rows and the derivative of every column.",
    width: WIDTH,
    spec: {
      title: { text: "Times of rows and derivatives" },
      spacing: 10,
      vconcat: [
        drawing(WIDTH, panel.top + panel.height + 38, [
          ...ground,
          lineLayer(marks.flatMap((row, i) => {
            const xs = row.map(({ time }) => xOf(time));
            return xs.length > 1 ? [{ from: { x: Math.min(...xs), y: yOf(i) }, to: { x: Math.max(...xs), y: yOf(i) } }] : [];
          }), { color: ink.line }),
          ...shown.map((kind) => pointLayer(marks.flatMap((row, i) => row.flatMap((mark) => (mark.kind === kind ? [{ x: xOf(mark.time), y: yOf(i) }] : []))), { ...kind, size: 62 })),
          textLayer(members.map((view, i) => ({ x: 0, y: yOf(i) - 15, text: fittedName(view, WIDTH) })), { align: "left", color: ink.text, size: 12 }),
          ...texts,
        ]),
        legendView(shown, WIDTH),
      ],
    },
  };
}
