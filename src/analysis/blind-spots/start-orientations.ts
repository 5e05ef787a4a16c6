import { type ComparedAtoms, lengths } from "./matched-atoms.js";
import { bestOrthogonal, type Matrix3 } from "./orthogonal.js";

/** Sine of the angle above which two atoms fix an orientation well. */
const OPEN = 0.4;
/** Pairs of atoms that are tried. */
const TRIED = 40;

type Vector = readonly [number, number, number];

/**
 * Orientations to begin with: two atoms of x that are not in line, near the center, are laid on pairs of atoms of y, those first whose distances to
 * the center and to each other fit best, each with its mirror image; and some that are spread evenly.
 */
export function startOrientations(atoms: ComparedAtoms): Matrix3[] {
  const { x, y } = atoms;
  const [first, second] = anchors(x);
  const starts = second < 0 ? [] : laid(atoms, first, second);
  if (first >= 0 && second < 0) starts.push(...Array.from(lengths(y).keys(), (q) => bestOrthogonal(outer(at(x, first), at(y, q)))));
  return [...starts, ...cubeRotations()];
}

/** The atom nearest to the center that is not in it, and the nearest that is not in line with it; −1 where there is none. */
function anchors(x: Float64Array): [number, number] {
  const radii = lengths(x);
  const order = Int32Array.from(radii.keys()).filter((i) => radii[i] > 1e-6).sort((i, j) => radii[i] - radii[j] || i - j);
  if (order.length === 0) return [-1, -1];
  let [best, sine] = [-1, 1e-3];
  for (const i of order) {
    const own = Math.hypot(...cross(at(x, order[0]), at(x, i))) / (radii[order[0]] * radii[i]);
    if (own > OPEN) return [order[0], i];
    if (own > sine) [best, sine] = [i, own];
  }
  return [order[0], best];
}

function laid({ x, y, groups }: ComparedAtoms, first: number, second: number): Matrix3[] {
  const [ofX, ofY] = [lengths(x), lengths(y)];
  const candidates = (i: number): Int32Array => groups.find(({ ofX: members }) => members.includes(i))!.ofY;
  const span = distance(x, first, x, second);
  const found: { readonly misfit: number; readonly p: number; readonly q: number }[] = [];
  for (const p of candidates(first)) {
    for (const q of candidates(second)) {
      const misfit = Math.abs(ofY[p] - ofX[first]) + Math.abs(ofY[q] - ofX[second]) + Math.abs(distance(y, p, y, q) - span);
      if (p !== q) found.push({ misfit, p, q });
    }
  }
  found.sort((a, b) => a.misfit - b.misfit || a.p - b.p || a.q - b.q);
  const ofAnchors = frame(at(x, first), at(x, second));
  const isOpen = (p: number, q: number): boolean => Math.hypot(...cross(at(y, p), at(y, q))) > 1e-3 * ofY[p] * ofY[q];
  const tried = found.filter(({ p, q }, k) => k < TRIED && isOpen(p, q));
  return tried.flatMap(({ p, q }) => [1, -1].map((hand) => between(frame(at(y, p), at(y, q)), ofAnchors, hand)));
}

function at(positions: Float64Array, i: number): Vector {
  return [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
}

function distance(x: Float64Array, i: number, y: Float64Array, j: number): number {
  return Math.sqrt((x[3 * i] - y[3 * j]) ** 2 + (x[3 * i + 1] - y[3 * j + 1]) ** 2 + (x[3 * i + 2] - y[3 * j + 2]) ** 2);
}

function cross([a, b, c]: Vector, [x, y, z]: Vector): Vector {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

/** Three orthogonal unit vectors: along the first vector, in the plane with the second, and normal to it. */
function frame(first: Vector, second: Vector): readonly [Vector, Vector, Vector] {
  const along = unit(first);
  const normal = unit(cross(first, second));
  return [along, cross(normal, along), normal];
}

function unit([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

/** R that turns the frame `from` into `to`, the third vector into `hand` times that of `to`. */
function between(from: readonly Vector[], to: readonly Vector[], hand: number): Matrix3 {
  const r = new Float64Array(9);
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) r[3 * i + j] = to[0][i] * from[0][j] + to[1][i] * from[1][j] + hand * to[2][i] * from[2][j];
  return r;
}

function outer(x: Vector, y: Vector): Matrix3 {
  return Float64Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8], (k) => x[Math.floor(k / 3)] * y[k % 3]);
}

/** Even orderings of the axes with an even number of signs: the rotations of a tetrahedron, spread evenly. */
function cubeRotations(): Matrix3[] {
  return [[0, 1, 2], [1, 2, 0], [2, 0, 1]].flatMap((axes) =>
    [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]].map((signs) => {
      const r = new Float64Array(9);
      axes.forEach((axis, i) => (r[3 * i + axis] = signs[i]));
      return r;
    }),
  );
}
