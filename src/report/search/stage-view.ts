import type { EvaluationRecord, StageResult } from "../../tune/search-result.js";
import { formatCount } from "../formatting.js";
import { type Influence, rankInfluences } from "./influence.js";
import { lossAxis, type LossAxis } from "./loss-axis.js";
import { lossModel, type LossModel } from "./loss-model.js";
import { parameterAxis, type ParameterAxis } from "./parameter-axis.js";
import { rankClasses, type RankClass } from "./rank-classes.js";

/** A stage as plots and tables need it. */
export interface StageView {
  readonly stage: StageResult;
  /** "" where the search has one stage, else "stage-1-" …: begins the names of its figures. */
  readonly prefix: string;
  /** The values of the user's file, if they could be evaluated. */
  readonly start: EvaluationRecord | undefined;
  /** All evaluations but the start, in the order of asking. */
  readonly tried: readonly EvaluationRecord[];
  readonly best: EvaluationRecord | undefined;
  /** Evaluated on all data, by ascending loss; the best first. */
  readonly completed: readonly EvaluationRecord[];
  /** From the best to the rest, with their members by ascending loss. */
  readonly classes: readonly RankClass[];
  /** In the order of the parameters. */
  readonly axes: readonly ParameterAxis[];
  readonly lossAxis: LossAxis;
  /** Undefined where the evaluations do not tell enough. */
  readonly model: LossModel | undefined;
  /** The strongest first: by the model of the loss, without one by ranks. */
  readonly influences: readonly Influence[];
}

export function stageView(stage: StageResult, index: number, nStages: number): StageView {
  const completed = stage.records.filter(({ status, loss }) => status === "done" && Number.isFinite(loss)).sort((a, b) => a.loss - b.loss || a.id - b.id);
  const axes = stage.parameters.map((parameter) => parameterAxis(parameter, completed.map(({ values }) => values)));
  const best = stage.best ?? completed[0];
  const start = completed.find(({ id }) => id < 0);
  const losses = lossAxis(completed.map(({ loss }) => loss), start?.loss);
  const model = lossModel(stage, completed, axes, losses);
  const strengths = model ? axes.map((axis, i) => ({ axis, share: model.totals[i] })) : rankInfluences(completed, axes);
  return {
    stage,
    prefix: nStages > 1 ? `stage-${index + 1}-` : "",
    start,
    tried: stage.records.filter(({ id }) => id >= 0),
    best,
    completed,
    classes: rankClasses(completed),
    axes,
    lossAxis: losses,
    model,
    influences: strengths.sort((a, b) => b.share - a.share),
  };
}

/** "start" or the number of an evaluation. */
export function evaluationName({ id }: EvaluationRecord): string {
  return id < 0 ? "start" : formatCount(id);
}
