import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readReals } from "../../../src/structures/io/decimal.js";

function read(text: string, count = 1): { values: Float64Array; end: number } {
  const bytes = new TextEncoder().encode(`${text}\n`);
  const values = new Float64Array(count);
  return { values, end: readReals(bytes, 0, count, values, 0) };
}

function expectSameBits(text: string, expected: number): void {
  const { values, end } = read(text);
  expect(end, text).toBe(text.length);
  expect(Object.is(values[0], expected), `${text}: got ${values[0]}, expected ${expected}`).toBe(true);
}

/** Decimal texts of every shape: few and many digits, with and without point, sign and exponent. */
const decimalText = fc
  .tuple(
    fc.constantFrom("", "-", "+"),
    fc.stringMatching(/^\d{0,25}$/),
    fc.option(fc.stringMatching(/^\d{0,25}$/)),
    fc.option(fc.tuple(fc.constantFrom("e", "E", "d", "D"), fc.constantFrom("", "-", "+"), fc.integer({ min: 0, max: 330 }))),
  )
  .filter(([, whole, fraction]) => whole !== "" || (fraction ?? "") !== "")
  .map(([sign, whole, fraction, exponent]) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}${exponent?.join("") ?? ""}`);

describe("readReals", () => {
  it("gives the bits of Number(text) for any decimal text", () => {
    fc.assert(
      fc.property(decimalText, (text) => expectSameBits(text, Number(text.replace(/d/i, "e")))),
      { numRuns: 10_000 },
    );
  });

  it("gives the bits of Number(text) for 16 to 30 digits, also next to the middle between two doubles", () => {
    const digits = fc.tuple(fc.constantFrom("", "-"), fc.stringMatching(/^[1-9]\d{15,29}$/), fc.integer({ min: 0, max: 22 }));
    fc.assert(
      fc.property(digits, ([sign, whole, decimals]) => {
        const padded = whole.padStart(decimals + 1, "0");
        const text = `${sign}${padded.slice(0, padded.length - decimals)}.${padded.slice(padded.length - decimals)}`;
        expectSameBits(text, Number(text));
        expectSameBits(`${sign}${whole}e-${decimals}`, Number(`${sign}${whole}e-${decimals}`));
      }),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 0.999, noNaN: true }), fc.bigInt({ min: -2n, max: 2n }), (value, shift) => {
        // the middle between a double and the next, as near as 22 digits come
        const scale = 10n ** 22n;
        const exact = (x: number): bigint => (BigInt(Math.round(x * 2 ** 20)) * scale) / 2n ** 20n;
        const coarse = Math.round(value * 2 ** 20) / 2 ** 20;
        const middle = exact(coarse) + (scale >> 54n) + shift;
        const text = middle.toString().padStart(23, "0");
        const decimal = `${text.slice(0, -22)}.${text.slice(-22)}`;
        expectSameBits(decimal, Number(decimal));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n }), fc.constantFrom("", ".0", ".00000000001", ".49999"), (k, fraction) => {
        // odd numbers above 2^53 lie exactly in the middle
        const text = `${2n * k + 1n}${fraction}`;
        expectSameBits(text, Number(text));
        const below = `${2n * k}.99999999`;
        expectSameBits(below, Number(below));
      }),
    );
  });

  it("gives back the bits of any double from its shortest text, and from 17 and 20 digits", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const sign = Object.is(value, -0) ? "-" : "";
        expectSameBits(sign + String(value), value);
        expectSameBits(sign + value.toExponential(16), value);
        expectSameBits(sign + value.toExponential(20), value);
      }),
      { numRuns: 5_000 },
    );
  });

  it("rounds correctly where one rounding too many shows", () => {
    // halfway cases and neighbors of 2^53, where the fast path must step aside
    for (const text of ["9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993.0000000001", "90071992547409925e-1"]) {
      expectSameBits(text, Number(text));
    }
    for (const text of ["1e22", "1e23", "1e-22", "1e-23", "0.1", "0.30000000000000004", "1.7976931348623157e308", "5e-324", "2.4703282292062327e-324"]) {
      expectSameBits(text, Number(text));
    }
    expectSameBits("-0.000", -0);
    expectSameBits("000.5", 0.5);
    expectSameBits("123456789012345678901234567890e-29", 1.2345678901234567);
  });

  it("reads several numbers between blanks", () => {
    const { values, end } = read(" \t1  -2.5\t3e1", 3);
    expect([...values]).toEqual([1, -2.5, 30]);
    expect(end).toBe(13);
  });

  it("says where a number should be", () => {
    for (const [text, position] of [["1 x", 2], ["1 ", 2], ["1 2-3", 2], ["1 .", 2], ["1 -", 2], ["1 1e", 2], ["1 0x1", 2], ["1 1,5", 2], ["1 ١", 2]] as const) {
      expect(read(text, 2).end, text).toBe(-1 - position);
    }
  });
});
