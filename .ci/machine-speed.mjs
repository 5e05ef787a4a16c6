// Prints how many times longer than on an idle machine of the kind that the limits of .ci/run are meant for a fixed piece of work takes
// on two threads, in percent and at least 100: limits of wall time are multiplied by it, so that a busy machine fails nothing.
import { fileURLToPath } from "node:url";
import { isMainThread, Worker } from "node:worker_threads";

/** Milliseconds on two idle cores. */
const IDLE = 900;

function work() {
  let sum = 0;
  for (let i = 0; i < 150_000_000; i++) sum += Math.sqrt(i);
  return sum;
}

if (isMainThread) {
  const start = performance.now();
  await Promise.all([0, 1].map(() => new Promise((resolve, reject) => new Worker(fileURLToPath(import.meta.url)).once("exit", resolve).once("error", reject))));
  console.log(Math.max(100, Math.round((100 * (performance.now() - start)) / IDLE)));
} else work();
