// Runs a case in a process of its own, so that its memory is its own and its code is compiled for it alone. Smoke runs, whose
// times mean nothing, send it the other cases of the same file, too.
import { createExecutor } from "../../dist/index.js";
import { findCases } from "./cases.mjs";
import { benchData } from "./data.mjs";
import { measure, measureBoth, verify, verifyClose } from "./measure.mjs";
import { measurePeak } from "./peak.mjs";

/** In a smoke run every measurement is as short as it can be. */
function shortened(measure, smoke) {
  return (work, options = {}) => measure(work, smoke ? { ...options, minimumSeconds: 0, minimumRuns: 1, maximumRuns: 1, warmup: false } : options);
}

async function runCase(name, smoke) {
  const entry = (await findCases()).find((candidate) => candidate.name === name);
  const executor = await createExecutor({ threads: 1 });
  try {
    const { wasm, pool } = executor;
    const peakBefore = await measurePeak(wasm, pool, smoke);
    const timing = { measure: shortened(measure, smoke), measureBoth: shortened(measureBoth, smoke) };
    const context = { executor, createExecutor, smoke, data: benchData(smoke), ...timing, verify, verifyClose };
    const result = await entry.run(context);
    const peak = Math.max(peakBefore ?? 0, (await measurePeak(wasm, pool, smoke)) ?? 0);
    return recordOf(entry, result, peak, executor);
  } finally {
    await executor.close();
  }
}

function recordOf(entry, { count, seconds, flops, memoryBytes, verified, cpuSeconds, threads = 1, ...extra }, peak, executor) {
  verify(verified === true, `case "${entry.name}" did not verify its result`);
  verify(count > 0 && seconds > 0, `case "${entry.name}" returned count ${count} and ${seconds} s`);
  const gflops = flops === undefined ? null : flops / seconds / 1e9;
  return {
    case: entry.name,
    unit: entry.unit,
    perSecond: count / seconds,
    gflops,
    peakShare: gflops === null || peak === 0 ? null : gflops / (peak / 1e9) / threads,
    verified: true,
    seconds,
    ...(cpuSeconds > 0 && { cpuSeconds, perCpuSecond: count / cpuSeconds }),
    count,
    peakGflops: peak / 1e9,
    memoryBytes: memoryBytes ?? process.resourceUsage().maxRSS * 1024,
    wasmBytes: executor.pool.peakBytes,
    build: executor.wasm.shared.build,
    threads,
    ...extra,
  };
}

process.on("message", ({ name, smoke }) => {
  runCase(name, smoke).then(
    (record) => process.send({ record }),
    (error) => process.send({ error: error.stack ?? String(error) }),
  );
});
