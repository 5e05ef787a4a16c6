import { type DescribePiece, describeTask, describeWholeTask } from "../../environments/describe-task.js";
import type { Executor } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { Scaling } from "../comparison.js";
import { powerLaw } from "./power-law.js";
import type { ScalingInput } from "./scaling.js";

/** Of work on one thread, about: a start of threads and a last task must not count. */
const TASKS = 24;
/** Of processor time, about; structures come again where there are too few. */
const SECONDS_EACH = 0.004;
const MOST_EACH = 200;

/**
 * Time on the clock by the number of tasks at once, up to the threads of the executor: −1 were perfect. Other programs on the machine show
 * here as nowhere else, so that the best of some rounds counts.
 * @param secondsEach of processor time that one structure takes, about
 */
export async function threadScaling(
  executor: Executor,
  { descriptor, species, structures }: ScalingInput,
  secondsEach: number,
  rounds: number,
): Promise<Scaling | undefined> {
  const { threads } = executor;
  if (threads < 2 || descriptor.rows === "tuple" || structures.length === 0) return undefined;
  const holdings = new Holdings(executor);
  try {
    const { tables } = holdings.keep(descriptor.prepare(executor.wasm, executor.pool, species));
    const perTask = Math.max(1, Math.min(MOST_EACH, Math.ceil(SECONDS_EACH / Math.max(secondsEach, 1e-6))));
    const most = Math.max(...structures.map(({ geometry, centers }) => centers?.length ?? geometry.atomicNumbers.length), 1);
    const tasks = Array.from({ length: TASKS }, (_, task) => {
      const out = holdings.allocate(8 * tables.nFeatures * most, "rows of a measurement").pointer;
      const pieces = Array.from({ length: perTask }, (__, k) => ({ ...structures[(task * perTask + k) % structures.length], values: out }));
      return tables.describes === "structures"
        ? () => executor.submit(describeWholeTask, { tables, pieces })
        : () => executor.submit(describeTask, { tables, pieces: pieces.map(({ geometry, centers, values }): DescribePiece => ({ of: { geometry, centers: descriptor.rows === "structure" ? null : centers }, values, state: 0 })) });
    });
    executor.expectWork(10_000);
    await runAtOnce(tasks, threads);
    const counts = [...new Set([1, 2, 4, 8, 16, 32, 64, threads])].filter((count) => count <= threads).sort((a, b) => a - b);
    const seconds = new Map<number, number[]>(counts.map((count) => [count, []]));
    for (let round = 0; round < rounds; round++) {
      for (const count of counts) {
        const start = performance.now();
        await runAtOnce(tasks, count);
        seconds.get(count)!.push((performance.now() - start) / 1000);
      }
    }
    const points = counts.map((x) => ({ x, seconds: Math.min(...seconds.get(x)!) / (TASKS * perTask) }));
    return { variable: "threads", unit: "", points, ...powerLaw(points) };
  } finally {
    holdings.release();
  }
}

/** Chains of tasks side by side, as many as `count`. */
async function runAtOnce(tasks: readonly (() => Promise<unknown>)[], count: number): Promise<void> {
  const chain = async (first: number): Promise<void> => {
    for (let task = first; task < tasks.length; task += count) await tasks[task]();
  };
  await Promise.all(Array.from({ length: count }, (_, first) => chain(first)));
}
