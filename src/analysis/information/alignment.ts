import { Matrix, SVD } from "ml-matrix";

/** The neighbors of an atom, up to a cutoff. */
export interface Neighborhood {
  /** Å, neighbor × 3, from the center; nearest first */
  readonly positions: Float64Array;
  /** Å */
  readonly distances: Float64Array;
  /** Of each neighbor, whatever tells them apart. */
  readonly species: ArrayLike<number>;
}

/** Neighbors that shall come to lie on each other may differ by as much in their distances to the center and to each other, Å. */
const TOLERANCE = 0.5;
/** Pairs of neighbors that are tried, and of the best how many are improved. */
const TRIED = 300;
const IMPROVED = 4;
const IMPROVEMENTS = 4;
/** Sine of the angle above which two neighbors fix an orientation well. */
const OPEN = 0.4;

/** A rotation, with or without a reflection: 3 × 3, row by row. */
type Orientation = readonly number[];

/**
 * Root mean square distance (Å) of the neighbors of two centers after the best rotation, reflection and numbering that is found. Two neighbors of
 * one that are not in line are laid on all pairs of neighbors of the other that have about their distances and species; then all neighbors
 * are matched, and the orientation is improved (Kabsch, Acta Cryst. A 32, 922 (1976), doi:10.1107/S0567739476001873, reflections allowed). A
 * neighbor without a partner counts as far as it is from the cutoff, through which it could come and go.
 * @param enough stops at an alignment that is as good
 */
export function alignmentError(a: Neighborhood, b: Neighborhood, cutoff: number, enough = 0): number {
  // the orientation is fixed by the environment with fewer neighbors: each of them should have a partner
  if (a.distances.length > b.distances.length) return alignmentError(b, a, cutoff, enough);
  const trials: { readonly orientation: Orientation; readonly error: number }[] = [];
  for (const orientation of orientations(a, b)) {
    const { error } = match(a, b, cutoff, orientation);
    if (error <= enough) return error;
    trials.push({ orientation, error });
  }
  trials.sort((x, y) => x.error - y.error);
  let best = trials[0].error;
  for (const trial of trials.slice(0, IMPROVED)) {
    let { orientation, error } = trial;
    for (let step = 0; step < IMPROVEMENTS; step++) {
      orientation = improve(a, b, match(a, b, cutoff, orientation).partners);
      const next = match(a, b, cutoff, orientation).error;
      if (!(next < error * (1 - 1e-6))) break;
      error = next;
    }
    best = Math.min(best, error);
    if (best <= enough) break;
  }
  return best;
}

const IDENTITY: Orientation = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Orientations that lay two neighbors of a on two of b, those that fit best first; at least one. */
function orientations(a: Neighborhood, b: Neighborhood): Orientation[] {
  if (a.distances.length === 0) return [IDENTITY];
  const [first, second] = anchors(a);
  const found: { readonly misfit: number; readonly p: number; readonly q: number }[] = [];
  const span = second < 0 ? 0 : distanceBetween(a, first, a, second);
  for (let p = 0; p < b.distances.length; p++) {
    const misfit = Math.abs(b.distances[p] - a.distances[first]);
    if (b.species[p] !== a.species[first] || misfit > TOLERANCE) continue;
    if (second < 0) found.push({ misfit, p, q: -1 });
    for (let q = 0; second >= 0 && q < b.distances.length; q++) {
      const [radial, between] = [Math.abs(b.distances[q] - a.distances[second]), Math.abs(distanceBetween(b, p, b, q) - span)];
      if (q === p || b.species[q] !== a.species[second] || radial > TOLERANCE || between > TOLERANCE) continue;
      found.push({ misfit: misfit + radial + between, p, q });
    }
  }
  found.sort((x, y) => x.misfit - y.misfit || x.p - y.p || x.q - y.q);
  const turned = found.slice(0, TRIED).flatMap(({ p, q }) => {
    const from = frame(a, first, second);
    return [1, -1].map((hand) => product(frame(b, p, q), from, hand));
  });
  return turned.length > 0 ? turned : [IDENTITY];
}

/** The nearest neighbor and the nearest that is not in line with it; −1 where there is none. */
function anchors(a: Neighborhood): [number, number] {
  let [best, sine] = [-1, 1e-6];
  for (let i = 1; i < a.distances.length; i++) {
    const own = sineBetween(a, 0, i);
    if (own > OPEN) return [0, i];
    if (own > sine) [best, sine] = [i, own];
  }
  return [0, best];
}

