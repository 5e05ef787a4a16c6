import { InvalidParameterError, PestleError } from "../errors.js";
import type { BudgetMeter } from "./budget.js";
import { type Job, runJobs, stoppable } from "../parallel/jobs.js";
import type { EvaluationEntry, EvaluationRequest, Evaluator } from "./evaluator.js";
import type { Point } from "../optimizers/optimizer.js";
import type { EvaluationRunner } from "./runner.js";
import type { EvaluationRecord } from "./search-result.js";
import type { Candidate, ParameterValues, SearchSpace } from "./search-space/search-space.js";
import type { StartValues } from "./start-values.js";

/** Candidates are compared on shares of the data; only the best of each share go on to the next. */
export interface Halving {
  /** Ascending, the last is 1. */
  readonly fractions: readonly number[];
  /** Share of the candidates that goes on to the next share of the data, 0 … 1. */
  readonly keep: number;
}

interface Particle {
  readonly id: number;
  readonly point: Point | null;
  readonly values: ParameterValues;
  readonly candidate: Candidate;
  /** Of values that are the same. */
  readonly key: string;
}

export interface GenerationContext {
  readonly evaluator: Evaluator;
  readonly space: SearchSpace;
  readonly runner: EvaluationRunner;
  readonly meter: BudgetMeter;
  readonly halving: Halving | undefined;
  /** Whether evaluations that the journal does not hold may be made. */
  readonly isOpen: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onEntry: (entry: EvaluationEntry, isReplayed: boolean) => void;
}

export interface GenerationResult {
  /** What was evaluated, in the order of asking. */
  readonly records: readonly EvaluationRecord[];
  /** What the optimizer is told; undefined when the budget ended within the generation. */
  readonly losses: readonly number[] | undefined;
  /** Evaluations that were no copies of earlier ones. */
  readonly fresh: number;
}

interface Climb {
  /** Last entry of every particle, by id. */
  readonly entries: ReadonlyMap<number, EvaluationEntry>;
  /** Whether all that was to be evaluated was. */
  readonly isDecided: boolean;
  readonly fresh: number;
}

/** Evaluates generations of one stage. Points with the same values are evaluated once. */
export class GenerationRunner {
  private readonly seen = new Map<string, EvaluationEntry>();

  constructor(private readonly context: GenerationContext) {}

  /** The values of the user's file, on all data; undefined when there is no time for it. */
  async start(candidate: Candidate, point: Point | undefined, { values, isReached }: StartValues): Promise<EvaluationRecord | undefined> {
    const key = isReached && point ? keyOf(this.context.space.decode(point)) : "start";
    const particle = { id: -1, point: point ?? null, values, candidate, key };
    const [entry] = await this.evaluateAll([particle], -1, this.fractions.length - 1);
    return entry && recordOf(entry);
  }

  async run(points: readonly Point[], generation: number, firstId: number): Promise<GenerationResult> {
    const { space, meter } = this.context;
    let left = this.context.isOpen ? meter.evaluationsLeft : 0;
    const particles: Particle[] = [];
    for (const [index, point] of points.entries()) {
      const id = firstId + index;
      if (!this.context.evaluator.known(id, 0) && left < 1) break;
      left--;
      const values = space.decode(point);
      particles.push({ id, point, values, candidate: space.apply(point), key: keyOf(values) });
    }
    const { entries, isDecided, fresh } = await this.climb(particles, generation);
    const records = particles.flatMap(({ id }) => entries.get(id) ?? []).map((entry) => recordOf(entry));
    return { records, losses: isDecided && records.length === points.length ? toldLosses(records) : undefined, fresh };
  }

  private get fractions(): readonly number[] {
    return this.context.halving?.fractions ?? [1];
  }

  /** Takes particles over the shares of the data, as far as the time allows. */
  private async climb(particles: readonly Particle[], generation: number): Promise<Climb> {
    const last = new Map<number, EvaluationEntry>();
    let active = particles;
    let fresh = 0;
    for (const rung of this.fractions.keys()) {
      const results = await this.evaluateAll(active, generation, rung);
      const entries = results.filter((entry) => entry !== undefined);
      for (const entry of entries) last.set(entry.id, entry);
      fresh += entries.filter(({ same }) => same === undefined).length;
      if (entries.length < active.length) return { entries: last, isDecided: false, fresh };
      active = this.survivors(active, entries);
    }
    return { entries: last, isDecided: true, fresh };
  }

