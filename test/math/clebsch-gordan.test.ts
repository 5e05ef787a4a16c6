import { describe, expect, it } from "vitest";
import { clebschGordan, clebschGordanSquare } from "../../src/math/clebsch-gordan.js";
import { expectClose } from "../expect.js";

/** [2j1, 2m1, 2j2, 2m2, 2j, 2m], the square of the coefficient with its sign; Particle Data Group, Clebsch–Gordan coefficients. */
const published: (readonly [quantumNumbers: readonly [number, number, number, number, number, number], p: bigint, q: bigint])[] = [
  [[1, 1, 1, -1, 2, 0], 1n, 2n],
  [[1, 1, 1, -1, 0, 0], 1n, 2n],
  [[1, -1, 1, 1, 0, 0], -1n, 2n],
  [[2, 2, 1, -1, 3, 1], 1n, 3n],
  [[2, 2, 1, -1, 1, 1], 2n, 3n],
  [[2, 0, 1, 1, 1, 1], -1n, 3n],
  [[2, 0, 2, 0, 4, 0], 2n, 3n],
  [[2, 0, 2, 0, 2, 0], 0n, 1n],
  [[2, 0, 2, 0, 0, 0], -1n, 3n],
  [[3, 1, 2, 0, 1, 1], -1n, 3n],
  [[4, 0, 3, 1, 5, 1], -3n, 35n],
  [[3, 3, 3, -3, 6, 0], 1n, 20n],
  [[4, 2, 4, -2, 8, 0], 8n, 35n],
  [[4, 0, 4, 0, 4, 0], -2n, 7n],
  [[4, 4, 3, -3, 5, 1], 6n, 35n],
];

const range = (j: number): number[] => Array.from({ length: j + 1 }, (_, k) => 2 * k - j);

const greatestDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestDivisor(b, a % b));

describe("Clebsch–Gordan coefficients", () => {
  it.each(published)("%j: the published square", (quantumNumbers, p, q) => {
    const { sign, numerator, denominator } = clebschGordanSquare(...quantumNumbers);
    expect(BigInt(sign) * numerator * q).toBe(p * denominator);
    const value = clebschGordan(...quantumNumbers);
    expectClose([Math.sign(value) * value * value], [Number(p) / Number(q)], 4e-16);
  });

  it("are the nearest doubles to the exact roots", () => {
    for (const j of [2, 8, 14, 28]) {
      for (const m of range(j)) {
        const { numerator, denominator } = clebschGordanSquare(j, m, 28, -m, 28, 0);
        const value = Math.abs(clebschGordan(j, m, 28, -m, 28, 0));
        if (numerator === 0n) continue;
        // (value ± ½ ulp)² on both sides of the exact square, in units of 2^-120
        const exponent = Math.floor(Math.log2(value));
        const twice = BigInt(value * 2 ** (53 - exponent)); // in half units of the last place
        const scale = BigInt(2 * (53 - exponent));
        expect((twice - 1n) ** 2n * denominator <= numerator << scale).toBe(true);
        expect((twice + 1n) ** 2n * denominator >= numerator << scale).toBe(true);
      }
    }
  });

  it("have squares that sum to one exactly, up to 2j = 28 and l = 20", () => {
    for (const [j1, j2] of [[28, 28], [28, 13], [27, 5], [40, 40], [14, 14]]) {
      for (const j of [j1 - j2, j1, j1 + j2 - 2].filter((value) => (value + j1 + j2) % 2 === 0)) {
        for (const m of [j & 1, j]) {
          let [p, q] = [0n, 1n];
          for (const m1 of range(j1).filter((some) => Math.abs(m - some) <= j2)) {
            const { numerator, denominator } = clebschGordanSquare(j1, m1, j2, m - m1, j, m);
            [p, q] = [p * denominator + numerator * q, q * denominator];
            const divisor = greatestDivisor(p, q);
            [p, q] = [p / divisor, q / divisor];
          }
          expect([p, q]).toEqual([1n, 1n]);
        }
      }
    }
  });

  it("are the elements of an orthogonal matrix", () => {
    for (const [j1, j2, m] of [[28, 28, 0], [28, 27, 5], [14, 14, 2], [40, 40, 0], [5, 2, 1]]) {
      const states = range(j1).filter((m1) => Math.abs(m - m1) <= j2);
      const momenta = Array.from({ length: (j1 + j2 - Math.abs(j1 - j2)) / 2 + 1 }, (_, k) => Math.abs(j1 - j2) + 2 * k).filter((j) => j >= Math.abs(m));
      expect(momenta.length).toBe(states.length);
      const rows = momenta.map((j) => states.map((m1) => clebschGordan(j1, m1, j2, m - m1, j, m)));
      const products = rows.flatMap((a) => rows.map((b) => a.reduce((sum, value, k) => sum + value * b[k], 0)));
      expectClose(products, rows.flatMap((_, a) => rows.map((__, b) => Number(a === b))), 2e-15);
    }
  });

  it("have their symmetries to the last bit", () => {
    for (const [j1, j2, j] of [[3, 2, 5], [7, 4, 5], [14, 9, 13], [28, 20, 16]]) {
      const swap = ((j1 + j2 - j) / 2) % 2 === 0 ? 1 : -1;
      for (const m1 of range(j1)) {
        for (const m2 of range(j2).filter((some) => Math.abs(m1 + some) <= j)) {
          const value = clebschGordan(j1, m1, j2, m2, j, m1 + m2);
          expect(clebschGordan(j2, m2, j1, m1, j, m1 + m2)).toBe(swap * value);
          expect(clebschGordan(j1, -m1, j2, -m2, j, -m1 - m2)).toBe(swap * value);
          const turned = clebschGordan(j1, m1, j, -m1 - m2, j2, -m2) * Math.sqrt((j + 1) / (j2 + 1)) * ((j1 - m1) % 4 === 0 ? 1 : -1);
          expectClose([turned], [value], 4e-16);
        }
      }
    }
  });

  it("vanish where a selection rule says so, and refuse what is no angular momentum", () => {
    expect(clebschGordan(2, 0, 2, 0, 6, 0)).toBe(0);
    expect(clebschGordan(2, 0, 2, 2, 4, 0)).toBe(0);
    expect(clebschGordan(2, 0, 2, 0, 3, 1)).toBe(0);
    expect(() => clebschGordan(2, 1, 2, 0, 2, 1)).toThrow(/2\/2 has no component 1\/2/);
    expect(() => clebschGordan(2, 4, 2, 0, 2, 2)).toThrow(/no component/);
  });
});
