// The searches of Kondati Natarajan & Caro 2020, table 1: every parameter of soap_turbo, per species, and of its GAP.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDescriptor } from "../../../src/descriptors/index.js";
import { completeCandidate } from "../../../src/tune/search-space/complete.js";
import { type Candidate, createSearchSpace, type ParametersOptions } from "../../../src/tune/search-space/index.js";
import { termsOf } from "../../terms.js";

const at = (rest: string): string => `model.terms.0.descriptor.${rest}`;

function base(): Candidate {
  const descriptor = { type: "soap-turbo", nMax: 4, lMax: 4, cutoff: { radius: 5 }, sigmaRadial: { H: 0.3, O: 0.5 } };
  return {
    model: { type: "sparse-gp", terms: [{ descriptor, kernel: { type: "dot-product" }, sparse: { method: "random", count: 100 } }] },
    fit: { sigma: { energy: 0.01 } },
    seed: 1,
  };
}

const paper: ParametersOptions = {
  [at("cutoff.soft")]: { from: 4, to: at("cutoff.radius") },
  [at("cutoff.radius")]: { from: 4.5, to: 6 },
  [at("sigmaRadial.*")]: { from: 0.1, to: 2 },
  [at("sigmaAngular.*")]: { from: 0.1, to: 2 },
  [at("sigmaRadialScaling.*")]: { from: 0, to: 2 },
  [at("sigmaAngularScaling.*")]: { from: 0, to: 2 },
  [at("amplitudeScaling.*")]: { from: 0, to: 2 },
  [at("centralWeight.*")]: { from: 0, to: 2 },
  [at("radialEnhancement")]: { values: [0, 1, 2] },
  [at("basis")]: { values: ["poly3", "poly3gauss"] },
  "model.terms.0.kernel.zeta": { from: 2, to: 10 },
  "model.terms.0.kernel.delta": { from: 0.1, to: 5, scale: "log" },
  "fit.sigma.energy": { from: 0.001, to: 0.1, scale: "log" },
  "fit.sigma.forces": { from: 0.001, to: 0.1, scale: "log" },
  "model.terms.0.sparse.count": { from: 50, to: 2000, integer: true, scale: "log" },
};

describe("soap_turbo", () => {
  it("is searched with all its parameters, one set per species", () => {
    const space = createSearchSpace(paper, base(), { species: ["H", "O"] });
    expect(space.dimensions.length).toBe(2 + 2 * 6 + 7);
    expect(space.parameters.slice(2, 6).map(({ label }) => label)).toEqual(["sigmaRadial.H", "sigmaRadial.O", "sigmaAngular.H", "sigmaAngular.O"]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 21, maxLength: 21 }), (shares) => {
        const point = space.dimensions.map((dimension, i) => (dimension.kind === "continuous" ? shares[i] : Math.min(dimension.levels - 1, Math.floor(shares[i] * dimension.levels))));
        const { descriptor } = termsOf(completeCandidate(space.apply(point)))[0];
        const { cutoff } = descriptor as unknown as { cutoff: { soft: number; radius: number } };
        expect(cutoff.soft <= cutoff.radius).toBe(true);
        expect(createDescriptor(descriptor).featureCount([1, 8])).toBe((5 * 8 * 9) / 2);
      }),
      { numRuns: 200 },
    );
  });

  it("leaves the soft cutoff to its default where nobody writes it", () => {
    const space = createSearchSpace({ [at("cutoff.radius")]: { from: 3, to: 7 } }, base());
    expect(termsOf(space.apply([0]))[0].descriptor).toMatchObject({ cutoff: { radius: 3 } });
    expect(termsOf(completeCandidate(space.apply([0])))[0].descriptor).toMatchObject({ cutoff: { soft: 2.5 } });
  });

  it("competes with SOAP in one search", () => {
    const type = at("type");
    const space = createSearchSpace(
      {
        [type]: { values: ["soap", "soap-turbo"] },
        [at("sigma")]: { from: 0.2, to: 1, when: { [type]: "soap" } },
        [at("cutoff.function")]: { value: "cosine", when: { [type]: "soap" } },
        [at("sigmaRadial.*")]: { from: 0.1, to: 1, when: { [type]: "soap-turbo" } },
        [at("radialEnhancement")]: { values: [0, 1, 2], when: { [type]: "soap-turbo" } },
      },
      base(),
      { species: ["H", "O"] },
    );
    expect(termsOf(space.apply([0, 0.5, 0, 0, 1]))[0].descriptor).toEqual({
      type: "soap", nMax: 4, lMax: 4, cutoff: { radius: 5, function: "cosine" }, sigma: 0.6,
    });
    expect(termsOf(space.apply([1, 0.5, 0, 1, 1]))[0].descriptor).toEqual({
      type: "soap-turbo", nMax: 4, lMax: 4, cutoff: { radius: 5 }, sigmaRadial: { H: 0.1, O: 1 }, radialEnhancement: 1,
    });
  });
});
