import { Matrix, SVD } from "ml-matrix";

/**
 * Å: √Σ |R a_j − b_j|² of neighbors in the same order after the rotation R about the center that makes it smallest (Kabsch, Acta Cryst. A 32, 922
 * (1976), doi:10.1107/S0567739476001873; no reflections).
 * @param a Å, nNeighbors × 3, from the center; b the same
 */
export function rotatedDistance(a: Float64Array, b: Float64Array): number {
  const rotation = a.length > 0 ? closestRotation(a, b) : [1, 0, 0, 0, 1, 0, 0, 0, 1];
  let sum = 0;
  for (let at = 0; at < a.length; at += 3) {
    for (let k = 0; k < 3; k++) sum += (rotation[3 * k] * a[at] + rotation[3 * k + 1] * a[at + 1] + rotation[3 * k + 2] * a[at + 2] - b[at + k]) ** 2;
  }
  return Math.sqrt(sum);
}

function closestRotation(a: Float64Array, b: Float64Array): number[] {
  const covariance = Matrix.zeros(3, 3);
  for (let at = 0; at < a.length; at += 3) {
    for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) covariance.set(k, l, covariance.get(k, l) + b[at + k] * a[at + l]);
  }
  const { leftSingularVectors: u, rightSingularVectors: v } = new SVD(covariance, { autoTranspose: true });
  const hand = Math.sign(determinant(u.to1DArray()) * determinant(v.to1DArray()));
  return u.mmul(Matrix.diag([1, 1, hand])).mmul(v.transpose()).to1DArray();
}

function determinant([a, b, c, d, e, f, g, h, i]: readonly number[]): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}
