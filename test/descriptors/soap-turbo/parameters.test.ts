import { describe, expect, it } from "vitest";
import { createDescriptor, SoapTurbo } from "../../../src/descriptors/index.js";

const valid = { type: "soap-turbo", nMax: 4, lMax: 3, cutoff: { radius: 5 } };
const turbo = (changes: object): SoapTurbo => new SoapTurbo({ ...valid, ...changes });

describe("parameters of soap_turbo", () => {
  it("have defaults for all but the size and the cutoff", () => {
    expect(turbo({}).parameters).toEqual({
      ...valid,
      basis: "poly3",
      cutoff: { radius: 5, soft: 4.5, filter: 4 },
      sigmaRadial: 0.5,
      sigmaRadialScaling: 0,
      sigmaAngular: 0.5,
      sigmaAngularScaling: 0,
      amplitudeScaling: 1,
      centralWeight: 1,
      radialEnhancement: 0,
      compression: { mode: "off" },
    });
    expect(turbo({}).cutoff).toBe(5);
    expect(turbo({ cutoff: { radius: 0.8 } }).parameters.cutoff.soft).toBe(0.4);
    expect(createDescriptor({ ...valid, nMax: 8, lMax: 8 })).toBeInstanceOf(SoapTurbo);
  });

  it("say whether the cutoff is smooth", () => {
    expect(turbo({}).isSmoothAtCutoff).toBe(true);
    expect(turbo({ amplitudeScaling: 0 }).isSmoothAtCutoff).toBe(false);
    expect(turbo({ amplitudeScaling: 0.5 }).isSmoothAtCutoff).toBe(false);
    expect(turbo({ amplitudeScaling: { Si: 1, O: 0.4 } }).isSmoothAtCutoff).toBe(false);
    expect(turbo({ amplitudeScaling: { Si: 1, O: 0.6 } }).isSmoothAtCutoff).toBe(true);
  });

  const refused: [string, object, RegExp][] = [
    ["a misspelled key", { sigmaRadal: 0.5 }, /soap-turbo: unknown key "sigmaRadal"; did you mean "sigmaRadial"\?/],
    ["a key of SOAP", { sigma: 0.5 }, /unknown key "sigma"/],
    ["a misspelled basis", { basis: "poly3gaus" }, /basis is "poly3gaus".*did you mean "poly3gauss"\?/],
    ["a soft cutoff beyond the hard one", { cutoff: { radius: 5, soft: 5.2 } }, /cutoff\.soft: 5\.2 Å is beyond cutoff\.radius, 5 Å; it must not exceed it/],
    ["a missing radius", { cutoff: { soft: 4 } }, /cutoff\.radius is missing/],
    ["too many polynomials", { nMax: 11 }, /nMax is 11; the poly3 basis becomes linearly dependent above 10/],
    ["too many functions of one species", { basis: "poly3gauss", nMax: { Si: 12, O: 3 } }, /nMax is 12; the poly3gauss basis becomes linearly dependent above 11/],
    ["no radial function", { nMax: 0 }, /nMax is 0/],
    ["no width", { sigmaRadial: 0 }, /sigmaRadial is 0; it must be .*> 0/],
    ["a negative width of one species", { sigmaAngular: { Si: -1 } }, /sigmaAngular\.Si is -1/],
    ["shrinking widths", { sigmaRadialScaling: -0.1 }, /sigmaRadialScaling is -0\.1/],
    ["another enhancement", { radialEnhancement: 3 }, /radialEnhancement is 3/],
    ["an unknown element among values", { sigmaRadial: { Sii: 0.5 } }, /unknown element "Sii"; did you mean "Si"\?/],
    ["an unknown element", { species: ["Si", "Xx"] }, /Xx/],
    ["an element twice", { species: ["Si", "O", "Si"] }, /species \[Si, O, Si\] names one element twice/],
    ["values for some of the species", { species: ["Si", "O"], sigmaRadial: { Si: 0.5 } }, /sigmaRadial has values for Si but none for O: add one/],
    ["values for other species", { species: ["Si"], sigmaRadial: { Si: 0.5, O: 1 } }, /sigmaRadial has a value for O, which is not in species \[Si\]/],
    ["a misspelled compression", { compression: "trivia" }, /compression.*"trivia"/],
    ["an impossible nuR", { compression: "3_1" }, /compression.*"3_1"/],
    ["features that do not exist", { species: ["Si"], compression: { mode: "features", keep: [0, 40] } }, /position 40 of a vector with 40 components/],
    [
      "a gap in a projection",
      { species: ["Si"], compression: { mode: "projection", entries: [[0, 1, 1], [2, 3, 1]] } },
      /no entry for feature 1, but for later ones/,
    ],
    [
      "sums over species of different size",
      { species: ["Si", "O"], nMax: { Si: 3, O: 4 }, compression: "2_0" },
      /compression 2_0 adds the radial functions of different species and needs the same nMax for each, not 3, 4/,
    ],
  ];
  it.each(refused)("%s is refused", (_, changes, message) => {
    expect(() => turbo(changes)).toThrow(message);
    expect(() => turbo(changes)).toThrow(expect.objectContaining({ code: "INVALID_PARAMETER" }) as Error);
  });

  it("values by species must cover the species of the data", () => {
    const some = turbo({ sigmaRadial: { Si: 0.5, O: 0.4 }, nMax: { Si: 4, O: 3 } });
    expect(some.featureCount([8, 14])).toBe((4 * 7 * 8) / 2);
    expect(() => some.featureCount([6, 14])).toThrow(/nMax has values for Si, O but none for C: add one, or give one number for all species/);
  });

  it("counts of features follow the compression", () => {
    const [species, l1, n, s] = [[1, 6, 8], 4, 4, 3];
    const count = (compression: unknown): number => turbo({ compression }).featureCount(species);
    const k = n * s;
    expect(count("off")).toBe((l1 * k * (k + 1)) / 2);
    // pairs of two first functions, and of a first one with each of the others
    expect(count("trivial")).toBe(l1 * ((s * (s + 1)) / 2 + s * (k - s)));
    expect(count("0_0")).toBe(l1);
    expect(count("0_2")).toBe((l1 * s * (s + 1)) / 2);
    expect(count("2_0")).toBe((l1 * n * (n + 1)) / 2);
    expect(count("1_1")).toBe(l1 * k);
    expect(count("1_2")).toBe(l1 * k * s);
    expect(count("2_1")).toBe(l1 * k * n);
    expect(count("2_2")).toBe(count("off"));
    expect(count({ mode: "nu", nuR: 1, nuS: 0 })).toBe(l1 * n);
    expect(count({ mode: "features", keep: [3, 1, 2] })).toBe(3);
  });

  it("species have the order they are given in", () => {
    const labels = turbo({ species: ["Si", "O"], nMax: { Si: 1, O: 2 }, lMax: 0 }).features([8, 14]).map(({ label }) => label);
    expect(labels).toEqual([
      "Si Si n=1 n'=1 l=0", "Si O n=1 n'=1 l=0", "Si O n=1 n'=2 l=0", "O O n=1 n'=1 l=0", "O O n=1 n'=2 l=0", "O O n=2 n'=2 l=0",
    ]);
  });
});
