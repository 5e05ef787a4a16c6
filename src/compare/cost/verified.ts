/** Å: of central differences. */
export const STEP = 1e-5;

/** Å: what atoms are moved by first. In perfect crystals eigenvalues coincide and neighbors stand at the cutoff, where there are no derivatives. */
const NOISE = 0.03;

/** A displacement that is a little shorter, and moved; `index` tells displacements apart. */
export function disturbed(vector: readonly number[], index: number): number[] {
  const length = Math.hypot(...vector);
  const share = length > 4 * NOISE ? 1 - (2 * NOISE) / length : 1;
  return vector.map((x, axis) => share * x + NOISE * Math.sin(1 + 12.9898 * index + 78.233 * axis));
}

/** Share of the error of differences that counts: most of it is their own. */
export const DIFFERENCE_TRUST = 1e-2;

/** Largest difference over the largest expected magnitude; NaN where a number is none. */
export function relativeError(actual: Float64Array, expected: Float64Array): number {
  let [scale, most] = [0, 0];
  for (const value of expected) scale = Math.max(scale, Math.abs(value));
  for (let i = 0; i < expected.length; i++) most = Math.max(most, Math.abs(actual[i] - expected[i]));
  // Math.max keeps NaN; rows of zeros have no scale of their own
  return scale > 0 ? most / scale : most;
}

/** The largest, NaN if there is one. */
export function largest(values: readonly number[]): number {
  return Math.max(0, ...values);
}

/** Turned by an odd angle about an odd axis. */
export function turned([x, y, z]: readonly number[]): number[] {
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const [a, b] = [Math.cos(1.9), Math.sin(1.9)];
  const [u, v] = [c * x - s * y, s * x + c * y];
  return [u, a * v - b * z, b * v + a * z];
}
