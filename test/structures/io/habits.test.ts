// The habits of extended XYZ files in the wild, one by one.
import { describe, expect, it } from "vitest";
import { parseStructures } from "../../../src/structures/index.js";
import type { Structure } from "../../../src/structures/index.js";
import { expectClose } from "../../expect.js";
import { extxyzReader } from "./extxyz-reader.js";

function one(text: string): Structure {
  const structures = parseStructures(text, "test.xyz");
  expect(structures.length).toBe(1);
  return structures[0];
}

/** The info of a one-atom frame with these entries after Properties. */
function info(entries: string): Record<string, unknown> {
  return Object.fromEntries(one(`1\nProperties=species:S:1:pos:R:3 ${entries}\nH 0 0 0\n`).info);
}

const CUBE = 'Lattice="4 0 0 0 5 0 0 0 6"';

describe("a frame", () => {
  it("has atoms, cell, targets, group and label", () => {
    const text =
      `2\n${CUBE} Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5 config_type=bulk virial="1 2 3 4 5 6 7 8 9" pbc="T F T"\n` +
      "Si 0.5 -1 2e-1 1 2 3\nO 1 2 3 -4 -5 -6\n";
    const structure = one(text);
    expect([...structure.atomicNumbers]).toEqual([14, 8]);
    expect([...structure.positions]).toEqual([0.5, -1, 0.2, 1, 2, 3]);
    expect([...structure.cell!]).toEqual([4, 0, 0, 0, 5, 0, 0, 0, 6]);
    expect(structure.pbc).toEqual([true, false, true]);
    expect(structure.targets.energy).toBe(-1.5);
    expect([...structure.targets.forces!]).toEqual([1, 2, 3, -4, -5, -6]);
    // old arrays of nine are column-major
    expect([...structure.targets.virial!]).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
    expect(structure.configType).toBe("bulk");
    expect(structure.info.size).toBe(0);
    expect(structure.label).toBe("frame 1 of test.xyz");
  });

  it("is periodic by default exactly when it has a lattice", () => {
    expect(one(`1\n${CUBE}\nH 0 0 0\n`).pbc).toEqual([true, true, true]);
    const molecule = one("1\nProperties=species:S:1:pos:R:3\nH 0 0 0\n");
    expect(molecule.pbc).toEqual([false, false, false]);
    expect(molecule.cell).toBeNull();
  });

  it.each([
    ['pbc="T T F"', [true, true, false]],
    ["pbc=[T, F, T]", [true, false, true]],
    ["pbc={T F F}", [true, false, false]],
    ['pbc="True False true"', [true, false, true]],
    ['pbc="1 0 0"', [true, false, false]],
    ["pbc=F", [false, false, false]],
    ['PBC="F T T"', [false, true, true]],
  ])("reads %s", (text, expected) => {
    expect(one(`1\n${CUBE} ${text}\nH 0 0 0\n`).pbc).toEqual(expected);
  });

  it.each([
    'Lattice="4 0 0 0 5 0 0 0 6"',
    "Lattice='4 0 0 0 5 0 0 0 6'",
    "Lattice={4 0 0 0 5 0 0 0 6}",
    'Lattice="4, 0, 0, 0, 5, 0, 0, 0, 6"',
    "Lattice=[4, 0, 0, 0, 5, 0, 0, 0, 6]",
    "Lattice=[[4, 0, 0], [0, 5, 0], [0, 0, 6]]",
    'Lattice = "4.0D0 0d0 0 0 5 0 0 0 6.0d+00"',
    'lattice="4 0 0 0 5 0 0 0 6"',
    '"Lattice"="4 0 0 0 5 0 0 0 6"',
  ])("reads %s", (text) => {
    expect([...one(`1\n${text} Properties=species:S:1:pos:R:3\nH 0 0 0\n`).cell!]).toEqual([4, 0, 0, 0, 5, 0, 0, 0, 6]);
  });

  it("keeps the rows of a lattice as vectors", () => {
    expect([...one('1\nLattice="1 2 3 0 5 6 0 0 9"\nH 0 0 0\n').cell!]).toEqual([1, 2, 3, 0, 5, 6, 0, 0, 9]);
  });

  it("takes a lattice of zeros for none, and allows zero vectors where it is not periodic", () => {
    expect(one('1\nLattice="0 0 0 0 0 0 0 0 0" pbc="F F F"\nH 0 0 0\n').cell).toBeNull();
    expect([...one('1\nLattice="1 0 0 0 1 0 0 0 0" pbc="T T F"\nH 0 0 0\n').cell!]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 0]);
  });
});

