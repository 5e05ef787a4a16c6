import { describe, expect, it } from "vitest";
import { Acsf, acsfGrid, createDescriptor } from "../../../src/descriptors/index.js";
import { expectClose } from "../../expect.js";

const acsf = (parameters: object): Acsf => new Acsf({ type: "acsf", ...parameters });
const radial = { center: "Si", type: 2, neighbors: ["O"], eta: 0.5, shift: 0, radius: 5 };

describe("parameters of symmetry functions", () => {
  it("need a cutoff radius only; every function stands in what a model file holds", () => {
    const { parameters, cutoff, isSmoothAtCutoff } = acsf({ cutoff: { radius: 6 } });
    expect(cutoff).toBe(6);
    expect(isSmoothAtCutoff).toBe(true);
    expect(parameters).toEqual({
      type: "acsf", cutoff: { radius: 6, function: "cosine", innerFraction: 0 },
      g1: false, g2: acsfGrid(6).g2, g3: [], g4: acsfGrid(6).g4, g5: [], weightedRadial: [], weightedAngular: [],
    });
    expect([parameters.g2.length, parameters.g4.length]).toEqual([8, 18]);
    expect(acsf(parameters).parameters).toEqual(parameters);
    expect(acsf(parameters).featureCount([8, 14])).toBe(2 * 8 + 3 * 18);
  });

  it("take DScribe's lists and objects, and a grid adds to them", () => {
    const { parameters } = acsf({ cutoff: { radius: 5 }, g2: [[0.5, 1], { eta: 2 }], g3: [1.5], g5: [[0.1, 4, -1]], grid: { radial: 2, angular: 0 } });
    expect(parameters.g2.slice(0, 2)).toEqual([{ eta: 0.5, shift: 1 }, { eta: 2, shift: 0 }]);
    expect(parameters.g2.slice(2)).toEqual(acsfGrid(5, { radial: 2, angular: 0 }).g2);
    expect(parameters).toMatchObject({ g3: [{ kappa: 1.5 }], g4: [], g5: [{ eta: 0.1, zeta: 4, lambda: -1, shift: 0 }] });
  });

  it("order columns as DScribe does, and name them", () => {
    const descriptor = acsf({ cutoff: { radius: 5 }, g1: true, g2: [[0.5, 1]], g3: [1], g4: [[0.1, 4, -1]], g5: [[0.1, 1, 1]], weightedRadial: [[1, 0]], weightedAngular: [[1, 2, 1]] });
    expect(descriptor.features([8, 14]).map(({ label, bodyOrder, channel }) => [label, bodyOrder, channel.join()])).toEqual([
      ["G1 O", 2, "O"], ["G2 O eta=0.5 shift=1", 2, "O"], ["G3 O kappa=1", 2, "O"],
      ["G1 Si", 2, "Si"], ["G2 Si eta=0.5 shift=1", 2, "Si"], ["G3 Si kappa=1", 2, "Si"],
      ["G4 O-O eta=0.1 zeta=4 lambda=-1", 3, "O,O"], ["G5 O-O eta=0.1 zeta=1 lambda=1", 3, "O,O"],
      ["G4 O-Si eta=0.1 zeta=4 lambda=-1", 3, "O,Si"], ["G5 O-Si eta=0.1 zeta=1 lambda=1", 3, "O,Si"],
      ["G4 Si-Si eta=0.1 zeta=4 lambda=-1", 3, "Si,Si"], ["G5 Si-Si eta=0.1 zeta=1 lambda=1", 3, "Si,Si"],
      ["weighted-radial eta=1", 2, "O,Si"], ["weighted-angular eta=1 zeta=2 lambda=1", 3, "O,Si"],
    ]);
  });

  it("of functions of elements: a column for each function that any element has, in n2p2's order", () => {
    const functions = [
      { center: "Si", type: 3, neighbors: ["Si", "O"], eta: 0.1, shift: 0, zeta: 1, lambda: 1, radius: 4 },
      { ...radial, eta: 2 }, radial, { ...radial, center: "O" }, { ...radial, neighbors: ["Si"] }, { center: "O", type: 12, eta: 1, shift: 0, radius: 5 },
    ];
    const descriptor = acsf({ symmetryFunctions: functions });
    const species = [8, 14];
    expect(descriptor.features(species).map(({ label }) => label)).toEqual([
      "G2 O eta=0.5", "G2 Si eta=0.5", "G2 O eta=2", "G4 O-Si eta=0.1 zeta=1 lambda=1 radius=4", "weighted-radial eta=1",
    ]);
    expect(descriptor.columnsOfCenter(species, 8)).toEqual([0, 4]);
    expect(descriptor.columnsOfCenter(species, 14)).toEqual([0, 1, 2, 3]);
    expect(descriptor.cutoff).toBe(5);
    expect(descriptor.ownSpecies).toEqual(species);
    expect(acsf(descriptor.parameters).parameters).toEqual(descriptor.parameters);
  });

  it.each([
    ["hard", false], ["cosine", true], ["tanh", true], ["polynomial-1", true], ["exponential", true],
  ] as const)("%s is smooth at the cutoff: %s", (name, smooth) => {
    expect(acsf({ cutoff: { radius: 5, function: name } }).isSmoothAtCutoff).toBe(smooth);
  });

  it("make one row for each structure if asked to", () => {
    expect(createDescriptor({ type: "acsf", cutoff: { radius: 5 }, average: "outer" }).rows).toBe("structure");
  });

  const refused: [string, object, RegExp][] = [
    ["no cutoff", {}, /cutoff\.radius is missing; it must be a length in Å/],
    ["a cutoff of 0", { cutoff: { radius: 0 } }, /cutoff\.radius is 0/],
    ["a misspelled key", { cutoff: { radius: 5 }, G2: [] }, /unknown key "G2"; did you mean "g2"\?/],
    ["a misspelled cutoff function", { cutoff: { radius: 5, function: "cosin" } }, /cutoff\.function is "cosin".*did you mean "cosine"\?/],
    ["a negative eta", { cutoff: { radius: 5 }, g2: [[-1, 0]] }, /g2.*0.*-1|g2\[0\]/],
    ["a zeta below 1", { cutoff: { radius: 5 }, g4: [{ eta: 1, zeta: 0.5, lambda: 1 }] }, /zeta is 0\.5; it must be a number.*1/],
    ["a lambda beyond 1", { cutoff: { radius: 5 }, g4: [{ eta: 1, zeta: 1, lambda: 2 }] }, /lambda is 2; it must be/],
    ["the same function twice", { cutoff: { radius: 5 }, g2: [[1, 0], [1, 0]] }, /the function G2 Si eta=1 is there twice/],
    ["an inner radius of tanh", { cutoff: { radius: 5, function: "tanh", innerFraction: 0.5 } }, /tanh has no inner radius/],
    ["an inner radius at the cutoff", { cutoff: { radius: 5, innerFraction: 1 } }, /innerFraction is 1/],
    ["functions of elements and lists", { cutoff: { radius: 5 }, g1: true, symmetryFunctions: [radial] }, /symmetryFunctions stands for all functions/],
    ["a cutoff that functions exceed", { cutoff: { radius: 4 }, symmetryFunctions: [radial] }, /a function of symmetryFunctions reaches to 5 Å/],
    ["a function of an element twice", { symmetryFunctions: [radial, radial] }, /has a function of Si twice/],
    ["a radial function with zeta", { symmetryFunctions: [{ ...radial, zeta: 1, lambda: 1 }] }, /types 3, 9 and 13 have zeta and lambda/],
    ["an angular function without zeta", { symmetryFunctions: [{ ...radial, type: 9, neighbors: ["O", "O"] }] }, /types 3, 9 and 13 have zeta and lambda/],
    ["a radial function of two elements", { symmetryFunctions: [{ ...radial, neighbors: ["O", "O"] }] }, /type 2 for Si has 2 elements of neighbors; type 2 has one/],
    ["an unknown element", { symmetryFunctions: [{ ...radial, center: "Xx" }] }, /Xx/],
    ["species that lack one with functions", { species: ["Si"], symmetryFunctions: [radial] }, /names O, which is not in species \[Si\]/],
    ["one shifted function", { cutoff: { radius: 5 }, grid: { radial: 1 } }, /grid\.radial is 1; shifted functions/],
    ["two equal functions", { cutoff: { radius: 5 }, grid: { radial: 2, placement: "centered" } }, /grid\.radial is 2; the two centered functions.*equal/],
    ["an empty grid", { cutoff: { radius: 5 }, grid: { radial: 0, angular: 0 } }, /a grid needs functions/],
    ["a grid beyond the cutoff", { cutoff: { radius: 5 }, grid: { rule: "gastegger", to: 6 } }, /grid goes from 0\.5 Å to 6 Å/],
    ["weighted wide functions", { cutoff: { radius: 5 }, grid: { weighted: true, angularKind: "g5" } }, /weighted angular functions are narrow/],
  ];
  it.each(refused)("%s: refused", (_, parameters, message) => {
    const attempt = (): number => acsf(parameters).featureCount([14]);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: "INVALID_PARAMETER" }) as Error);
  });

  it("name an element that the data has and they have not", () => {
    expect(() => acsf({ cutoff: { radius: 5 }, species: ["O"] }).featureCount([8, 14])).toThrow(/the data contains Si, which is not in species \[O\]: add it/);
    expect(() => acsf({ symmetryFunctions: [radial] }).featureCount([1, 8, 14])).toThrow(/contains H, which is not in symmetryFunctions \[O, Si\]: give functions/);
  });
});

