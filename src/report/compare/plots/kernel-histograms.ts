import type { KernelShape } from "../../../analysis/information/information.js";
import { drawing, lineLayer, textLayer, type Line, type Place } from "../../plots/drawing.js";
import { panelLayers, placeIn, spacedTicks, type Panel } from "../../plots/panels.js";
import type { Plot } from "../../plots/render-svg.js";
import { ink } from "../../theme.js";
import { fittedName, type ComparisonView, type DescriptorView } from "../compared-view.js";
import { formatNumber } from "../number-display.js";
import { lookLines } from "./marks.js";
import { linearAxis, type NumberAxis } from "./number-axis.js";
import { WIDTH } from "./panel.js";

const GAP = 26;
const HEIGHT = 64;
const ROW = HEIGHT + 58;

interface Member {
  readonly view: DescriptorView;
  readonly kernels: KernelShape;
}

/** Histograms of kernel values, one small panel for each descriptor on one axis; undefined where nobody has any. */
export function kernelHistogramsPlot({ descriptors }: ComparisonView): Plot | undefined {
  const members = descriptors.flatMap((view): Member[] => {
    const { kernels } = view.descriptor.information ?? {};
    return kernels && kernels.histogram.counts.some((count) => count > 0) ? [{ view, kernels }] : [];
  });
  if (members.length === 0) return undefined;
  const nColumns = members.length === 1 ? 1 : 2;
  const width = (WIDTH - (nColumns - 1) * GAP) / nColumns;
  const filled = members.map(({ kernels }) => filledRange(kernels));
  const axis = linearAxis(Math.min(...filled.map(([from]) => from)), Math.max(...filled.map(([, to]) => to)));
  const panels = members.map((_, i): Panel => ({
    left: (i % nColumns) * (width + GAP), top: 34 + Math.floor(i / nColumns) * ROW, width, height: HEIGHT,
    xTicks: spacedTicks((most) => axis.ticks(Math.min(most, 5)), width),
  }));
  const { ground, texts } = panelLayers(panels);
  return {
    name: "kernel-histograms",
    description: `Histograms of cosines between rows. ${members.map(({ view, kernels }) => `${view.name}: ${statistics(kernels)}`).join("; ")}`,
    caption: "How alike environments look to a descriptor: cosines between their rows, each histogram to its own height. Values spread over the whole range " +
      "tell environments apart; a peak at 1 means that they look alike. The rule is the mean; below the name: mean, standard deviation σ and skewness γ.",
    width: WIDTH,
    spec: {
      title: { text: "Kernel values", subtitle: "one axis for all descriptors" },
      vconcat: [
        drawing(WIDTH, Math.ceil(members.length / nColumns) * ROW, [
          ...ground,
          lineLayer(members.flatMap(({ kernels }, i) => meanLine(kernels, panels[i], axis)), { color: ink.muted, dash: [3, 3] }),
          lookLines(members.map(({ view, kernels }, i) => ({ look: { ...view, dash: [] }, places: outline(kernels, panels[i], axis) })), 1.6),
          ...texts,
          textLayer(members.map(({ view }, i) => ({ ...at(panels[i], -26), text: fittedName(view, width) })), { align: "left", size: 12, color: ink.text, weight: 600 }),
          textLayer(members.map(({ kernels }, i) => ({ ...at(panels[i], -11), text: statistics(kernels) })), { align: "left" }),
        ]),
      ],
    },
  };
}

function at({ left, top }: Panel, below: number): Place {
  return { x: left, y: top + below };
}

/** "0.93, σ 0.041, γ −1.2" */
function statistics({ mean, std, skewness }: KernelShape): string {
  return `${formatNumber(mean.mean)}, σ ${formatNumber(std.mean)}, γ ${formatNumber(skewness.mean)}`;
}

/** The part of a histogram that has anything. */
function filledRange({ histogram: { from, to, counts } }: KernelShape): [number, number] {
  const step = (to - from) / counts.length;
  const first = counts.findIndex((count) => count > 0);
  const last = counts.length - 1 - [...counts].reverse().findIndex((count) => count > 0);
  return [from + first * step, from + (last + 1) * step];
}

/** The upper edge of a histogram, from the ground and back to it. */
function outline({ histogram: { from, to, counts } }: KernelShape, panel: Panel, axis: NumberAxis): Place[] {
  const highest = counts.reduce((a, b) => Math.max(a, b), 0);
  const place = (edge: number, height: number): Place => placeIn(panel, axis.position(from + (edge * (to - from)) / counts.length), height);
  const steps = counts.flatMap((count, bin) => [place(bin, count / highest), place(bin + 1, count / highest)]);
  const all = [place(0, 0), ...steps, place(counts.length, 0)];
  // what is outside of the axis has been moved to its ends
  return all.filter(({ x, y }, i) => i === 0 || x !== all[i - 1].x || y !== all[i - 1].y);
}

function meanLine({ mean: { mean } }: KernelShape, panel: Panel, axis: NumberAxis): Line[] {
  if (!Number.isFinite(mean)) return [];
  return [{ from: placeIn(panel, axis.position(mean), 0), to: placeIn(panel, axis.position(mean), 1) }];
}
