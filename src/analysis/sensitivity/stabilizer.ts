import { Matrix, SVD } from "ml-matrix";
import type { SingleEnvironment } from "../../environments/single-environment.js";

/** Å: root mean square distance up to which an operation maps an environment onto itself. */
const SAME = 1e-6;
/** As many tolerances, and Å at least, may lengths and distances of two neighbors differ that are tried for each other. */
const [TIMES, TRIED] = [4, 1e-4];
/** Sine of an angle below which two neighbors are in line with the center. */
const IN_LINE = 1e-6;

/** A rotation or rotoreflection about the center that maps an environment onto itself, with where it takes the neighbors. */
export interface SymmetryOperation {
  /** 3 × 3, row by row: what it does to a displacement. */
  readonly matrix: readonly number[];
  /** Neighbor j comes to stand where neighbor images[j] was. */
  readonly images: readonly number[];
}

/** Operations that map an environment onto itself. */
export interface Stabilizer {
  /** The identity among them. */
  readonly operations: readonly SymmetryOperation[];
  /** The direction (unit vector) of atoms in line, about which any rotation is an operation, too; undefined where they are not. */
  readonly axis: readonly number[] | undefined;
}

/**
 * The operations of O(3), those that are reflections included, that map the neighbors of an environment onto neighbors of the same species within
 * a tolerance. Two neighbors that are not in line with the center are laid onto all others that fit; the orientation is then that
 * of least squares (Kabsch, Acta Cryst. A 32, 922 (1976), doi:10.1107/S0567739476001873).
 * @param tolerance Å, root mean square; default 10⁻⁶
 */
export function stabilizerOf(environment: SingleEnvironment, tolerance = SAME): Stabilizer {
  const points = pointsOf(environment);
  const tried = Math.max(TRIED, TIMES * tolerance);
  const { neighbors } = environment;
  const [first, second] = anchors(points);
  const found = new Map<string, SymmetryOperation>();
  for (const [p, q] of targets(points, neighbors, [first, second], tried)) {
    for (const hand of [1, -1]) {
      const start = turning(points, [first, second], [p, q], hand);
      // neighbors at one place are exchanged by the identity: both orders of them
      for (const isReversed of [false, true]) {
        const operation = refined(points, neighbors, start, { isReversed, tolerance, tried });
        if (operation) found.set(keyOf(operation), operation);
      }
    }
  }
  return { operations: [...found.values()], axis: second < 0 && first >= 0 ? unit(points[first]) : undefined };
}

/**
 * The part of displacements (three for each neighbor) that all operations keep: the mean over their images. A smooth fingerprint that does not
 * change under the operations depends, to first order, on this part alone.
 */
export function symmetricPart({ operations, axis }: Stabilizer, displacements: Float64Array): Float64Array {
  const mean = new Float64Array(displacements.length);
  for (const { matrix, images } of operations) {
    images.forEach((image, j) => {
      const turned = apply(matrix, [...displacements.subarray(3 * j, 3 * j + 3)]);
      for (let k = 0; k < 3; k++) mean[3 * image + k] += turned[k] / operations.length;
    });
  }
  if (axis === undefined) return mean;
  return mean.map((_, i) => axis[i % 3] * dot(axis, [...mean.subarray(i - (i % 3), i - (i % 3) + 3)]));
}

type Point = readonly number[];

function pointsOf({ neighbors, displacements }: SingleEnvironment): Point[] {
  return Array.from(neighbors, (_, j) => [...displacements.subarray(3 * j, 3 * j + 3)]);
}

/** Two neighbors that fix an orientation well: the pair whose directions span the largest parallelogram with the first. */
function anchors(points: readonly Point[]): [number, number] {
  let [first, second, widest] = [points.length > 0 ? 0 : -1, -1, IN_LINE];
  for (let j = 1; j < points.length; j++) {
    const sine = Math.hypot(...cross(unit(points[0]), unit(points[j])));
    if (sine > widest) [first, second, widest] = [0, j, sine];
  }
  return [first, second];
}

/** Pairs of neighbors that the anchors could come to stand on. */
function targets(points: readonly Point[], species: ArrayLike<number>, [first, second]: readonly [number, number], tried: number): [number, number][] {
  if (first < 0) return [[-1, -1]];
  const like = (own: number): number[] =>
    points.flatMap((point, p) => (species[p] === species[own] && Math.abs(Math.hypot(...point) - Math.hypot(...points[own])) < tried ? [p] : []));
  if (second < 0) return like(first).map((p) => [p, -1]);
  const span = distance(points[first], points[second]);
  const seconds = like(second);
  return like(first).flatMap((p) => seconds.flatMap((q): [number, number][] => (p !== q && Math.abs(distance(points[p], points[q]) - span) < tried ? [[p, q]] : [])));
}

