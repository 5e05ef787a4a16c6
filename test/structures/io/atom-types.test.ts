import { describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../../src/errors.js";
import { parseStructures } from "../../../src/structures/index.js";

const parse = (text: string, types?: string[]) => parseStructures(text, "types.xyz", {}, {}, types);

describe("atom types in place of symbols", () => {
  const plain = "3\n\n1 0 0 0\n2 0 0 1.6\n2 1.6 0 0\n";
  const extended = '2\nLattice="5 0 0 0 5 0 0 0 5" Properties=pos:R:3:species:S:1 energy=-1\n0 0 0 2\n0 0 1.6 O\n';

  it("become the elements that they are said to be, in plain and extended XYZ, beside symbols and in files of several frames", () => {
    expect([...parse(plain, ["Si", "O"])[0].atomicNumbers]).toEqual([14, 8, 8]);
    expect(parse(plain + extended + plain, ["O", "si"]).map(({ atomicNumbers }) => [...atomicNumbers])).toEqual([[8, 14, 14], [14, 8], [8, 14, 14]]);
    const many = Array.from({ length: 12 }, (_, i) => ["H", "C", "N", "O"][i % 4]);
    expect([...parse("2\n\n12 0 0 0\n10 0 0 2\n", many)[0].atomicNumbers]).toEqual([8, 6]);
  });

  it("are refused without, and where there are more types than elements", () => {
    const thrown = (text: string, types?: string[]): unknown => {
      try {
        return parse(text, types);
      } catch (error) {
        return error;
      }
    };
    const without = thrown(plain) as FormatError;
    expect(without).toBeInstanceOf(FormatError);
    expect(without.message).toMatch(/^types\.xyz:3:1: "1" stands in place of a chemical symbol: .*--types Si,O/);
    const few = thrown(plain.replace("2 1.6", "4 1.6"), ["Si", "O"]) as FormatError;
    expect(few.message).toBe("types.xyz:5:1: there is no atom type 4: --types (data.types in fit files) names the elements of 1 = Si, 2 = O");
    for (const word of ["0", "01", "1.0", "-1", "Sj"]) expect(thrown(`1\n\n${word} 0 0 0\n`, ["Si"])).toBeInstanceOf(FormatError);
    const unknown = thrown(plain, ["Si", "Ox"]) as Error;
    expect(unknown).toBeInstanceOf(InvalidParameterError);
    expect(unknown.message).toMatch(/^types: the element of atom type 2 is an unknown element "Ox"/);
  });

  it("do not touch a column of atomic numbers", () => {
    expect([...parse("1\nProperties=Z:I:1:pos:R:3\n2 0 0 0\n", ["Si", "O"])[0].atomicNumbers]).toEqual([2]);
  });
});
