import { formatCounted } from "../../formatting.js";
import { legendView } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { bestColor, ink, otherColor, PLOT_WIDTH } from "../../theme.js";
import { drawnOutcomes, lastGrowthRound, outcomeMarks, stepOf, trainedRecords, type TrainedRecord } from "../candidate-view.js";
import type { ComposeReportData } from "../compose-report-data.js";

const WIDTH = 2 * PLOT_WIDTH;
/** Of the scores, those that lie so far above the best are drawn at the upper edge. */
const TALLEST = 4;

/** Who came from whom: scores by the round in which they were tried, lines from the parent; undefined where nothing was tried after the pool. */
export function familyTreePlot({ result }: ComposeReportData): Plot | undefined {
  const records = trainedRecords(result);
  const last = lastGrowthRound(result);
  const rounds = Math.max(0, ...records.map((record) => stepOf(record, last)));
  if (rounds === 0) return undefined;
  const axis = scoreAxis(records, result.incumbents);
  const place = (record: TrainedRecord): { x: number; y: number } => ({ x: stepOf(record, last), y: Math.min(record.u, axis[1]) });
  const byId = new Map(records.map((record) => [record.id, record]));
  const x = { field: "x", type: "quantitative" as const };
  const y = { field: "y", type: "quantitative" as const };
  const lines = records.flatMap((record) => {
    const parent = record.parent === null ? undefined : byId.get(record.parent);
    return parent ? [{ accepted: record.outcome === "accepted", x: place(parent).x, y: place(parent).y, x2: place(record).x, y2: place(record).y }] : [];
  });
  const names = result.incumbents.map((id) => byId.get(id)!).map((record, i) => ({ ...place(record), text: String(i + 1), notation: record.notation }));
  const shownOutcomes = drawnOutcomes.filter((outcome) => records.some((record) => record.outcome === outcome));
  const rule = (accepted: boolean) => ({
    data: { values: lines.filter((line) => line.accepted === accepted) },
    mark: { type: "rule" as const, color: accepted ? bestColor : otherColor, strokeWidth: accepted ? 2 : 1, opacity: accepted ? 1 : 0.45 },
    encoding: { x, y, x2: { field: "x2" }, y2: { field: "y2" } },
  });
  return {
    name: "family-tree",
    width: WIDTH,
    description: `Validation scores of ${formatCounted(records.length, "candidate")} by round, with lines from the one that each comes from; accepted: ${names.map(({ notation }) => notation).join(", ")}`,
    caption: `Each mark is a candidate, at the round in which it was tried; lines go to the one that it was made from, numbers are those of the list below. Smaller is better: a step of 0.1 is 10 % of the error. ${pruneNote(records, last)}`,
    spec: {
      title: { text: "Configurations tried", subtitle: `score ½ ln L of the validation structures over ${formatCounted(rounds, "round")}` },
      spacing: 12,
      vconcat: [
        {
          width: WIDTH, height: 300,
          encoding: {
            x: { ...x, scale: { domain: [-0.4, rounds + 0.4], nice: false }, axis: { title: "round (0: the pool)", tickMinStep: 1, format: "d", tickCount: Math.min(rounds + 1, 12), grid: false } },
            y: { ...y, scale: { domain: [...axis], nice: false, zero: false, clamp: true }, axis: { title: "score ½ ln L", tickCount: 6, format: ".2f" } },
          },
          layer: [
            rule(false),
            rule(true),
            ...shownOutcomes.map((outcome) => {
              const { color, shape, size, open = false } = outcomeMarks[outcome];
              return { data: { values: records.filter((record) => record.outcome === outcome).map(place) }, mark: { type: "point" as const, color, shape, size, filled: !open, opacity: 1, ...(open && { strokeWidth: 1.6 }) }, encoding: { x, y } };
            }),
            ...numberLayers(names),
          ],
        },
        legendView(shownOutcomes.map((outcome) => outcomeMarks[outcome]), WIDTH),
      ],
    },
  };
}

interface NumberedPlace {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Numbers of what was accepted, above the marks, on a ground of their own. */
function numberLayers(names: readonly NumberedPlace[]) {
  return [{ stroke: ink.ground, strokeWidth: 3.5, opacity: 0.85 }, {}].map((outline) => ({
    data: { values: names.map(({ x, y, text }) => ({ x, y, text })) },
    mark: { type: "text" as const, align: "center" as const, dy: -13, color: ink.text, fontSize: 12.5, fontWeight: 600 as const, ...outline },
    encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const }, text: { field: "text", type: "nominal" as const } },
  }));
}

function scoreAxis(records: readonly TrainedRecord[], incumbents: readonly number[]): readonly [number, number] {
  const scores = records.map(({ u }) => u);
  const lowest = Math.min(...scores);
  const taken = records.filter(({ id }) => incumbents.includes(id)).map(({ u }) => u);
  const range = Math.max(...taken) - lowest || 0.1;
  const highest = Math.min(Math.max(...scores), lowest + TALLEST * range);
  const margin = 0.08 * (highest - lowest || 0.1);
  return [lowest - margin, highest + margin];
}

function pruneNote(records: readonly TrainedRecord[], last: number): string {
  return records.some(({ phase }) => phase === "prune") ? `After round ${last} parts are dropped instead of added.` : "";
}
