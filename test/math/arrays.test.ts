import { beforeAll, describe, expect, it } from "vitest";
import { InternalError } from "../../src/errors.js";
import { randomSource, type Workbench, workbench } from "../linalg/dense.js";
import { expError, logError, powError } from "./exact.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench(8 << 20);
});

type Name = "decayArray" | "expArray" | "logArray" | "steppedPowerArray" | "tabledExpArray";

function apply(name: Name, x: readonly number[]): number[] {
  bench.arena.reset();
  const out = bench.arena.f64(x.length + 1);
  bench.wasm.f64(out, x.length + 1).fill(77);
  bench.wasm.routines[name](x.length, bench.vector(x), out);
  expect(bench.wasm.f64(out, x.length + 1)[x.length], "what is behind the output").toBe(77);
  return Array.from(bench.wasm.f64(out, x.length));
}

function power(x: readonly number[], p: number): number[] {
  bench.arena.reset();
  const out = bench.arena.f64(x.length);
  bench.wasm.routines.powArray(x.length, bench.vector(x), p, out);
  return Array.from(bench.wasm.f64(out, x.length));
}

function integerPower(x: readonly number[], p: number): number[] {
  bench.arena.reset();
  const out = bench.arena.f64(x.length);
  bench.wasm.routines.powInteger(x.length, p, bench.vector(x), out);
  return Array.from(bench.wasm.f64(out, x.length));
}

const specials = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, Infinity, -Infinity, NaN, 5e-324, -5e-324, 2.2e-308, Number.MAX_VALUE, 1 + 2 ** -52];

function spread(count: number, low: number, high: number, seed: number): number[] {
  const next = randomSource(seed);
  return Array.from({ length: count }, () => low + ((high - low) * (1 + next())) / 2);
}

/** Positive numbers of every size, subnormal ones among them. */
function everySize(count: number, seed: number): number[] {
  return spread(count, -1074, 1023.9, seed).map((exponent) => 2 ** exponent).concat(spread(count, 0.5, 2, seed + 1));
}

/** One array per length, so that pairs and the odd element at the end are both seen. */
function sameForEveryLength(compute: (x: number[]) => number[]): void {
  const x = spread(9, 0.2, 3, 5);
  const whole = compute(x);
  for (let n = 0; n <= x.length; n++) compute(x.slice(0, n)).forEach((value, i) => expect(Object.is(value, whole[i])).toBe(true));
}

function worst(errors: number[]): number {
  for (const error of errors) if (Number.isNaN(error)) return Infinity;
  return Math.max(...errors);
}

describe("decayArray", () => {
  it("is the exponential of what is not positive", () => {
    const x = [0, -0, -1e-300, -0.005, -0.0055, -700, -708, ...spread(4000, -708, 0, 3), ...spread(4000, -1, 0, 4)];
    const values = apply("decayArray", x);
    expect(values.slice(0, 3)).toEqual([1, 1, 1]);
    expect(worst(x.map((argument, i) => expError(argument, values[i])))).toBeLessThan(2);
    sameForEveryLength((part) => apply("decayArray", part.map((argument) => -argument)));
  });

  it("ends at 0", () => {
    expect(apply("decayArray", [-746, -1e5, -1e300, -Infinity])).toEqual([0, 0, 0, 0]);
    expect(apply("decayArray", [NaN])).toEqual([NaN]);
  });
});

describe("tabledExpArray", () => {
  it("is within 2 ulp of the exact value wherever that is a normal number", () => {
    const x = [0, 708.9, -708, 1e-300, -0.0055, ...spread(3000, -708, 708.9, 5), ...spread(3000, -1, 1, 6)];
    const values = apply("tabledExpArray", x);
    expect(worst(x.map((argument, i) => expError(argument, values[i])))).toBeLessThan(2);
    sameForEveryLength((part) => apply("tabledExpArray", part));
  });

  it("ends at 0 and at infinity", () => {
    expect(apply("tabledExpArray", [-746, -1e300, -Infinity, 710, 1e300, Infinity, NaN])).toEqual([0, 0, 0, Infinity, Infinity, Infinity, NaN]);
  });
});

describe("steppedPowerArray", () => {
  it("is the exponential of ln 2/64 times what is not positive, a few ulp off times that", () => {
    const x = [0, -1e-300, -0.005, -0.0055, -700, ...spread(3000, -700, 0, 7), ...spread(3000, -1, 0, 8)];
    const values = apply("steppedPowerArray", x.map((argument) => (64 / Math.LN2) * argument));
    expect(values.slice(0, 2)).toEqual([1, 1]);
    expect(worst(x.map((argument, i) => expError(argument, values[i]) / (1 - argument)))).toBeLessThan(2);
    sameForEveryLength((part) => apply("steppedPowerArray", part.map((argument) => -90 * argument)));
  });

  it("ends at almost nothing", () => {
    for (const value of apply("steppedPowerArray", [-1e5, -1e300, -Infinity])) expect(value >= 0 && value < 1e-306).toBe(true);
    expect(apply("steppedPowerArray", [NaN])).toEqual([NaN]);
  });
});

