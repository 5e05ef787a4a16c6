// Timing and verification for bench cases.

/** Median of a non-empty list. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs `work` once to warm up, then repeatedly, and returns the median time of one run in seconds.
 * Stops after `minimumSeconds` in all and at least `minimumRuns` timed runs, or after `maximumRuns`.
 */
export async function measure(work, { minimumSeconds = 2, minimumRuns = 5, maximumRuns = 1000, warmup = true } = {}) {
  if (warmup) await work();
  const seconds = [];
  let total = 0;
  while (seconds.length < maximumRuns && (total < minimumSeconds || seconds.length < minimumRuns)) {
    const start = process.hrtime.bigint();
    await work();
    const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
    seconds.push(elapsed);
    total += elapsed;
  }
  return median(seconds);
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
