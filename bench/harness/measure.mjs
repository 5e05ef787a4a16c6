// Timing and verification for bench cases.

/** Median of a non-empty list. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const seconds = () => Number(process.hrtime.bigint()) / 1e9;

/** Long enough for the engine to replace its first, quick compilation of the routines. */
const WARMUP_SECONDS = 0.4;

/** Processor time of this process, all of its threads. */
const cpuSeconds = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;

/** Wall and processor times of repeated runs in seconds, after a warm-up of at least one run. */
async function times(work, { minimumSeconds = 2, minimumRuns = 5, maximumRuns = 1000, warmup = true }) {
  const start = seconds();
  if (warmup) {
    do await work();
    while (seconds() - start < WARMUP_SECONDS);
  }
  const results = [];
  let total = 0;
  while (results.length < maximumRuns && (total < minimumSeconds || results.length < minimumRuns)) {
    const [before, cpuBefore] = [seconds(), cpuSeconds()];
    await work();
    results.push({ seconds: seconds() - before, cpuSeconds: cpuSeconds() - cpuBefore });
    total += results.at(-1).seconds;
  }
  return results;
}

/**
 * Warms up, runs `work` repeatedly, and returns the median time of one run in seconds.
 * Stops after `minimumSeconds` in all and at least `minimumRuns` timed runs, or after `maximumRuns`.
 */
export async function measure(work, options = {}) {
  return median((await times(work, options)).map((run) => run.seconds));
}

/**
 * As `measure`, but also with the processor time of one run, which other programs on the machine hardly change: { seconds, cpuSeconds }.
 */
export async function measureBoth(work, options = {}) {
  const runs = await times(work, options);
  return { seconds: median(runs.map((run) => run.seconds)), cpuSeconds: median(runs.map((run) => run.cpuSeconds)) };
}

/** As `measure`, but the shortest time: for a limit that nothing may exceed. */
export async function measureBest(work, options = {}) {
  return Math.min(...(await times(work, options)).map((run) => run.seconds));
}

/** Throws unless the condition holds; a case that throws is reported as not verified and fails the run. */
export function verify(condition, message) {
  if (condition !== true) throw new Error(`verification failed: ${message}`);
}

/** Throws unless all elements agree within tolerance × the largest expected magnitude; NaN never agrees. */
export function verifyClose(actual, expected, tolerance, what) {
  verify(actual.length === expected.length, `${what}: ${actual.length} elements instead of ${expected.length}`);
  let scale = 0;
  for (const value of expected) scale = Math.max(scale, Math.abs(value));
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    verify(difference <= tolerance * scale, `${what}: element ${i} is ${actual[i]} instead of ${expected[i]}`);
  }
}
