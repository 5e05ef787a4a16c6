// Manifolds of methane along which fingerprints hardly change, and frames on them.
import { createDescriptor, EnvironmentDescriber } from "pestle/core";
import { Matrix, solve } from "ml-matrix";
import { followManifold, methaneOf } from "../../dist/analysis/index.js";

/** Å, steps: once around both. */
export const [STEP, STEPS] = [0.005, 170];
/** Points of the spline through a path; those with an even number are for training, the others for tests. */
export const SAMPLES = 16_000;

/** Where paths start: directions of H as latitude and azimuth in degrees, 1.09 Å from C. */
export const starts = {
  first: methaneOf([[67.5, 180], [-30, -36], [30, 36], [4.5, 130.5]]),
  second: methaneOf([[70, 180], [-10, -40], [10, 40], [4.5, 130.5]]),
};

/** Runs something with the descriptor of a fingerprint for single environments of methane. */
export async function withDescriber(executor, parameters, run) {
  const space = { wasm: executor.wasm, pool: executor.pool };
  const describer = new EnvironmentDescriber(space, createDescriptor(parameters), [1, 6]);
  try {
    return await run(describer, space);
  } finally {
    describer.release();
  }
}

/** Points of a path, Å, as `SAMPLES` places of four H. */
export async function orbit(executor, parameters, start, signal) {
  const options = { step: STEP, length: STEP * STEPS, closes: false, separation: 0, signal };
  const { points } = await withDescriber(executor, parameters, (describer, space) => followManifold(space, describer, start, options));
  return splinePoints(points.map(({ displacements }) => displacements), SAMPLES);
}

/** Values of the cubic spline through points (not-a-knot) at `count` parameters from the first to the last. */
export function splinePoints(points, count) {
  const n = points.length;
  const y = new Matrix(points.map((point) => Array.from(point)));
  const [a, b] = [Matrix.zeros(n, n), Matrix.zeros(n, y.columns)];
  for (let i = 1; i < n - 1; i++) {
    [[i - 1, 1], [i, 4], [i + 1, 1]].forEach(([j, value]) => a.set(i, j, value));
    b.setRow(i, y.getRow(i).map((value, c) => 6 * (y.get(i - 1, c) - 2 * value + y.get(i + 1, c))));
  }
  for (const [row, end] of [[0, 0], [n - 1, n - 3]]) [1, -2, 1].forEach((value, k) => a.set(row, end + k, value));
  const curvature = solve(a, b);
  return Array.from({ length: count }, (_, s) => {
    const t = ((n - 1) * s) / (count - 1);
    const i = Math.min(n - 2, Math.floor(t));
    const [p, q] = [i + 1 - t, t - i];
    return Float64Array.from({ length: y.columns }, (_, c) => p * y.get(i, c) + q * y.get(i + 1, c) + ((p ** 3 - p) * curvature.get(i, c) + (q ** 3 - q) * curvature.get(i + 1, c)) / 6);
  });
}
