import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Acsf, formatSymmetryFunctions, parseSymmetryFunctions } from "../../../src/descriptors/index.js";
import { expectClose } from "../../expect.js";

const folder = mkdtempSync(join(tmpdir(), "pestle-input-nn-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const text = `# functions of two elements, out of order
number_of_elements 2
elements Na Cl
cutoff_type 6 0.25
symfunction_short Na 3 Na Cl 0.03 1.0 4.0 5.0 0.5   # narrow
symfunction_short Na  2  Cl  0.8 1.2 5.0
symfunction_short Cl 9 Na Na 0.02 -1.0 2.5 5.0
symfunction_short Cl 12 0.5 1.5 4.5
symfunction_short Cl 13 0.5 1.5 -1 2 4.5
symfunction_short Na 2 Cl 0.8 1.2 4.0
`;

describe("symmetry functions of an input.nn", () => {
  it("are read as n2p2 means them", () => {
    const { cutoff, functions } = parseSymmetryFunctions(text);
    expect(cutoff).toEqual({ function: "polynomial-2", innerFraction: 0.25 });
    expect(functions).toEqual([
      { center: "Na", type: 3, neighbors: ["Na", "Cl"], eta: 0.03, lambda: 1, zeta: 4, radius: 5, shift: 0.5 },
      { center: "Na", type: 2, neighbors: ["Cl"], eta: 0.8, shift: 1.2, radius: 5 },
      { center: "Cl", type: 9, neighbors: ["Na", "Na"], eta: 0.02, lambda: -1, zeta: 2.5, radius: 5, shift: 0 },
      { center: "Cl", type: 12, eta: 0.5, shift: 1.5, radius: 4.5 },
      { center: "Cl", type: 13, eta: 0.5, shift: 1.5, lambda: -1, zeta: 2, radius: 4.5 },
      { center: "Na", type: 2, neighbors: ["Cl"], eta: 0.8, shift: 1.2, radius: 4 },
    ]);
  });

  it("in Bohr become functions in Å", () => {
    const bohr = 0.529177210903;
    const [{ eta, radius, shift }] = parseSymmetryFunctions("symfunction_short H 2 H 0.5 2.0 12.0", { lengthUnit: "bohr" }).functions;
    expectClose([eta, shift, radius], [0.5 / bohr ** 2, 2 * bohr, 12 * bohr], 1e-14);
  });

  it("are written in n2p2's order, to be read back as they were", () => {
    const acsf = new Acsf({ type: "acsf", cutoff: { function: "polynomial-2", innerFraction: 0.25 }, symmetryFunctions: [...parseSymmetryFunctions(text).functions] });
    const species = [11, 17];
    const written = formatSymmetryFunctions(acsf.symmetryFunctionFile(species));
    expect(written).toBe(`cutoff_type 6 0.25
symfunction_short Na 2 Cl 0.8 1.2 4
symfunction_short Na 2 Cl 0.8 1.2 5
symfunction_short Na 3 Na Cl 0.03 1 4 5 0.5
symfunction_short Cl 9 Na Na 0.02 -1 2.5 5 0
symfunction_short Cl 12 0.5 1.5 4.5
symfunction_short Cl 13 0.5 1.5 -1 2 4.5
`);
    const again = parseSymmetryFunctions(written);
    expect(new Acsf({ type: "acsf", cutoff: again.cutoff, symmetryFunctions: [...again.functions] }).parameters).toEqual(acsf.parameters);
    const bohr = parseSymmetryFunctions(formatSymmetryFunctions(acsf.symmetryFunctionFile(species), "bohr"), { lengthUnit: "bohr" });
    expectClose(bohr.functions.map(({ eta }) => eta), again.functions.map(({ eta }) => eta), 1e-14);
  });

  it("are made of lists too: of every element", () => {
    const acsf = new Acsf({ type: "acsf", cutoff: { radius: 5 }, g1: true, g4: [[0.1, 2, 1]], weightedRadial: [[1, 0]] });
    const file = acsf.symmetryFunctionFile([8, 14]);
    expect(formatSymmetryFunctions(file).split("\n").filter((line) => line.startsWith("symfunction_short O"))).toEqual([
      "symfunction_short O 2 O 0 0 5", "symfunction_short O 2 Si 0 0 5", "symfunction_short O 3 O O 0.1 1 2 5 0", "symfunction_short O 3 O Si 0.1 1 2 5 0",
      "symfunction_short O 3 Si Si 0.1 1 2 5 0", "symfunction_short O 12 1 0 5",
    ]);
    expect(() => new Acsf({ type: "acsf", cutoff: { radius: 5 }, g3: [1] }).symmetryFunctionFile([14])).toThrow(/n2p2 has no functions with a cosine/);
  });

  it("of a file stand in the parameters, not the path", () => {
    const path = join(folder, "input.nn");
    writeFileSync(path, text);
    const { parameters, cutoff } = new Acsf({ type: "acsf", symmetryFunctions: { file: path } });
    expect(cutoff).toBe(5);
    expect(parameters.cutoff).toEqual({ radius: 5, function: "polynomial-2", innerFraction: 0.25 });
    expect(JSON.stringify(parameters)).not.toContain(path);
    expect(parameters.symmetryFunctions!.map(({ center, type }) => `${center}${type}`)).toEqual(["Na2", "Na2", "Na3", "Cl9", "Cl12", "Cl13"]);
    expect(() => new Acsf({ type: "acsf", cutoff: { function: "cosine" }, symmetryFunctions: { file: path } })).toThrow(
      /cutoff\.function is cosine, but the file of symmetryFunctions has polynomial-2; leave it out/,
    );
  });

  it.each([
    ["no functions", "elements H\n", /no line symfunction_short/],
    ["an unknown type", "symfunction_short H 4 H 1 1", /input\.nn:1.*type 4 are not known; there are 2, 3, 9, 12 and 13/],
    ["an unknown element", "\nsymfunction_short H 2 Q 1 0 5", /input\.nn:2.*"Q" is no element/],
    ["a missing number", "symfunction_short H 2 H 1 0", /has the numbers eta, shift, radius; found "1 0"/],
    ["a number too many", "symfunction_short H 3 H H 1 1 1 5 0 9", /\(the last may be left out\)/],
    ["a zeta below 1", "symfunction_short H 3 H H 1 1 0.5 5", /zeta is 0\.5; it must be 1 or more/],
    ["a negative radius", "symfunction_short H 2 H 1 0 -5", /cutoff radius is -5/],
    ["a cutoff function that does not exist", "cutoff_type 11\nsymfunction_short H 2 H 1 0 5", /cutoff_type is "11"/],
    ["an inner radius that is none", "cutoff_type 1 1.5\nsymfunction_short H 2 H 1 0 5", /fraction of the cutoff radius/],
  ])("with %s are refused", (_, wrong, message) => {
    expect(() => parseSymmetryFunctions(wrong)).toThrow(message);
    expect(() => parseSymmetryFunctions(wrong)).toThrow(expect.objectContaining({ code: "FORMAT" }) as Error);
  });

  it("that are not there are an error with the path", () => {
    expect(() => new Acsf({ type: "acsf", symmetryFunctions: { file: join(folder, "none.nn") } })).toThrow(/cannot read the symmetry functions in .*none\.nn/);
  });
});
