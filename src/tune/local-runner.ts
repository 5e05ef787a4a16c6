import type { Executor } from "../parallel/executor.js";
import type { Evaluation, Objective } from "./objectives/objective.js";
import type { EvaluationRunner, RunnerCapacity, RunnerRequest } from "./runner.js";
import type { Candidate } from "./search-space/search-space.js";

/** Share of the free memory, idle caches included, that evaluations may plan with; the rest is for what estimates leave out. */
const MEMORY_SHARE = 0.9;

/**
 * How many evaluations run at once. Each leaves threads idle where it waits for its last blocks or computes on the main thread;
 * one more than there are threads fills these gaps.
 */
export function concurrencyOf(parallel: number | "auto", threads: number): number {
  if (parallel !== "auto") return parallel;
  return threads === 1 ? 1 : threads + 1;
}

/** Evaluates in this process, on the threads of one executor. */
export class LocalRunner implements EvaluationRunner {
  constructor(
    private readonly objective: Objective,
    private readonly executor: Executor,
    private readonly parallel: number | "auto",
  ) {}

  get capacity(): RunnerCapacity {
    const { threads, pool } = this.executor;
    return { evaluations: concurrencyOf(this.parallel, threads), bytes: pool.bytesObtainable * MEMORY_SHARE };
  }

  estimateBytes(candidate: Candidate): number {
    return this.objective.estimateBytes(candidate);
  }

  run({ candidate, fraction }: RunnerRequest, signal: AbortSignal): Promise<Evaluation> {
    return this.objective.evaluate(candidate, { executor: this.executor, signal, fraction });
  }
}
