import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../../src/errors.js";
import { type ColumnRequests, Dataset, formatStructure, parseStructures, type Structure, type TargetKeys } from "../../../src/structures/index.js";
import { inUnitOfFile } from "../../../src/structures/io/column-reader.js";
import { KeyTally } from "../../../src/structures/io/target-keys.js";
import { unitFactor } from "../../../src/units.js";
import { extxyzReader } from "./extxyz-reader.js";

const PLAIN = "Properties=species:S:1:pos:R:3";

function read(text: string, columns: ColumnRequests, keys: TargetKeys = {}): Structure[] {
  return parseStructures(text, "f.xyz", keys, columns);
}

function atoms(header: string, ...rows: string[]): string {
  return `${rows.length}\n${header}\n${rows.join("\n")}\n`;
}

function valuesOf(structure: Structure, name: string): number[] | undefined {
  const column = structure.columns?.get(name);
  return column && [...column.values];
}

describe("columns asked for from extended XYZ", () => {
  it("stand under a key of the comment line or in a column, and no longer in what else the file says", () => {
    const [structure] = read(atoms(`${PLAIN}:q:R:1:tag:I:1 energy=-1.0 sigma=0.25 note=x`, "H 0 0 0 0.5 7", "H 0 0 1 -0.5 8"), { sigma: { unit: "eV" }, charge: { key: "q", unit: "e" } });
    expect(structure.columns!.get("sigma")).toEqual({ name: "sigma", unit: "eV", per: "structure", width: 1, values: Float64Array.of(0.25) });
    expect(structure.columns!.get("charge")).toEqual({ name: "charge", unit: "e", per: "atom", width: 1, values: Float64Array.of(0.5, -0.5) });
    expect([...structure.info.keys()]).toEqual(["note"]);
    expect(structure.atomInfo.map(({ name }) => name)).toEqual(["tag"]);
    expect(structure.targets.energy).toBe(-1);
  });

  it.each([
    ["x=1.5", [1.5]],
    ["x=T", [1]],
    ["x=F", [0]],
    ["x", [1]],
    ['x="1 2 3"', [1, 2, 3]],
    ["x=[T, F]", [1, 0]],
    ['x="T F"', [1, 0]],
    ['x="1 2 3 4 5 6 7 8 9"', [1, 4, 7, 2, 5, 8, 3, 6, 9]],
    ["x=[[1, 2, 3], [4, 5, 6], [7, 8, 9]]", [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['x="_JSON [[1, 2, 3], [4, 5, 6], [7, 8, 9]]"', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["x=nan", undefined],
    ["", undefined],
  ])("reads %s", (entry, expected) => {
    const [structure] = read(atoms(`${PLAIN} ${entry}`, "H 0 0 0"), { x: {} });
    expect(valuesOf(structure, "x")).toEqual(expected);
  });

  it("reads reals, integers and logical values of atoms; NaN is absent", () => {
    const [structure] = read(atoms(`${PLAIN}:a:R:2:b:I:1:c:L:1:d:R:1`, "H 0 0 0 1 2 3 T nan", "H 0 0 1 nan 4 5 F nan"), { a: {}, b: {}, c: {}, d: {} });
    expect(["a", "b", "c", "d"].map((name) => valuesOf(structure, name))).toEqual([[1, 2, NaN, 4], [3, 5], [1, 0], undefined]);
  });

  it("are converted to the units of pestle", () => {
    const [structure] = read(atoms(`${PLAIN}:f:R:3 e=2`, "H 0 0 0 1 0 -2"), { e: { unit: "hartree" }, f: { unit: "hartree/bohr" } });
    expect(structure.columns!.get("e")).toMatchObject({ unit: "eV", values: Float64Array.of(2 * 27.211386245988) });
    const force = unitFactor("hartree/bohr", "eV/Å");
    expect(structure.columns!.get("f")).toMatchObject({ unit: "eV/Å", width: 3, values: Float64Array.of(force, 0, -2 * force) });
  });

  it("are never taken for a reference value", () => {
    const header = `${PLAIN}:ref_forces:R:3:forces:R:3 REF_energy=1.0 energy=2.0`;
    const [structure] = read(atoms(header, "H 0 0 0 1 2 3 4 5 6"), { e: { key: "REF_energy" }, f: { key: "ref_forces" } });
    expect(structure.targets.energy).toBe(2);
    expect([...structure.targets.forces!]).toEqual([4, 5, 6]);
    expect([valuesOf(structure, "e"), valuesOf(structure, "f")]).toEqual([[1], [1, 2, 3]]);
  });

  it("are counted under their keys", () => {
    const tally = new KeyTally();
    const parser = extxyzReader("f.xyz", {}, tally, { s: { key: "sigma" } });
    const text = atoms(`${PLAIN} sigma=1`, "H 0 0 0") + atoms(PLAIN, "H 0 0 0") + atoms(`${PLAIN} sigma=nan`, "H 0 0 0");
    const { report } = Dataset.from([...parser.push(Buffer.from(text)), ...parser.finish()], tally.report());
    expect(report.keys).toEqual({ energy: [], forces: [], virial: [], s: [{ key: "sigma", structures: 2 }] });
    expect(report.columns[3]).toMatchObject({ name: "s", structures: 1, numbers: 1 });
  });
});

describe("columns that cannot be read", () => {
  it.each<[string, string, ColumnRequests, RegExp]>([
    ["text", atoms(`${PLAIN} sigma=low`, "H 0 0 0"), { s: { key: "sigma" } }, /^f\.xyz:2:38: sigma is "low"; the column "s" needs numbers$/],
    ["text among numbers", atoms(`${PLAIN} x=[1, b]`, "H 0 0 0"), { x: {} }, /^f\.xyz:2:34: x is "\[1, b\]"; the column "x" needs numbers$/],
    ["an infinite number", atoms(`${PLAIN} x=inf`, "H 0 0 0"), { x: {} }, /^f\.xyz:2:34: "x" is Infinity; it must be finite/],
    ["an infinite number of an atom", atoms(`${PLAIN}:q:R:2`, "H 0 0 0 1 2", "H 0 0 1 3 -inf"), { q: {} }, /^f\.xyz:4: "q" is -Infinity/],
    ["no number", atoms(`${PLAIN}:q:R:1`, "H 0 0 0 a"), { q: {} }, /^f\.xyz:3:9: "a" in column q is not a number/],
    ["a column of text", atoms(`${PLAIN}:q:S:1`, "H 0 0 0 1"), { q: {} }, /^f\.xyz:2:12: "q" cannot be read as the column "q": it holds text \(S\)/],
    ["positions", atoms(PLAIN, "H 0 0 0"), { q: { key: "pos" } }, /"pos" cannot be read as the column "q": it holds the positions/],
    ["a key that is also a column", atoms(`${PLAIN}:q:R:1 q=2`, "H 0 0 0 1"), { q: {} }, /^f\.xyz:2:40: "q" is a key and a column; say which is meant with columns\.q\.per/],
    ["another width", atoms(`${PLAIN} x=1`, "H 0 0 0") + atoms(`${PLAIN} x="1 2"`, "H 0 0 0"), { x: {} }, /^f\.xyz:5:34: "x" has 2 numbers per structure here, but 1 in frames before/],
    ["another width of atoms", atoms(`${PLAIN}:q:R:1`, "H 0 0 0 1") + atoms(`${PLAIN}:q:R:3`, "H 0 0 0 1 2 3"), { q: {} }, /^f\.xyz:6: "q" has 3 numbers per atom here, but 1/],
    ["atoms and structures", atoms(`${PLAIN} q=1`, "H 0 0 0") + atoms(`${PLAIN}:q:R:1`, "H 0 0 0 1"), { q: {} }, /^f\.xyz:6: "q" is given per atom here, but per structure in frames before; say which with columns\.q\.per/],
  ])("%s", (_, text, columns, message) => {
    expect(() => read(text, columns)).toThrow(message);
  });

  it("`per` chooses between a key and a column of one name", () => {
    const text = atoms(`${PLAIN}:q:R:1 q=2`, "H 0 0 0 1");
    expect(valuesOf(read(text, { q: { per: "structure" } })[0], "q")).toEqual([2]);
    expect(valuesOf(read(text, { q: { per: "atom" } })[0], "q")).toEqual([1]);
    const [both] = read(text, { a: { key: "q", per: "atom" }, s: { key: "q", per: "structure" } });
    expect([valuesOf(both, "a"), valuesOf(both, "s")]).toEqual([[1], [2]]);
  });

  it.each<[string, ColumnRequests, TargetKeys, string]>([
    ["the name of a target", { energy: { key: "E" } }, {}, "columns.energy: reference values are read by keys.energy"],
    ["a key twice", { a: { key: "q" }, b: { key: "q", per: "atom" } }, {}, 'columns.a and columns.b both ask for "q"'],
    ["the key of a target", { a: { key: "E" } }, { energy: "E" }, 'keys.energy and columns.a both ask for "E"'],
    ["a unit that is none", { a: { unit: "hartre" } }, {}, 'columns.a.unit: "hartre" is not a unit; did you mean "hartree"?'],
  ])("cannot be asked for: %s", (_, columns, keys, message) => {
    expect(() => read(atoms(PLAIN, "H 0 0 0"), columns, keys)).toThrow(InvalidParameterError);
    expect(() => read(atoms(PLAIN, "H 0 0 0"), columns, keys)).toThrow(message);
  });

  it("keys of comment lines and columns of atoms do not stand in each other's way", () => {
    const text = atoms(`${PLAIN}:F:R:3 F=7`, "H 0 0 0 1 2 3");
    const [structure] = read(text, { a: { key: "F", per: "structure" } }, { forces: "F" });
    expect([[...structure.targets.forces!], valuesOf(structure, "a")]).toEqual([[1, 2, 3], [7]]);
  });
});

describe("columns written again", () => {
  const text =
    `1\nProperties=species:S:1:pos:R:3:force_mask:L:1:q:R:1:n:I:1 energy_sigma=0.1 energy_mask=T spin=2 d="1.5 2.0 nan" t="1 2 3 4 5 6 7 8 9" note=x pbc="F F F"\nH 0 0 0 T 0.5 3\n`;

  it("stand under the keys, in the units and of the types that they were read with", () => {
    const requests = { s: { key: "energy_sigma", unit: "hartree" }, force_mask: {}, energy_mask: {}, spin: {}, q: { unit: "C" }, n: {}, d: { unit: "D" }, t: { unit: "kbar" } };
    const [first] = read(text, requests);
    const written = formatStructure(first);
    // in the order of the request
    expect(written.split("\n")[1]).toBe(
      'Properties=species:S:1:pos:R:3:force_mask:L:1:q:R:1:n:I:1 energy_sigma=0.1 energy_mask=T spin=2 d="1.5 2.0 nan" t="1 2 3 4 5 6 7 8 9" note=x pbc="F F F"',
    );
    expect(read(written, requests)).toStrictEqual([first]);
    expect(parseStructures(written)).toStrictEqual(parseStructures(text));
  });

  it("come from data sets, too", () => {
    const requests = { s: { key: "energy_sigma" }, force_mask: {}, q: {} };
    const [structure] = Dataset.from(read(text, requests));
    expect(formatStructure(structure)).toBe(formatStructure(read(text, requests)[0]));
  });

  it("have their own names and reals where a program made or changed them", () => {
    const [structure] = read(text, { force_mask: {}, n: {} });
    const changed = { name: "n", unit: "1", per: "atom", width: 1, values: Float64Array.of(0.5) } as const;
    const columns = new Map([...structure.columns!, ["n", changed], ["a b", { ...changed, name: "a b", per: "structure" } as const]]);
    const written = formatStructure({ ...structure, columns });
    expect(written).toContain(":force_mask:L:1:n:R:1:q:R:1 ");
    expect(written).toContain(' "a b"=0.5 ');
    expect(written).toContain("\nH 0 0 0 T 0.5 0.5\n");
  });

  it("are refused where two want one key", () => {
    const [structure] = parseStructures(text);
    const column = (name: string, per: "structure" | "atom"): Structure => ({ ...structure, columns: new Map([[name, { name, unit: "1", per, width: 1, values: Float64Array.of(1) }]]) });
    expect(() => formatStructure(column("note", "structure"))).toThrow(/two values would be called "note"; rename one of them/);
    expect(() => formatStructure(column("q", "atom"))).toThrow(/two columns would be called "q"; rename one of them/);
    expect(() => formatStructure(column("pbc", "structure"))).toThrow(/is called "pbc", which means something else/);
  });

  it("lose no bit by the conversion of units", () => {
    for (const unit of ["hartree", "kcal/mol", "J", "meV", "Ry"]) {
      const factor = unitFactor(unit, "eV");
      for (let i = 1; i <= 2000; i++) {
        const number = Math.sin(i) * 10 ** ((i % 40) - 20);
        expect(inUnitOfFile(number * factor, factor) * factor).toBe(number * factor);
      }
    }
    expect(inUnitOfFile(NaN, 2)).toBeNaN();
    expect(inUnitOfFile(0.1, 1)).toBe(0.1);
  });
});
