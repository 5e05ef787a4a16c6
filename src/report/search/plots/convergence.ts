import type { EvaluationRecord } from "../../../tune/search-result.js";
import { formatCount, formatTick } from "../../formatting.js";
import { legendView, type LegendEntry } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { thinPoints } from "../../plots/thin-points.js";
import { bestColor, ink, otherColor, palette, PLOT_WIDTH } from "../../theme.js";
import type { LossAxis } from "../loss-axis.js";
import { generationSpreads, type GenerationSpread } from "../spread.js";
import type { StageView } from "../stage-view.js";
import { formatChange } from "../value-display.js";

const POINT_LIMIT = 800;

/** Above this many generations their borders would be a gray area. */
const MOST_GENERATIONS = 40;

const marks: Readonly<Record<"done" | "stopped" | "above" | "failed", LegendEntry & { readonly size: number }>> = {
  done: { name: "evaluation", color: palette[0], shape: "circle", size: 16 },
  stopped: { name: "stopped early", color: otherColor, shape: "triangle-down", size: 24 },
  above: { name: "above the axis", color: palette[0], shape: "triangle-up", size: 30 },
  failed: { name: "failed", color: ink.text, shape: "cross", size: 26 },
};

interface Point {
  readonly x: number;
  readonly y: number;
  readonly kind: keyof typeof marks;
}

/** Losses in the order of evaluation, the best so far, and how far the points of a generation lie apart. Undefined without evaluations. */
export function convergencePlot(view: StageView): Plot | undefined {
  const { stage, tried: records, completed, lossAxis, prefix, start, best } = view;
  if (records.length === 0 || completed.length === 0) return undefined;
  const points = drawnPoints(records, lossAxis);
  const spreads = generationSpreads(stage).filter(({ from, to }) => to > from);
  const change = formatChange(start?.loss, best?.loss);
  const has = (wanted: Point["kind"]): boolean => points.some(({ kind }) => kind === wanted);
  const outside = [...(has("failed") ? ["Failed evaluations"] : []), ...(has("above") ? ["Losses above the axis"] : [])];
  const notes = [
    points.length < records.length && `${formatCount(points.length)} of ${formatCount(records.length)} points are drawn.`,
    outside.length > 0 && `${outside.join(" and ").replace("and L", "and l")} are marked at the upper edge.`,
    spreads.length > 1 && "Bottom: distance of the points of a generation from their center per parameter, in shares of the ranges; 0 where all are the same.",
  ];
  return {
    name: `${prefix}convergence`,
    description: `Loss of ${formatCount(records.length)} evaluations in their order and the best so far, from ${
      start ? formatTick(start.loss) : "a failed start"
    } to ${best ? formatTick(best.loss) : "none"}`,
    caption: `Loss of every evaluation and the best so far${lossAxis.type === "log" ? ", on a logarithmic axis" : ""}. ${notes.filter(Boolean).join(" ")}`,
    spec: {
      title: { text: "Convergence", subtitle: change === undefined ? "no start to compare with" : `best against start: ${change}` },
      spacing: 12,
      vconcat: [
        lossPanel(view, records, points, spreads),
        legendView(legendEntries(points, start !== undefined), PLOT_WIDTH),
        ...(spreads.length > 1 ? [spreadPanel(records, spreads)] : []),
      ],
    },
  };
}

function drawnPoints(records: readonly EvaluationRecord[], axis: LossAxis): Point[] {
  const kindOf = (record: EvaluationRecord): Point["kind"] =>
    record.status === "failed" || !Number.isFinite(record.loss) ? "failed" : axis.isAbove(record.loss) ? "above" : record.status;
  const upper = axis.domain[1];
  const points = records.map((record): Point => {
    const kind = kindOf(record);
    return { x: record.id, y: kind === "failed" || kind === "above" ? upper : Math.max(axis.domain[0], record.loss), kind };
  });
  const series = (Object.keys(marks) as Point["kind"][]).map((kind) => points.filter((point) => point.kind === kind));
  const drawn = thinPoints(
    series.map((members) => ({
      reference: Float64Array.from(members, ({ x }) => x),
      error: Float64Array.from(members, ({ y }) => axis.position(y)),
    })),
    POINT_LIMIT,
  );
  return series.flatMap((members, i) => Array.from(drawn[i], (j) => members[j]));
}

