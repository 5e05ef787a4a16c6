import type { Executor } from "../parallel/executor.js";
import { concurrencyOf, MEMORY_SHARE } from "../parallel/jobs.js";
import type { Evaluation, Objective } from "./objectives/objective.js";
import type { EvaluationRunner, RunnerCapacity, RunnerRequest } from "./runner.js";
import type { Candidate } from "./search-space/search-space.js";

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
