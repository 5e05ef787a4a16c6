import { describe, expect, it } from "vitest";
import { Cluster } from "../../../src/descriptors/index.js";

const make = (bases: readonly object[], rest: object = {}): Cluster => new Cluster({ type: "cluster", cutoff: { radius: 5 }, ...rest, bases });

describe("parameters of cluster bases", () => {
  it("have defaults that follow the cutoff and the size", () => {
    const { parameters } = new Cluster({ type: "cluster", cutoff: { radius: 5 } });
    expect(parameters.cutoff).toEqual({ radius: 5, function: "poly4" });
    const [{ alpha, beta, ...basis }] = parameters.bases;
    expect(basis).toEqual({ body: 2, radial: "gaussian", size: 8, species: "channels" });
    expect(alpha).toBe(1 / 25);
    expect(alpha! * beta! ** 7).toBeCloseTo(1.5, 12);
    expect(make([{ body: 3, radial: "chebyshev", size: 2 }]).parameters.bases[0]).toEqual({ body: 3, radial: "chebyshev", size: 2, degrees: [0, 1, 2], species: "channels" });
    expect(make([{ size: 1 }]).parameters.bases[0].beta).toBeGreaterThan(1);
  });

  it("name factors in one way", () => {
    const { parameters } = make([{ size: 2, species: "weights", weights: { "Cl-Na": 2, "Na-Na": [1, 3] } }, { body: 3, species: "weights", weights: { "Na-Cl-Cl": 0.5, "Cl-Na-Na": 4 } }]);
    expect(parameters.bases.map(({ weights }) => weights)).toEqual([{ "Na-Cl": [2, 2], "Na-Na": [1, 3] }, { "Na-Cl-Cl": 0.5, "Na-Na-Cl": 4 }]);
  });

  it("label columns by functions and species", () => {
    const labels = make([{ size: 2 }, { size: 2, alpha: 0.1 }, { body: 3, radial: "chebyshev", size: 2, degrees: [0, 3] }, { size: 2, species: "weights" }]).features([11, 17]).map(({ label }) => label);
    expect(labels.slice(0, 7)).toEqual(["G2 nu=0 Na-Na", "G2 nu=1 Na-Na", "G2 nu=0 Na-Cl", "G2 nu=1 Na-Cl", "G2 nu=0 Cl-Cl", "G2 nu=1 Cl-Cl", "G2#2 nu=0 Na-Na"]);
    expect(labels[12]).toBe("TC2 nu=0 mu=0 degree=0 Na-Na");
    expect(labels.slice(-2)).toEqual(["G2#3 nu=0", "G2#3 nu=1"]);
    expect(make([{ size: 2 }]).features([11]).map(({ label }) => label)).toEqual(["G2 nu=0", "G2 nu=1"]);
  });

  it.each([
    [[{ beta: 1 }], "bases[0].beta is 1; it must be"],
    [[{ alpha: 0 }], "bases[0].alpha is 0; it must be a number ≥ 1e-9"],
    [[{ alpha: 0.05, beta: 9, size: 12 }], "the exponents overflow: α β^(N−1) = 0.05 · 9^11"],
    [[{ alpha: 1e300, beta: 1e300 }], "the exponents overflow"],
    [[{ size: 65 }], "bases[0].size is 65; it must be a whole number from 1 to 64"],
    [[{ body: 3, size: 30 }], "bases[0].size is 30; a three-body basis has at most 24"],
    [[{ size: 8 }, { body: 3, degrees: [0, 2, 0] }], "bases[1].degrees names 0 twice"],
    [[{ degrees: [0] }], "bases[0].degrees belong to a three-body basis"],
    [[{ body: 3, degrees: [13] }], "bases[0].degrees[0] is 13; it must be a whole number from 0 to 12"],
    [[{ radial: "chebyshev", alpha: 0.1 }], "Chebyshev polynomials have no exponents"],
    [[{ size: 3 }, { size: 3 }], "bases[1] is bases[0] again"],
    [[{ weights: { "Na-Cl": 1 } }], "weights belong to species: weights, but species is channels"],
    [[{ species: "weights", weights: { Na: 1 } }], 'weights: "Na" must be two symbols, such as Na-Cl'],
    [[{ body: 3, species: "weights", weights: { "Na-Cl": 1 } }], "three symbols, the center in the middle"],
    [[{ species: "weights", weights: { "Na-Cl": 1, "Cl-Na": 2 } }], "weights names Na-Cl twice"],
    [[{ species: "weights", weights: { "Na-Cl": [1, 2] } }], "weights.Na-Cl has 2 numbers; give one, or 8"],
    [[{ body: 3, species: "weights", weights: { "Na-Cl-Cl": [1, 2] } }], "must be one number"],
    [[{ species: "weights", weights: { "Na-Xx": 1 } }], "Xx"],
    [[{ radial: "gausian" }], 'did you mean "gaussian"'],
    [[{ sizes: 3 }], "sizes"],
    [[], "bases"],
  ])("%j: %s", (bases, message) => {
    expect(() => make(bases)).toThrow(message);
  });

  it("know the species that they are for", () => {
    expect(() => make([{ species: "weights", weights: { "Na-K": 1 } }], { species: ["Na", "Cl"] })).toThrow("names K, which is not in species [Na, Cl]");
    expect(() => make([{ size: 2 }], { species: ["Na", "Cl"] }).featureCount([3])).toThrow("the data contains Li");
    expect(make([{ size: 2 }], { species: ["Cl", "Na"] }).featureCount([11])).toBe(6);
  });
});
