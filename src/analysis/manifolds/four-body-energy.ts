import { InvalidParameterError } from "../../errors.js";

/** Corners of the faces of a tetrahedron, each face opposite to one atom. */
const FACES = [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]] as const;

/**
 * Σ over the 6 pairs of faces of the tetrahedron of four neighbors of (n_f · n_f′)², with the unit normals n of the faces: a property that depends on
 * four bodies, without a unit. 2/3 for a regular tetrahedron, the smallest value, up to 6 for a flat one; a face without area counts 0. It stands for
 * an energy of torsions in Parsaeifard & Goedecker, J. Chem. Phys. 156, 034302 (2022), doi:10.1063/5.0070488.
 * @param displacements Å, four neighbors × 3
 * @throws {InvalidParameterError} for another number of neighbors
 */
export function fourBodyEnergy(displacements: ArrayLike<number>): number {
  if (displacements.length !== 12) throw new InvalidParameterError(`${displacements.length / 3} neighbors; the four-body energy is one of four`);
  const normals = FACES.map(([a, b, c]) => normal(edge(displacements, a, b), edge(displacements, a, c)));
  let energy = 0;
  normals.forEach((one, i) => normals.slice(0, i).forEach((other) => (energy += (one[0] * other[0] + one[1] * other[1] + one[2] * other[2]) ** 2)));
  return energy;
}

function edge(points: ArrayLike<number>, from: number, to: number): number[] {
  return [0, 1, 2].map((k) => points[3 * to + k] - points[3 * from + k]);
}

function normal([a, b, c]: readonly number[], [x, y, z]: readonly number[]): number[] {
  const product = [b * z - c * y, c * x - a * z, a * y - b * x];
  const area = Math.hypot(...product);
  return area > 0 ? product.map((value) => value / area) : [0, 0, 0];
}
