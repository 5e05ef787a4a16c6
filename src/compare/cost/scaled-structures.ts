import type { Geometry } from "../../environments/geometry.js";

/** Å: between molecules that do not see each other. */
const APART = 30;

/** So many copies of a structure: along its first periodic direction, the shorter ones first, or side by side. */
export function copies(structure: Geometry, count: number): Geometry {
  const { positions, atomicNumbers, cell, pbc } = structure;
  const n = atomicNumbers.length;
  const all = new Float64Array(3 * n * count);
  const numbers = new Uint8Array(n * count);
  const lattice = pbc.includes(true) ? cell : null;
  const times = lattice ? divisions(lattice, pbc, count) : [count, 1, 1];
  const step = (axis: number): number[] => (lattice ? [...lattice.subarray(3 * axis, 3 * axis + 3)] : [0, 1, 2].map((k) => (k === axis ? APART : 0)));
  const steps = [0, 1, 2].map(step);
  let copy = 0;
  for (let i = 0; i < times[0]; i++) {
    for (let j = 0; j < times[1]; j++) {
      for (let k = 0; k < times[2]; k++) {
        for (let atom = 0; atom < n; atom++) {
          numbers[copy * n + atom] = atomicNumbers[atom];
          for (let axis = 0; axis < 3; axis++) {
            all[3 * (copy * n + atom) + axis] = positions[3 * atom + axis] + i * steps[0][axis] + j * steps[1][axis] + k * steps[2][axis];
          }
        }
        copy++;
      }
    }
  }
  const scaled = lattice && Float64Array.from(lattice, (value, index) => value * times[Math.floor(index / 3)]);
  return { ...structure, positions: all, atomicNumbers: numbers, cell: scaled ?? cell, neighbors: undefined, label: `${count} × ${structure.label}` };
}

/** How often the cell is repeated along each vector: a power of two in all, the shortest periodic one first. */
function divisions(cell: Float64Array, pbc: Geometry["pbc"], count: number): number[] {
  const times = [1, 1, 1];
  const length = (axis: number): number => times[axis] * Math.hypot(...cell.subarray(3 * axis, 3 * axis + 3));
  const axes = [0, 1, 2].filter((axis) => pbc[axis]);
  for (let left = count; left > 1; left /= 2) {
    const shortest = axes.reduce((best, axis) => (length(axis) < length(best) ? axis : best));
    times[shortest] *= 2;
  }
  return times;
}

/** The same places with other species, one after the other. */
export function relabeled(structure: Geometry, species: readonly number[]): Geometry {
  return { ...structure, atomicNumbers: Uint8Array.from(structure.atomicNumbers, (_, atom) => species[atom % species.length]), neighbors: undefined };
}

/** Species of the data, and others where there are not enough. */
export function speciesLike(species: readonly number[], count: number): number[] {
  const others = [6, 7, 8, 14, 16, 9, 1, 26, 29].filter((z) => !species.includes(z));
  return [...species, ...others].slice(0, count).sort((a, b) => a - b);
}
