import type { MovingAtoms } from "../../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import { atomicMass } from "../../structures/atomic-masses.js";

/** A rotation whose displacements are this much smaller than those of the largest one is that of a line about itself. */
const COLLINEAR = 1e-6;

/** The coordinates that an environment is moved along. */
export interface Coordinates {
  /** Three for each atom that moves, in the order of the Jacobian. */
  readonly count: number;
  /** Å: where these atoms are, the center at 0 */
  readonly positions: Float64Array;
  /** Å of displacement for one unit of the coordinate: 1, or 1/√m for coordinates √m x. */
  readonly scales: Float64Array;
  /** Translations among the trivial modes. */
  readonly translate: boolean;
}

/** @param massWeighted coordinates √m x in √amu Å instead of Å */
export function coordinatesOf({ center, neighbors, displacements }: SingleEnvironment, moving: MovingAtoms, massWeighted: boolean): Coordinates {
  const isAll = moving === "all";
  const atoms = isAll ? [center, ...Array.from(neighbors)] : Array.from(neighbors);
  const positions = isAll ? Float64Array.of(0, 0, 0, ...displacements) : displacements;
  const scales = Float64Array.from(positions, (_, k) => (massWeighted ? 1 / Math.sqrt(atomicMass(atoms[Math.floor(k / 3)])) : 1));
  return { count: positions.length, positions, scales, translate: isAll };
}

/**
 * The subspace of displacements that no invariant fingerprint sees: translations where all atoms move, and rotations, 3 or, of atoms in line,
 * 2. Kept as the Householder reflections that turn it into the first coordinates, so that the complement needs no matrix.
 */
export class TrivialModes {
  /** Dimension of the subspace. */
  readonly count: number;
  private readonly reflectors: Float64Array[] = [];

  /** @param turns whether rotations are among them; false for fingerprints that turn with the structure */
  constructor({ count, positions, scales, translate }: Coordinates, turns: boolean) {
    const translations = translate ? [0, 1, 2].map((axis) => scales.map((scale, k) => (k % 3 === axis ? 1 / scale : 0))) : [];
    const shifts = unitVectors(translations);
    const rotations = turns ? unitVectors(principalRotations(positions, scales)) : [];
    const basis = [...shifts, ...rotations];
    this.count = Math.min(basis.length, count);
    for (let column = 0; column < this.count; column++) {
      const vector = basis[column].slice();
      this.reflect(vector, 1, 0, column);
      this.reflectors.push(reflectorOf(vector, column));
    }
  }

  /** Turns rows of coordinates (count × width) so that the first `count` are along the trivial modes and the others along the complement. */
  toComplement(rows: Float64Array, width: number): void {
    this.reflect(rows, width, 0, this.count);
  }

  /** The coordinates of a vector of the complement: of unit length if it is. */
  fromComplement(vector: ArrayLike<number>): Float64Array {
    const out = new Float64Array(this.count + vector.length);
    out.set(Array.from(vector), this.count);
    for (let k = this.count - 1; k >= 0; k--) this.reflect(out, 1, k, k + 1);
    return out;
  }

  /** Reflections first … last − 1, one after the other: x ← x − 2 v (v·x) for every column. */
  private reflect(rows: Float64Array, width: number, first: number, last: number): void {
    const along = new Float64Array(width);
    for (const v of this.reflectors.slice(first, last)) {
      along.fill(0);
      for (let i = 0; i < v.length; i++) for (let f = 0, at = i * width; f < width; f++) along[f] += v[i] * rows[at + f];
      for (let i = 0; i < v.length; i++) for (let f = 0, at = i * width; f < width; f++) rows[at + f] -= 2 * v[i] * along[f];
    }
  }
}

/** The unit vector of the reflection that leaves nothing of x behind the element `column`, and nothing before changed; 0 where there is nothing to do. */
function reflectorOf(x: Float64Array, column: number): Float64Array {
  const v = x.map((value, i) => (i < column ? 0 : value));
  v[column] += Math.sign(v[column] || 1) * Math.hypot(...v);
  const length = Math.hypot(...v);
  return length > 0 ? v.map((value) => value / length) : v;
}

/**
 * Displacements of rotations about three axes through the center, at right angles to each other, largest first: of atoms in line the last is nearly 0.
 * Where all atoms move they hold some translation, which the reflections take out.
 */
function principalRotations(positions: Float64Array, scales: Float64Array): Float64Array[] {
  const about = [0, 1, 2].map((axis) => {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    return positions.map((_, k) => {
      const atom = 3 * Math.floor(k / 3);
      if (k % 3 === axis) return 0;
      return (k % 3 === u ? -positions[atom + v] : positions[atom + u]) / scales[k];
    });
  });
  rotateToPrincipal(about);
  return about.sort((a, b) => dot(b, b) - dot(a, a));
}

/** One-sided Jacobi: turns the vectors among themselves until they are orthogonal, small ones with all their digits. */
function rotateToPrincipal(vectors: readonly Float64Array[]): void {
  for (let sweep = 0; sweep < 30; sweep++) {
    let isDone = true;
    for (const [p, q] of [[0, 1], [0, 2], [1, 2]]) {
      const [a, b] = [vectors[p], vectors[q]];
      const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
      if (!(Math.abs(ab) > 1e-16 * Math.sqrt(aa * bb))) continue;
      isDone = false;
      const theta = (bb - aa) / (2 * ab);
      const tangent = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(1, theta));
      const cosine = 1 / Math.hypot(1, tangent);
      for (let k = 0; k < a.length; k++) [a[k], b[k]] = [cosine * (a[k] - tangent * b[k]), cosine * (tangent * a[k] + b[k])];
    }
    if (isDone) return;
  }
}

/** Vectors of unit length; those shorter than COLLINEAR of the longest are left out. */
function unitVectors(vectors: readonly Float64Array[]): Float64Array[] {
  const lengths = vectors.map((vector) => Math.hypot(...vector));
  const longest = Math.max(0, ...lengths);
  return vectors.flatMap((vector, i) => (lengths[i] > COLLINEAR * longest ? [vector.map((value) => value / lengths[i])] : []));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
