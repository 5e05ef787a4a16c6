import { assign } from "./assignment.js";
import { addProduct, bestOrthogonal, type Matrix3, turnedSquare } from "./orthogonal.js";

/** The neighbors of a center, in any order. */
export interface EnvironmentAtoms {
  /** Å, neighbors × 3, from the center. */
  readonly positions: Float64Array;
  /** Of each neighbor, whatever tells them apart: atomic numbers, or positions in a list of species. */
  readonly species: ArrayLike<number>;
}

/** Two environments whose atoms are to be laid on each other. */
export interface ComparedAtoms {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Atoms of the same species: positions in x and in y. */
  readonly groups: readonly { readonly ofX: Int32Array; readonly ofY: Int32Array }[];
  /** Å², what it costs to take an atom out through the cutoff. */
  readonly leavingX: Float64Array;
  readonly leavingY: Float64Array;
}

/** Atoms of x with their partners in y under an orientation. */
export interface Placement {
  /** Å² */
  readonly square: number;
  /** x ≈ R y */
  readonly rotation: Matrix3;
  /** For each atom of x that of y, −1 for none. */
  readonly partners: Int32Array;
}

/** Groups atoms by species and says what each costs that has no partner. */
export function compareAtoms(a: EnvironmentAtoms, b: EnvironmentAtoms, cutoff: number): ComparedAtoms {
  const [speciesA, speciesB] = [Array.from(a.species), Array.from(b.species)];
  const positionsOf = (list: readonly number[], species: number): Int32Array => Int32Array.from(list.keys()).filter((i) => list[i] === species);
  const all = [...new Set([...speciesA, ...speciesB])].sort((left, right) => left - right);
  return {
    x: a.positions,
    y: b.positions,
    groups: all.map((species) => ({ ofX: positionsOf(speciesA, species), ofY: positionsOf(speciesB, species) })),
    leavingX: leaving(a.positions, cutoff),
    leavingY: leaving(b.positions, cutoff),
  };
}

/** Distances from the center. */
export function lengths(positions: Float64Array): Float64Array {
  return Float64Array.from({ length: positions.length / 3 }, (_, i) => Math.hypot(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]));
}

function leaving(positions: Float64Array, cutoff: number): Float64Array {
  return lengths(positions).map((length) => Math.max(0, cutoff - length) ** 2);
}

/** The best partners under an orientation, species by species. */
export function bestPartners(atoms: ComparedAtoms, rotation: Matrix3): Placement {
  const { x, y, groups, leavingX, leavingY } = atoms;
  const turned = turnAll(y, rotation);
  const partners = new Int32Array(leavingX.length).fill(-1);
  for (const { ofX, ofY } of groups) {
    const isShort = ofX.length <= ofY.length;
    const [rows, columns] = isShort ? [ofX, ofY] : [ofY, ofX];
    const [ofRows, ofColumns] = isShort ? [x, turned] : [turned, x];
    const [leavingRows, leavingColumns] = isShort ? [leavingX, leavingY] : [leavingY, leavingX];
    const costs = new Float64Array(rows.length * columns.length);
    for (let i = 0, at = 0; i < rows.length; i++) {
      for (let j = 0; j < columns.length; j++, at++) {
        const [p, q] = [rows[i], columns[j]];
        const leaving = leavingRows[p] + leavingColumns[q];
        // a column without a row leaves: what it costs is counted for all, and taken back for those that are taken
        costs[at] = Math.min(squareBetween(ofRows, p, ofColumns, q), leaving) - leavingColumns[q];
      }
    }
    assign(costs, rows.length, columns.length).forEach((j, i) => (partners[isShort ? rows[i] : columns[j]] = isShort ? columns[j] : rows[i]));
  }
  return settle(atoms, rotation, partners);
}

/**
 * Cost (Å²) of partners that are taken one after the other, each the nearest that is left: as good as the best where environments are alike, and fast.
 * Infinity where it is more than a limit.
 */
export function greedyCost({ x, y, groups, leavingX, leavingY }: ComparedAtoms, rotation: Matrix3, limit: number): number {
  const turned = turnAll(y, rotation);
  const isTaken = new Uint8Array(leavingY.length);
  let sum = 0;
  for (const { ofX, ofY } of groups) {
    for (const i of ofX) {
      let [best, least] = [-1, Infinity];
      for (const j of ofY) {
        if (isTaken[j] === 1) continue;
        const square = squareBetween(x, i, turned, j);
        if (square < least) {
          best = j;
          least = square;
        }
      }
      const isMatched = best >= 0 && least <= leavingX[i] + leavingY[best];
      if (isMatched) isTaken[best] = 1;
      sum += isMatched ? least : leavingX[i];
      if (sum > limit) return Infinity;
    }
  }
  for (let j = 0; j < isTaken.length; j++) if (isTaken[j] === 0) sum += leavingY[j];
  return sum <= limit ? sum : Infinity;
}

/** R y for all atoms. */
function turnAll(y: Float64Array, r: Matrix3): Float64Array {
  const out = new Float64Array(y.length);
  for (let at = 0; at < y.length; at += 3) {
    for (let k = 0; k < 3; k++) out[at + k] = r[3 * k] * y[at] + r[3 * k + 1] * y[at + 1] + r[3 * k + 2] * y[at + 2];
  }
  return out;
}

function squareBetween(x: Float64Array, i: number, y: Float64Array, j: number): number {
  return (x[3 * i] - y[3 * j]) ** 2 + (x[3 * i + 1] - y[3 * j + 1]) ** 2 + (x[3 * i + 2] - y[3 * j + 2]) ** 2;
}

/** The cost of a placement, by differences; partners that would rather leave do. */
export function settle({ x, y, leavingX, leavingY }: ComparedAtoms, rotation: Matrix3, wanted: Int32Array): Placement {
  const partners = wanted.slice();
  const isTaken = new Uint8Array(leavingY.length);
  let square = 0;
  partners.forEach((j, i) => {
    const distance = j < 0 ? Infinity : turnedSquare(x, i, rotation, y, j);
    if (j >= 0 && distance <= leavingX[i] + leavingY[j]) {
      square += distance;
      isTaken[j] = 1;
    } else {
      square += leavingX[i];
      partners[i] = -1;
    }
  });
  for (let j = 0; j < isTaken.length; j++) if (!isTaken[j]) square += leavingY[j];
  return { square, rotation, partners };
}

/** The best orientation for given partners. */
export function orientationOf({ x, y }: ComparedAtoms, partners: Int32Array): Matrix3 {
  const h = new Float64Array(9);
  partners.forEach((j, i) => j >= 0 && addProduct(h, x, i, y, j, 1));
  return bestOrthogonal(h);
}
