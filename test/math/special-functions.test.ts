import { describe, expect, it } from "vitest";
import { scaledBesselI } from "../../src/math/bessel.js";
import { ChebyshevPanels } from "../../src/math/chebyshev.js";
import { erf } from "../../src/math/erf.js";
import { evaluateHermite, type HermiteSegment, hermiteTable } from "../../src/math/hermite-table.js";
import { gaussLegendre } from "../../src/math/quadrature.js";
import { expectClose } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { integrate, scaledBessel } from "./special-functions.js";

describe("scaled modified spherical Bessel functions", () => {
  const lMax = 20;
  const bessel = (x: number): Float64Array => {
    const out = new Float64Array(lMax + 1);
    scaledBesselI(lMax, x, out);
    return out;
  };

  it("have the closed forms of l = 0, 1, 2", () => {
    for (const x of [0.7, 1, 3, 8, 15]) {
      const [sinh, cosh, scale] = [Math.sinh(x), Math.cosh(x), Math.exp(-x)];
      const expected = [sinh / x, (x * cosh - sinh) / x ** 2, ((x * x + 3) * sinh - 3 * x * cosh) / x ** 3].map((value) => value * scale);
      expectClose(bessel(x).slice(0, 3), expected, 1e-13);
    }
  });

  it("agree with the series for every l, relative to each value", () => {
    for (const x of [1e-12, 1e-6, 1e-3, 0.1, 0.999, 2, 7.3, 20, 39, 60, 150, 700]) {
      const values = bessel(x);
      // the finite sum of the twin cancels for large l, so it is used where l² < x only
      for (let l = 0; l <= (x < 40 ? lMax : 7); l++) {
        const expected = scaledBessel(l, x);
        const relative = expected < 1e-280 ? Math.abs(values[l]) * 1e270 : Math.abs(values[l] - expected) / expected;
        expect(relative < 2e-13, `l = ${l}, x = ${x}: ${values[l]} instead of ${expected}`).toBe(true);
      }
    }
  });

  it("are one and zeros at the origin, and write no more than asked for", () => {
    const out = new Float64Array(5).fill(7);
    scaledBesselI(3, 0, out);
    expect([...out]).toEqual([1, 0, 0, 0, 7]);
  });
});

describe("the error function", () => {
  it("has its known values", () => {
    // Abramowitz & Stegun, table 7.1, and DLMF §7.23
    const known = [[0, 0], [0.5, 0.5204998778130465], [1, 0.8427007929497149], [2, 0.9953222650189527], [3, 0.9999779095030014], [6, 1]] as const;
    expectClose(known.map(([x]) => erf(x)), known.map(([, value]) => value), 2e-16 * 4);
  });

  it("is the integral of the Gaussian on both sides of the change of method", () => {
    for (const x of [1e-8, 0.1, 1.7, 2.4999, 2.5001, 3.3]) {
      expectClose([erf(x)], [(2 / Math.sqrt(Math.PI)) * integrate((t) => Math.exp(-t * t), 0, x, 60)], 4e-15);
    }
  });
});

describe("Gauss–Legendre quadrature", () => {
  it("has the nodes and weights of two and three points", () => {
    const two = gaussLegendre(2, -1, 1);
    expectClose(two.nodes, [-Math.sqrt(1 / 3), Math.sqrt(1 / 3)], 1e-15);
    expectClose(two.weights, [1, 1], 4e-15);
    const three = gaussLegendre(3, -1, 1);
    expectClose(three.nodes, [-Math.sqrt(0.6), 0, Math.sqrt(0.6)], 1e-15);
    expectClose(three.weights, [5 / 9, 8 / 9, 5 / 9], 4e-15);
  });

  it.each([1, 2, 5, 16, 100])("%i points integrate polynomials of degree 2n − 1 exactly", (n) => {
    const { nodes, weights } = gaussLegendre(n, 1, 4);
    for (const degree of [0, 1, 2 * n - 2, 2 * n - 1]) {
      // in powers of t ∈ [−1, 1] to stay of order one
      const sum = nodes.reduce((total, x, i) => total + weights[i] * ((x - 2.5) / 1.5) ** degree, 0);
      expectClose([sum], [degree % 2 === 0 ? 3 / (degree + 1) : 0], 1e-13);
    }
  });
});