describe("files", () => {
  it("may be plain XYZ, with a free comment and further columns", () => {
    const structure = one("3\nwater, the user's \"best guess\nO 0 0 0 0.4 x\n H 0 0 1\n\tH\t0\t1 0\n");
    expect([...structure.atomicNumbers]).toEqual([8, 1, 1]);
    expect([...structure.positions]).toEqual([0, 0, 0, 0, 0, 1, 0, 1, 0]);
    expect(structure.info.get("comment")).toBe('water, the user\'s "best guess');
    expect(structure.pbc).toEqual([false, false, false]);
  });

  it("may be plain XYZ with values in the comment, as molecular dynamics programs write it", () => {
    const structure = one("1\n i = 12, time = 0.500, E = -17.25\nH 0 0 0\n");
    expect(Object.fromEntries(structure.info)).toEqual({ i: 12, time: 0.5, E: -17.25 });
  });

  it("may have an empty comment line", () => {
    expect(one("1\n\nH 0 0 0\n").info.size).toBe(0);
  });

  it("may have blank lines between frames and at the end, and no line break at the end", () => {
    const frame = "1\nProperties=species:S:1:pos:R:3\nH 0 0 0\n";
    expect(parseStructures(`${frame}\n  \n${frame}\n\n`).length).toBe(2);
    expect(parseStructures(`${frame}${frame}`.trimEnd()).length).toBe(2);
    expect(parseStructures("").length).toBe(0);
    expect(parseStructures("\n \n").length).toBe(0);
  });

  it("may have Windows line ends and a byte order mark", () => {
    const unix = `2\n${CUBE} Properties=species:S:1:pos:R:3:tag:S:1 name=x\nSi 1 2 3 a\nO 4 5 6 b\n`;
    const windows = parseStructures(`\uFEFF${unix.replaceAll("\n", "\r\n")}`, "test.xyz")[0];
    expect(windows).toEqual(one(unix));
  });

  it("may hold frames without atoms", () => {
    const structures = parseStructures("0\nenergy=0.0\n0\n\n1\n\nH 0 0 0");
    expect(structures.map(({ atomicNumbers }) => atomicNumbers.length)).toEqual([0, 0, 1]);
    expect(structures[0].targets.energy).toBe(0);
  });

  it("may hold text that is not ASCII", () => {
    const structure = one("1\nProperties=species:S:1:pos:R:3:site:S:1 author=Csányi\nH 0 0 0 α₁\n");
    expect(structure.info.get("author")).toBe("Csányi");
    expect(structure.atomInfo[0].values).toEqual(["α₁"]);
  });

  it("may come in chunks of any size", () => {
    const text = `\uFEFF2\r\n${CUBE} Properties=species:S:1:pos:R:3 name="ä b"\r\nSi 1.25 2 3\r\nO 4 5 6\r\n\r\n1\n\nH -0.125 0 0`;
    const bytes = new TextEncoder().encode(text);
    const whole = parseStructures(bytes, "f");
    expect(whole.length).toBe(2);
    for (const size of [1, 2, 3, 7, 40, 64]) {
      const parser = extxyzReader("f");
      const structures: Structure[] = [];
      for (let i = 0; i < bytes.length; i += size) {
        const chunk = bytes.slice(i, i + size);
        structures.push(...parser.push(chunk));
        chunk.fill(0); // the parser may not rely on a chunk it was given before
      }
      structures.push(...parser.finish());
      expect(structures).toEqual(whole);
    }
  });
});

