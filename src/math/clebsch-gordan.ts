import { InternalError } from "../errors.js";

/** The square of a Clebsch–Gordan coefficient with its sign, exactly: sign · numerator / denominator. */
export interface SignedSquare {
  /** of the coefficient: −1, 0 or 1 */
  readonly sign: number;
  readonly numerator: bigint;
  /** positive; not reduced */
  readonly denominator: bigint;
}

const ZERO: SignedSquare = { sign: 0, numerator: 0n, denominator: 1n };

/**
 * ⟨j1 m1 j2 m2 | j m⟩ in the phase convention of Condon and Shortley. Every argument is twice the quantum number, so half-integers are
 * odd numbers. The exact value, rounded once; 0 where a selection rule says so.
 */
export function clebschGordan(twoJ1: number, twoM1: number, twoJ2: number, twoM2: number, twoJ: number, twoM: number): number {
  const { sign, numerator, denominator } = clebschGordanSquare(twoJ1, twoM1, twoJ2, twoM2, twoJ, twoM);
  return sign === 0 ? 0 : sign * rootOfRatio(numerator, denominator);
}

/**
 * The exact square of a coefficient, from Racah's sum written with binomials: with a = j1+j2−j, b = j1−j2+j, c = −j1+j2+j
 * C = Σ_k (−1)^k (a over k) (b over j1−m1−k) (c over j2+m2−k) · √((2j+1) Π (j±m)! / (a! b! c! (j1+j2+j+1)!)).
 * Varshalovich, Moskalev & Khersonskii, Quantum Theory of Angular Momentum (1988), §8.2, doi:10.1142/0270.
 */
export function clebschGordanSquare(twoJ1: number, twoM1: number, twoJ2: number, twoM2: number, twoJ: number, twoM: number): SignedSquare {
  for (const [j, m] of [[twoJ1, twoM1], [twoJ2, twoM2], [twoJ, twoM]] as const) requireQuantumNumbers(j, m);
  const total = twoJ1 + twoJ2 + twoJ;
  if (total % 2 !== 0 || twoM1 + twoM2 !== twoM || twoJ > twoJ1 + twoJ2 || twoJ < Math.abs(twoJ1 - twoJ2)) return ZERO;
  const [a, b, c] = [total / 2 - twoJ, total / 2 - twoJ2, total / 2 - twoJ1];
  const [down1, up2] = [(twoJ1 - twoM1) / 2, (twoJ2 + twoM2) / 2];
  let sum = 0n;
  for (let k = Math.max(0, down1 - b, up2 - c); k <= Math.min(a, down1, up2); k++) {
    const term = binomial(a, k) * binomial(b, down1 - k) * binomial(c, up2 - k);
    sum += k % 2 === 0 ? term : -term;
  }
  if (sum === 0n) return ZERO;
  const ofMomenta = [[twoJ1, twoM1], [twoJ2, twoM2], [twoJ, twoM]].map(([j, m]) => factorial((j + m) / 2) * factorial((j - m) / 2));
  return {
    sign: sum > 0n ? 1 : -1,
    numerator: ofMomenta.reduce((product, factor) => product * factor, sum * sum * BigInt(twoJ + 1)),
    denominator: factorial(a) * factorial(b) * factorial(c) * factorial(total / 2 + 1),
  };
}

function requireQuantumNumbers(twoJ: number, twoM: number): void {
  if (Number.isInteger(twoJ) && Number.isInteger(twoM) && Math.abs(twoM) <= twoJ && (twoJ + twoM) % 2 === 0) return;
  throw new InternalError(`an angular momentum ${twoJ}/2 has no component ${twoM}/2`);
}

/** √(p/q) of positive integers, correctly rounded. */
function rootOfRatio(p: bigint, q: bigint): number {
  // The root gets 60 bits or more, and a last bit that says whether more follow: a double that is rounded from it is the nearest.
  const shift = Math.max(0, 60 - ((bitLength(p) - bitLength(q)) >> 1));
  const scaled = p << BigInt(2 * shift);
  const root = integerRoot(scaled / q);
  const sticky = root * root * q === scaled ? 0n : 1n;
  return Number((root << 1n) | sticky) * 2 ** -(shift + 1);
}

const bitLength = (value: bigint): number => value.toString(2).length;

/** ⌊√value⌋ by Newton's method from above. */
function integerRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

const factorials: bigint[] = [1n];

function factorial(n: number): bigint {
  while (factorials.length <= n) factorials.push(factorials[factorials.length - 1] * BigInt(factorials.length));
  return factorials[n];
}

const pascal: bigint[][] = [[1n]];

/** Number of ways to choose k of n, 0 ≤ k ≤ n. */
function binomial(n: number, k: number): bigint {
  while (pascal.length <= n) {
    const above = pascal[pascal.length - 1];
    pascal.push([1n, ...above.slice(1).map((value, i) => value + above[i]), 1n]);
  }
  return pascal[n][k];
}
