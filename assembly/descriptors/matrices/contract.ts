// What gradients on the elements of a symmetric matrix of all pairs of atoms are on the atoms and on strain.
import { dotProduct } from "../../linalg/vector";
import { INVALID_ARGUMENT, OK } from "../../status";

/**
 * @param weights f64 [n × n], symmetric: the gradient on M_ij, counting M_ji
 * @param slopes f64 [n × 3 × n]: derivative of M_ij by the position of atom i
 * @param strains f64 [6 × n × n]
 * @param out f64 [n × 3]
 * @param strain f64 [3 × 3]
 */
export function contractMatrixSlopes(n: i32, weights: usize, slopes: usize, strains: usize, out: usize, strain: usize): i32 {
  if (n < 0) return INVALID_ARGUMENT;
  const row = (<usize>n) << 3;
  for (let i: usize = 0; i < <usize>n; i++) {
    for (let axis: usize = 0; axis < 3; axis++) {
      store<f64>(out + ((3 * i + axis) << 3), dotProduct(n, weights + i * row, slopes + (3 * i + axis) * row));
    }
  }
  for (let a: usize = 0; a < 3; a++) {
    for (let b: usize = a; b < 3; b++) {
      // xx yy zz yz xz xy
      const slot = a == b ? a : 6 - a - b;
      // every pair stands twice in the matrix, and its weight counts both
      const sum = 0.5 * dotProduct(n * n, weights, strains + slot * (<usize>n) * row);
      store<f64>(strain + ((3 * a + b) << 3), sum);
      store<f64>(strain + ((3 * b + a) << 3), sum);
    }
  }
  return OK;
}
