import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import { atomicNumberOf, chemicalSymbols, describeUnknownElement, findAtomicNumber, symbolOf } from "../../src/structures/index.js";

describe("the periodic table", () => {
  it("has 118 elements, each found again", () => {
    expect(chemicalSymbols.length).toBe(118);
    expect(new Set(chemicalSymbols).size).toBe(118);
    for (let z = 1; z <= 118; z++) expect(atomicNumberOf(symbolOf(z))).toBe(z);
  });

  it("knows landmarks of every row and block", () => {
    const landmarks = { H: 1, He: 2, C: 6, Ne: 10, Si: 14, Ar: 18, Fe: 26, Kr: 36, Mo: 42, Xe: 54, La: 57, Lu: 71, W: 74, Pb: 82, Rn: 86, U: 92, Lr: 103, Og: 118 };
    for (const [symbol, z] of Object.entries(landmarks)) expect(atomicNumberOf(symbol)).toBe(z);
  });

  it("takes any case", () => {
    expect([findAtomicNumber("SI"), findAtomicNumber("si"), findAtomicNumber("h"), findAtomicNumber("X")]).toEqual([14, 14, 1, undefined]);
  });

  it("suggests what was meant", () => {
    expect(() => atomicNumberOf("Slicon")).toThrow(InvalidParameterError);
    expect(describeUnknownElement("Si1")).toContain('did you mean "Si"?');
    expect(describeUnknownElement("O_w")).toContain('did you mean "O"?');
    expect(describeUnknownElement("D")).toContain('"H"');
    expect(describeUnknownElement("ABCDEF")).toContain("chemical symbols H … Og are allowed");
  });

  it("refuses numbers outside the table", () => {
    for (const z of [0, -1, 119, 1.5, NaN]) expect(() => symbolOf(z)).toThrow(/1 … 118/);
  });
});
