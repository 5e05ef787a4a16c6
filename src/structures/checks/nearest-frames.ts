import { Matrix, SVD } from "ml-matrix";
import { cartesianPositions, inverseCell, isSingular } from "../cell.js";
import type { Dataset } from "../dataset.js";

/** Frames of one kind that are compared with each other, and kinds. */
const MOST_FRAMES = 40;
const MOST_KINDS = 20;
/** Atoms of all comparisons of a kind: larger structures are fewer frames. */
const MOST_ATOMS = 50_000;
/** Å: beyond it the trapezoidal rule says nothing. */
const LARGEST_STEP = 0.4;

/** Two frames of the same atoms in the same cell, one the nearest to the other of those looked at. */
export interface NearestFrames {
  readonly nAtoms: number;
  /** Of the energies as they stand in the data. */
  readonly energyChange: number;
  /** −∫F·dr by the trapezoidal rule */
  readonly byForces: number;
}

/**
 * Frames and the nearest others of the same atoms, wherever they stand in the data. Molecules are laid onto each other (Kabsch, Acta
 * Crystallogr. A 32, 922 (1976), 10.1107/S0567739476001873), atoms in cells are compared by the nearest images without their common drift.
 */
export function nearestFrames(dataset: Dataset): NearestFrames[] {
  return kindsOf(dataset).flatMap((kind) => {
    const nearest = kind.map((): { other: number; largest: number } => ({ other: -1, largest: LARGEST_STEP }));
    for (const [b] of kind.entries()) {
      for (let a = 0; a < b; a++) {
        const largest = stepBetween(dataset, kind[a], kind[b])?.largest ?? Infinity;
        if (largest < nearest[a].largest) nearest[a] = { other: b, largest };
        if (largest < nearest[b].largest) nearest[b] = { other: a, largest };
      }
    }
    const isFirst = (i: number, other: number): boolean => other >= 0 && !(nearest[other].other === i && other < i);
    return nearest.flatMap(({ other }, i) => (isFirst(i, other) ? [changesBetween(dataset, kind[i], kind[other], stepBetween(dataset, kind[i], kind[other])!)] : []));
  });
}

/** Frames with energies and forces by atoms and cell, the largest kinds first, some of each. */
function kindsOf(dataset: Dataset): number[][] {
  const kinds = new Map<string, number[]>();
  for (let i = 0; i < dataset.nStructures; i++) {
    const [from, to] = [dataset.offsets[i], dataset.offsets[i + 1]];
    if (to - from < 2 || Number.isNaN(dataset.energies[i]) || Number.isNaN(dataset.forces[3 * from])) continue;
    const { atomicNumbers, cell, pbc } = dataset.atoms(i);
    const shape = cell && pbc.some(Boolean) ? Array.from(cell, (value) => Math.round(1000 * value)).join() : "";
    const key = `${atomicNumbers.join()} ${pbc.join()} ${shape}`;
    const own = kinds.get(key);
    if (own) own.push(i);
    else kinds.set(key, [i]);
  }
  const sorted = [...kinds.values()].filter((own) => own.length > 1).sort((a, b) => b.length - a.length);
  return sorted.slice(0, MOST_KINDS).map((own) => {
    const most = Math.max(2, Math.min(MOST_FRAMES, Math.floor(Math.sqrt((2 * MOST_ATOMS) / dataset.atomCount(own[0])))));
    const count = Math.min(own.length, most);
    return Array.from({ length: count }, (_, k) => own[Math.floor((k * own.length) / count)]);
  });
}

/** How the atoms of one frame move to those of another. */
interface Step {
  /** Å, nAtoms × 3 */
  readonly values: Float64Array;
  /** Of all atoms, Å. */
  readonly largest: number;
  /** Turns the first frame onto the second, row-major; undefined: not turned */
  readonly rotation: ArrayLike<number> | undefined;
}

function stepBetween(dataset: Dataset, a: number, b: number): Step | undefined {
  const [{ positions: from, cell, pbc }, { positions: to }] = [dataset.atoms(a), dataset.atoms(b)];
  if (!cell || !pbc.some(Boolean)) return turnedStep(from, to);
  if (isSingular(cell)) return undefined;
  const values = to.map((value, k) => value - from[k]);
  const fractional = cartesianPositions(inverseCell(cell), values);
  for (let k = 0; k < values.length; k++) {
    const [atom, axis] = [k - (k % 3), k % 3];
    const turns = pbc[axis] ? Math.round(fractional[k]) : 0;
    if (turns !== 0) for (let x = 0; x < 3; x++) values[atom + x] -= turns * cell[3 * axis + x];
  }
  return { ...centered(values), rotation: undefined };
}

function turnedStep(from: Float64Array, to: Float64Array): Step {
  const [x, y] = [centered(from).values, centered(to).values];
  const covariance = Matrix.zeros(3, 3);
  for (let k = 0; k < x.length; k += 3) for (let p = 0; p < 3; p++) for (let q = 0; q < 3; q++) covariance.set(p, q, covariance.get(p, q) + x[k + p] * y[k + q]);
  const { leftSingularVectors: u, rightSingularVectors: v } = new SVD(covariance);
  const sign = determinant(u) * determinant(v) < 0 ? -1 : 1;
  const rotation = v.mmul(Matrix.diag([1, 1, sign])).mmul(u.transpose()).to1DArray();
  const turned = turn(rotation, x);
  return { ...centered(y.map((value, k) => value - turned[k])), rotation };
}

function determinant(m: Matrix): number {
  const [[a, b, c], [d, e, f], [g, h, i]] = m.to2DArray();
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

function turn(r: ArrayLike<number>, values: Float64Array): Float64Array {
  return values.map((_, k) => {
    const [atom, row] = [k - (k % 3), 3 * (k % 3)];
    return r[row] * values[atom] + r[row + 1] * values[atom + 1] + r[row + 2] * values[atom + 2];
  });
}

/** Without the mean over the atoms. */
function centered(values: Float64Array): { values: Float64Array; largest: number } {
  const mean = [0, 0, 0];
  for (let k = 0; k < values.length; k++) mean[k % 3] += (3 * values[k]) / values.length;
  const moved = values.map((value, k) => value - mean[k % 3]);
  let largest = 0;
  for (let k = 0; k < moved.length; k += 3) largest = Math.max(largest, Math.hypot(moved[k], moved[k + 1], moved[k + 2]));
  return { values: moved, largest };
}

function changesBetween({ energies, forces, offsets }: Dataset, a: number, b: number, { values, rotation }: Step): NearestFrames {
  const own = forces.subarray(3 * offsets[a], 3 * offsets[a + 1]);
  const turned = rotation ? turn(rotation, own) : own;
  const other = forces.subarray(3 * offsets[b], 3 * offsets[b + 1]);
  let byForces = 0;
  for (let k = 0; k < values.length; k++) byForces -= 0.5 * (turned[k] + other[k]) * values[k];
  return { nAtoms: values.length / 3, energyChange: energies[b] - energies[a], byForces };
}
