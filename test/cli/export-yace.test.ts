// A linear cluster expansion as a .yace file and back, on the command line.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { evaluateStructure, LinearModel, loadModel, saveModel, SumModel, ZblModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomStructure } from "../models/systems.js";
import { TIME_LIMIT } from "../time-limit.js";
import { runMain } from "./run-pestle.js";

let executor: Executor;
let folder: string;
const at = (name: string): string => join(folder, name);
const species = [11, 17];

beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-export-yace-"));
  const ace = { type: "ace", cutoff: { radius: 4 }, order: 2, degree: [2, 2] };
  const linear = (descriptor: object): LinearModel => {
    const made = createEnvironmentDescriptor(descriptor as { type: string }, "this test");
    const coefficients = Float64Array.from({ length: 2 * made.featureCount(species) }, (_, i) => Math.sin(3 * i + 1));
    return new LinearModel({ species, isolatedAtomEnergies: [-1, -2], terms: [{ descriptor: made, centers: null, quadratic: false, coefficients }] });
  };
  await saveModel(at("native.pestle"), linear({ ...ace, radial: { type: "chebyshev-exponential-cosine" }, pair: "radial" }));
  const zbl = new ZblModel(species, { type: "zbl", inner: 1, outer: 2 });
  await saveModel(at("sum.pestle"), new SumModel({ parts: [{ model: zbl, isBaseline: true }, { model: linear(ace) }] }));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

it("writes a file, says what LAMMPS needs, and reads it back", { timeout: TIME_LIMIT }, async () => {
  const { status, stdout } = await runMain(["export-yace", at("native.pestle"), "-o", at("salt.yace")]);
  expect(status).toBe(0);
  expect(stdout).toBe(
    [`model → ${at("salt.yace")}`, "radial functions: exact", "in LAMMPS, with atom types in this order:", "  units metal", "  pair_style pace", "  pair_coeff * * salt.yace Na Cl", ""].join("\n"),
  );
  expect(readFileSync(at("salt.yace"), "utf8")).toContain("#   pair_coeff * * salt.yace Na Cl\n# functions of elements: 7, 7\nelements: [Na, Cl]\n");
  const imported = await runMain(["import-yace", at("salt.yace"), "-o", at("back.pestle")]);
  expect(imported).toEqual({ status: 0, stdout: `linear, cutoff 4 Å, Na Cl\nmodel → ${at("back.pestle")}\n`, stderr: "" });
  const structure = randomStructure(41, 5);
  const want = { forces: true };
  const [read, written] = [await loadModel(at("back.pestle")), await loadModel(at("native.pestle"))];
  const [found, expected] = [await evaluateStructure(read, structure, executor, { want }), await evaluateStructure(written, structure, executor, { want })];
  expectClose([found.energy], [expected.energy], 1e-10);
  expectClose(found.forces!, expected.forces!, 1e-10, "relative-to-max");
});

it("tells deviations and what stands beside the file, as JSON too", async () => {
  const { status, stdout } = await runMain(["export-yace", at("sum.pestle"), "-o", at("sum.yace"), "--pair", "table", "--radial-functions", "60", "--json"]);
  expect(status).toBe(0);
  const record = JSON.parse(stdout) as { files: string[]; lammps: string[]; projection: { functions: number; error: number } };
  expect(record.files).toEqual([at("sum.yace"), at("sum.table")]);
  expect(record.lammps).toContain("pair_style hybrid/overlay pace zbl 1 2 table spline 6000");
  expect(record.projection.functions).toBe(60);
  expect(record.projection.error).toBeLessThan(1e-6);
  expect(readFileSync(at("sum.table"), "utf8")).toMatch(/^# pair functions .*\n\nNa_Na\nN 6000 RSQ 0\.5 4\n\n1 0\.5 /u);
});

it("refuses with what to do", async () => {
  const fails = async (...args: string[]): Promise<string> => {
    const { status, stderr } = await runMain(args);
    expect(status).toBe(2);
    return stderr;
  };
  expect(await fails("export-yace", at("native.pestle"))).toContain("no output is given; add for example -o model.yace");
  expect(await fails("import-yace", at("native.pestle"))).toContain("no output is given; add for example -o model.pestle");
  expect(await fails("export-yace", at("native.pestle"), "-o", at("native.pestle"))).toContain("is also an input");
  expect(await fails("export-yace", at("sum.pestle"), "-o", at("x.yace"), "--radial-functions", "8")).toContain("8 functions of ChebExpCos follow the radial functions");
  expect(await fails("export-yace", at("sum.pestle"), "-o", at("x.yace"), "--tolerance", "few")).toContain("argument 'few' is invalid. It must be a number above 0.");
  expect(await fails("export-yace", at("sum.pestle"), "-o", at("x.yace"), "--pair", "tables")).toContain("functions, table");
});
