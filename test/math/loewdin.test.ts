import { describe, expect, it } from "vitest";
import { add, divide, type DoubleDouble, exactly, multiply, squareRoot } from "../../src/math/double-double.js";
import { inverseSquareRoot } from "../../src/math/loewdin.js";
import { expectClose } from "../expect.js";
import { randomSource } from "../linalg/dense.js";

/** A double times 2^200 as a whole number: sums and products of such numbers are exact. */
function whole(value: number): bigint {
  const exponent = Math.floor(Math.log2(Math.abs(value) || 1));
  const mantissa = BigInt(value * 2 ** (52 - exponent));
  const shift = BigInt(200 - 52 + exponent);
  return shift >= 0n ? mantissa << shift : mantissa >> -shift;
}

const exact = ([high, low]: DoubleDouble): bigint => whole(high) + whole(low);

/** |a − b| / |b| */
function relativeError(a: bigint, b: bigint): number {
  const difference = a > b ? a - b : b - a;
  return Number((difference * 10n ** 40n) / (b > 0n ? b : -b)) / 1e40;
}

describe("numbers of two doubles", () => {
  it("add, multiply, divide and take roots to thirty digits", () => {
    const random = randomSource(1);
    const number = (): DoubleDouble => add(exactly(1 + random()), exactly(random() * 2 ** -54));
    for (let k = 0; k < 200; k++) {
      const [a, b] = [number(), number()];
      const one = 1n << 200n;
      expect(relativeError(exact(add(a, b)), exact(a) + exact(b)) < 1e-30).toBe(true);
      expect(relativeError(exact(multiply(a, b)), (exact(a) * exact(b)) / one) < 1e-30).toBe(true);
      expect(relativeError((exact(divide(a, b)) * exact(b)) / one, exact(a)) < 1e-30).toBe(true);
      const root = exact(squareRoot(a));
      expect(relativeError((root * root) / one, exact(a)) < 1e-30).toBe(true);
    }
    expect(squareRoot(exactly(0))).toEqual([0, 0]);
  });
});

/** (i, j) of the inverse of the n × n Hilbert matrix, a whole number. */
function inverseHilbert(n: number, i: number, j: number): number {
  const binomial = (a: number, b: number): number => (b === 0 ? 1 : (binomial(a - 1, b - 1) * a) / b);
  const sign = (i + j) % 2 === 0 ? 1 : -1;
  const [p, q] = [i + 1, j + 1];
  return sign * (p + q - 1) * binomial(n + p - 1, n - q) * binomial(n + q - 1, n - p) * binomial(p + q - 2, p - 1) ** 2;
}

describe("S^(−1/2)", () => {
  it.each([1, 2, 4, 6])("of the squared Hilbert matrix is the inverse of the Hilbert matrix, n = %i", (n) => {
    const hilbert = (i: number, j: number): DoubleDouble => divide(exactly(1), exactly(i + j + 1));
    const squared = (i: number, j: number): DoubleDouble => {
      let sum = exactly(0);
      for (let k = 0; k < n; k++) sum = add(sum, multiply(hilbert(i, k), hilbert(k, j)));
      return sum;
    };
    const expected = Array.from({ length: n * n }, (_, k) => inverseHilbert(n, Math.floor(k / n), k % n));
    // condition number 2·10¹⁴ for n = 6
    expectClose(inverseSquareRoot(n, squared, "test").flatMap((row) => [...row]), expected, 1e-14, "relative-to-max");
  });

  it("takes signs for an indefinite matrix where that is asked for", () => {
    const matrix = (i: number, j: number): DoubleDouble => exactly(i === j ? 0 : 4); // eigenvalues 4 and −4
    expect(() => inverseSquareRoot(2, matrix, "test")).toThrow(/linearly dependent/);
    expectClose(inverseSquareRoot(2, matrix, "test", "signed").flatMap((row) => [...row]), [0, 0.5, 0.5, 0], 1e-15);
  });

  it("is refused for a matrix that is not positive definite", () => {
    const singular = (): DoubleDouble => exactly(1);
    expect(() => inverseSquareRoot(2, singular, "test")).toThrow(/test radial basis is linearly dependent.*smaller nMax/);
  });
});