  private survivors(active: readonly Particle[], entries: readonly EvaluationEntry[]): readonly Particle[] {
    const done = entries.filter(({ status }) => status === "done").sort((a, b) => a.loss - b.loss || a.id - b.id);
    const kept = new Set(done.slice(0, Math.max(1, Math.ceil(done.length * (this.context.halving?.keep ?? 1)))).map(({ id }) => id));
    return active.filter(({ id }) => kept.has(id));
  }

  /** Entries in the order of the particles; undefined for those that the time did not allow. */
  private async evaluateAll(particles: readonly Particle[], generation: number, rung: number): Promise<(EvaluationEntry | undefined)[]> {
    const { evaluator, runner, onEntry } = this.context;
    const fraction = this.fractions[rung];
    const entries = new Map<number, EvaluationEntry>();
    const copies: { request: EvaluationRequest; key: string }[] = [];
    const jobs: Job[] = [];
    const planned = new Set<string>();
    const { signal, stop, done } = stoppable(this.context.signal);
    for (const { key: name, ...particle } of particles) {
      const request: EvaluationRequest = { ...particle, generation, rung, fraction };
      const key = `${rung} ${name}`;
      const stored = evaluator.known(request.id, rung);
      if (stored) {
        checkSame(stored, request);
        entries.set(request.id, stored);
        if (!this.seen.has(key)) this.seen.set(key, stored);
        onEntry(stored, true);
      } else if (this.seen.has(key) || planned.has(key)) copies.push({ request, key });
      else {
        planned.add(key);
        jobs.push(this.jobFor(request, key, signal, entries));
      }
    }
    try {
      const { evaluations: atOnce, bytes } = runner.capacity;
      await runJobs(jobs, { atOnce, bytes }, stop);
    } finally {
      done();
    }
    for (const { request, key } of copies) {
      const origin = this.seen.get(key);
      if (!origin || !this.isAllowed) continue;
      const entry = evaluator.copy(request, origin);
      entries.set(request.id, entry);
      onEntry(entry, false);
    }
    return particles.map(({ id }) => entries.get(id));
  }

  private jobFor(request: EvaluationRequest, key: string, signal: AbortSignal, entries: Map<number, EvaluationEntry>): Job {
    const { evaluator, onEntry } = this.context;
    return {
      estimateBytes: estimatedBytes(evaluator, request),
      run: async (isAlone) => {
        if (!this.isAllowed) return true;
        const entry = await evaluator.run(request, isAlone, signal);
        if (!entry) return false;
        entries.set(request.id, entry);
        this.seen.set(key, entry);
        onEntry(entry, false);
        return true;
      },
    };
  }

  private get isAllowed(): boolean {
    return this.context.isOpen && !this.context.meter.isOutOfTime;
  }
}

/** A candidate that cannot even be planned takes nothing; its evaluation says why. */
function estimatedBytes(evaluator: Evaluator, { candidate }: EvaluationRequest): number {
  try {
    return evaluator.estimateBytes(candidate);
  } catch (error) {
    if (error instanceof PestleError) return 0;
    throw error;
  }
}

function keyOf(values: ParameterValues): string {
  return JSON.stringify(values);
}

/** The path of the optimizer must lead where it led when the journal was written. */
function checkSame(stored: EvaluationEntry, request: EvaluationRequest): void {
  const text = ({ point, values }: EvaluationEntry | EvaluationRequest): string => JSON.stringify([point, values]);
  if (text(stored) === text(request)) return;
  throw new InvalidParameterError(
    `the journal cannot be continued: evaluation ${request.id} of stage ${stored.stage + 1} had the values ${JSON.stringify(stored.values)}, ` +
      `this version of pestle asks for ${JSON.stringify(request.values)}; resume with the version that wrote it, or start anew`,
  );
}

/** Candidates that were stopped are told as no better than the worst that was not. */
function toldLosses(records: readonly EvaluationRecord[]): number[] {
  const worst = Math.max(-Infinity, ...records.filter(({ status }) => status === "done").map(({ loss }) => loss));
  return records.map(({ status, loss }) => (status === "stopped" ? Math.max(loss, worst) : loss));
}

/** What a result tells of an entry of the journal. */
export function recordOf({ id, generation, point, values, fraction, status, reason, loss, metrics, histogram, warnings, seconds }: EvaluationEntry): EvaluationRecord {
  return {
    id,
    generation,
    point,
    values,
    fraction,
    status: status === "done" && fraction < 1 ? "stopped" : status,
    ...(reason !== undefined && { reason }),
    loss,
    metrics,
    ...(histogram && { histogram }),
    ...(warnings && { warnings }),
    seconds,
  };
}
