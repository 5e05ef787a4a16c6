import type { ComparedDescriptor } from "../../../compare/comparison.js";
import { displayName } from "../../formatting.js";
import { drawing, textLayer } from "../../plots/drawing.js";
import { legendView, textWidth } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { ink, otherColor, palette } from "../../theme.js";
import { fittedName, type ComparisonView } from "../compared-view.js";
import { formatNumber, formatPercent } from "../number-display.js";
import { coloredLines, type ColoredLine } from "./marks.js";
import { WIDTH } from "./panel.js";

const ROW = 36;
const BAR = 12;

/** Colors of stages that many descriptors have; others take what is left. */
const colors: ReadonlyMap<string, string> = new Map([
  ["neighbors", palette[0]], ["radial", palette[5]], ["angular", palette[2]], ["products", palette[1]], ["other", otherColor],
]);

/** Where the time of neighbors and rows goes, one bar for each descriptor; undefined where no stages are known. */
export function stagesPlot({ descriptors, times }: ComparisonView): Plot | undefined {
  const members = descriptors.filter(({ descriptor }) => (descriptor.cost?.stages ?? []).some(({ share }) => share > 0));
  if (members.length === 0) return undefined;
  const stages = stageColors(members.map(({ descriptor }) => descriptor));
  const rows = members.map((view, i) => {
    const { descriptor: { cost } } = view;
    const time = `${formatNumber(times.ofRows(view.descriptor)?.median)} µs`;
    return { name: fittedName(view, WIDTH - textWidth(time) - 16), time, y: i * ROW, bars: bars(cost?.stages ?? [], i * ROW + 24, stages) };
  });
  return {
    name: "stages",
    description: `Shares of stages in the time. ${members.map(({ name, descriptor }) => `${name}: ${shareText(descriptor)}`).join("; ")}`,
    caption: `Shares of the time of neighbors and rows; at the right end both together per ${times.per}.`,
    width: WIDTH,
    spec: {
      title: { text: "Stages of the time" },
      spacing: 10,
      vconcat: [
        drawing(WIDTH, members.length * ROW, [
          coloredLines(rows.flatMap((row) => row.bars), BAR),
          textLayer(rows.map(({ name: text, y }) => ({ x: 0, y: y + 9, text })), { align: "left", color: ink.text, size: 12 }),
          textLayer(rows.map(({ time: text, y }) => ({ x: WIDTH, y: y + 9, text })), { align: "right", color: ink.text, size: 12 }),
        ]),
        legendView([...stages].map(([stage, color]) => ({ name: displayName(stage, 24), color, shape: "square" })), WIDTH),
      ],
    },
  };
}

function stageColors(descriptors: readonly ComparedDescriptor[]): Map<string, string> {
  const named = new Set(descriptors.flatMap(({ cost }) => (cost?.stages ?? []).map(({ stage }) => stage)));
  const known = [...colors].filter(([stage]) => named.has(stage));
  const spare = [palette[3], palette[4], palette[6]];
  const others = [...named].filter((stage) => !colors.has(stage)).map((stage, i) => [stage, spare[i % spare.length]] as const);
  return new Map([...known.filter(([stage]) => stage !== "other"), ...others, ...known.filter(([stage]) => stage === "other")]);
}

function bars(shares: readonly { readonly stage: string; readonly share: number }[], y: number, stages: ReadonlyMap<string, string>): ColoredLine[] {
  let x = 0;
  return [...stages].flatMap(([stage, color]) => {
    const share = shares.filter((entry) => entry.stage === stage).reduce((sum, entry) => sum + entry.share, 0);
    const from = x;
    x += Math.max(0, share) * WIDTH;
    // a gap tells neighbors of similar lightness apart
    return x - from > 0.5 ? [{ from: { x: from, y }, to: { x: Math.max(from + 0.5, Math.min(x, WIDTH) - 1), y }, color }] : [];
  });
}

function shareText({ cost }: ComparedDescriptor): string {
  return (cost?.stages ?? []).map(({ stage, share }) => `${displayName(stage, 24)} ${formatPercent(share)}`).join(", ");
}
