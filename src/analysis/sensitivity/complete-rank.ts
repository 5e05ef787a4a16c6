import type { SingleEnvironment } from "../../environments/single-environment.js";
import type { Workspace } from "../../linalg/dense.js";
import { matrix } from "../../linalg/matrix.js";
import { singularDecomposition, singularScratchBytes } from "../../linalg/singular.js";
import { Arena } from "../../wasm/memory.js";

/** Å: lengths that differ by less are equal. */
const EQUAL = 1e-7;
/** Part of the largest singular value below which there is none. */
const ZERO = 1e-8;
/** Tuples in order that are looked at, at most. */
const MOST_TUPLES = 20_000;

/**
 * How many independent displacements of the neighbors a fingerprint of a body order could see at most, however many functions it had: the rank of
 * the derivatives of the set of all tuples of the center and bodyOrder − 1 neighbors. A tuple is its species and distances. Of tuples that are
 * equal, functions see, to first order, only the sum: that is where a set of tuples can be blind. See docs/theory/sensitivity.md.
 * @param bodyOrder 1 … 4
 * @returns undefined where there are too many tuples to tell
 */
export function completeRank(space: Workspace, environment: SingleEnvironment, bodyOrder: number): number | undefined {
  const nNeighbors = environment.neighbors.length;
  const size = Math.min(bodyOrder - 1, nNeighbors);
  if (size < 1) return 0;
  const nTuples = Array.from({ length: size }, (_, k) => nNeighbors - k).reduce((product, factor) => product * factor, 1);
  return nTuples > MOST_TUPLES ? undefined : rankOf(space, classSums(environment, size), 3 * nNeighbors);
}

/** The derivatives of the distances of all tuples, in every order of their neighbors, summed over tuples that are equal. */
function classSums(environment: SingleEnvironment, size: number): Float64Array[] {
  const { neighbors } = environment;
  const lengths = new Lengths(environment);
  const classes = new Map<string, Float64Array[]>();
  for (const tuple of orderedTuples(neighbors.length, size)) {
    // −1 is the center
    const ends = [-1, ...tuple].flatMap((a, i, all) => all.slice(i + 1).map((b) => [a, b] as const));
    const key = `${tuple.map((j) => neighbors[j]).join(" ")}:${ends.map(([a, b]) => lengths.classOf(a, b)).join(" ")}`;
    const sums = classes.get(key) ?? ends.map(() => new Float64Array(3 * neighbors.length));
    ends.forEach(([a, b], i) => lengths.addDerivative(sums[i], a, b));
    classes.set(key, sums);
  }
  return [...classes.values()].flat();
}

function orderedTuples(n: number, size: number): number[][] {
  if (size === 0) return [[]];
  return orderedTuples(n, size - 1).flatMap((tuple) => Array.from({ length: n }, (_, j) => j).flatMap((j) => (tuple.includes(j) ? [] : [[...tuple, j]])));
}

/** Distances between the atoms of an environment, the center being −1, and which of them are equal. */
class Lengths {
  private readonly n: number;
  private readonly positions: Float64Array;
  private readonly classes: Int32Array;

  constructor({ neighbors, displacements }: SingleEnvironment) {
    this.n = neighbors.length + 1;
    this.positions = Float64Array.of(0, 0, 0, ...displacements);
    const all = Float64Array.from({ length: this.n ** 2 }, (_, at) => Math.hypot(...this.vector(Math.floor(at / this.n), at % this.n)));
    const order = Array.from(all, (_, at) => at).sort((a, b) => all[a] - all[b]);
    this.classes = new Int32Array(all.length);
    order.slice(1).forEach((at, k) => (this.classes[at] = this.classes[order[k]] + Number(all[at] - all[order[k]] > EQUAL)));
  }

  classOf(a: number, b: number): number {
    return this.classes[(a + 1) * this.n + b + 1];
  }

  /** Adds ∂|r_b − r_a|/∂r to the coordinates of the neighbors; nothing for atoms that coincide. */
  addDerivative(target: Float64Array, a: number, b: number): void {
    const vector = this.vector(a + 1, b + 1);
    const length = Math.hypot(...vector);
    if (!(length > EQUAL)) return;
    for (let k = 0; k < 3; k++) {
      target[3 * b + k] += vector[k] / length;
      if (a >= 0) target[3 * a + k] -= vector[k] / length;
    }
  }

  private vector(from: number, to: number): number[] {
    return [0, 1, 2].map((k) => this.positions[3 * to + k] - this.positions[3 * from + k]);
  }
}

/** Number of singular values of a matrix (rows × width) that are not 0. */
export function rankOf({ wasm, pool }: Workspace, rows: readonly Float64Array[], width: number, zero = ZERO): number {
  if (rows.length === 0 || width === 0) return 0;
  const region = pool.allocate(8 * rows.length * width + singularScratchBytes(rows.length, width, 0), "a rank");
  try {
    const arena = new Arena(region);
    const a = matrix(arena.f64(rows.length * width), rows.length, width);
    rows.forEach((row, i) => wasm.f64(a.pointer + 8 * i * width, width).set(row));
    const values = singularDecomposition(wasm, arena, a, width);
    return values.filter((value) => value > zero * values[0]).length;
  } finally {
    pool.release(region);
  }
}
