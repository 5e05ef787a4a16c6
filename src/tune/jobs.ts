import type { RunnerCapacity } from "./runner.js";

export interface Job {
  readonly estimateBytes: number;
  /** `isAlone`: nothing else runs meanwhile. `false` as result: there was not enough memory beside the others. */
  run(isAlone: boolean): Promise<boolean>;
}

/**
 * Runs jobs in order, several at once, as far as a runner takes them and their estimates fit into the memory; a job that does not fit beside
 * others runs alone. The first error ends the rest: `stop` is called, and the error thrown once nothing runs any more.
 */
export async function runJobs(jobs: readonly Job[], { evaluations: limit, bytes: available }: RunnerCapacity, stop: () => void): Promise<void> {
  const running = new Set<Promise<void>>();
  const crowded: Job[] = [];
  const failures: unknown[] = [];
  let bytes = 0;
  const start = (job: Job): void => {
    bytes += job.estimateBytes;
    const finished = job
      .run(limit === 1 || jobs.length === 1)
      .then((isDone) => void (isDone || crowded.push(job)))
      .catch((error: unknown) => {
        failures.push(error);
        stop();
      })
      .finally(() => {
        bytes -= job.estimateBytes;
        running.delete(finished);
      });
    running.add(finished);
  };
  for (const job of jobs) {
    while (running.size > 0 && (running.size >= limit || bytes + job.estimateBytes > available)) await Promise.race(running);
    if (failures.length > 0) break;
    start(job);
  }
  await Promise.all(running);
  for (const job of crowded) if (failures.length === 0) await job.run(true);
  if (failures.length > 0) throw failures[0];
}
