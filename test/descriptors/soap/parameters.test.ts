import { describe, expect, it } from "vitest";
import { createDescriptor, Soap } from "../../../src/descriptors/index.js";

const valid = { type: "soap", nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 5 } };
const soap = (changes: object): Soap => new Soap({ ...valid, ...changes });

describe("parameters of SOAP", () => {
  it("have the defaults of the convention of the basis", () => {
    const dscribe = soap({});
    expect(dscribe.parameters).toEqual({
      ...valid,
      basis: "gto",
      cutoff: { radius: 5, function: "none", width: 0.5 },
      normalize: false,
      compression: { mode: "off" },
      average: "off",
    });
    // where the Gaussian of an atom has fallen to 10⁻³ at the cutoff
    expect(dscribe.cutoff).toBeCloseTo(5 + 0.5 * 3.716922188849838, 12);
    expect(dscribe.isSmoothAtCutoff).toBe(false);
    const quip = soap({ basis: "equispaced-gaussian" });
    expect(quip.parameters.normalize).toBe(true);
    expect(quip.parameters.cutoff.function).toBe("cosine");
    expect(quip.cutoff).toBe(5);
    expect(quip.isSmoothAtCutoff).toBe(true);
    for (const basis of ["quip-gto", "quip-polynomial", "librascal-gto", "librascal-dvr"]) {
      const other = soap({ basis });
      expect(other.parameters).toMatchObject({ normalize: true, cutoff: { radius: 5, function: "cosine", width: 0.5 } });
      expect(soap({ basis, cutoff: { radius: 5, function: "none" } }).cutoff).toBe(5);
    }
    expect(soap({ basis: "librascal-gto" }).featureCount([1, 8])).toBe(3 * 4 * 4 * 4);
  });

  it("say whether the cutoff is smooth", () => {
    const poly = (m: number, r0: number): object => ({ function: "poly", m, r0 });
    expect(soap({ cutoff: { radius: 5, function: "cosine" } }).isSmoothAtCutoff).toBe(true);
    expect(soap({ weighting: poly(1, 4) }).isSmoothAtCutoff).toBe(true);
    expect(soap({ weighting: poly(1, 4) }).cutoff).toBe(4);
    expect(soap({ weighting: poly(0.5, 4) }).isSmoothAtCutoff).toBe(false);
    expect(soap({ weighting: poly(1, 9) }).isSmoothAtCutoff).toBe(false);
    expect(soap({ weighting: poly(1, 9), cutoff: { radius: 5, function: "cosine" } }).isSmoothAtCutoff).toBe(true);
    expect(soap({ weighting: poly(0.4, 4), cutoff: { radius: 5, function: "cosine" } }).isSmoothAtCutoff).toBe(false);
    expect(soap({ weighting: { function: "exp", r0: 1 } }).isSmoothAtCutoff).toBe(false);
  });

  const refused: [string, object, RegExp][] = [
    ["a misspelled key", { nmax: 4 }, /soap: unknown key "nmax"; did you mean "nMax"\?/],
    ["a misspelled key of the cutoff", { cutoff: { radus: 5 } }, /unknown key "radus" in cutoff; did you mean "radius"\?/],
    ["a misspelled basis", { basis: "gtos" }, /basis is "gtos".*did you mean "gto"\?/],
    ["a misspelled compression", { compression: "mu1nu2" }, /compression.*"mu1nu2".*did you mean "mu1nu1"\?/],
    ["a missing parameter", { sigma: undefined }, /sigma is missing/],
    ["too many radial functions", { nMax: 33 }, /nMax is 33; it must be .*32/],
    ["a fraction", { lMax: 2.5 }, /lMax is 2\.5/],
    ["a negative width of atoms", { sigma: -0.5 }, /sigma is -0\.5/],
    ["a transition wider than the cutoff", { cutoff: { radius: 2, width: 2.5 } }, /cutoff\.width: must not exceed cutoff\.radius/],
    ["a short cutoff of gto", { cutoff: { radius: 1 } }, /cutoff\.radius is 1; the gto basis needs a radius above 1 Å/],
    ["an unknown element", { species: ["Si", "Xx"] }, /Xx/],
    ["an element twice", { species: ["Si", "O", "Si"] }, /species \[Si, O, Si\] names one element twice/],
    ["nu without its mode", { compression: { mode: "mu2", nuR: 1 } }, /compression\.nuR and nuS belong to mode "nu", but the mode is "mu2"/],
    ["diagonal-radial with gto", { compression: "diagonal-radial" }, /exists for bases "equispaced-gaussian", "quip-gto" and "quip-polynomial" only/],
    ["crossover in QUIP's convention", { basis: "equispaced-gaussian", compression: "crossover" }, /exists for bases "gto", "polynomial", "librascal-gto" and "librascal-dvr" only/],
    ["the grid of another basis", { basisErrorExponent: 8 }, /basisErrorExponent belongs to the bases of QUIP, but the basis is "gto"/],
    ["weights without a length", { weighting: { function: "poly" } }, /weighting\.r0 is missing/],
  ];
  it.each(refused)("%s is refused", (_, changes, message) => {
    expect(() => soap(changes)).toThrow(message);
    expect(() => soap(changes)).toThrow(expect.objectContaining({ code: "INVALID_PARAMETER" }) as Error);
  });

  it("an unknown descriptor is refused with what was probably meant", () => {
    expect(() => createDescriptor({ ...valid, type: "sopa" })).toThrow(/unknown descriptor "sopa"; there are soap, soap-turbo, .*; did you mean "soap"\?/);
  });

  it("weights that are infinite at the center need a central weight", () => {
    const weighting = { function: "pow", d: 0, m: 2, r0: 2 };
    expect(() => soap({ weighting })).toThrow(/infinite at the center; set centralWeight/);
    expect(() => soap({ weighting, centralWeight: 1 })).not.toThrow();
  });

  it("species given beforehand are kept, others are refused", () => {
    const fixed = soap({ species: ["O", "H", "Si"] });
    expect(fixed.featureCount([8])).toBe(fixed.featureCount([1, 8, 14]));
    expect(fixed.features([14])[0].channel).toEqual(["H", "H"]);
    expect(() => fixed.featureCount([6, 8])).toThrow(/the data contains C, which is not in species \[H, O, Si\]: add it, or leave species out/);
  });

  it("counts of features follow the compression", () => {
    const species = [1, 6, 8];
    const count = (changes: object): number => soap(changes).featureCount(species);
    const [n, l1, s] = [4, 4, 3];
    const k = n * s;
    expect(count({})).toBe((l1 * k * (k + 1)) / 2);
    expect(count({ basis: "equispaced-gaussian" })).toBe((l1 * k * (k + 1)) / 2);
    expect(count({ compression: "mu2" })).toBe((l1 * n * (n + 1)) / 2);
    expect(count({ compression: "mu1nu1" })).toBe(l1 * n * n * s);
    expect(count({ compression: "crossover" })).toBe((s * l1 * n * (n + 1)) / 2);
    expect(count({ basis: "equispaced-gaussian", compression: "diagonal-radial" })).toBe((n * l1 * s * (s + 1)) / 2);
    expect(count({ compression: { mode: "nu", nuR: 1, nuS: 1 } })).toBe(l1 * k);
  });
});
