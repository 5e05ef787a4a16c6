import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors.js";
import { parseStructures } from "../../../src/structures/index.js";

const HEADER = "Properties=species:S:1:pos:R:3";
const GOOD = `1\n${HEADER}\nH 0 0 0\n`;

function problem(text: string | Uint8Array): FormatError {
  try {
    parseStructures(text, "bad.xyz");
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return error as FormatError;
  }
  return expect.fail("the text was accepted");
}

describe("malformed input is refused with line, column and reason", () => {
  it.each<[string, string, number, number | undefined, RegExp]>([
    ["a bad number", `${GOOD}2\n${HEADER}\nH 0 0 0\nO 0 1.2.3 0\n`, 7, 5, /"1\.2\.3" in column pos is not a number/],
    ["a Fortran overflow", `1\n${HEADER}:forces:R:3\nH 0 0 0 1.0 ******** 2\n`, 3, 13, /ran out of columns/],
    ["a number that runs into the next", `1\n${HEADER}\nH 0.1-0.2 0.3\n`, 3, 3, /"0\.1-0\.2"/],
    ["a missing column", `2\n${HEADER}\nH 0 0 0\nO 0 0\n`, 4, 6, /3 of 4 values, column pos is missing/],
    ["a missing column after blanks", `1\n${HEADER}:tag:S:1\nH 0 0 0  \n`, 3, 10, /column tag is missing/],
    ["too many values", `1\n${HEADER}\nH 0 0 0 5\n`, 3, 9, /has 5 values, Properties names 4/],
    ["too few atoms before the next frame", `3\n${HEADER}\nH 0 0 0\nH 0 0 1\n1\n${HEADER}\nH 0 0 0\n`, 5, 1, /unknown element "1".*says it has 3 atoms and this would be atom 3/],
    ["too few atoms before a large frame", `3\n${HEADER}\nH 0 0 0\nH 0 0 1\n200\n${HEADER}\n`, 5, 1, /unknown element "200".*says it has 3 atoms and this would be atom 3/],
    ["too few atoms at the end", `${GOOD}3\n${HEADER}\nH 0 0 0\nH 0 0 1\n`, 8, undefined, /ends after 2 of the 3 atoms of the frame that starts in line 4/],
    ["a cut last line", `2\n${HEADER}\nH 0 0 0\nH 0 0`, 4, 6, /3 of 4 values/],
    ["no comment line", "1\n", 2, undefined, /comment line/],
    ["too many atoms", `${GOOD}H 0 0 1\n`, 4, 1, /expected the number of atoms of frame 2.*"H 0 0 1".*frame 1 more than its 1 atoms/],
    ["a count that is not whole", `1.5\n${HEADER}\n`, 1, 1, /whole number; found "1\.5"/],
    ["a negative count", `\n  -1\n${HEADER}\n`, 2, 3, /found "-1"/],
    ["a count beyond reason", `99999999999\n${HEADER}\n`, 1, 1, /whole number/],
    ["an unknown element", `2\n${HEADER}\nH 0 0 0\nXx 0 0 0\n`, 4, 1, /unknown element "Xx"/],
    ["a numbered symbol", `1\n${HEADER}\nSi1 0 0 0\n`, 3, 1, /unknown element "Si1"; did you mean "Si"\?/],
    ["atom types", `2\n${HEADER}\n1 0 0 0\n2 0 0 1\n`, 3, 1, /"1" stands in place of a chemical symbol: if it is an atom type, .*--types Si,O, in fit files data\.types: \[Si, O\].*Z:I:1/],
    ["atom types in plain XYZ", "2\n\nO 0 0 0\n  2 0 0 1\n", 4, 3, /"2" stands in place of a chemical symbol/],
    ["a hydrogen isotope", `1\n${HEADER}\n  D 0 0 0\n`, 3, 3, /unknown element "D"; write hydrogen isotopes as "H"/],
    ["an atomic number beyond the table", "1\nProperties=Z:I:1:pos:R:3\n119 0 0 0\n", 3, 1, /no element with atomic number 119/],
    ["species that contradict the numbers", `2\n${HEADER}:Z:I:1\nH 0 0 0 1\nH 0 0 1 2\n`, 4, undefined, /species is H, but column Z says 2/],
    ["NaN positions", `1\n${HEADER}\nH 0 nan 0\n`, 3, 5, /position is nan; it must be finite/],
    ["infinite positions", `1\n${HEADER}\nH 0 0 -inf\n`, 3, 7, /position is -inf/],
    ["overflowing positions", `1\n${HEADER}\nH 1e999 0 0\n`, 3, 3, /position is 1e999/],
    ["forces partly NaN", `2\n${HEADER}:forces:R:3\nH 0 0 0 0 0 0\nH 0 0 1 0 nan 0\n`, 4, undefined, /forces holds NaN; forces must be finite/],
    ["an integer that is a real", `1\n${HEADER}:id:I:1\nH 0 0 0 1.5\n`, 3, 9, /"1\.5" in column id is not an integer/],
    ["a logical value that is none", `1\n${HEADER}:fix:L:1\nH 0 0 0 yes\n`, 3, 9, /"yes" in column fix is not a logical value/],
    ["text before the column is counted in characters", `1\n${HEADER.replace("pos", "ä:S:1:pos")}\nH äöü x 0 0\n`, 3, 7, /"x" in column pos/],
    ["an unclosed quote", `1\n${HEADER} Lattice="1 0 0\nH 0 0 0\n`, 2, 40, /the quote " is not closed/],
    ["an unclosed bracket", `1\n${HEADER} a=[1, [2, 3]\nH 0 0 0\n`, 2, 34, /bracket \[ is not closed/],
    ["an unclosed brace", `1\n${HEADER} a={1 2\nH 0 0 0\n`, 2, 34, /brace \{ is not closed/],
    ["a value without a key", `1\n${HEADER} =5\nH 0 0 0\n`, 2, 32, /expected a key before "="/],
    ["a lattice of eight", `1\nLattice="1 0 0 0 1 0 0 0"\nH 0 0 0\n`, 2, 9, /Lattice has 8 numbers; it must have 9/],
    ["a lattice of words", `1\nLattice="1 0 0 0 1 0 0 0 x"\nH 0 0 0\n`, 2, 9, /must be 9 finite numbers/],
    ["a singular lattice", `1\nLattice="1 0 0 0 1 0 1 1 0"\nH 0 0 0\n`, 2, 9, /singular/],
    ["a zero vector along a periodic direction", `1\nLattice="1 0 0 0 1 0 0 0 0"\nH 0 0 0\n`, 2, 9, /singular/],
    ["periodic without a lattice", `1\npbc="T T T"\nH 0 0 0\n`, 2, 5, /periodic but has no Lattice/],
    ["a pbc of two", `1\n${HEADER} pbc="T F"\nH 0 0 0\n`, 2, 36, /pbc is "T F"; it must be three of T and F/],
    ["an energy that is text", `1\n${HEADER} energy=low\nH 0 0 0\n`, 2, 39, /energy is "low"/],
    ["an infinite energy", `1\n${HEADER} energy=inf\nH 0 0 0\n`, 2, 39, /energy is inf; it must be finite/],
    ["a virial of five", `1\n${HEADER} virial="1 2 3 4 5"\nH 0 0 0\n`, 2, 39, /must be 9 numbers, or 6/],
    ["a key with two values", `1\n${HEADER} a=1 b=2 a=3\nH 0 0 0\n`, 2, 42, /"a" is given twice/],
    ["a broken Properties", `1\nProperties=species:S:1:pos:R\nH 0 0 0\n`, 2, 12, /triples name:type:width/],
    ["an unknown column type", `1\nProperties=species:S:1:pos:X:3\nH 0 0 0\n`, 2, 12, /column "pos" has type "X"/],
    ["a column of no width", `1\nProperties=species:S:1:pos:R:0\nH 0 0 0\n`, 2, 12, /width "0"/],
    ["no positions", `1\nProperties=species:S:1\nH\n`, 2, 12, /has no positions/],
    ["no species", `1\nProperties=pos:R:3\n0 0 0\n`, 2, 12, /neither species.*nor atomic numbers/],
    ["a column named twice", `1\n${HEADER}:a:R:1:a:R:1\nH 0 0 0 1 1\n`, 2, 12, /names the column "a" twice/],
  ])("%s", (_name, text, line, column, reason) => {
    const error = problem(text);
    expect(error.location.file).toBe("bad.xyz");
    expect(error.location.line).toBe(line);
    expect(error.location.column).toBe(column);
    expect(error.message).toMatch(reason);
    expect(error.message.startsWith(`bad.xyz:${line}${column === undefined ? "" : `:${column}`}: `)).toBe(true);
  });

  it("names the line also with Windows line ends, and after many chunks", () => {
    expect(problem(`${GOOD.repeat(5000)}1\n${HEADER}\nH 0 0 x\n`.replaceAll("\n", "\r\n")).location.line).toBe(15003);
  });

  it("refuses UTF-16 and files that are something else", () => {
    expect(problem(Uint8Array.of(0xff, 0xfe, 0x31, 0, 0x0a, 0)).message).toMatch(/UTF-16/);
    expect(problem("<?xml version='1.0'?>\n").message).toMatch(/expected the number of atoms of frame 1/);
  });

  it("does not reserve memory for atoms that the file does not have", () => {
    expect(problem(`2000000000\n${HEADER}\nH 0 0 0\n`).message).toMatch(/ends after 1 of the 2000000000 atoms/);
  });
});
