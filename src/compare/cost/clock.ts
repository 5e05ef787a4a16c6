/** Seconds of processor time of this process, all of its threads. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Something that is run again and again. */
export type Run = () => void;

/** Processor time of one run, from several in a row. */
export function timeRuns(run: Run, repeats: number): number {
  const before = processorSeconds();
  for (let i = 0; i < repeats; i++) run();
  return (processorSeconds() - before) / repeats;
}

const WARM_UP_RUNS = 3;

/**
 * Runs for a while, as the engine replaces its first, quick compilation of a routine after some runs.
 * @returns how many runs take about `seconds`, at least one
 */
export function warmUp(run: Run, seconds: number, limit: number): number {
  const start = processorSeconds();
  let runs = 0;
  while (runs < WARM_UP_RUNS || processorSeconds() - start < limit) {
    run();
    runs++;
    if (processorSeconds() - start > 4 * limit) break;
  }
  const one = timeRuns(run, 1);
  return Math.max(1, Math.min(10_000, Math.round(seconds / Math.max(one, 1e-7))));
}
