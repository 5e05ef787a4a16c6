import { sizeOf } from "../../../compose/candidate.js";
import { formatCount, formatSignificant } from "../../formatting.js";
import { logAxis } from "../../plots/curves.js";
import { legendView } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { PLOT_WIDTH } from "../../theme.js";
import { drawnOutcomes, efficientMark, outcomeMarks, trainedRecords, type TrainedRecord } from "../candidate-view.js";
import type { ComposeReportData } from "../compose-report-data.js";

/** What errors are drawn over. */
interface Abscissa {
  readonly name: string;
  readonly title: string;
  readonly heading: string;
  readonly note: string;
  readonly of: (record: TrainedRecord) => number;
}

const size: Abscissa = { name: "size", title: "Errors and size", heading: "parameters", note: "", of: sizeOf };
const cost: Abscissa = {
  name: "cost", title: "Errors and cost", heading: "energy and forces, µs/atom", note: " Times are of one core and vary by a few percent.", of: (record) => record.cost,
};

/** An error of the validation structures. */
interface Ordinate {
  readonly name: string;
  readonly heading: string;
  readonly of: (record: TrainedRecord) => number | null;
}

const force: Ordinate = { name: "force", heading: "validation force RMSE, eV/Å", of: ({ errors }) => errors.validation.force };
const energy: Ordinate = {
  name: "energy", heading: "validation energy RMSE, meV/atom", of: ({ errors: { validation } }) => (validation.energy === null ? null : 1000 * validation.energy),
};

/** Errors of all candidates over their size and their cost, those that no other beats marked. */
export function errorPlots(data: ComposeReportData): Plot[] {
  return [size, cost].flatMap((x) => [force, energy].flatMap((y) => errorPlot(data, x, y) ?? []));
}

function errorPlot({ result }: ComposeReportData, abscissa: Abscissa, ordinate: Ordinate): Plot | undefined {
  const points = trainedRecords(result).flatMap((record) => {
    const [x, y] = [abscissa.of(record), ordinate.of(record)];
    return y !== null && x > 0 && y > 0 && Number.isFinite(x) ? [{ x, y, outcome: record.outcome, isEfficient: record.isEfficient }] : [];
  });
  if (points.length < 2) return undefined;
  const shown = drawnOutcomes.filter((outcome) => points.some((point) => point.outcome === outcome));
  const efficient = points.filter(({ isEfficient }) => isEfficient);
  const layer = (values: readonly { x: number; y: number }[], mark: { readonly color: string; readonly shape: string; readonly open?: boolean }, area: number) => ({
    data: { values: values.map(({ x, y }) => ({ x, y })) },
    mark: { type: "point" as const, color: mark.color, shape: mark.shape, size: area, filled: mark.open !== true, opacity: 1, ...(mark.open && { strokeWidth: 1.6 }) },
    encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } },
  });
  const best = Math.min(...points.map(({ y }) => y));
  return {
    name: `${ordinate.name}-${abscissa.name}`,
    description: `${ordinate.heading} over ${abscissa.heading} of ${formatCount(points.length)} candidates, the least ${formatSignificant(best)}`,
    caption: `Diamonds: no other candidate is as small, as accurate in energies and forces, and as well conditioned at once (${formatCount(efficient.length)}).${abscissa.note}`,
    spec: {
      title: { text: abscissa.title, subtitle: `least ${ordinate.name} error ${formatSignificant(best)}` },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 250,
          encoding: { x: logAxis("x", abscissa.heading, points.map(({ x }) => x)), y: logAxis("y", ordinate.heading, points.map(({ y }) => y)) },
          layer: [
            ...shown.map((outcome) => layer(points.filter((point) => point.outcome === outcome), outcomeMarks[outcome], outcomeMarks[outcome].size)),
            layer(efficient, efficientMark, 130),
          ],
        },
        legendView([...shown.map((outcome) => outcomeMarks[outcome]), efficientMark], PLOT_WIDTH),
      ],
    },
  };
}