describe("grids of symmetry functions", () => {
  it("follow Imbalzano et al.: three shifted functions at 6 Å worked out by hand", () => {
    const { g2, g4 } = acsfGrid(6, { radial: 3, angular: 3, zeta: [1] });
    const root = Math.cbrt(3);
    expectClose(g2.map(({ shift }) => shift), [2, 6 / root ** 2, 6 / root], 1e-14);
    expectClose(g2.map(({ eta }) => eta), [(6 / root ** 2 - 2) ** -2, (6 / root - 6 / root ** 2) ** -2, (6 - 6 / root) ** -2], 1e-12);
    expectClose(g4.map(({ eta }) => eta), [1, 1, 2, 2, 4, 4].map((x) => x / 36), 1e-15);
    expect(g4.map(({ lambda }) => lambda)).toEqual([1, -1, 1, -1, 1, -1]);
    // the published rule at a cutoff of 2, n = 2
    const small = acsfGrid(2, { radial: 2, angular: 0 }).g2;
    expectClose(small.map(({ eta }) => eta), [3 + 2 ** 1.5, 1.5 + Math.SQRT2], 1e-13);
    expectClose(small.map(({ shift }) => shift), [1, Math.SQRT2], 1e-15);
  });

  it("follow Gastegger et al.: equidistant, with the spacing or the distance as width", () => {
    const shifted = acsfGrid(6, { rule: "gastegger", radial: 5, angular: 0, from: 1, to: 5 }).g2;
    expect(shifted).toEqual([1, 2, 3, 4, 5].map((shift) => ({ eta: 0.5, shift })));
    const centered = acsfGrid(6, { rule: "gastegger", placement: "centered", radial: 2, angular: 1, zeta: [1], from: 0.5, to: 1, weighted: true });
    expect(centered.weightedRadial).toEqual([{ eta: 2, shift: 0 }, { eta: 0.5, shift: 0 }]);
    expect(centered.weightedAngular.map(({ eta }) => eta)).toEqual([2, 2]);
    expect(acsfGrid(6, { rule: "gastegger", radial: 2, angular: 0 }).g2.map(({ shift }) => shift)).toEqual([0.5, 5.5]);
  });

  it("have both placements if asked to", () => {
    expect(acsfGrid(6, { placement: "both", radial: 3 }).g2).toHaveLength(6);
  });
});
