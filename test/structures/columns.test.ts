import { describe, expect, it } from "vitest";
import { InvalidStructureError } from "../../src/errors.js";
import { type Column, Dataset, DatasetBuilder, parseStructures, splitDataset, type Structure } from "../../src/structures/index.js";

const charges = (...values: number[]): Column => ({ name: "charge", unit: "e", per: "atom", width: 1, values: Float64Array.from(values) });
const dipole = (...values: number[]): Column => ({ name: "dipole", unit: "e·Å", per: "structure", width: 3, values: Float64Array.from(values) });

/** Molecules of 1, 2, 3, … atoms with the columns given. */
function moleculesWith(...columns: readonly (readonly Column[])[]): Structure[] {
  return columns.map((own, i) => {
    const atoms = Array.from({ length: i + 1 }, (_, atom) => `H 0 0 ${atom}\n`).join("");
    const [structure] = parseStructures(`${i + 1}\nenergy=${i}.5\n${atoms}`, "m.xyz");
    return own.length === 0 ? structure : { ...structure, columns: new Map(own.map((column) => [column.name, column])) };
  });
}

const structures = moleculesWith([], [charges(0.5, NaN)], [dipole(1, 2, 3), charges(1, 2, 3)], []);

describe("columns of a data set", () => {
  const dataset = Dataset.from(structures);

  it("are energy, forces and virial, and whatever else structures have", () => {
    expect([...dataset.columns.keys()]).toEqual(["energy", "forces", "virial", "charge", "dipole"]);
    expect(dataset.columns.get("energy")).toEqual({ name: "energy", unit: "eV", per: "structure", width: 1, values: Float64Array.of(0.5, 1.5, 2.5, 3.5) });
    expect(dataset.columns.get("energy")!.values).toBe(dataset.energies);
    expect(dataset.columns.get("forces")!.values).toBe(dataset.forces);
    expect(dataset.columns.get("virial")!.values).toBe(dataset.virials);
  });

  it("have a row for each atom or structure, NaN where absent, before and after", () => {
    expect([...dataset.columns.get("charge")!.values]).toEqual([NaN, 0.5, NaN, 1, 2, 3, NaN, NaN, NaN, NaN]);
    expect([...dataset.columns.get("dipole")!.values]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN, 1, 2, 3, NaN, NaN, NaN]);
  });

  it("come back with their structures, as views; a structure without a number has no such column", () => {
    expect([...dataset]).toStrictEqual(structures);
    expect(dataset.structure(2).columns!.get("charge")!.values.buffer).toBe(dataset.columns.get("charge")!.values.buffer);
    expect("columns" in dataset.structure(0)).toBe(false);
  });

  it("stay in subsets, even where no structure has a number", () => {
    const subset = dataset.subset([3, 2, 1, 1]);
    expect([...subset]).toStrictEqual([structures[3], structures[2], structures[1], structures[1]]);
    expect([...dataset.subset([0]).columns.get("dipole")!.values]).toEqual([NaN, NaN, NaN]);
    expect([...dataset.subset([]).columns.keys()]).toEqual([...dataset.columns.keys()]);
  });

  it("are split with the structures", () => {
    const parts = splitDataset(dataset, { seed: 3, fractions: { test: 0.5 } });
    const all = [...parts.train, ...parts.test].sort((a, b) => a.atomicNumbers.length - b.atomicNumbers.length);
    expect(parts.test.nStructures).toBeGreaterThan(0);
    expect(all).toStrictEqual(structures);
  });

  it("are counted in the report", () => {
    const [, , , charge, third] = dataset.report.columns;
    expect(charge).toEqual({ name: "charge", unit: "e", per: "atom", width: 1, structures: 2, numbers: 4 });
    expect(third).toEqual({ name: "dipole", unit: "e·Å", per: "structure", width: 3, structures: 1, numbers: 3 });
    expect(dataset.report.columns[0]).toMatchObject({ name: "energy", structures: 4, numbers: 4 });
  });

  it("may be declared before any structure has them", () => {
    const builder = new DatasetBuilder([{ name: "charge", unit: "e", per: "atom", width: 1 }]);
    for (const structure of moleculesWith([], [])) builder.add(structure);
    expect([...builder.finish().columns.get("charge")!.values]).toEqual([NaN, NaN, NaN]);
  });
});

describe("columns that do not fit", () => {
  const build = (...columns: Column[]): (() => Dataset) => () => Dataset.from(moleculesWith([charges(1)], columns));

  it("are refused, naming structure and column", () => {
    expect(build(charges(1))).toThrow(InvalidStructureError);
    expect(build(charges(1))).toThrow(/frame 1 of m\.xyz: charge has 1 numbers; 2 atoms need 2/);
    expect(build(charges(1, Infinity))).toThrow(/charge\[1\] is Infinity; it must be a finite number/);
    expect(build(dipole(1, 2))).toThrow(/dipole has 2 numbers; 2 atoms need 3/);
    expect(build({ ...charges(1, 2), name: "energy" })).toThrow(/a further column is called "energy"; reference values belong to its targets/);
  });

  it("are refused where an earlier structure has another unit or shape", () => {
    expect(build({ ...charges(1, 2), unit: "1" })).toThrow(/the column "charge" \(no unit, a number per atom\) is another one in structures before \(e, a number per atom\)/);
    expect(build({ ...charges(1, 2), width: 2, values: new Float64Array(4) })).toThrow(/\(e, 2 numbers per atom\)/);
    expect(build({ ...charges(1), per: "structure" })).toThrow(/\(e, a number per structure\)/);
  });
});
