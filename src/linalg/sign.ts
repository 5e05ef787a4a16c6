/**
 * Turns a vector around where its largest element is negative, in place. Of elements that are equal up to rounding the first counts, so that
 * directions without a sign of their own, such as singular vectors, have the same one wherever they are made again.
 */
export function makePositive(vector: Float64Array | number[]): void {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value;
  if (largest < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i];
}