/** Functions of very different shape and size. */
const several = (x: number): Float64Array => Float64Array.of(Math.exp(-x * x), 1e-5 * Math.sin(3 * x), x ** 3);
const firstOf = (x: number): number[] => [-2 * x * Math.exp(-x * x), 3e-5 * Math.cos(3 * x), 3 * x * x];
const secondOf = (x: number): number[] => [(4 * x * x - 2) * Math.exp(-x * x), -9e-5 * Math.sin(3 * x), 6 * x];

describe("piecewise Chebyshev interpolants", () => {
  it("give values and two derivatives everywhere", () => {
    const panels = new ChebyshevPanels(several, 3, 5, 1);
    const out = new Float64Array(3);
    const random = randomSource(1);
    for (const x of [0, 5, 2.5, ...Array.from({ length: 50 }, () => 2.5 * (1 + random()))]) {
      const scales = [1, 1e-5, 125];
      for (const [derivative, expected, tolerance] of [[0, [...several(x)], 1e-14], [1, firstOf(x), 1e-12], [2, secondOf(x), 1e-10]] as const) {
        panels.evaluate(x, derivative, out);
        expectClose(out.map((value, i) => value / scales[i]), expected.map((value, i) => value / scales[i]), tolerance * 10);
      }
    }
  });
});

describe("quintic Hermite tables", () => {
  const functions = {
    evaluate: (x: number, derivative: 0 | 1 | 2, out: Float64Array): void => out.set([several, firstOf, secondOf][derivative](x)),
  };

  it.each([1e-6, 1e-9, 1e-12])("stay within %f of each function, between the points that were checked too", (tolerance) => {
    const table = hermiteTable([{ end: 5, functions }], 3, 0.7, tolerance);
    expect(table.error <= tolerance).toBe(true);
    const segment = table.segments[0];
    expect(segment.data.length).toBe(segment.nNodes * 9);
    expectClose([segment.step * (segment.nNodes - 1)], [5], 1e-14);
    const out = new Float64Array(3);
    const random = randomSource(2);
    for (let k = 0; k < 500; k++) {
      const x = 2.5 * (1 + random());
      const interval = Math.min(segment.nNodes - 2, Math.floor(x / segment.step));
      evaluateHermite(segment, interval, x / segment.step - interval, 3, out);
      const scales = [1, 1e-5, 125];
      expectClose(out.map((value, i) => value / scales[i]), several(x).map((value, i) => value / scales[i]), 1.5 * tolerance + 1e-15);
    }
  });

  it("keep functions apart that jump from one piece to the next", () => {
    const lifted = {
      evaluate: (x: number, derivative: 0 | 1 | 2, out: Float64Array): void => {
        functions.evaluate(x, derivative, out);
        if (derivative === 0) out[0] += 1e-3;
      },
    };
    const table = hermiteTable([{ end: 1.25, functions }, { end: 5, functions: lifted }], 3, 0.7, 1e-10);
    expect(table.error <= 1e-10).toBe(true);
    const [low, high] = table.segments as [HermiteSegment, HermiteSegment];
    expect([low.start, high.start]).toEqual([0, 1.25]);
    const [below, above] = [new Float64Array(3), new Float64Array(3)];
    evaluateHermite(low, low.nNodes - 2, 1, 3, below);
    evaluateHermite(high, 0, 0, 3, above);
    expectClose(above.map((value, i) => value - below[i]), [1e-3, 0, 0], 1e-15);
  });

  it("say what they reached where the functions are rough", () => {
    const random = randomSource(3);
    const rough = {
      evaluate: (x: number, derivative: 0 | 1 | 2, out: Float64Array): void => {
        functions.evaluate(x, derivative, out);
        for (let i = 0; i < 3; i++) out[i] *= 1 + 1e-8 * random();
      },
    };
    const table = hermiteTable([{ end: 5, functions: rough }], 3, 0.7, 1e-12);
    expect(table.error > 1e-9 && table.error < 1e-7, `${table.error}`).toBe(true);
    expect(table.segments[0].nNodes < 5000).toBe(true);
  });
});
