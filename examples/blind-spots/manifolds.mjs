// Manifolds of methane along which fingerprints hardly change, and frames on them.
import { EnvironmentDescriber, createDescriptor } from "pestle/core";
import { Matrix, solve, SVD } from "ml-matrix";

/** Å */
const LENGTH = 1.09;
export const STEP = 0.005;
export const STEPS = 170;
/** Points of the spline through the path; those with an even number are for training, the others for tests. */
export const SAMPLES = 16_000;

/** Directions of H as latitude and azimuth, in degrees. */
export const starts = {
  first: [[67.5, 180], [-30, -36], [30, 36], [4.5, 130.5]],
  second: [[70, 180], [-10, -40], [10, 40], [4.5, 130.5]],
};

/** @param {keyof typeof starts} name  @returns {Float64Array} Å, four H around C at the origin */
export function startOf(name) {
  const radian = Math.PI / 180;
  return Float64Array.from(starts[name].flatMap(([latitude, azimuth]) => {
    const [a, b] = [latitude * radian, azimuth * radian];
    return [Math.cos(a) * Math.cos(b), Math.cos(a) * Math.sin(b), Math.sin(a)].map((value) => LENGTH * value);
  }));
}

/** Points of a path by the midpoint rule, Å. */
export function follow(executor, parameters, start, step = STEP, steps = STEPS) {
  const describer = new EnvironmentDescriber({ wasm: executor.wasm, pool: executor.pool }, createDescriptor(parameters), [1, 6]);
  let previous;
  const direction = (x) => {
    const { jacobian } = describer.derivatives({ center: 6, neighbors: [1, 1, 1, 1], displacements: x, label: "methane" });
    const T = rotations(x);
    const q = complement(T);
    const j = new Matrix(Array.from({ length: 12 }, (_, i) => Array.from(jacobian.subarray(i * describer.nFeatures, (i + 1) * describer.nFeatures))));
    const svd = new SVD(j.transpose().mmul(q), { autoTranspose: true });
    const s = svd.diagonal;
    const at = s.indexOf(Math.min(...s));
    let u = q.mmul(Matrix.columnVector(svd.rightSingularVectors.getColumn(at))).to1DArray();
    const sign = previous ? u.reduce((sum, v, i) => sum + v * previous[i], 0) : u[u.map(Math.abs).indexOf(Math.max(...u.map(Math.abs)))];
    if (sign < 0) u = u.map((v) => -v);
    return u;
  };
  const points = [start.slice()];
  try {
    for (let k = 0; k < steps; k++) {
      const x = points[k];
      previous = direction(x);
      previous = direction(x.map((v, i) => v + 0.5 * step * previous[i]));
      points.push(x.map((v, i) => v + step * previous[i]));
    }
  } finally {
    describer.release();
  }
  return points;
}

function rotations(x) {
  const rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map((e) => {
    const row = [];
    for (let j = 0; j < 4; j++) { const r = x.subarray(3 * j, 3 * j + 3); row.push(e[1] * r[2] - e[2] * r[1], e[2] * r[0] - e[0] * r[2], e[0] * r[1] - e[1] * r[0]); }
    return row;
  });
  return new Matrix(rows);
}

function complement(T) {
  const svd = new SVD(T.transpose().mmul(T), {});
  const order = svd.diagonal.map((v, i) => [v, i]).sort((a, b) => a[0] - b[0]).slice(0, 9).map(([, i]) => i);
  return svd.rightSingularVectors.subMatrixColumn(order);
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
