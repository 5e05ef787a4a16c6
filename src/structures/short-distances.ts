import { cellHeights, inverseCell, isSingular } from "./cell.js";
import { covalentRadius } from "./covalent-radii.js";
import type { Structure } from "./structure.js";

/**
 * Atoms closer than this share of the sum of their covalent radii are suspicious: triple bonds stand at 0.77 (N₂), those of uranyl, the
 * shortest of all against the radii, at 0.67; crystals under hundreds of GPa and curves of dimers reach 0.6.
 */
export const SHORT_SHARE = 0.55;
/** Atoms closer than this stand at one place, Å. */
export const SAME_PLACE = 0.01;

/** Cells on each side that images are looked for in, where a cell is thinner than the reach. */
const MAXIMUM_MARGIN = 4;

/** Up to here comparing all points takes less time than boxes. */
const FEW_POINTS = 200;

/** Two atoms of one structure; atoms count from 0, and an atom may be close to its own periodic image. */
export interface AtomPair {
  /** The lower one. */
  readonly first: number;
  /** The higher one. */
  readonly second: number;
  /** Å, with periodic images */
  readonly distance: number;
}

/** Atoms, and behind them periodic images of those that stand near the faces of the cell. */
interface Points {
  /** Å, 3 × count */
  readonly places: Float64Array;
  readonly atoms: Int32Array;
  readonly count: number;
}

/**
 * The pair of atoms that is closest, relative to the sum of the covalent radii, below {@link SHORT_SHARE}; undefined where there is none.
 * Periodic along the axes that are; work and memory grow with the number of atoms.
 */
export function shortestDistance({ atomicNumbers, positions, cell, pbc }: Pick<Structure, "atomicNumbers" | "positions" | "cell" | "pbc">): AtomPair | undefined {
  const radii = Float64Array.from(atomicNumbers, covalentRadius);
  const reach = 2 * SHORT_SHARE * radii.reduce((most, radius) => Math.max(most, radius), 0);
  if (!(reach > 0)) return undefined;
  const points = placePoints(positions, cell && !isSingular(cell) ? cell : null, pbc, reach);
  return points.count <= FEW_POINTS ? closestOfFew(points, radii) : closestOfMany(points, radii, reach);
}

/** Every atom against every point behind it: images see each other as atoms see images. */
function closestOfFew({ places, atoms, count }: Points, radii: Float64Array): AtomPair | undefined {
  let best: AtomPair | undefined;
  let least = SHORT_SHARE ** 2;
  for (let i = 0; i < radii.length; i++) {
    const x = places[3 * i];
    const y = places[3 * i + 1];
    const z = places[3 * i + 2];
    for (let j = i + 1; j < count; j++) {
      const dx = places[3 * j] - x;
      const dy = places[3 * j + 1] - y;
      const dz = places[3 * j + 2] - z;
      const squared = dx * dx + dy * dy + dz * dz;
      const sum = radii[i] + radii[atoms[j]];
      if (squared >= least * sum * sum) continue;
      least = squared / (sum * sum);
      best = { first: Math.min(i, atoms[j]), second: Math.max(i, atoms[j]), distance: Math.sqrt(squared) };
    }
  }
  return best;
}

function closestOfMany(points: Points, radii: Float64Array, reach: number): AtomPair | undefined {
  const rows = new Rows(points, reach);
  let best: AtomPair | undefined;
  let least = SHORT_SHARE;
  for (let i = 0; i < points.count; i++) {
    const atom = points.atoms[rows.order[i]];
    rows.forEachNear(i, reach ** 2, (other, squared) => {
      const sum = radii[atom] + radii[other];
      if (squared >= (least * sum) ** 2) return;
      const distance = Math.sqrt(squared);
      least = distance / sum;
      best = { first: Math.min(atom, other), second: Math.max(atom, other), distance };
    });
  }
  return best;
}

