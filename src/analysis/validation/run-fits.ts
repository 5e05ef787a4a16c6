import { ResourceError } from "../../errors.js";
import type { FitIdentity } from "../../fit/checkpoint/checkpoint.js";
import { fitIdentity } from "../../fit/checkpoint/identity.js";
import { estimateFitDescribedBytes } from "../../fit/described-bytes.js";
import type { FitRequest, Trainer } from "../../fit/trainer.js";
import type { Executor } from "../../parallel/executor.js";
import { concurrencyOf, type Job, MEMORY_SHARE, runJobs, stoppable } from "../../parallel/jobs.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { Dataset } from "../../structures/dataset.js";
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

/**
 * What the bits of a series of fits depend on.
 * @param what how the series is made, by the names of sections: plain data
 * @param others see {@link fitIdentity}
 */
export async function seriesIdentity(
  trainer: Trainer, { model, fit = {}, seed = 1 }: FitRequest, what: object, dataset: Dataset, executor: Executor, others: Readonly<Record<string, Dataset | undefined>> = {},
): Promise<FitIdentity> {
  const complete = { model: trainer.complete(model), fit: { ...fit, of: trainer.variant }, seed };
  return { ...(await fitIdentity({ model: trainer.schema, fit: trainer.fitSchema }, complete, dataset, executor, others)), ...(JSON.parse(JSON.stringify(what)) as object) };
}

/** Progress of a fit, named by what it is a part of. */
export function progressWithin(name: string, onProgress: ProgressListener | undefined): ProgressListener | undefined {
  return onProgress && ((progress) => onProgress({ ...progress, stage: `${name}: ${progress.stage}` }));
}
