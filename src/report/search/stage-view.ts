import { quantile } from "../../analysis/distribution.js";
import type { EvaluationRecord, StageResult } from "../../tune/search-result.js";
import { formatCount } from "../formatting.js";
import { type Influence, influences } from "./influence.js";
import { axisNumbers, parameterAxis, type ParameterAxis, type Tick } from "./parameter-axis.js";
import { rankClasses, type RankClass } from "./rank-classes.js";
import { formatTick } from "./value-display.js";

/** A stage as plots and tables need it. */
export interface StageView {
  readonly stage: StageResult;
  /** "" where the search has one stage, else "stage-1-" …: begins the names of its figures. */
  readonly prefix: string;
  /** The values of the user's file, if they could be evaluated. */
  readonly start: EvaluationRecord | undefined;
  readonly best: EvaluationRecord | undefined;
  /** Evaluated on all data, by ascending loss; the best first. */
  readonly completed: readonly EvaluationRecord[];
  /** From the best to the rest, with their members by ascending loss. */
  readonly classes: readonly RankClass[];
  /** In the order of the parameters. */
  readonly axes: readonly ParameterAxis[];
  /** The strongest first. */
  readonly influences: readonly Influence[];
  readonly lossAxis: LossAxis;
}

/** How losses are drawn: from the best to most of the others; what lies above is drawn at the upper edge. */
export interface LossAxis {
  readonly type: "linear" | "log";
  readonly domain: readonly [number, number];
  /** 0 at the lower, 1 at the upper edge, and 1 above. */
  position(loss: number): number;
  isAbove(loss: number): boolean;
  ticks(most: number): Tick[];
}

export function stageView(stage: StageResult, index: number, nStages: number): StageView {
  const completed = stage.records.filter(({ status, loss }) => status === "done" && Number.isFinite(loss)).sort((a, b) => a.loss - b.loss || a.id - b.id);
  const axes = stage.parameters.map((parameter) => parameterAxis(parameter, completed.map(({ values }) => values)));
  const best = stage.best ?? completed[0];
  const start = completed.find(({ id }) => id < 0);
  return {
    stage,
    prefix: nStages > 1 ? `stage-${index + 1}-` : "",
    start,
    best,
    completed,
    classes: rankClasses(completed),
    axes,
    influences: influences(completed, axes).sort((a, b) => b.share - a.share),
    lossAxis: lossAxis(completed.map(({ loss }) => loss), start?.loss),
  };
}

/** "start" or the number of an evaluation. */
export function evaluationName({ id }: EvaluationRecord): string {
  return id < 0 ? "start" : formatCount(id);
}

/** @param losses ascending */
function lossAxis(losses: readonly number[], start: number | undefined): LossAxis {
  const lowest = losses[0] ?? 0;
  const usual = losses.length > 0 ? quantile(Float64Array.from(losses), 0.9) : 1;
  const type = lowest > 0 && Math.max(usual, start ?? 0) / lowest >= 8 ? "log" : "linear";
  const scaled = (loss: number): number => (type === "log" ? Math.log(loss) : loss);
  const largest = losses.at(-1) ?? 1;
  // A few hopeless candidates or penalties must not press the others together.
  const reach = scaled(usual) + 0.8 * (scaled(usual) - scaled(lowest));
  const limit = Math.max(reach, start === undefined ? -Infinity : scaled(start));
  const upper = Math.min(scaled(largest), limit);
  const lower = scaled(lowest);
  const margin = 0.05 * (upper > lower ? upper - lower : Math.abs(lower) || 1);
  const ends = [lower - margin, upper + margin] as const;
  const unscaled = (value: number): number => (type === "log" ? Math.exp(value) : value);
  const domain = [unscaled(ends[0]), unscaled(ends[1])] as const;
  const position = (loss: number): number => Math.max(0, Math.min(1, (scaled(loss) - ends[0]) / (ends[1] - ends[0])));
  return {
    type,
    domain,
    position,
    isAbove: (loss) => scaled(loss) > ends[1],
    ticks: (most) => axisNumbers(domain, { most, isLog: type === "log" }).map((loss) => ({ position: position(loss), text: formatTick(loss) })),
  };
}
