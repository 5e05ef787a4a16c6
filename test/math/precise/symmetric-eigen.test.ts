import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PreciseArithmetic } from "../../../src/math/precise/arithmetic.js";
import { preciseEigen } from "../../../src/math/precise/symmetric-eigen.js";
import { seededRandom } from "../../../src/math/random.js";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";

let numbers: PreciseArithmetic;
beforeAll(async () => {
  numbers = await PreciseArithmetic.open(256);
});
afterAll(() => numbers.close());

function randomSymmetric(n: number, seed: number): number[][] {
  const random = seededRandom(seed);
  const a = Array.from({ length: n }, () => Array.from({ length: n }, () => uniformFloat64(random) - 0.5));
  return a.map((row, i) => row.map((value, k) => value + a[k][i]));
}

function place(of: PreciseArithmetic, rows: readonly (readonly number[])[]): number {
  const at = of.vector(rows.length ** 2);
  rows.flat().forEach((value, i) => of.setNumber(of.at(at, i), value));
  return at;
}

describe("eigenvalues in high precision", () => {
  it.each([1, 2, 3, 7, 12])("agree with those in double precision: %i × %i", (n) => {
    const rows = randomSymmetric(n, n);
    const { values } = preciseEigen(numbers, place(numbers, rows), n, false);
    const expected = new EigenvalueDecomposition(new Matrix(rows)).realEigenvalues.sort((a, b) => b - a);
    numbers.numbers(values, n).forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-13));
  });

  it("have vectors of length 1 that solve A v = λ v to all bits", () => {
    const n = 9;
    const rows = randomSymmetric(n, 5);
    const { values, vectors } = preciseEigen(numbers, place(numbers, rows), n, true);
    const a = place(numbers, rows);
    const [sum, t] = [numbers.scalar(), numbers.scalar()];
    for (let i = 0; i < n; i++) {
      const v = numbers.at(vectors!, i * n);
      for (let row = 0; row < n; row++) {
        numbers.multiply(sum, numbers.at(values, i), numbers.at(v, row));
        numbers.negate(sum, sum);
        for (let k = 0; k < n; k++) numbers.multiplyAdd(sum, numbers.at(a, row * n + k), numbers.at(v, k), sum);
        expect(Math.abs(numbers.number(sum))).toBeLessThan(1e-74);
      }
      numbers.setNumber(t, -1);
      for (let k = 0; k < n; k++) numbers.multiplyAdd(t, numbers.at(v, k), numbers.at(v, k), t);
      expect(Math.abs(numbers.number(t))).toBeLessThan(1e-74);
    }
  });

  it("are those of matrices that are diagonal, zero or empty", () => {
    expect([...numbers.numbers(preciseEigen(numbers, place(numbers, [[1, 0, 0], [0, 3, 0], [0, 0, 2]]), 3, false).values, 3)]).toEqual([3, 2, 1]);
    expect([...numbers.numbers(preciseEigen(numbers, place(numbers, [[0, 0], [0, 0]]), 2, true).values, 2)]).toEqual([0, 0]);
    expect(() => preciseEigen(numbers, numbers.vector(0), 0, true)).not.toThrow();
  });

  it("of −1, 2, −1 are 4 sin²(kπ/2(n + 1))", () => {
    const n = 20;
    const rows = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, k) => (i === k ? 2 : Math.abs(i - k) === 1 ? -1 : 0)));
    const { values } = preciseEigen(numbers, place(numbers, rows), n, false);
    numbers.numbers(values, n).forEach((value, i) => expect(value).toBeCloseTo(4 * Math.sin(((n - i) * Math.PI) / (2 * (n + 1))) ** 2, 14));
  });

  // det of the Hilbert matrix: c_n⁴ / c_2n, c_n = ∏_{i<n} i! (Choi 1983, doi:10.2307/2975779)
  it("of the Hilbert matrix multiply to its determinant, far below what a double resolves", () => {
    const n = 16;
    const a = numbers.vector(n * n);
    for (let i = 0; i < n * n; i++) {
      numbers.setNumber(numbers.at(a, i), 1);
      const divisor = numbers.scalar();
      numbers.setNumber(divisor, Math.floor(i / n) + (i % n) + 1);
      numbers.divide(numbers.at(a, i), numbers.at(a, i), divisor);
    }
    const { values } = preciseEigen(numbers, a, n, false);
    const superfactorial = (m: number): bigint => {
      let [product, factorial] = [1n, 1n];
      for (let i = 1n; i < BigInt(m); i++) product *= factorial *= i;
      return product;
    };
    const product = numbers.scalar();
    numbers.setText(product, String(superfactorial(2 * n) / superfactorial(n) ** 4n));
    for (let i = 0; i < n; i++) numbers.multiply(product, product, numbers.at(values, i));
    const one = numbers.scalar();
    numbers.setNumber(one, 1);
    numbers.subtract(product, product, one);
    // κ is 10^22
    expect(Math.abs(numbers.number(product))).toBeLessThan(1e-52);
    expect(numbers.text(numbers.at(values, n - 1), 6)).toBe("9.19742e-23");
  });

  it("refuse what is not finite", () => {
    expect(() => preciseEigen(numbers, place(numbers, [[1, 0], [NaN, 1]]), 2, false)).toThrow(/\(1, 0\) of a symmetric matrix is not finite/);
  });
});

describe("numbers of many bits", () => {
  it("are printed rounded, with sign and exponent", () => {
    const x = numbers.scalar();
    for (const [text, digits, expected] of [["-0.0001234567", 5, "-1.2346e-4"], ["98765", 1, "1e+5"], ["2", 3, "2.00e+0"], ["0", 3, "0"]] as const) {
      numbers.setText(x, text);
      expect(numbers.text(x, digits)).toBe(expected);
    }
  });

  it("take memory as a stack, more of it than there was at first", () => {
    const mark = numbers.mark();
    const large = numbers.vector(600_000);
    numbers.setNumber(numbers.at(large, 599_999), 2);
    numbers.squareRoot(numbers.at(large, 599_999), numbers.at(large, 599_999));
    expect(numbers.text(numbers.at(large, 599_999), 40)).toBe("1.414213562373095048801688724209698078570e+0");
    numbers.reset(mark);
    const again = numbers.vector(600_000);
    expect(Math.abs(again - large)).toBeLessThan(1e6);
    expect(numbers.number(numbers.at(again, 599_999))).toBe(0);
    numbers.reset(mark);
  });
});
