import { InvalidParameterError } from "../../errors.js";

/** Prime numbers just below 2³¹ that leave 1 when divided by 4, so that −1 has a square root: the first is the default. */
export const PRIMES = [2147483629, 2147483549, 2147483497, 2147483489] as const;

/** Whole numbers modulo a prime below 2³¹, kept as doubles from 0 to p − 1. */
export class PrimeField {
  private readonly reciprocal: number;
  private readonly factorials = [1];

  /** @throws {InvalidParameterError} for a number that is not a prime of the required kind */
  constructor(readonly prime: number) {
    if (!isUsable(prime)) {
      throw new InvalidParameterError(`${prime} is not a prime between 2³⁰ and 2³¹ that leaves 1 when divided by 4: use one of ${PRIMES.join(", ")}`);
    }
    this.reciprocal = 1 / prime;
  }

  /** Any whole number up to 2⁵³. */
  of(integer: number): number {
    const rest = integer % this.prime;
    return rest < 0 ? rest + this.prime : rest;
  }

  add(a: number, b: number): number {
    const sum = a + b;
    return sum >= this.prime ? sum - this.prime : sum;
  }

  negative(a: number): number {
    return a === 0 ? 0 : this.prime - a;
  }

  /** The quotient in double precision is wrong by one at most, and then by little: what is left fits in 32 bits. */
  multiply(a: number, b: number): number {
    const quotient = Math.floor(a * b * this.reciprocal);
    const rest = (Math.imul(a, b) - Math.imul(quotient, this.prime)) >>> 0;
    if (rest < this.prime) return rest;
    return rest < 0xc0000000 ? rest - this.prime : rest - 2 ** 32 + this.prime;
  }

  power(base: number, exponent: number): number {
    let result = 1;
    for (let [square, left] = [base, exponent]; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) result = this.multiply(result, square);
      square = this.multiply(square, square);
    }
    return result;
  }

  /** 1/a, a ≠ 0: by Fermat's little theorem. */
  inverse(a: number): number {
    return this.power(a, this.prime - 2);
  }

  factorial(n: number): number {
    for (let k = this.factorials.length; k <= n; k++) this.factorials.push(this.multiply(this.factorials[k - 1], k));
    return this.factorials[n];
  }

  /** i with i² = −1: a^((p−1)/4) of an a that is no square. */
  imaginaryUnit(): number {
    for (let a = 2; ; a++) {
      const root = this.power(a, (this.prime - 1) / 4);
      if (this.multiply(root, root) === this.prime - 1) return root;
    }
  }
}

function isUsable(number: number): boolean {
  if (!Number.isInteger(number) || number < 2 ** 30 || number >= 2 ** 31 || number % 4 !== 1) return false;
  for (let divisor = 3; divisor * divisor <= number; divisor += 2) if (number % divisor === 0) return false;
  return true;
}