function legendEntries(points: readonly Point[], hasStart: boolean): LegendEntry[] {
  const kinds = (Object.keys(marks) as Point["kind"][]).filter((kind) => points.some((point) => point.kind === kind));
  return [
    ...kinds.map((kind) => marks[kind]),
    { name: "best so far", color: bestColor, shape: "stroke" },
    ...(hasStart ? [{ name: "start (dashed)", color: ink.text, shape: "stroke" }] : []),
  ];
}

function lossPanel({ lossAxis, completed, start }: StageView, records: readonly EvaluationRecord[], points: readonly Point[], spreads: readonly GenerationSpread[]) {
  const domain = evaluationDomain(records);
  const x = { field: "x", type: "quantitative" as const };
  const y = { field: "y", type: "quantitative" as const };
  const range = [...lossAxis.domain];
  const isStacked = spreads.length > 1;
  return {
    width: PLOT_WIDTH, height: 250,
    encoding: {
      x: { ...x, scale: { domain, nice: false, zero: false }, axis: evaluationAxis(!isStacked) },
      y: {
        ...y, scale: { type: lossAxis.type, domain: range, nice: false, clamp: true },
        axis: { title: "loss", tickCount: 6, format: lossAxis.type === "log" ? "~g" : "~r" },
      },
    },
    layer: [
      ...generationBorders(spreads, range),
      ...(start ? [{
        data: { values: domain.map((end) => ({ x: end, y: start.loss })) },
        mark: { type: "line" as const, color: ink.text, strokeWidth: 1, strokeDash: [5, 4] },
        encoding: { x, y },
      }] : []),
      ...(Object.keys(marks) as Point["kind"][]).map((kind) => ({
        data: { values: points.filter((point) => point.kind === kind).map((point) => ({ x: point.x, y: point.y })) },
        mark: { type: "point" as const, filled: true, opacity: 0.85, color: marks[kind].color, shape: marks[kind].shape, size: marks[kind].size },
        encoding: { x, y },
      })),
      {
        data: { values: bestSoFar(completed, records) },
        mark: { type: "line" as const, interpolate: "step-after" as const, color: bestColor, strokeWidth: 2.2 },
        encoding: { x, y },
      },
    ],
  };
}

function evaluationDomain(records: readonly EvaluationRecord[]): [number, number] {
  return [-0.8, records[records.length - 1].id + 0.8];
}

function evaluationAxis(labeled: boolean) {
  return { title: labeled ? "evaluation" : null, labels: labeled, ticks: labeled, tickCount: 6, tickMinStep: 1, format: "d", grid: false };
}

function generationBorders(spreads: readonly GenerationSpread[], range: readonly number[]) {
  if (spreads.length < 2 || spreads.length > MOST_GENERATIONS) return [];
  return [{
    data: { values: spreads.slice(1).map(({ from }) => ({ x: from - 0.5, y: range[0], y2: range[1] })) },
    mark: { type: "rule" as const, color: ink.grid },
    encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const }, y2: { field: "y2" } },
  }];
}

/** The steps of the lowest loss so far, and where it ends. */
function bestSoFar(completed: readonly EvaluationRecord[], records: readonly EvaluationRecord[]): { x: number; y: number }[] {
  const steps: { x: number; y: number }[] = [];
  for (const { id, loss } of [...completed].sort((a, b) => a.id - b.id)) {
    if (steps.length === 0 || loss < steps[steps.length - 1].y) steps.push({ x: Math.max(evaluationDomain(records)[0], id), y: loss });
  }
  const last = records[records.length - 1].id;
  return steps.length > 0 && steps[steps.length - 1].x < last ? [...steps, { x: last, y: steps[steps.length - 1].y }] : steps;
}

function spreadPanel(records: readonly EvaluationRecord[], spreads: readonly GenerationSpread[]) {
  const last = spreads[spreads.length - 1];
  const largest = Math.max(...spreads.map(({ spread }) => spread));
  return {
    width: PLOT_WIDTH, height: 80,
    data: { values: [...spreads.map(({ from, spread }) => ({ x: from, y: spread })), { x: last.to, y: last.spread }] },
    mark: { type: "line" as const, interpolate: "step-after" as const, color: palette[2], strokeWidth: 1.8 },
    encoding: {
      x: {
        field: "x", type: "quantitative" as const, scale: { domain: evaluationDomain(records), nice: false, zero: false },
        axis: evaluationAxis(true),
      },
      y: {
        field: "y", type: "quantitative" as const, scale: { domain: [0, Math.max(0.05, largest * 1.1)], nice: false },
        axis: { title: "spread", tickCount: 3, format: "~g" },
      },
    },
  };
}
