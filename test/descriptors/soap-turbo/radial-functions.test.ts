import { describe, expect, it } from "vitest";
import { RADIAL_TOLERANCE } from "../../../src/descriptors/soap-turbo/turbo-density.js";
import { radialFunctions, type RadialParameters } from "../../../src/descriptors/soap-turbo/radial-functions.js";
import { evaluateHermite, hermiteTable } from "../../../src/math/hermite-table.js";
import { expectClose } from "../../expect.js";
import { randomSource } from "../../linalg/dense.js";
import { turboFunctions } from "./twin.js";

const base: RadialParameters = {
  basis: "poly3", nMax: 4, lMax: 4, cutoff: { radius: 5, soft: 4.5, filter: 4 }, sigmaRadial: 0.5, sigmaRadialScaling: 0, sigmaAngular: 0.5,
  sigmaAngularScaling: 0, radialEnhancement: 0, centralWeight: 1,
};

const cases: [string, RadialParameters][] = [
  ["poly3", base],
  ["poly3gauss", { ...base, basis: "poly3gauss" }],
  ["scaled widths", { ...base, sigmaRadial: 0.4, sigmaRadialScaling: 0.1, sigmaAngular: 0.6, sigmaAngularScaling: 0.05, radialEnhancement: 1 }],
  ["scaled widths, poly3gauss", { ...base, basis: "poly3gauss", sigmaRadialScaling: 0.3, sigmaAngularScaling: 0.2, radialEnhancement: 2 }],
  ["five functions", { ...base, nMax: 5, lMax: 2, centralWeight: 0.3 }],
  ["another filter", { ...base, cutoff: { radius: 3, soft: 2, filter: 7 }, sigmaRadial: 0.3 }],
  ["no filter", { ...base, cutoff: { radius: 4, soft: 4, filter: 4 } }],
  ["narrow Gaussians", { ...base, nMax: 3, sigmaRadial: 0.1, sigmaAngular: 0.1 }],
];

describe.each(cases)("radial functions of soap_turbo, %s", (_, parameters) => {
  const { nMax, lMax, cutoff } = parameters;
  const size = nMax * (lMax + 1);
  const { pieces, center, scale } = radialFunctions(parameters);
  const exact = turboFunctions(parameters);
  const random = randomSource(1);
  const distances = [1e-3, cutoff.radius, ...Array.from({ length: 30 }, () => 0.5 * cutoff.radius * (1 + random()))];
  const values = distances.map((r) => exact.at(r).flat());
  const largest = Array.from({ length: size }, (_unused, i) => Math.max(...values.map((row) => Math.abs(row[i]))));
  const relative = (row: ArrayLike<number>): number[] => Array.from(row, (value, i) => value / largest[i]);
  const pieceAt = (r: number): number => Math.max(0, pieces.findIndex(({ end }) => r <= end));

  it("are the integrals that the recursions of the original program stand for", () => {
    const out = new Float64Array(size);
    distances.forEach((r, k) => {
      pieces[pieceAt(r)].functions.evaluate(r, 0, out);
      expectClose(relative(out), relative(values[k]), 1e-10);
    });
    expectClose(center, exact.center, 1e-10, "relative-to-max");
  });

  it("have the derivatives they say", () => {
    const out = new Float64Array(size);
    const h = 1e-4 * scale * 2;
    for (const r of distances.slice(2).map((distance) => 0.01 + 0.98 * distance)) {
      const piece = pieces[pieceAt(r)].functions;
      for (const derivative of [0, 1] as const) {
        const [a, b, c, d] = [-2, -1, 1, 2].map((steps) => {
          piece.evaluate(r + steps * h, derivative, out);
          return out.slice();
        }) as [Float64Array, Float64Array, Float64Array, Float64Array];
        const numeric = a.map((value, i) => (value - 8 * b[i] + 8 * c[i] - d[i]) / (12 * h));
        piece.evaluate(r, derivative === 0 ? 1 : 2, out);
        expectClose(relative(out), relative(numeric), 1e-7 / scale ** 2);
      }
    }
  });

  it("are tabulated within the stated error", () => {
    const table = hermiteTable(pieces, size, scale, RADIAL_TOLERANCE);
    expect(table.error <= RADIAL_TOLERANCE, `${table.error}`).toBe(true);
    const [approximate, own] = [new Float64Array(size), new Float64Array(size)];
    distances.forEach((r) => {
      const piece = pieceAt(r);
      const segment = table.segments[piece];
      const position = (r - segment.start) / segment.step;
      const interval = Math.min(segment.nNodes - 2, Math.floor(position));
      evaluateHermite(segment, interval, position - interval, size, approximate);
      pieces[piece].functions.evaluate(r, 0, own);
      expectClose(relative(approximate), relative(own), 2e-11);
    });
  });
});

describe("with many radial functions", () => {
  it.each([["poly3", 10], ["poly3gauss", 11]] as const)("%s is orthonormal to what double precision allows, nMax %i", (basis, nMax) => {
    const { pieces } = radialFunctions({ ...base, basis, nMax, lMax: 0 });
    const out = new Float64Array(nMax);
    pieces[0].functions.evaluate(2, 0, out);
    // a narrow Gaussian has at most the length of itself in an orthonormal basis
    expect(out.every(Number.isFinite)).toBe(true);
    expect(Math.max(...out.map(Math.abs)) < 1e4).toBe(true);
  });
});
