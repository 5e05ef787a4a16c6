import { formatTick } from "../report/formatting.js";
import { formatChange, formatLoss, formatMetric, formatValue, metricDisplay, parameterHeading } from "../report/search/value-display.js";
import type { Budget } from "../tune/budget.js";
import type { EvaluationRecord, SearchResult, StageResult } from "../tune/search-result.js";
import type { SearchWarning } from "../tune/search-warnings.js";
import type { Parameter, ParameterValue } from "../tune/search-space/search-space.js";
import type { Stage } from "../tune/stage.js";
import { completedOf, efficientFront, errorOf, frontAxes } from "../tune/front.js";
import { concurrencyOf } from "../parallel/jobs.js";
import { formatBytes } from "../wasm/memory.js";
import { formatDuration } from "./progress.js";
import { formatTable } from "./table.js";

/** "0.0123 (−26.4 %), energy RMSE 3.2 meV/atom, …" */
export function describeLoss({ loss, metrics, status, reason }: EvaluationRecord, start: EvaluationRecord | undefined): string {
  if (status === "failed") return `failed: ${reason}`;
  const change = start?.status === "done" && start.loss !== loss ? formatChange(start.loss, loss) : undefined;
  const shown = Object.entries(metrics).filter(([name]) => isErrorMetric(name)).slice(0, 4);
  const others = shown.map(([name, value]) => `, ${metricDisplay(name).title} ${formatMetric(name, value)}`);
  return `${formatLoss(loss)}${change === undefined ? "" : ` (${change})`}${others.join("")}`;
}

/** Those of a line; the rest stands in the table. */
function isErrorMetric(name: string): boolean {
  return /Rmse$|^kernel|^cost$|^operations$/.test(name);
}

/** Tables of every stage: what was found beside the start. */
export function describeResult({ stages }: SearchResult): string {
  return stages.map((stage) => describeStage(stage, stages.length > 1)).join("\n\n");
}

function describeStage(stage: StageResult, isNamed: boolean): string {
  const { records, chosen, name, parameters } = stage;
  const best = chosen ?? stage.best;
  const start = records.find(({ id }) => id < 0);
  const tried = records.filter(({ id }) => id >= 0);
  const count = (wanted: EvaluationRecord["status"]): number => tried.filter(({ status }) => status === wanted).length;
  const parts = [
    `${tried.length} evaluations`,
    ...(count("stopped") > 0 ? [`${count("stopped")} stopped early`] : []),
    ...(count("failed") > 0 ? [`${count("failed")} failed (the first: ${tried.find(({ status }) => status === "failed")!.reason})`] : []),
  ];
  const heading = `${isNamed ? `${name}: ` : ""}${parts.join(", ")}`;
  if (!best) return `${heading}; none succeeded`;
  const done = start?.status === "done" ? start : undefined;
  const metrics = Object.keys(best.metrics).map((metric) => {
    const [before, after] = [done?.metrics[metric], best.metrics[metric]];
    return [metricDisplay(metric).title, formatMetric(metric, before), formatMetric(metric, after), formatChange(before, after) ?? ""];
  });
  return [
    heading,
    formatTable([
      ["", "start", `${chosen ? "chosen" : "best"} (${best.id < 0 ? "the start" : `evaluation ${best.id}`})`, "change"],
      ["loss", done ? formatLoss(done.loss) : start ? "failed" : "–", formatLoss(best.loss), formatChange(done?.loss, best.loss) ?? ""],
      ...metrics,
      ...parameters.map((parameter) => {
        const [before, after] = [start?.values[parameter.path], best.values[parameter.path]];
        return [parameterHeading(parameter), formatValue(before), formatValue(after), numericChange(before, after)];
      }),
    ], "  "),
    ...describeFront(records),
  ].join("\n");
}

/** More lines say less. */
const MOST_OF_FRONT = 12;

/** The evaluations that no other one beats in cost and error at once. */
function describeFront(records: readonly EvaluationRecord[]): string[] {
  const completed = completedOf(records);
  const axes = frontAxes(completed);
  const front = axes ? efficientFront(completed, axes) : [];
  if (!axes || front.length < 2) return [];
  const step = (front.length - 1) / Math.max(1, Math.min(MOST_OF_FRONT, front.length) - 1);
  const shown = front.filter((_, i) => Math.round(Math.round(i / step) * step) === i);
  const metrics = [axes.metric, "nCoefficients", "energyRmse", "forcesRmse"].filter((name) => front.some((record) => Number.isFinite(record.metrics[name])));
  return [
    `front of error and cost${shown.length < front.length ? `, ${shown.length} of ${front.length}` : ""} (--choose takes one of them):`,
    formatTable([
      ["evaluation", axes.isPriced ? metricDisplay("lossOfErrors").title : "loss", ...metrics.map((name) => metricDisplay(name).title)],
      ...shown.map((record) => [record.id < 0 ? "start" : String(record.id), formatLoss(errorOf(record, axes)), ...metrics.map((name) => formatMetric(name, record.metrics[name]))]),
    ], "  "),
  ];
}

