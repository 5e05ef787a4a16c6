import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { defineTask } from "../parallel/task.js";
import type { Pointer } from "../wasm/memory.js";
import type { Choices } from "./choices.js";
import type { SelectionContext } from "./selection.js";

/** Points per task: short enough for progress and cancellation. */
const STEPS = 32;

interface StepsInput extends Choices {
  readonly distances: Pointer;
  readonly first: number;
  readonly steps: number;
}

const farthestPointSteps = defineTask("select/farthest-point", ({ wasm, scratch }, input: StepsInput): Int32Array => {
  const farthest = scratch.i32(1);
  const chosen = new Int32Array(input.steps);
  // A task may be run again: distances only ever go down to the same values.
  let next = input.first;
  for (let step = 0; step < input.steps; step++) {
    chosen[step] = next;
    wasm.f64(input.distances, input.count)[next] = 0;
    wasm.routines.farthestPointStep(input.count, input.nFeatures, next, input.values, input.distances, farthest);
    next = wasm.i32(farthest, 1)[0];
  }
  return Int32Array.of(...chosen, next);
});

/**
 * Farthest-point sampling: starts at a random environment and adds the one whose distance to the set is largest, the first of equals.
 * Stops early when every environment is in the set. Indices in order of choice.
 */
export async function farthestPoints(
  choices: Choices,
  count: number,
  random: RandomGenerator,
  { executor, signal, onProgress }: SelectionContext,
): Promise<Int32Array> {
  const size = Math.min(count, choices.count);
  const chosen = new Int32Array(size);
  if (size === 0) return chosen;
  const region = executor.pool.allocate(choices.count * 8, "distances of farthest-point sampling");
  try {
    executor.wasm.f64(region.pointer, choices.count).fill(Number.MAX_VALUE);
    let next = uniformInt(random, 0, choices.count - 1);
    for (let done = 0; done < size; done += STEPS) {
      const steps = Math.min(STEPS, size - done);
      const input = { ...choices, distances: region.pointer, first: next, steps };
      const result = await executor.submit(farthestPointSteps, input, { signal, label: "farthest-point sampling" });
      chosen.set(result.subarray(0, steps), done);
      next = result[steps];
      onProgress?.({ stage: "select sparse points", done: done + steps, total: size, unit: "points" });
    }
  } finally {
    executor.pool.release(region);
  }
  return chosen;
}