function vector({ positions }: Neighborhood, i: number): [number, number, number] {
  return [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
}

function distanceBetween(a: Neighborhood, i: number, b: Neighborhood, j: number): number {
  return Math.hypot(...vector(a, i).map((value, axis) => value - b.positions[3 * j + axis]));
}

function sineBetween(a: Neighborhood, i: number, j: number): number {
  return Math.hypot(...cross(vector(a, i), vector(a, j))) / (a.distances[i] * a.distances[j]);
}

function cross([a, b, c]: readonly number[], [x, y, z]: readonly number[]): [number, number, number] {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

/** Three orthogonal unit vectors, row by row: along neighbor i, in the plane with neighbor j, and normal to it. */
function frame(a: Neighborhood, i: number, j: number): number[] {
  const along = unit(vector(a, i));
  let across = j < 0 ? [0, 0, 0] : vector(a, j);
  across = removeAlong(across, along);
  // in line: any direction will do, the same for the same neighbor
  for (let axis = 0; axis < 3 && Math.hypot(...across) < 1e-6 * (j < 0 ? 1 : a.distances[j]); axis++) {
    across = removeAlong([0, 1, 2].map((k) => Number(k === axis)), along);
  }
  const second = unit(across);
  return [...along, ...second, ...cross(along, second)];
}

function unit(v: readonly number[]): number[] {
  const length = Math.hypot(...v);
  return v.map((value) => value / length);
}

function removeAlong(v: readonly number[], direction: readonly number[]): number[] {
  const along = v.reduce((sum, value, k) => sum + value * direction[k], 0);
  return v.map((value, k) => value - along * direction[k]);
}

/** The orthogonal matrix that turns the frame `from` into `to`, the third vector into `hand` times that of `to`. */
function product(to: readonly number[], from: readonly number[], hand: number): Orientation {
  const out: number[] = [];
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) out.push(to[i] * from[j] + to[3 + i] * from[3 + j] + hand * to[6 + i] * from[6 + j]);
  return out;
}

interface Match {
  /** Å */
  readonly error: number;
  /** For each neighbor of a that of b, −1 for none. */
  readonly partners: Int32Array;
}

/** Each neighbor of a, nearest first, with the nearest of b that is left, unless both would rather leave through the cutoff. */
function match(a: Neighborhood, b: Neighborhood, cutoff: number, r: Orientation): Match {
  const [nA, nB] = [a.distances.length, b.distances.length];
  const partners = new Int32Array(nA).fill(-1);
  const isTaken = new Uint8Array(nB);
  const leaving = (distance: number): number => Math.max(0, cutoff - distance) ** 2;
  let sum = 0;
  for (let i = 0; i < nA; i++) {
    const [x, y, z] = vector(a, i);
    const [u, v, w] = [r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z];
    const own = leaving(a.distances[i]);
    let [best, gain] = [-1, 0];
    for (let j = 0, at = 0; j < nB; j++, at += 3) {
      if (isTaken[j] || b.species[j] !== a.species[i]) continue;
      const square = (b.positions[at] - u) ** 2 + (b.positions[at + 1] - v) ** 2 + (b.positions[at + 2] - w) ** 2;
      const better = square - own - leaving(b.distances[j]);
      // of those that are worth a match the nearest
      if (better <= 0 && (best < 0 || square < gain)) [best, gain] = [j, square];
    }
    partners[i] = best;
    sum += best < 0 ? own : gain;
    if (best >= 0) isTaken[best] = 1;
  }
  for (let j = 0; j < nB; j++) if (!isTaken[j]) sum += leaving(b.distances[j]);
  return { error: Math.sqrt(sum / Math.max(1, nA, nB)), partners };
}

/** The orthogonal matrix that brings matched neighbors closest together. */
function improve(a: Neighborhood, b: Neighborhood, partners: Int32Array): Orientation {
  const covariance = Matrix.zeros(3, 3);
  partners.forEach((j, i) => {
    if (j < 0) return;
    const [from, to] = [vector(a, i), vector(b, j)];
    for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) covariance.set(k, l, covariance.get(k, l) + to[k] * from[l]);
  });
  const { leftSingularVectors, rightSingularVectors } = new SVD(covariance);
  return leftSingularVectors.mmul(rightSingularVectors.transpose()).to1DArray();
}
