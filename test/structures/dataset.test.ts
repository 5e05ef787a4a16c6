import { describe, expect, it } from "vitest";
import { InvalidParameterError, InvalidStructureError } from "../../src/errors.js";
import { Dataset, parseStructures, type Structure } from "../../src/structures/index.js";

const text =
  '2\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3:forces:R:3:tag:I:1 energy=-1.5 config_type=b virial="1 2 3 4 5 6" note=1.0\n' +
  "Si 0 0 0 1 2 3 7\nO 1 1 1 4 5 6 8\n" +
  "1\nProperties=species:S:1:pos:R:3 config_type=a REF_energy=2.5\nH 0 0 0\n" +
  "0\n\n" +
  "1\nProperties=species:S:1:pos:R:3:forces:R:3\nO 0 0 9 -0.0 0 0\n";
const structures = parseStructures(text, "set.xyz");

describe("a data set", () => {
  const dataset = Dataset.from(structures);

  it("holds all structures in arrays, NaN where something is absent", () => {
    expect([dataset.nStructures, dataset.nAtoms]).toEqual([4, 4]);
    expect([...dataset.offsets]).toEqual([0, 2, 3, 3, 4]);
    expect([...dataset.atomicNumbers]).toEqual([14, 8, 1, 8]);
    expect([...dataset.energies]).toEqual([-1.5, 2.5, NaN, NaN]);
    expect([...dataset.forces]).toEqual([1, 2, 3, 4, 5, 6, NaN, NaN, NaN, -0, 0, 0]);
    expect([...dataset.virials.subarray(0, 18)]).toEqual([1, 6, 5, 6, 2, 4, 5, 4, 3, ...new Array<number>(9).fill(NaN)]);
    expect([...dataset.cells.subarray(0, 18)]).toEqual([4, 0, 0, 0, 4, 0, 0, 0, 4, ...new Array<number>(9).fill(NaN)]);
    expect([...dataset.pbc]).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(dataset.configTypes).toEqual(["b", "a", "", ""]);
    expect(dataset.labels[3]).toBe("frame 4 of set.xyz");
    expect(dataset.species()).toEqual([1, 8, 14]);
    expect(dataset.atomCount(0)).toBe(2);
  });

  it("gives every structure back", () => {
    expect([...dataset]).toStrictEqual(structures);
  });

  it("takes columns beside its own, which share everything else", () => {
    const weight = { name: "weight", unit: "1", per: "atom" as const, width: 1, values: Float64Array.of(1, 2, NaN, 4) };
    const more = dataset.withColumns([weight]);
    expect([...more.columns.keys()]).toEqual(["energy", "forces", "virial", "weight"]);
    expect(more.positions).toBe(dataset.positions);
    expect(more.structure(0).columns!.get("weight")!.values).toEqual(Float64Array.of(1, 2));
    expect(more.structure(1).columns).toBeUndefined();
    expect(more.structure(0).info).toEqual(dataset.structure(0).info);
    expect(more.report.columns.find(({ name }) => name === "weight")!.numbers).toBe(3);
    expect(dataset.columns.has("weight")).toBe(false);
    const other = more.withColumns([{ ...weight, values: Float64Array.of(5, 5, 5, 5) }]);
    expect([...other.columns.get("weight")!.values, ...more.columns.get("weight")!.values]).toEqual([5, 5, 5, 5, 1, 2, NaN, 4]);
    const short = (): unknown => dataset.withColumns([{ ...weight, per: "structure", width: 6 }]);
    expect(short).toThrow(InvalidParameterError);
    expect(short).toThrow(/^the column "weight" has 4 numbers; the data set needs 24$/);
  });

  it("gives views, not copies", () => {
    const structure = dataset.structure(0);
    expect(structure.positions.buffer).toBe(dataset.positions.buffer);
    expect(structure.targets.forces!.buffer).toBe(dataset.forces.buffer);
    expect(structure.targets.virial!.buffer).toBe(dataset.virials.buffer);
    expect(structure.cell!.buffer).toBe(dataset.cells.buffer);
  });

  it("reports what it holds", () => {
    expect(dataset.report).toEqual({
      files: [],
      keys: { energy: [], forces: [], virial: [] },
      unread: [],
      warnings: [],
      structures: 4,
      atoms: 4,
      species: [
        { atomicNumber: 1, symbol: "H", atoms: 1 },
        { atomicNumber: 8, symbol: "O", atoms: 2 },
        { atomicNumber: 14, symbol: "Si", atoms: 1 },
      ],
      energies: 2,
      forceComponents: 9,
      virials: 1,
      columns: [
        { name: "energy", unit: "eV", per: "structure", width: 1, structures: 2, numbers: 2 },
        { name: "forces", unit: "eV/Å", per: "atom", width: 3, structures: 2, numbers: 9 },
        { name: "virial", unit: "eV", per: "structure", width: 9, structures: 1, numbers: 9 },
      ],
      configTypes: [
        { name: "", structures: 2, atoms: 1 },
        { name: "a", structures: 1, atoms: 1 },
        { name: "b", structures: 1, atoms: 2 },
      ],
    });
  });

  it("has subsets in any order, with repetition", () => {
    const subset = dataset.subset([3, 0, 0]);
    expect([...subset]).toStrictEqual([structures[3], structures[0], structures[0]]);
    expect(subset.positions.buffer).not.toBe(dataset.positions.buffer);
    expect(subset.report.energies).toBe(2);
    expect(dataset.subset([]).nStructures).toBe(0);
    expect(() => dataset.subset([4])).toThrow(InvalidParameterError);
    expect(() => dataset.structure(-1)).toThrow(/there is no structure -1; the data set has 4/);
  });

  it("grows beyond its first arrays", () => {
    const many = Dataset.from(Array.from({ length: 1000 }, (_, i) => structures[i % 4]));
    expect(many.nAtoms).toBe(1000);
    expect([...many.structure(997 - 1).positions]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(many.positions.length).toBe(3000);
  });

  it("refuses structures whose arrays do not fit", () => {
    const bad = (change: Partial<Structure>): (() => Dataset) => () => Dataset.from([{ ...structures[0], ...change }]);
    expect(bad({ positions: new Float64Array(5) })).toThrow(InvalidStructureError);
    expect(bad({ positions: new Float64Array(6).fill(NaN) })).toThrow(/frame 1 of set\.xyz: positions\[0\] is NaN/);
    expect(bad({ targets: { forces: new Float64Array(3) } })).toThrow(/forces has 3 numbers; 2 atoms need 6/);
    expect(bad({ targets: { energy: NaN } })).toThrow(/energy\[0\] is NaN/);
    expect(bad({ targets: { virial: new Float64Array(6) } })).toThrow(/virial has 6 numbers/);
    expect(bad({ cell: null })).toThrow(/periodic but has no cell/);
    expect(bad({ atomicNumbers: Uint8Array.of(0, 1) })).toThrow(/atomic number 0/);
  });
});
