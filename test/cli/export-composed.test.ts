// Composed potentials on their way to LAMMPS and Python, on the command line.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ComposedModel, evaluateStructure, LinearModel, loadModel, saveModel, SumModel, ZblModel } from "../../src/models/index.js";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { composedOf } from "../interop/composed-models.js";
import { evaluateInPython, hasNumpy } from "../interop/composed-python.js";
import { randomStructure } from "../models/systems.js";
import { TIME_LIMIT } from "../time-limit.js";
import { runMain } from "./run-pestle.js";

let executor: Executor;
let folder: string;
const at = (name: string): string => join(folder, name);
const species = [11, 17];

beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-export-composed-"));
  const model = (notation: string, elements = species): ComposedModel => new ComposedModel({ ...composedOf(notation, { species: elements }), isolatedAtomEnergies: elements.map((_, s) => -1 - s) });
  await saveModel(at("pairs.pestle"), model("C4 + G2"));
  await saveModel(at("embedded.pestle"), model("C4 + E[G1 L2]"));
  await saveModel(at("deep.pestle"), model("(G3 x E[T2[0,2] L1]) + N[E[G2 L2]]"));
  await saveModel(at("sum.pestle"), new SumModel({ parts: [{ model: new ZblModel(species, { type: "zbl", inner: 1, outer: 2 }), isBaseline: true }, { model: model("E[G1 L2]") }] }));
  const descriptor = createEnvironmentDescriptor({ type: "ace", cutoff: { radius: 3 }, order: 1, degree: [2] }, "this test");
  await saveModel(at("linear.pestle"), new LinearModel({ species: [11], isolatedAtomEnergies: [0], terms: [{ descriptor, centers: null, quadratic: false, coefficients: new Float64Array(descriptor.featureCount([11])) }] }));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

async function run(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await runMain(["export-composed", ...args]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

it("writes what holds the potential exactly, and says how well tables follow and what LAMMPS needs", { timeout: TIME_LIMIT }, async () => {
  const pairs = (await run(at("pairs.pestle"), "-o", at("a.table"))).split("\n");
  expect(pairs[0]).toBe(`potential → ${at("a.table")} (pair-table)`);
  expect(pairs[1]).toMatch(/^tables: pair functions to \de-\d+ eV, forces to \de-\d+ eV\/Å$/u);
  expect(pairs[2]).toMatch(/^the table leaves out, for each atom: Na -[\d.]+ eV, Cl -[\d.]+ eV$/u);
  expect(pairs.slice(3)).toEqual(["in LAMMPS, with atom types in this order:", "  units metal", "  pair_style table spline 6000", "  pair_coeff 1 1 a.table Na_Na", "  pair_coeff 1 2 a.table Na_Cl", "  pair_coeff 2 2 a.table Cl_Cl", ""]);
  const embedded = (await run(at("embedded.pestle"), "-o", at("a"), "--nearest", "2")).split("\n");
  expect(embedded[0]).toBe(`potential → ${at("a")} (eam-fs)`);
  expect(embedded[1]).toMatch(/; densities to \de-\d+ of the largest; embedding energies to \de-\d+ eV$/u);
  expect(embedded.slice(2)).toEqual(["up to the density of a close packing with neighbors at 2 Å (Na), 2 Å (Cl)", "in LAMMPS, with atom types in this order:", "  units metal", "  pair_style eam/fs", "  pair_coeff * * a Na Cl", ""]);
  expect(await run(at("deep.pestle"), "-o", at("deep"))).toBe(`potential → ${at("deep")}, ${at("composed.py")} (json)\nin Python: from composed import evaluate\n`);
  expect(existsSync(at("composed.py"))).toBe(true);
  const record = JSON.parse(await run(at("sum.pestle"), "-o", at("b.eam.fs"), "--points", "300", "--json")) as Record<string, unknown>;
  expect(record).toMatchObject({ format: "eam-fs", files: [at("b.eam.fs")], nearest: { Na: expect.any(Number) as number }, setflErrors: { embedding: { value: expect.any(Number) as number } } });
  expect(record.lammps).toContain("pair_style hybrid/overlay eam/fs zbl 1 2");
  expect(readFileSync(at("b.eam.fs"), "utf8")).toMatch(/^E\[G1L2\]\nwritten by pestle .*\n.*\n2 Na Cl\n300 /u);
});

it("refuses with what to do", async () => {
  const fails = async (...args: string[]): Promise<string> => {
    const { status, stderr } = await runMain(["export-composed", ...args]);
    expect(status).toBe(2);
    return stderr;
  };
  expect(await fails(at("pairs.pestle"))).toContain("no output is given; add for example -o model.json");
  expect(await fails(at("pairs.pestle"), "-o", "-")).toContain("cannot write to the standard output here; name a file");
  expect(await fails(at("pairs.pestle"), "-o", at("pairs.pestle"))).toContain("is also an input");
  expect(await fails(at("deep.pestle"), "-o", at("x.table"))).toContain("a table has a function of each pair: root.left.right (E[T2[0,2] L1]) has functions of angles. Write the potential as JSON");
  expect(await fails(at("deep.pestle"), "-o", at("x"), "--format", "eam")).toContain("pair-table, eam-fs, json");
  expect(await fails(at("sum.pestle"), "-o", at("x.json"))).toContain("not zbl beside them: fit without model.baseline");
  expect(await fails(at("linear.pestle"), "-o", at("x"))).toContain("export-composed takes models of type composed, with pair potentials beside them, not linear; export-yace writes those of the descriptor ace");
  expect(await fails(at("embedded.pestle"), "-o", at("x"), "--points", "10")).toContain("It must be a whole number from 100 to 100000.");
  expect(existsSync(at("x"))).toBe(false);
});

describe.skipIf(!hasNumpy)(hasNumpy ? "in Python" : "in Python (skipped: no python3 can import numpy)", () => {
  it("energies, forces and stresses are those of the model", { timeout: TIME_LIMIT }, async () => {
    const structure = randomStructure(43, 6);
    const names = ["pairs", "embedded", "deep"];
    for (const name of names) await run(at(`${name}.pestle`), "-o", at(`${name}.json`));
    const rows = (values: ArrayLike<number>): number[][] => Array.from({ length: values.length / 3 }, (_, i) => [values[3 * i], values[3 * i + 1], values[3 * i + 2]]);
    const atoms = { numbers: [...structure.atomicNumbers], positions: rows(structure.positions), cell: rows(structure.cell!), pbc: structure.pbc };
    const found = evaluateInPython(names.map((name) => ({ model: JSON.parse(readFileSync(at(`${name}.json`), "utf8")) as unknown, ...atoms })), folder);
    for (const [k, name] of names.entries()) {
      const expected = await evaluateStructure(await loadModel(at(`${name}.pestle`)), structure, executor, { want: { forces: true, virial: true } });
      expectClose([found[k].energy], [expected.energy], 1e-10, "relative-to-max");
      expectClose(found[k].forces.flat(), expected.forces!, 1e-8, "relative-to-max");
      const [a, b, c] = atoms.cell;
      const volume = Math.abs(a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]));
      expectClose(found[k].stress!.flat().map((component) => -component * volume), expected.virial!, 1e-8, "relative-to-max");
    }
  });
});
