import { describe, expect, it } from "vitest";
import { radialBases } from "../../../src/descriptors/soap/radial-bases.js";
import { RADIAL_TOLERANCE } from "../../../src/descriptors/soap/soap.js";
import { evaluateHermite, hermiteTable } from "../../../src/math/hermite-table.js";
import { expectClose } from "../../expect.js";
import { randomSource } from "../../linalg/dense.js";
import { radialFunctions } from "./twin.js";

/** The factor per coefficient that stands before the power spectrum in each convention. */
const factors = {
  gto: (l: number): number => Math.sqrt(Math.PI * Math.sqrt(8 / (2 * l + 1))),
  polynomial: (l: number): number => Math.sqrt(Math.PI * Math.sqrt(8 / (2 * l + 1))),
  "equispaced-gaussian": (l: number): number => (2 * l + 1) ** -0.25,
};

const cases = [
  { basis: "gto", nMax: 4, lMax: 4, sigma: 0.5, radius: 5, range: 6.86 },
  { basis: "gto", nMax: 6, lMax: 2, sigma: 0.3, radius: 4.5, range: 4.5 },
  { basis: "polynomial", nMax: 3, lMax: 3, sigma: 0.4, radius: 4.5, range: 6 },
  { basis: "equispaced-gaussian", nMax: 8, lMax: 4, sigma: 0.5, radius: 5.4, range: 5.4 },
  { basis: "equispaced-gaussian", nMax: 5, lMax: 6, sigma: 0.3, radius: 3, range: 3 },
] as const;

describe.each(cases)("$basis, nMax $nMax, sigma $sigma", ({ basis: name, ...parameters }) => {
  const { nMax, lMax, radius, range } = parameters;
  const size = (lMax + 1) * nMax;
  const basis = radialBases[name](parameters);
  const direct = radialFunctions({ basis: name, nMax, lMax, sigma: parameters.sigma, cutoff: { radius, function: "none", width: 0.5 } });
  const exact = (r: number): number[] => direct(r).flatMap((row, l) => row.map((q) => q * factors[name](l)));
  const random = randomSource(1);
  const distances = [0, 1e-3, range, ...Array.from({ length: 40 }, () => 0.5 * range * (1 + random()))];
  const values = distances.map(exact);
  const largest = Array.from({ length: size }, (_, i) => Math.max(...values.map((row) => Math.abs(row[i]))));
  const scaled = (row: ArrayLike<number>): number[] => Array.from(row, (value, i) => value / largest[i]);

  it("is what quadrature gives", () => {
    const out = new Float64Array(size);
    distances.forEach((r, k) => {
      basis.functions.evaluate(r, 0, out);
      expectClose(scaled(out), scaled(values[k]), 1e-11);
    });
    const y00 = Math.sqrt(1 / (4 * Math.PI));
    expectClose(basis.center, values[0].slice(0, nMax).map((q) => q * y00), 1e-11, "relative-to-max");
  });

  it("has the derivatives it says", () => {
    const out = new Float64Array(size);
    const at = (r: number, derivative: 0 | 1): Float64Array => {
      basis.functions.evaluate(r, derivative, out);
      return out.slice();
    };
    const h = 1e-4;
    for (const r of distances.slice(3, 20).map((distance) => 0.01 * range + 0.98 * distance)) {
      for (const derivative of [0, 1] as const) {
        const [a, b, c, d] = [-2, -1, 1, 2].map((steps) => at(r + steps * h, derivative)) as [Float64Array, Float64Array, Float64Array, Float64Array];
        const numeric = a.map((_, i) => (a[i] - 8 * b[i] + 8 * c[i] - d[i]) / (12 * h));
        basis.functions.evaluate(r, derivative === 0 ? 1 : 2, out);
        expectClose(scaled(out), scaled(numeric), 1e-7);
      }
    }
  });

  it("is tabulated within the stated error", () => {
    const table = hermiteTable([{ end: range, functions: basis.functions }], size, parameters.sigma, RADIAL_TOLERANCE);
    const segment = table.segments[0];
    // looser only where the functions themselves carry rounding errors of that size
    expect(table.error <= 5 * RADIAL_TOLERANCE, `${table.error}`).toBe(true);
    const out = new Float64Array(size);
    distances.forEach((r, k) => {
      const interval = Math.min(segment.nNodes - 2, Math.floor(r / segment.step));
      evaluateHermite(segment, interval, r / segment.step - interval, size, out);
      expectClose(scaled(out), scaled(values[k]), 2 * Math.max(table.error, RADIAL_TOLERANCE));
    });
  });
});

describe("a basis that double precision cannot orthonormalise", () => {
  it("is refused with a remedy", () => {
    const parameters = { nMax: 30, lMax: 2, sigma: 0.5, radius: 5, range: 5 };
    expect(() => radialBases.gto(parameters)).toThrow(/gto radial basis is linearly dependent.*smaller nMax/);
    expect(() => radialBases.polynomial(parameters)).toThrow(/polynomial radial basis is linearly dependent.*smaller nMax/);
  });
});
