// Functions of the atomic cluster expansion by their definition, slowly: complex harmonics of every neighbor, and invariants as what J₊ takes to
// zero, symmetrized over all permutations, where the descriptor couples pair by pair.
import type { Factor } from "../../../src/descriptors/ace/selection.js";

type Complex = readonly [real: number, imaginary: number];

const times = (a: Complex, b: Complex): Complex => [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];

/** Orthonormal Y_lm with the Condon–Shortley phase, from associated Legendre functions. */
export function harmonic(l: number, m: number, [x, y, z]: readonly number[]): Complex {
  const r = Math.hypot(x, y, z);
  const [cosine, phi] = [z / r, Math.atan2(y, x)];
  const k = Math.abs(m);
  const norm = Math.sqrt(((2 * l + 1) / (4 * Math.PI)) * (factorial(l - k) / factorial(l + k)));
  const value = norm * legendre(l, k, cosine);
  const own: Complex = [value * Math.cos(k * phi), value * Math.sin(k * phi)];
  return m >= 0 ? own : [(k % 2 === 0 ? 1 : -1) * own[0], (k % 2 === 0 ? -1 : 1) * own[1]];
}

/** P_l^m with (−1)^m. */
function legendre(l: number, m: number, x: number): number {
  let here = 1;
  for (let k = 1; k <= m; k++) here *= -(2 * k - 1) * Math.sqrt(1 - x * x);
  let before = 0;
  for (let k = m + 1; k <= l; k++) [before, here] = [here, ((2 * k - 1) * x * here - (k + m - 1) * before) / (k - m)];
  return here;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** A_{μ n l m} of neighbors. */
export function density(neighbors: readonly { readonly species: number; readonly vector: readonly number[] }[], radial: (n: number, r: number, species: number) => number, { species, n, l }: Factor, m: number): Complex {
  let sum: Complex = [0, 0];
  for (const neighbor of neighbors) {
    if (neighbor.species !== species) continue;
    const value = radial(n, Math.hypot(...neighbor.vector), species);
    const [real, imaginary] = harmonic(l, m, neighbor.vector);
    sum = [sum[0] + value * real, sum[1] + value * imaginary];
  }
  return sum;
}

/** Every choice of the m that adds up to a total. */
export function choices(l: readonly number[], total = 0): number[][] {
  let lists: number[][] = [[]];
  for (const own of l) lists = lists.flatMap((list) => Array.from({ length: 2 * own + 1 }, (_, i) => [...list, i - own]));
  return lists.filter((list) => list.reduce((sum, m) => sum + m, 0) === total);
}

/** J₊ on functions of the m: rows of total 1, columns of total 0. */
export function raising(l: readonly number[]): number[][] {
  const [from, to] = [choices(l), choices(l, 1)];
  return to.map((row) =>
    from.map((column) => {
      const t = row.findIndex((m, i) => m !== column[i]);
      const isOne = t >= 0 && row[t] === column[t] + 1 && row.every((m, i) => i === t || m === column[i]);
      return isOne ? Math.sqrt(l[t] * (l[t] + 1) - column[t] * (column[t] + 1)) : 0;
    }),
  );
}

/** Products Π A for every choice of the m, the real part. */
export function products(factors: readonly Factor[], of: (factor: Factor, m: number) => Complex): number[] {
  return choices(factors.map(({ l }) => l)).map((m) => factors.reduce<Complex>((product, own, t) => times(product, of(own, m[t])), [1, 0])[0]);
}
