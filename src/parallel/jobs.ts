/** A piece of work that is worth running beside others, such as a whole fit. */
export interface Job {
  /** Memory that it needs, roughly. */
  readonly estimateBytes: number;
  /** `isAlone`: nothing else runs meanwhile. `false` as result: there was not enough memory beside the others. */
  run(isAlone: boolean): Promise<boolean>;
}

/** How much is run at once. */
export interface JobCapacity {
  /** Jobs. */
  readonly atOnce: number;
  /** That their estimates may add up to. */
  readonly bytes: number;
}

/** Share of the free memory, idle caches included, that jobs may plan with; the rest is for what estimates leave out. */
export const MEMORY_SHARE = 0.9;

/**
 * How many jobs run at once. Each leaves threads idle where it waits for its last blocks or computes on the main thread;
 * one more than there are threads fills these gaps.
 */
export function concurrencyOf(parallel: number | "auto", threads: number): number {
  if (parallel !== "auto") return parallel;
  return threads === 1 ? 1 : threads + 1;
}

/**
 * Runs jobs in order, several at once, as far as a runner takes them and their estimates fit into the memory; a job that does not fit beside
 * others runs alone. The first error ends the rest: `stop` is called, and the error thrown once nothing runs any more.
 */
export async function runJobs(jobs: readonly Job[], { atOnce: limit, bytes: available }: JobCapacity, stop: () => void): Promise<void> {
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

/** A signal that also this side can fire. */
export function stoppable(outer: AbortSignal | undefined): { signal: AbortSignal; stop: () => void; done: () => void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener("abort", stop, { once: true });
  return { signal: controller.signal, stop, done: () => outer?.removeEventListener("abort", stop) };
}