describe("columns", () => {
  it("come in any order, with further ones kept", () => {
    const structure = one(
      "2\nProperties=id:I:1:force:R:3:tags:S:2:pos:R:3:fixed:L:2:species:S:1:charge:R:1\n" +
        "7 .1 .2 .3 a b 1 2 3 T F Si 0.5\n8 1. 2. 3. c d 4 5 6 0 true O -1d-1\n",
    );
    expect([...structure.atomicNumbers]).toEqual([14, 8]);
    expect([...structure.positions]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...structure.targets.forces!]).toEqual([0.1, 0.2, 0.3, 1, 2, 3]);
    expect(structure.atomInfo).toEqual([
      { name: "id", type: "integer", width: 1, values: Int32Array.of(7, 8) },
      { name: "tags", type: "text", width: 2, values: ["a", "b", "c", "d"] },
      { name: "fixed", type: "logical", width: 2, values: Uint8Array.of(1, 0, 0, 1) },
      { name: "charge", type: "real", width: 1, values: Float64Array.of(0.5, -0.1) },
    ]);
  });

  it.each(["Z", "numbers", "atomic_numbers"])("give the elements as numbers in %s", (name) => {
    expect([...one(`2\nProperties=${name}:I:1:positions:R:3\n14 0 0 0\n118 0 0 1\n`).atomicNumbers]).toEqual([14, 118]);
  });

  it("may give the elements twice", () => {
    const structure = one("1\nProperties=species:S:1:pos:R:3:Z:I:1\nSi 0 0 0 14\n");
    expect([...structure.atomicNumbers]).toEqual([14]);
    expect(structure.atomInfo[0].name).toBe("Z");
  });

  it("take symbols in any case, as ASE does", () => {
    expect([...one("3\n\nSI 0 0 0\nsi 0 0 1\nH 0 0 2\n").atomicNumbers]).toEqual([14, 14, 1]);
  });

  it("hold integers beyond 32 bits", () => {
    const structure = one("1\nProperties=species:S:1:pos:R:3:id:I:1\nH 0 0 0 9007199254740991\n");
    expect(structure.atomInfo[0].values).toEqual(Float64Array.of(9007199254740991));
  });
});

describe("values of the comment line", () => {
  it.each([
    ["a=1", 1],
    ["a=-12", -12],
    ["a=1.5", 1.5],
    ["a=1.5E-3", 0.0015],
    ["a=1.5D-3", 0.0015],
    ["a=2d0", 2],
    ["a=.5", 0.5],
    ["a=5.", 5],
    ["a=nan", NaN],
    ["a=-inf", -Infinity],
    ["a=T", true],
    ["a=false", false],
    ["a", true],
    ["a=", ""],
    ['a=""', ""],
    ["a= b=1", ""],
    ["a = 1", 1],
    ['a="1"', 1],
    ['a="1 2 3"', [1, 2, 3]],
    ['a="1, 2.5, 3"', [1, 2.5, 3]],
    ["a={1 2 3}", [1, 2, 3]],
    ["a={1, 2, 3}", [1, 2, 3]],
    ["a=[1, 2, 3]", [1, 2, 3]],
    ["a=[1,2,3]", [1, 2, 3]],
    ["a=[1 2 3]", [1, 2, 3]],
    ["a=[]", []],
    ["a=[1.5d0]", [1.5]],
    ["a=[[1, 2], [3, 4]]", [[1, 2], [3, 4]]],
    ["a=[T, F]", [true, false]],
    ['a=["x y", z]', ["x y", "z"]],
    ['a="T F T"', [true, false, true]],
    ["a='single quotes'", "single quotes"],
    ["a={in braces}", "in braces"],
    ['a={"b": [1, {"c": null}]}', { b: [1, { c: null }] }],
    ['a="with \\"quotes\\" and \\\\ and \\n"', 'with "quotes" and \\ and \n'],
    ['a="C:\\data"', "C:\\data"],
    ['a="_JSON [[1, 2], [3]]"', [[1, 2], [3]]],
    ['a="_JSON {\\"b\\": [1.5, \\"x\\"]}"', { b: [1.5, "x"] }],
    ['a="_JSON [NaN, 1]"', [NaN, 1]],
    ['a="_JSON {broken"', "_JSON {broken"],
    ["a=A1:FHI-aims/PBE:s=0", "A1:FHI-aims/PBE:s=0"],
    ["a=[Fe(CN)6]4-", "[Fe(CN)6]4-"],
    ["a=0001", "0001"],
    ["a=12345678901234567890", "12345678901234567890"],
    ["a=1e", "1e"],
    ["a=0x10", "0x10"],
  ])("%s", (text, expected) => {
    expect(info(text).a).toEqual(expected);
  });

  it("keep their order, and what follows each is read", () => {
    expect(Object.entries(info('z=1 "a key"=2 m flag n="x"y={1 2} k=[1] w=\'v\''))).toEqual([
      ["z", 1],
      ["a key", 2],
      ["m", true],
      ["flag", true],
      ["n", "x"],
      ["y", [1, 2]],
      ["k", [1]],
      ["w", "v"],
    ]);
  });

  it("remember which whole numbers were reals", () => {
    const frame = 'a=1 b=1.0 c="1 2" d="1.0 2" e="1.0 2.5" f=[[1e0]] g=1.5 h="_JSON [1.0]" i="_JSON [1]"';
    expect([...one(`1\nProperties=species:S:1:pos:R:3 ${frame}\nH 0 0 0\n`).source!.realKeys!]).toEqual(["b", "d", "f", "h"]);
  });

  it("give the group as text, whatever it looks like", () => {
    expect(one("1\nconfig_type=300\nH 0 0 0\n").configType).toBe("300");
    expect(one('1\nconfig_type="a b" pbc=F\nH 0 0 0\n').configType).toBe("a b");
    expect(parseStructures("1\ngroup=x config_type=y\nH 0 0 0\n", "f", { configType: "group" })[0].configType).toBe("x");
  });
});

