// Small systems that exercise descriptors: crystals, a molecule, a cell smaller than any cutoff, a slab.
import { randomSource } from "../linalg/dense.js";
import type { System } from "./calculator.js";

/** A cell that is no special case: about `a` Å wide, no right angles. */
export function triclinicCell(a: number): Float64Array {
  return Float64Array.from([1, 0.03, 0, -0.02, 1.06, 0.04, 0.12, -0.05, 0.98].map((x) => x * a));
}

/** Atoms near the points of a 2 × 2 × 2 grid in a triclinic cell, rattled. */
export function rattledCrystal(name: string, atomicNumbers: readonly number[], a: number, pbc: System["pbc"], seed: number): System {
  const random = randomSource(seed);
  const cell = triclinicCell(a);
  const positions = new Float64Array(atomicNumbers.length * 3);
  for (let i = 0; i < atomicNumbers.length; i++) {
    const site = [i & 1, (i >> 1) & 1, (i >> 2) & 1].map((x) => 0.5 * x + 0.1 + 0.06 * random());
    for (let k = 0; k < 3; k++) positions[3 * i + k] = site[0] * cell[k] + site[1] * cell[3 + k] + site[2] * cell[6 + k];
  }
  return { name, atomicNumbers, positions, cell, pbc };
}

const all: System["pbc"] = [true, true, true];

/** Systems of one to four of the given species. */
export function contractSystems([a, b, c, d]: readonly [number, number, number, number] = [1, 6, 8, 14]): System[] {
  const molecule = rattledCrystal("molecule", [c, b, a, b, d, a, a], 4.6, all, 3);
  return [
    rattledCrystal("crystal of one species", [d, d, d, d, d, d, d], 5.2, all, 1),
    rattledCrystal("crystal of two species", [b, d, d, b, d, b, b, d], 5.0, all, 2),
    { ...molecule, cell: null, pbc: [false, false, false] },
    rattledCrystal("cell smaller than the cutoff", [c, a], 2.9, all, 4),
    rattledCrystal("slab", [b, c, c, b, b], 4.4, [true, true, false], 5),
  ];
}

export function speciesOf(...systems: readonly System[]): number[] {
  return [...new Set(systems.flatMap(({ atomicNumbers }) => atomicNumbers))].sort((a, b) => a - b);
}

/** Positions and cell under r → M r. */
export function transformed(system: System, matrix: readonly number[], shift: readonly number[] = [0, 0, 0]): System {
  const apply = (rows: Float64Array, add: readonly number[]): Float64Array => {
    const out = new Float64Array(rows.length);
    for (let p = 0; p < rows.length; p += 3) {
      for (let k = 0; k < 3; k++) {
        out[p + k] = add[k] + matrix[3 * k] * rows[p] + matrix[3 * k + 1] * rows[p + 1] + matrix[3 * k + 2] * rows[p + 2];
      }
    }
    return out;
  };
  return { ...system, positions: apply(system.positions, shift), cell: system.cell && apply(system.cell, [0, 0, 0]) };
}

/** A rotation matrix from a random quaternion. */
export function randomRotation(seed: number): number[] {
  const random = randomSource(seed);
  const q = [random(), random(), random(), random()];
  const norm = Math.hypot(...q);
  const [w, x, y, z] = q.map((component) => component / norm) as [number, number, number, number];
  return [
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  ];
}

/** The atoms in another order: atom i of the result is atom order[i]. */
export function reordered(system: System, order: readonly number[]): System {
  return {
    ...system,
    atomicNumbers: order.map((atom) => system.atomicNumbers[atom]),
    positions: Float64Array.from(order.flatMap((atom) => [...system.positions.subarray(3 * atom, 3 * atom + 3)])),
  };
}

export function shuffled(n: number, seed: number): number[] {
  const random = randomSource(seed);
  return Array.from({ length: n }, (_, i) => ({ i, key: random() })).sort((p, q) => p.key - q.key).map(({ i }) => i);
}