describe("expArray", () => {
  it("is within 1 ulp of the exact value from underflow to overflow", () => {
    const x = [...spread(2000, -745, 709.7, 1), ...spread(2000, -1, 1, 2), ...spread(300, -1e-8, 1e-8, 3), 709.782712893384, -745.13, -708.4];
    const y = apply("expArray", x);
    expect(worst(x.map((value, i) => expError(value, y[i]))) <= 1).toBe(true);
  });

  it("agrees with Math.exp in the special cases", () => {
    const x = [...specials, 709.8, 710, 800, 1e300, -745.2, -746, -800, -1e300];
    apply("expArray", x).forEach((value, i) => expect(value, `exp(${x[i]})`).toBe(Math.exp(x[i]) === 1 ? value : closest(value, Math.exp(x[i]))));
    expect(apply("expArray", [0, -0])).toEqual([1, 1]);
  });

  it("treats every element alike, wherever it stands", () => sameForEveryLength((x) => apply("expArray", x)));
});

/** The reference where a value is within 2 ulp of it, so that toBe accepts it; the reference itself otherwise. */
function closest(value: number, reference: number): number {
  const ulp = Math.max(Math.abs(reference) * 2 ** -52, Number.MIN_VALUE);
  return Math.abs(value - reference) <= 2 * ulp ? value : reference;
}

describe("logArray", () => {
  it("is within 1 ulp of the exact value, subnormal arguments included", () => {
    const x = [...everySize(1500, 1), ...spread(1000, 0.9999, 1.0001, 3), Math.SQRT1_2, Math.SQRT2, 5e-324, Number.MAX_VALUE];
    const y = apply("logArray", x);
    expect(worst(x.map((value, i) => (value === 1 ? Math.abs(y[i]) : logError(value, y[i])))) <= 1).toBe(true);
  });

  it("agrees with Math.log in the special cases", () => {
    apply("logArray", specials).forEach((value, i) => expect(value, `log(${specials[i]})`).toBe(closest(value, Math.log(specials[i]))));
  });

  it("treats every element alike, wherever it stands", () => sameForEveryLength((x) => apply("logArray", x)));
});

describe("powArray", () => {
  it.each([0.5, -0.5, 1, -1, 2, 3, 4, 7, -6, 1.5, 2.25, 1 / 3, 12.7, 100, -250.3, 1e-3, 1e-17])("x^%d is within 2 ulp of the exact value", (p) => {
    const x = everySize(150, 4).filter((value) => Math.abs(p * Math.log2(value)) < 1020);
    const y = power(x, p);
    expect(x.length > 100).toBe(true);
    expect(worst(x.map((value, i) => powError(value, p, y[i]))) <= 2).toBe(true);
  });

  it("is within 2 ulp for large exponents of numbers near 1, and for subnormal results", () => {
    const x = spread(300, 0.999, 1.001, 7);
    const y = power(x, 7e5);
    expect(worst(x.map((value, i) => powError(value, 7e5, y[i]))) <= 2).toBe(true);
    const small = spread(50, 1e-161, 3e-160, 8);
    const z = power(small, 2);
    expect(worst(small.map((value, i) => powError(value, 2, z[i]))) <= 2).toBe(true);
  });

  it("agrees with Math.pow in the special cases", () => {
    for (const p of [0, -0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1e300, -1e300, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 70, 1e-300, 5e-324]) {
      power(specials, p).forEach((value, i) => {
        expect(value, `${specials[i]} ** ${p}`).toBe(closest(value, Math.pow(specials[i], p)));
      });
    }
  });

  it("refuses an exponent that is not finite", () => {
    for (const p of [NaN, Infinity, -Infinity]) expect(() => power([1], p)).toThrow(InternalError);
  });

  it("treats every element alike, wherever it stands", () => sameForEveryLength((x) => power(x, 2.7)));
});

describe("powInteger", () => {
  it.each([0, 1, 2, 3, 4, 5, 8, 13, -1, -2, -5])("x^%i is within half an ulp per product", (p) => {
    const x = spread(200, 0.1, 10, 2);
    const y = integerPower(x, p);
    expect(worst(x.map((value, i) => powError(value, p, y[i]))) <= (Math.abs(p) + 1) / 2).toBe(true);
    integerPower(x.map((value) => -value), p).forEach((value, i) => expect(value).toBe(p % 2 === 0 ? y[i] : -y[i]));
  });

  it("agrees with Math.pow in the special cases", () => {
    for (const p of [0, 1, 2, 3, -1, -2]) {
      integerPower(specials, p).forEach((value, i) => {
        expect(value, `${specials[i]} ** ${p}`).toBe(closest(value, Math.pow(specials[i], p)));
      });
    }
  });

  it("treats every element alike, wherever it stands", () => sameForEveryLength((x) => integerPower(x, 4)));
});

describe("axpy, dot and scale", () => {
  it.each([0, 1, 2, 3, 7, 8, 9, 100])("n = %i by the definition", (n) => {
    bench.arena.reset();
    const [vx, vy] = [spread(n, -1, 1, 1), spread(n, -1, 1, 2)];
    const [x, y, out] = [bench.vector(vx), bench.vector(vy), bench.arena.f64(1)];
    bench.wasm.routines.dot(n, x, y, out);
    const sum = vx.reduce((total, value, i) => total + value * vy[i], 0);
    expect(Math.abs(bench.wasm.f64(out, 1)[0] - sum) <= 1e-14 * (n + 1)).toBe(true);
    bench.wasm.routines.axpy(n, x, -1.5, y);
    bench.wasm.f64(y, n).forEach((value, i) => expect(Math.abs(value - (vy[i] - 1.5 * vx[i])) <= 1e-15).toBe(true));
    bench.wasm.routines.scale(n, 3, x);
    bench.wasm.f64(x, n).forEach((value, i) => expect(value).toBe(vx[i] * 3));
    expect(() => bench.wasm.routines.dot(-1, x, y, out)).toThrow(InternalError);
  });
});