function placePoints(positions: Float64Array, cell: ArrayLike<number> | null, pbc: Structure["pbc"], reach: number): Points {
  const nAtoms = positions.length / 3;
  const atoms = Array.from({ length: nAtoms }, (_, i) => i);
  if (!cell || !pbc.includes(true)) return { places: positions, atoms: new Int32Array(atoms), count: nAtoms };
  const inverse = inverseCell(cell);
  const heights = cellHeights(cell);
  const places = Array.from(positions);
  for (let axis = 0; axis < 3; axis++) {
    if (!pbc[axis]) continue;
    const margin = Math.min(reach / heights[axis], MAXIMUM_MARGIN);
    const [a, b, c] = [cell[3 * axis], cell[3 * axis + 1], cell[3 * axis + 2]];
    const known = atoms.length;
    // images along earlier axes have images, too
    for (let i = 0; i < known; i++) {
      const fraction = places[3 * i] * inverse[axis] + places[3 * i + 1] * inverse[3 + axis] + places[3 * i + 2] * inverse[6 + axis];
      const home = -Math.floor(fraction);
      places[3 * i] += home * a;
      places[3 * i + 1] += home * b;
      places[3 * i + 2] += home * c;
      const at = fraction + home;
      for (let shift = Math.ceil(-margin - at); shift <= 1 + margin - at; shift++) {
        if (shift === 0) continue;
        places.push(places[3 * i] + shift * a, places[3 * i + 1] + shift * b, places[3 * i + 2] + shift * c);
        atoms.push(atoms[i]);
      }
    }
  }
  return { places: new Float64Array(places), atoms: new Int32Array(atoms), count: atoms.length };
}

/**
 * Points by boxes as wide as the reach, in rows of a table of fixed size: boxes along z follow each other, so that a point and its
 * neighbors are close in memory. Boxes may share a row; distances tell them apart.
 */
class Rows {
  /** Numbers of the points, row by row. */
  readonly order: Int32Array;
  private readonly offsets: Int32Array;
  private readonly mask: number;
  /** Å, 3 × count, row by row */
  private readonly places: Float64Array;
  private readonly atoms: Int32Array;

  constructor(
    { places, atoms, count }: Points,
    private readonly width: number,
  ) {
    this.mask = 2 ** Math.ceil(Math.log2(2 * count + 2)) - 1;
    this.offsets = new Int32Array(this.mask + 2);
    const rows = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      rows[i] = this.rowOf(Math.floor(places[3 * i] / width), Math.floor(places[3 * i + 1] / width), Math.floor(places[3 * i + 2] / width));
      this.offsets[rows[i] + 1]++;
    }
    for (let row = 0; row <= this.mask; row++) this.offsets[row + 1] += this.offsets[row];
    const next = this.offsets.slice();
    this.order = new Int32Array(count);
    this.places = new Float64Array(3 * count);
    this.atoms = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const to = next[rows[i]]++;
      this.order[to] = i;
      this.atoms[to] = atoms[i];
      for (let k = 0; k < 3; k++) this.places[3 * to + k] = places[3 * i + k];
    }
  }

  private rowOf(x: number, y: number, z: number): number {
    return ((Math.imul(x, 73856093) ^ Math.imul(y, 19349663)) + z) & this.mask;
  }

  /** Atoms of points that are within the reach of point `order[i]`; of two points one sees the other. */
  forEachNear(i: number, reachSquared: number, visit: (atom: number, squared: number) => void): void {
    const { places, atoms, width } = this;
    const [px, py, pz] = [places[3 * i], places[3 * i + 1], places[3 * i + 2]];
    const [x, y, z] = [Math.floor(px / width), Math.floor(py / width), Math.floor(pz / width)];
    for (let half = 0; half < HALF.length; half += 3) {
      const row = this.rowOf(x + HALF[half], y + HALF[half + 1], z + HALF[half + 2]);
      for (let j = this.offsets[row]; j < this.offsets[row + 1]; j++) {
        const [a, b, c] = [places[3 * j] - px, places[3 * j + 1] - py, places[3 * j + 2] - pz];
        const squared = a * a + b * b + c * c;
        if (squared < reachSquared && j !== i) visit(atoms[j], squared);
      }
    }
  }
}

/** A box and one of each two opposite ones around it. */
const HALF = Int32Array.of(
  0, 0, 0, 0, 0, 1, 0, 1, -1, 0, 1, 0, 0, 1, 1, 1, -1, -1, 1, -1, 0, 1, -1, 1, 1, 0, -1, 1, 0, 0, 1, 0, 1, 1, 1, -1, 1, 1, 0, 1, 1, 1,
);
