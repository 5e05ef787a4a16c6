/** A function at one point with its first two derivatives. */
export type Jet = readonly [value: number, first: number, second: number];

export const constant = (value: number): Jet => [value, 0, 0];

export const plus = (a: Jet, b: Jet): Jet => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

export const scaled = (factor: number, a: Jet): Jet => [factor * a[0], factor * a[1], factor * a[2]];

export const times = (a: Jet, b: Jet): Jet => [a[0] * b[0], a[1] * b[0] + a[0] * b[1], a[2] * b[0] + 2 * a[1] * b[1] + a[0] * b[2]];

/** f(a) from value and derivatives of f at a. */
export const composed = (f: Jet, a: Jet): Jet => [f[0], f[1] * a[1], f[2] * a[1] * a[1] + f[1] * a[2]];

export function inverse(a: Jet): Jet {
  const value = 1 / a[0];
  return composed([value, -value * value, 2 * value ** 3], a);
}

export function squareRoot(a: Jet): Jet {
  const value = Math.sqrt(a[0]);
  return composed([value, 0.5 / value, -0.25 / value ** 3], a);
}

export function exponential(a: Jet): Jet {
  const value = Math.exp(a[0]);
  return composed([value, value, value], a);
}
