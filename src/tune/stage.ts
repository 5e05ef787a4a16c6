import { InvalidParameterError } from "../errors.js";
import { throwIfAborted } from "../parallel/executor.js";
import type { Budget, BudgetMeter } from "./budget.js";
import { type EvaluationEntry, evaluationsIn, Evaluator } from "./evaluator.js";
import { completedOf, efficientFront, frontAxes } from "./front.js";
import { GenerationRunner, type Halving, recordOf } from "./generation.js";
import type { Journal } from "./journal/journal.js";
import type { Objective } from "./objectives/objective.js";
import type { Optimizer, Point } from "../optimizers/optimizer.js";
import type { EvaluationRunner } from "./runner.js";
import type { SearchListener, StageEnd, StageProgress } from "./search-events.js";
import type { EvaluationRecord, StageResult } from "./search-result.js";
import type { Candidate, SearchSpace } from "./search-space/search-space.js";
import { spreadOf } from "./spread.js";
import { startValues } from "./start-values.js";

/** Generations without anything new after which a stage ends. */
const EXHAUSTED = 10;

/** One stage with everything it consists of. */
export interface Stage {
  /** From 0. */
  readonly index: number;
  /** Unique within the search. */
  readonly name: string;
  /** What the parameters are set in. */
  readonly base: Candidate;
  /** Around the base. */
  readonly space: SearchSpace;
  /** The same parameters around another base. */
  readonly spaceAround: (base: Candidate) => SearchSpace;
  /** Bound to the data. */
  readonly objective: Objective;
  /** With its options. */
  readonly optimizer: Optimizer;
  /** Of the optimizer. */
  readonly seed: number;
  /** Of this stage alone. */
  readonly budget: Budget;
  /** Loss of a candidate that cannot be evaluated. */
  readonly penalty: number;
  /** s */
  readonly timeout?: number;
  /** Evaluations at once; auto: one more than there are threads. */
  readonly parallel: number | "auto";
  /** Absent: every candidate is evaluated on all data. */
  readonly halving?: Halving;
}

export interface StageContext {
  /** Where evaluations are made. */
  readonly runner: EvaluationRunner;
  readonly journal: Journal;
  readonly meter: BudgetMeter;
  /** Whether evaluations that the journal does not hold may be made: not before a stage that has begun already. */
  readonly isOpen: boolean;
  readonly stages: number;
  /** Number of the evaluation that the result is to be made of; absent: the best. */
  readonly choose?: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: SearchListener;
}

/**
 * Runs one stage: the start, then generation after generation until the budget or the optimizer ends. What the journal holds is not
 * evaluated again, so that a resumed stage takes the same path to where it was, and goes on with the same bits.
 */
export async function runStage(stage: Stage, context: StageContext): Promise<StageResult> {
  const run = new StageRun(stage, context);
  await run.start();
  const reason = await run.search();
  return run.finish(reason);
}

class StageRun {
  private readonly records: EvaluationRecord[] = [];
  private readonly runner: GenerationRunner;
  private readonly startPoint: Point | undefined;
  private best: EvaluationRecord | undefined;
  private generation = -1;
  private evaluations = 0;
  private failures = 0;

  constructor(
    private readonly stage: Stage,
    private readonly context: StageContext,
  ) {
    const { index, objective, space, base, penalty, timeout, halving, budget } = stage;
    const { runner, journal, meter, isOpen, signal } = context;
    const known = evaluationsIn(journal, index);
    meter.enter(budget, Math.max(0, ...known.map(({ elapsed }) => elapsed)));
    this.startPoint = space.encode(base);
    this.runner = new GenerationRunner({
      evaluator: new Evaluator(index, runner, journal, { penalty, timeout }, meter),
      space,
      runner,
      meter,
      halving,
      isOpen,
      signal,
      onEntry: (entry, isReplayed) => this.tellOf(entry, isReplayed),
    });
    context.onEvent({
      kind: "stage",
      stage: index,
      stages: context.stages,
      name: stage.name,
      optimizer: stage.optimizer.type,
      objective: objective.type,
      parameters: space.parameters,
      notes: objective.notes,
      known: known.length,
    });
  }

  async start(): Promise<void> {
    const { space, base } = this.stage;
    const record = await this.runner.start(base, this.startPoint, startValues(space, base, this.startPoint));
    if (record) this.records.push(record);
  }

