import { describe, expect, it } from "vitest";
import { radialBases } from "../../../src/descriptors/density-expansion/conventions.js";
import { RADIAL_TOLERANCE } from "../../../src/descriptors/density-expansion/density.js";
import { evaluateHermite, hermiteTable } from "../../../src/math/hermite-table.js";
import { expectClose } from "../../expect.js";
import { randomSource } from "../../linalg/dense.js";
import { radialFunctions } from "./radial-twin.js";

const cases = [
  { basis: "gto", nMax: 4, lMax: 4, sigma: 0.5, radius: 5, range: 6.86 },
  { basis: "gto", nMax: 6, lMax: 2, sigma: 0.3, radius: 4.5, range: 4.5 },
  { basis: "polynomial", nMax: 3, lMax: 3, sigma: 0.4, radius: 4.5, range: 6 },
  { basis: "equispaced-gaussian", nMax: 8, lMax: 4, sigma: 0.5, radius: 5.4, range: 5.4 },
  { basis: "equispaced-gaussian", nMax: 5, lMax: 6, sigma: 0.3, radius: 3, range: 3 },
  { basis: "quip-gto", nMax: 4, lMax: 4, sigma: 0.5, radius: 4.5, range: 4.5 },
  { basis: "quip-polynomial", nMax: 3, lMax: 3, sigma: 0.4, radius: 4, range: 4 },
  { basis: "librascal-gto", nMax: 5, lMax: 4, sigma: 0.4, radius: 4.5, range: 4.5 },
  { basis: "librascal-dvr", nMax: 3, lMax: 4, sigma: 0.5, radius: 4, range: 4 },
] as const;

describe.each(cases)("$basis, nMax $nMax, sigma $sigma", ({ basis: name, ...parameters }) => {
  const { nMax, lMax, radius, range } = parameters;
  const size = (lMax + 1) * nMax;
  // a factor that tells degrees apart
  const factor = (l: number): number => 1 / (l + 1);
  const basis = radialBases[name].make({ ...parameters, factor, gridDecades: 10 });
  const direct = radialFunctions({ basis: name, nMax, lMax, sigma: parameters.sigma, cutoff: { radius, function: "none", width: 0.5 } });
  const exact = (r: number): number[] => direct(r).flatMap((row, l) => row.map((q) => q * factor(l)));
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
    const parameters = { nMax: 30, lMax: 2, sigma: 0.5, radius: 5, range: 5, factor: () => 1, gridDecades: 10 };
    for (const name of ["gto", "polynomial", "quip-polynomial", "librascal-gto"] as const) {
      expect(() => radialBases[name].make(parameters)).toThrow(new RegExp(`${name} radial basis is linearly dependent.*smaller nMax`));
    }
    expect(() => radialBases["quip-gto"].make({ ...parameters, lMax: 12 })).toThrow(/quip-gto radial basis (grows|is linearly dependent).*smaller/);
  });
});
