import { ResourceError } from "../../errors.js";
import { estimateFitDescribedBytes } from "../../fit/described-bytes.js";
import type { Executor } from "../../parallel/executor.js";
import { concurrencyOf, type Job, MEMORY_SHARE, runJobs, stoppable } from "../../parallel/jobs.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { HeldOutSeries } from "./held-out-fit.js";

/** How many fits run at once. */
export function fitsAtOnce(count: number, { threads }: Executor): number {
  return Math.min(count, concurrencyOf("auto", threads));
}

/**
 * Makes the fits of a series, several at once as far as threads and memory allow. Where memory does not suffice beside others, a fit is made
 * again alone. The first error stops all.
 * @param make makes one fit; what it returns is called where the fit counts
 */
export async function runFits<Part>(
  { trainer, request, train, cache }: HeldOutSeries,
  parts: readonly Part[],
  executor: Executor,
  outer: AbortSignal | undefined,
  make: (part: Part, signal: AbortSignal) => Promise<() => void>,
): Promise<void> {
  const { signal, stop, done } = stoppable(outer);
  const described = estimateFitDescribedBytes(trainer, request, train, train.species(), true);
  const estimateBytes = trainer.estimateBytes(request, train, executor.threads);
  const jobs = parts.map((part): Job => ({
    estimateBytes,
    async run(isAlone) {
      try {
        (await make(part, signal))();
        return true;
      } catch (error) {
        if (error instanceof ResourceError && !isAlone) return false;
        throw error;
      }
    },
  }));
  try {
    const bytes = executor.pool.bytesObtainable * MEMORY_SHARE - Math.min(described, cache.maximumBytes);
    await runJobs(jobs, { atOnce: fitsAtOnce(parts.length, executor), bytes }, stop);
  } finally {
    done();
  }
}

/** Progress of a fit, named by what it is a part of. */
export function progressWithin(name: string, onProgress: ProgressListener | undefined): ProgressListener | undefined {
  return onProgress && ((progress) => onProgress({ ...progress, stage: `${name}: ${progress.stage}` }));
}