/** The orthogonal matrix that turns the frame of the anchors into that of their targets, the third axis with the sign `hand`. */
function turning(points: readonly Point[], from: readonly [number, number], to: readonly [number, number], hand: number): number[] {
  if (from[0] < 0) return [1, 0, 0, 0, 1, 0, 0, 0, 1].map((value) => hand * value);
  const [old, now] = [frame(points, from), frame(points, to)];
  return Array.from({ length: 9 }, (_, at) => {
    const [i, j] = [Math.floor(at / 3), at % 3];
    return now[0][i] * old[0][j] + now[1][i] * old[1][j] + hand * now[2][i] * old[2][j];
  });
}

function frame(points: readonly Point[], [a, b]: readonly [number, number]): [Point, Point, Point] {
  const along = unit(points[a]);
  // atoms in line: any direction across will do, rotations about the line are operations anyway
  const other = b >= 0 ? points[b] : [0, 1, 2].map((axis) => Number(axis === along.findIndex((value) => Math.abs(value) < 0.6)));
  const part = dot(other, along);
  const across = unit(other.map((value, k) => value - part * along[k]));
  return [along, across, cross(along, across)];
}

interface Search {
  /** Which of neighbors at one place comes first. */
  readonly isReversed: boolean;
  /** Å, root mean square. */
  readonly tolerance: number;
  /** Å: see above. */
  readonly tried: number;
}

/** The operation near an orientation; undefined where there is none. */
function refined(points: readonly Point[], species: ArrayLike<number>, start: readonly number[], { isReversed, tolerance, tried }: Search): SymmetryOperation | undefined {
  const images: number[] = [];
  for (let j = 0; j < points.length; j++) {
    const turned = apply(start, points[j]);
    const isImage = (i: number): boolean => species[i] === species[j] && !images.includes(i) && distance(turned, points[i]) < 10 * tried;
    const candidates = points.flatMap((_, i) => (isImage(i) ? [i] : []));
    const image = candidates.at(isReversed ? -1 : 0);
    if (image === undefined) return undefined;
    images.push(image);
  }
  const matrix = points.length > 0 && Math.max(...rest(points)) > IN_LINE ? closestOrientation(points, images, start) : start;
  const squares = points.map((point, j) => distance(apply(matrix, point), points[images[j]]) ** 2);
  const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, points.length));
  return deviation < tolerance ? { matrix, images } : undefined;
}

/** Of each point how far it is, in its direction, from the line of the first. */
function rest(points: readonly Point[]): number[] {
  return points.map((point) => Math.hypot(...cross(unit(points[0]), unit(point))));
}

/** Least squares with the hand of `start`, which for atoms in a plane the points do not tell. */
function closestOrientation(points: readonly Point[], images: readonly number[], start: readonly number[]): number[] {
  const covariance = Matrix.zeros(3, 3);
  points.forEach((point, j) => {
    for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) covariance.set(k, l, covariance.get(k, l) + points[images[j]][k] * point[l]);
  });
  const { leftSingularVectors: u, rightSingularVectors: v } = new SVD(covariance, { autoTranspose: true });
  const hand = Math.sign(determinant(start) * determinant(u.to1DArray()) * determinant(v.to1DArray()));
  return u.mmul(Matrix.diag([1, 1, hand])).mmul(v.transpose()).to1DArray();
}

/** Two operations with the same images differ by the reflection at a plane that all neighbors lie in. */
function keyOf({ images, matrix }: SymmetryOperation): string {
  return `${Math.sign(determinant(matrix))}:${images.join(" ")}`;
}

function determinant(m: readonly number[]): number {
  return dot(m.slice(0, 3), cross(m.slice(3, 6), m.slice(6, 9)));
}

function apply(m: readonly number[], p: Point): number[] {
  return [0, 3, 6].map((row) => m[row] * p[0] + m[row + 1] * p[1] + m[row + 2] * p[2]);
}

function cross([a, b, c]: Point, [x, y, z]: Point): number[] {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

function dot(a: Point, b: Point): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(p: Point): number[] {
  const length = Math.hypot(...p);
  return p.map((value) => value / length);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
