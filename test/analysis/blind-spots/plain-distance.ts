// The congruence distance by its definition: every partial matching of neighbors of the same species, each with its best orientation.
import { Matrix, SVD } from "ml-matrix";
import type { EnvironmentAtoms } from "../../../src/analysis/index.js";

type Point = number[];

const points = ({ positions }: EnvironmentAtoms): Point[] => Array.from({ length: positions.length / 3 }, (_, i) => [...positions.subarray(3 * i, 3 * i + 3)]);
const leaving = (point: Point, cutoff: number): number => (cutoff - Math.hypot(...point)) ** 2;

/** Å */
export function plainDistance(a: EnvironmentAtoms, b: EnvironmentAtoms, cutoff: number): number {
  const [x, y] = [points(a), points(b)];
  let best = Infinity;
  const extend = (i: number, pairs: [number, number][]): void => {
    if (i === x.length) {
      best = Math.min(best, costOf(x, y, pairs, cutoff));
      return;
    }
    extend(i + 1, pairs);
    y.forEach((_, j) => {
      if (a.species[i] === b.species[j] && !pairs.some(([, taken]) => taken === j)) extend(i + 1, [...pairs, [i, j]]);
    });
  };
  extend(0, []);
  return Math.sqrt(best);
}

function costOf(x: Point[], y: Point[], pairs: [number, number][], cutoff: number): number {
  const h = Matrix.zeros(3, 3);
  for (const [i, j] of pairs) h.add(Matrix.columnVector(x[i]).mmul(Matrix.rowVector(y[j])));
  const { leftSingularVectors, rightSingularVectors } = new SVD(h);
  const r = leftSingularVectors.mmul(rightSingularVectors.transpose());
  let sum = 0;
  for (const [i, j] of pairs) sum += r.mmul(Matrix.columnVector(y[j])).to1DArray().reduce((all, value, k) => all + (x[i][k] - value) ** 2, 0);
  x.forEach((point, i) => (sum += pairs.some(([taken]) => taken === i) ? 0 : leaving(point, cutoff)));
  y.forEach((point, j) => (sum += pairs.some(([, taken]) => taken === j) ? 0 : leaving(point, cutoff)));
  return sum;
}