describe("targets", () => {
  const frame = (entries: string): string => `1\n${CUBE} Properties=species:S:1:pos:R:3 ${entries}\nH 0 0 0\n`;

  it("turn a stress into a virial of −volume · stress", () => {
    const voigt = one(frame('stress="1 2 3 4 5 6"')).targets.virial!;
    expectClose(voigt, [1, 6, 5, 6, 2, 4, 5, 4, 3].map((stress) => -120 * stress), 1e-12);
    const matrix = one(frame('stress="1 6 5 6 2 4 5 4 3"')).targets.virial!;
    expect([...matrix]).toEqual([...voigt]);
    expect([...one(frame("stress=[[1, 6, 5], [6, 2, 4], [5, 4, 3]]")).targets.virial!]).toEqual([...voigt]);
  });

  it("take six numbers in the order of Voigt, and matrices by rows", () => {
    expect([...one(frame('virial="1 2 3 4 5 6"')).targets.virial!]).toEqual([1, 6, 5, 6, 2, 4, 5, 4, 3]);
    expect([...one(frame("virial=[[1, 2, 3], [4, 5, 6], [7, 8, 9]]")).targets.virial!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...one(frame("virial=[1, 2, 3, 4, 5, 6, 7, 8, 9]")).targets.virial!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("leave out a stress without a cell", () => {
    expect(one('1\nenergy=1.0 stress="1 2 3 4 5 6"\nH 0 0 0\n').targets).toEqual({ energy: 1 });
  });

  it("count NaN as absent", () => {
    const nan = "nan nan nan nan nan nan";
    expect(one(frame(`energy=nan virial="${nan}"`)).targets).toEqual({});
    expect(one("1\nProperties=species:S:1:pos:R:3:forces:R:3\nH 0 0 0 nan NaN nan\n").targets).toEqual({});
  });

  it("are whole numbers as well", () => {
    expect(one(frame("energy=-5")).targets.energy).toBe(-5);
    expect(one(frame("energy=0005")).targets.energy).toBe(5);
    expect([...one("1\nProperties=species:S:1:pos:R:3:forces:I:3\nH 0 0 0 1 -2 3\n").targets.forces!]).toEqual([1, -2, 3]);
  });
});
