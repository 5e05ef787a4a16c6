import { expect } from "vitest";
import { createExecutor, type Executor } from "../src/parallel/index.js";

export type ToleranceKind = "absolute" | "relative-to-max";

/**
 * Expects every element to be within the tolerance; NaN and infinities never are. `relative-to-max` scales the tolerance by the
 * largest magnitude in `expected`, so that elements that should vanish are judged by the size of their neighbors.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  kind: ToleranceKind = "absolute",
): void {
  expect(actual.length, "number of elements").toBe(expected.length);
  expect(tolerance >= 0, `tolerance ${tolerance} is not a non-negative number`).toBe(true);
  let scale = 1;
  if (kind === "relative-to-max") {
    scale = 0;
    for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  }
  const allowed = tolerance * scale;
  let worst = -1;
  let worstIndex = -1;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    if (!Number.isFinite(difference)) expect.fail(`element ${i}: got ${actual[i]}, expected ${expected[i]}`);
    if (difference > worst) {
      worst = difference;
      worstIndex = i;
    }
  }
  if (!(worst <= allowed) && expected.length > 0) {
    expect.fail(
      `element ${worstIndex} of ${expected.length}: got ${actual[worstIndex]}, expected ${expected[worstIndex]}, ` +
        `difference ${worst.toExponential(2)}, allowed ${allowed.toExponential(2)} (${kind})`,
    );
  }
}

/** A serial executor on the build that PESTLE_WASM names, or the fastest one. */
export function testExecutor(): Promise<Executor> {
  return createExecutor({ threads: 1 });
}
