// What holds for every search space and every point of it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { valueAt } from "../../../src/parameter-path.js";
import { completeCandidate, lookUp } from "../../../src/tune/search-space/complete.js";
import { createSearchSpace, type ParametersOptions, type SearchSpace } from "../../../src/tune/search-space/index.js";
import { parsePath } from "../../../src/parameter-path.js";
import { baseCandidate } from "./base.js";

const term = (index: number, rest: string): string => `model.terms[${index}].${rest}`;
const radius = term(0, "descriptor.cutoff.radius");
const mode = term(0, "descriptor.compression.mode");

/** Any of the kinds of parameters, with random ranges that the fit file allows. */
const parameters: fc.Arbitrary<ParametersOptions> = fc
  .record(
    {
      sigma: fc.tuple(fc.double({ min: 0.05, max: 1, noNaN: true }), fc.double({ min: 1.01, max: 8, noNaN: true }), fc.boolean()),
      nMax: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 11, max: 32 }), fc.integer({ min: 1, max: 3 })),
      count: fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 101, max: 5000 }), fc.boolean()),
      radius: fc.tuple(fc.double({ min: 2, max: 4, noNaN: true }), fc.double({ min: 4.5, max: 9, noNaN: true })),
      jitter: fc.tuple(fc.integer({ min: -14, max: -8 }), fc.integer({ min: -7, max: 0 })),
      zeta: fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 2, maxLength: 6 }),
      isCategorical: fc.boolean(),
      species: fc.boolean(),
      compression: fc.boolean(),
    },
    { requiredKeys: ["radius", "isCategorical"] },
  )
  .map((given) => ({
    [term(0, "descriptor.cutoff.width")]: { from: 0.1, to: radius },
    [radius]: { from: given.radius[0], to: given.radius[1] },
    [term(1, "descriptor.cutoff.radius")]: { same: radius },
    ...(given.sigma && { [term(0, "descriptor.sigma")]: { from: given.sigma[0], to: given.sigma[1], scale: given.sigma[2] ? ("log" as const) : ("linear" as const) } }),
    ...(given.nMax && {
      [term(0, "descriptor.nMax")]: { from: given.nMax[0], to: given.nMax[1], integer: true, step: given.nMax[2] },
      [term(0, "descriptor.lMax")]: { from: 0, to: term(0, "descriptor.nMax"), integer: true, when: { [term(0, "sparse.method")]: ["random", "cur"] } },
    }),
    ...(given.nMax && given.nMax[1] > 20 && { [term(0, "descriptor.lMax")]: { from: 0, to: 20, integer: true } }),
    ...(given.count && { [term(0, "sparse.count")]: { from: given.count[0], to: given.count[1], integer: true, ...(given.count[2] && { scale: "log" as const }) } }),
    ...(given.jitter && { "fit.jitter": { from: 10 ** given.jitter[0], to: 10 ** given.jitter[1], scale: "log" as const } }),
    ...(given.zeta && { [term(1, "kernel.zeta")]: { values: given.zeta, categorical: given.isCategorical } }),
    ...(given.species && { [term(1, "sparse.count.*")]: { from: 5, to: 50, integer: true } }),
    ...(given.compression && {
      [mode]: { values: ["off", "nu", "mu2"] },
      [term(0, "descriptor.compression.nuR")]: { values: [0, 1, 2], when: { [mode]: "nu" } },
      [term(0, "descriptor.compression.nuS")]: { same: term(0, "descriptor.compression.nuR"), when: { [mode]: "nu" } },
    }),
  }));

function pointOf(space: SearchSpace, coordinates: readonly number[]): number[] {
  return space.dimensions.map((dimension, index) => {
    const share = coordinates[index % coordinates.length];
    return dimension.kind === "continuous" ? share : Math.min(dimension.levels - 1, Math.floor(share * dimension.levels));
  });
}

const coordinates = fc.array(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 14, maxLength: 14 });

function everywhere(check: (space: SearchSpace, point: number[], options: ParametersOptions) => void): void {
  fc.assert(
    fc.property(parameters, fc.array(coordinates, { minLength: 10, maxLength: 10 }), (options, many) => {
      const space = createSearchSpace(options, baseCandidate(), { species: ["O", "Si"] });
      for (const one of many) check(space, pointOf(space, one), options);
    }),
    { numRuns: 20 },
  );
}

describe("every point of every space", () => {
  it("is a fit that the file format allows, with the decoded values in their places, and the rest as it was", () => {
    everywhere((space, point) => {
      const fit = space.apply(point);
      const values = space.decode(point);
      const complete = completeCandidate(fit);
      for (const [path, value] of Object.entries(values)) expect(lookUp(complete, parsePath(path))).toBe(value);
      expect(space.apply(point)).toEqual(fit);
      expect(JSON.parse(JSON.stringify(fit))).toEqual(fit);
      expect(valueAt(fit, ["model", "isolatedAtomEnergies"])).toEqual({ Si: -0.79, O: -0.4 });
    });
  });

  it("keeps to its ranges, its lists and its constraints", () => {
    everywhere((space, point) => {
      const values = space.decode(point);
      for (const { path, range, values: levels } of space.parameters) {
        const value = values[path];
        if (value === undefined) continue;
        if (levels) expect(levels).toContain(value);
        if (range) expect(Number(value) >= range[0] && Number(value) <= range[1]).toBe(true);
      }
      expect(Number(values[term(0, "descriptor.cutoff.width")]) <= Number(values[radius])).toBe(true);
      expect(values[term(1, "descriptor.cutoff.radius")]).toBe(values[radius]);
      const lMax = values[term(0, "descriptor.lMax")];
      if (lMax !== undefined) expect(Number.isInteger(lMax)).toBe(true);
    });
  });

  it("is found again from the fit it stands for", () => {
    everywhere((space, point) => {
      const fit = space.apply(point);
      const again = space.encode(fit);
      expect(again).toBeDefined();
      const before = space.decode(point);
      const after = space.decode(again!);
      expect(Object.keys(after)).toEqual(Object.keys(before));
      for (const [path, value] of Object.entries(before)) {
        if (typeof value !== "number") expect(after[path]).toBe(value);
        else expect(Math.abs(Number(after[path]) - value) <= 2e-6 * Math.abs(value), `${path}: ${after[path]} for ${value}`).toBe(true);
      }
    });
  });

  it("does not depend on parameters that are not active", () => {
    everywhere((space, point) => {
      const active = space.decode(point);
      const moved = point.map((x, index) => {
        const { path, dimension } = space.parameters[index];
        return path in active ? x : dimension.kind === "continuous" ? 1 - x : dimension.levels - 1 - x;
      });
      expect(space.apply(moved)).toEqual(space.apply(point));
    });
  });

  it("has labels that tell the parameters apart", () => {
    everywhere(({ parameters: all }) => {
      expect(new Set(all.map(({ label }) => label)).size).toBe(all.length);
      for (const { label, path } of all) expect(label.length <= path.length).toBe(true);
    });
  });
});