  async search(): Promise<StageEnd> {
    const { optimizer, space, seed } = this.stage;
    const { signal, onEvent } = this.context;
    let state = optimizer.init({ dimensions: space.dimensions, seed, ...(this.startPoint && { start: this.startPoint }) });
    let firstId = 0;
    let idle = 0;
    for (this.generation = 0; ; this.generation++) {
      // lets signals through where all is known already
      await new Promise((resolve) => setImmediate(resolve));
      throwIfAborted(signal);
      const points = optimizer.ask(state);
      if (points.length === 0) return "finished";
      const { records, losses, fresh } = await this.runner.run(points, this.generation, firstId);
      if (this.generation === 0) checkFirst(records);
      this.records.push(...records);
      if (records.length > 0) onEvent({ kind: "generation", progress: this.progress(), spread: spreadOf(records.flatMap(({ point }) => (point ? [point] : [])), space.dimensions) });
      if (!losses) return this.context.meter.evaluationsLeft < 1 ? "evaluations" : "time";
      state = optimizer.tell(state, losses);
      firstId += points.length;
      idle = fresh > 0 ? 0 : idle + 1;
      if (idle >= EXHAUSTED) return "exhausted";
    }
  }

  finish(reason: StageEnd): StageResult {
    const { name, optimizer, objective, space } = this.stage;
    this.context.meter.pause();
    this.context.onEvent({ kind: "stage-end", reason, progress: this.progress() });
    const { choose } = this.context;
    const chosen = choose === undefined ? undefined : chosenOf(this.records, choose);
    return {
      name,
      optimizer: optimizer.type,
      objective: objective.type,
      parameters: space.parameters,
      records: this.records,
      best: this.best,
      ...(chosen && { chosen }),
      candidate: this.candidateOf(chosen ?? this.best),
    };
  }

  private candidateOf(best: EvaluationRecord | undefined): Candidate {
    return best && best.id >= 0 ? this.stage.space.apply(best.point!) : this.stage.base;
  }

  private tellOf(entry: EvaluationEntry, isReplayed: boolean): void {
    const record = recordOf(entry);
    if (entry.id >= 0 && entry.rung === 0) {
      this.evaluations++;
      this.context.meter.count(1);
    }
    if (entry.status === "failed") this.failures++;
    if (record.status === "done" && isBetter(record, this.best)) this.best = record;
    this.context.onEvent({ kind: "evaluation", record, isReplayed, progress: this.progress() });
  }

  private progress(): StageProgress {
    const { meter } = this.context;
    const { generation, evaluations, failures, best, stage } = this;
    return { stage: stage.index, generation, evaluations, failures, elapsed: meter.stageElapsed, share: meter.share, best };
  }
}

/** Fewer evaluations may all have failed by chance. */
const FEWEST_FAILURES = 4;

/**
 * What nobody could evaluate for one and the same reason is a mistake in the ranges, or a name that the data does not have.
 * @throws {InvalidParameterError}
 */
function checkFirst(records: readonly EvaluationRecord[]): void {
  const reasons = new Set(records.map(({ status, reason }) => (status === "failed" ? reason : undefined)));
  const [reason] = reasons;
  const prefix = "INVALID_PARAMETER: ";
  if (records.length < FEWEST_FAILURES || reasons.size > 1 || !reason?.startsWith(prefix)) return;
  throw new InvalidParameterError(`all ${records.length} candidates of the first generation failed: ${reason.slice(prefix.length)}`);
}

/** @throws {InvalidParameterError} where there is no such evaluation, or it did not succeed */
function chosenOf(records: readonly EvaluationRecord[], id: number): EvaluationRecord {
  const completed = completedOf(records);
  const found = completed.find((record) => record.id === id);
  if (found) return found;
  const record = records.find((other) => other.id === id);
  const axes = frontAxes(completed);
  const front = axes ? efficientFront(completed, axes).map((other) => (other.id < 0 ? "start" : other.id)) : [];
  throw new InvalidParameterError(
    `evaluation ${id} cannot be chosen: ${record ? `it has ${record.status === "failed" ? "failed" : "been stopped early"}` : `there are ${records.length - 1}, counted from 0`}` +
      (front.length > 0 ? `; those of the front are ${front.join(", ")}` : ""),
  );
}

/** The earlier one of two that are equal, whichever was evaluated first. */
function isBetter(record: EvaluationRecord, best: EvaluationRecord | undefined): boolean {
  return !best || record.loss < best.loss || (record.loss === best.loss && record.id < best.id);
}
