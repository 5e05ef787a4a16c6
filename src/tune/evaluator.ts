import { CancelledError, InternalError, NumericalError, PestleError, ResourceError } from "../errors.js";
import { throwIfAborted } from "../parallel/executor.js";
import type { BudgetMeter } from "./budget.js";
import type { Entry } from "./journal/lines.js";
import type { Journal } from "./journal/journal.js";
import type { KernelHistogram } from "../analysis/kernel-distribution/kernel-histogram.js";
import type { Evaluation } from "./objectives/objective.js";
import type { Point } from "../optimizers/optimizer.js";
import type { EvaluationRunner } from "./runner.js";
import type { Candidate, ParameterValues } from "./search-space/search-space.js";

/** One line of the journal: a candidate on a share of the data. */
export interface EvaluationEntry extends Entry {
  readonly kind: "evaluation";
  readonly stage: number;
  readonly id: number;
  readonly generation: number;
  readonly rung: number;
  readonly fraction: number;
  readonly point: Point | null;
  readonly values: ParameterValues;
  readonly status: "done" | "failed";
  readonly reason?: string;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly histogram?: KernelHistogram;
  readonly warnings?: readonly string[];
  /** The evaluation with the same values that this is a copy of. */
  readonly same?: number;
  readonly seconds: number;
  /** Wall time of the stage so far, all sessions together, s */
  readonly elapsed: number;
}

/** What is to be evaluated. */
export interface EvaluationRequest {
  readonly id: number;
  readonly generation: number;
  readonly rung: number;
  readonly fraction: number;
  readonly point: Point | null;
  readonly values: ParameterValues;
  readonly candidate: Candidate;
}

export interface EvaluatorSettings {
  readonly penalty: number;
  /** s */
  readonly timeout?: number;
}

type Outcome = Pick<EvaluationEntry, "status" | "reason" | "loss" | "metrics" | "histogram" | "warnings">;

/** Evaluates candidates of one stage, or finds what the journal knows of them. */
export class Evaluator {
  private readonly stored = new Map<string, EvaluationEntry>();

  constructor(
    private readonly stage: number,
    private readonly runner: EvaluationRunner,
    private readonly journal: Journal,
    private readonly settings: EvaluatorSettings,
    private readonly meter: BudgetMeter,
  ) {
    for (const entry of evaluationsIn(journal, stage)) this.stored.set(nameOf(entry), entry);
  }

  /** What an earlier session found, if it did. */
  known(id: number, rung: number): EvaluationEntry | undefined {
    return this.stored.get(nameOf({ id, rung }));
  }

  estimateBytes(candidate: Candidate): number {
    return this.runner.estimateBytes(candidate);
  }

  /** Notes that a candidate has the values of one that was evaluated before. */
  copy(request: EvaluationRequest, origin: EvaluationEntry): EvaluationEntry {
    const { status, reason, loss, metrics, histogram, warnings, id, same = id } = origin;
    return this.note(request, { status, reason, loss, metrics, histogram, warnings }, 0, same);
  }

  /**
   * Evaluates. A candidate that cannot be evaluated has failed, with the penalty as loss; undefined when only the memory that
   * others use meanwhile was missing.
   * @throws {CancelledError} when the signal fired; what is no fault of the candidate
   */
  async run(request: EvaluationRequest, isAlone: boolean, signal: AbortSignal): Promise<EvaluationEntry | undefined> {
    const start = performance.now();
    let outcome: Outcome;
    try {
      outcome = doneOutcome(await this.evaluate(request, signal));
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof ResourceError && !isAlone) return undefined;
      // what is wrong with the values of the user's file is wrong with the file
      if (request.id < 0 && isFaultOfTheFile(error)) throw error;
      outcome = { status: "failed", reason: this.reasonOf(error), loss: this.settings.penalty, metrics: {} };
    }
    return this.note(request, outcome, (performance.now() - start) / 1000);
  }

  private note(request: EvaluationRequest, outcome: Outcome, seconds: number, same?: number): EvaluationEntry {
    const { id, generation, rung, fraction, point, values } = request;
    const place = { kind: "evaluation", stage: this.stage, id, generation, rung, fraction, point, values } as const;
    const { reason, histogram, warnings = [], ...others } = outcome;
    return this.journal.append<EvaluationEntry>({
      ...place,
      ...others,
      ...(reason !== undefined && { reason }),
      ...(histogram && { histogram }),
      ...(warnings.length > 0 && { warnings }),
      ...(same !== undefined && { same }),
      seconds,
      elapsed: this.meter.stageElapsed,
    });
  }

  private async evaluate({ candidate, fraction }: EvaluationRequest, signal: AbortSignal): Promise<Evaluation> {
    throwIfAborted(signal);
    const controller = new AbortController();
    const stop = (): void => controller.abort(signal.reason);
    const { timeout } = this.settings;
    const timer = timeout === undefined ? undefined : setTimeout(() => controller.abort(new Timeout(timeout)), timeout * 1000);
    signal.addEventListener("abort", stop, { once: true });
    const started = performance.now();
    try {
      const evaluation = await this.runner.run({ stage: this.stage, candidate, fraction }, controller.signal);
      // a busy event loop may hear of the end before the timer does
      if (timeout !== undefined && performance.now() - started > timeout * 1000) throw new Timeout(timeout);
      return evaluation;
    } catch (error) {
      if (controller.signal.reason instanceof Timeout && error instanceof CancelledError) throw controller.signal.reason;
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  private reasonOf(error: unknown): string {
    if (error instanceof Timeout) return error.message;
    if (error instanceof PestleError && !(error instanceof InternalError) && !(error instanceof CancelledError)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Evaluations of a stage that a journal holds. */
export function evaluationsIn({ entries }: Journal, stage: number): EvaluationEntry[] {
  return entries.filter((entry): entry is EvaluationEntry => entry.kind === "evaluation" && entry.stage === stage);
}

class Timeout extends Error {
  constructor(seconds: number) {
    super(`TIMEOUT: the evaluation took longer than ${seconds} s`);
  }
}

function nameOf({ id, rung }: { readonly id: number; readonly rung: number }): string {
  return `${id} ${rung}`;
}

function isFaultOfTheFile(error: unknown): boolean {
  return !(error instanceof Timeout || error instanceof NumericalError || error instanceof ResourceError);
}

/** @throws {NumericalError} when the loss is not finite */
function doneOutcome({ loss, metrics, histogram, warnings }: Evaluation): Outcome {
  if (!Number.isFinite(loss)) throw new NumericalError(`the loss is ${loss}`);
  // JSON has no infinities and no negative zero
  const finite = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  return { status: "done", loss: loss + 0, metrics: Object.fromEntries(finite), histogram, warnings };
}