function numericChange(before: ParameterValue | undefined, after: ParameterValue | undefined): string {
  return typeof before === "number" && typeof after === "number" ? (formatChange(before, after) ?? "") : "";
}

/** "evaluation 3 of stage 2, and 5 others: …" */
export function describeWarning({ text, stage, evaluation, count }: SearchWarning, stages: number): string {
  const others = count > 1 ? `, and ${count - 1} ${count > 2 ? "others" : "other"}` : "";
  return `${evaluationPlace(stage, evaluation, stages)}${others}: ${text}`;
}

/** "the start", "evaluation 3 of stage 2" */
export function evaluationPlace(stage: number, evaluation: number, stages: number): string {
  return `${evaluation < 0 ? "the start" : `evaluation ${evaluation}`}${stages > 1 ? ` of stage ${stage + 1}` : ""}`;
}

/** One stage as `--json` prints it. */
export function stageRecord({ name, optimizer, objective, parameters, records, best, chosen }: StageResult): object {
  const completed = completedOf(records);
  const axes = frontAxes(completed);
  const tried = records.filter(({ id }) => id >= 0);
  return {
    name,
    optimizer,
    objective,
    parameters,
    evaluations: tried.length,
    failures: tried.filter(({ status }) => status === "failed").length,
    stopped: tried.filter(({ status }) => status === "stopped").length,
    start: records.find(({ id }) => id < 0) ?? null,
    best: best ?? null,
    ...(chosen && { chosen }),
    front: axes ? efficientFront(completed, axes).map(({ id }) => id) : [],
  };
}

/** What a stage will do, before it runs. */
export interface StagePlan {
  readonly name: string;
  readonly optimizer: object;
  readonly objective: object;
  readonly budget: Budget;
  readonly parameters: readonly (Parameter & { readonly start: ParameterValue | undefined })[];
  readonly notes: readonly string[];
  /** Of WebAssembly memory, the largest of some candidates. */
  readonly bytesPerEvaluation: number;
  readonly atOnce: number;
}

export function planOf(stage: Stage, options: Pick<StagePlan, "optimizer" | "objective" | "budget">, start: Readonly<Record<string, ParameterValue>>, machine: { threads: number; bytes: number }): StagePlan {
  const { name, space, base, objective, parallel } = stage;
  const candidates = [base, ...cornersOf(stage).map((point) => space.apply(point))];
  const bytesPerEvaluation = Math.max(...candidates.map((candidate) => objective.estimateBytes(candidate)));
  const fitting = Math.max(1, Math.floor(machine.bytes / bytesPerEvaluation));
  return {
    name,
    ...options,
    parameters: space.parameters.map((parameter) => ({ ...parameter, start: start[parameter.path] })),
    notes: objective.notes,
    bytesPerEvaluation,
    atOnce: Math.min(fitting, concurrencyOf(parallel, machine.threads)),
  };
}

/** The ends of the space, where memory is least and most, and each parameter at its end. */
function cornersOf({ space: { dimensions } }: Stage): number[][] {
  const end = (index: number): number => {
    const dimension = dimensions[index];
    return dimension.kind === "continuous" ? 1 : dimension.levels - 1;
  };
  const low = dimensions.map(() => 0);
  const high = dimensions.map((_, index) => end(index));
  return [low, high, ...dimensions.map((_, index) => low.map((x, i) => (i === index ? end(i) : x)))];
}

export function describePlan(plan: StagePlan): string {
  return [
    `${plan.name}`,
    `  objective   ${inline(plan.objective)}`,
    `  optimizer   ${inline(plan.optimizer)}`,
    `  budget      ${describeBudget(plan.budget)}`,
    `  memory      about ${formatBytes(plan.bytesPerEvaluation)} per evaluation, ${plan.atOnce} at once`,
    formatTable([
      ["parameter", "scale", "range", "start"],
      ...plan.parameters.map((parameter) => [parameterHeading(parameter), scaleOf(parameter), rangeOf(parameter), formatValue(parameter.start)]),
    ], "  "),
    ...plan.notes.map((note) => `  remark: ${note}`),
  ].join("\n");
}

/** "particle-swarm, particles 16": options that are there, groups of them in brackets. */
function inline(options: object): string {
  return Object.entries(options)
    .flatMap(([name, value]: [string, unknown]) => {
      if (name === "type") return [String(value)];
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value === undefined ? [] : [`${name} ${String(value)}`];
      const inner = inline(value);
      return inner === "" ? [] : [`${name} (${inner})`];
    })
    .join(", ");
}

function describeBudget({ evaluations, time }: Budget): string {
  return [...(evaluations === undefined ? [] : [`${evaluations} evaluations`]), ...(time === undefined ? [] : [formatDuration(time)])].join(" or ");
}

function scaleOf({ dimension, scale }: Parameter): string {
  return dimension.kind === "continuous" ? scale : dimension.kind === "ordered" && scale === "log" ? "ordered, log" : dimension.kind;
}

function rangeOf({ range, values = [] }: Parameter): string {
  if (range && values.length !== 2) return `${formatTick(range[0])} … ${formatTick(range[1])}`;
  return values.map((value) => formatValue(value)).join(" | ");
}
