// Fits from converted commands against gap_fit and QUIP.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { describeStructures } from "../../src/environments/index.js";
import { fitSparseGp, type SparseGpFit } from "../../src/fit/index.js";
import { importGapCommand, readCommandFile } from "../../src/interop/gap/index.js";
import { evaluateDataset } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { type DataSection, loadData, readDataset } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";

const models = fileURLToPath(new URL("../data/reference/gap/models/", import.meta.url));
let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-gap-fit-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

describe("a converted command", () => {
  it("gives the potential of gap_fit, with its sparse points", async () => {
    const source = await readCommandFile(join(models, "si_soap", "gap.xml"));
    const { config } = await importGapCommand(source, { folder: models, outputFolder: "." });
    const { data, ...rest } = structuredClone(config) as unknown as SparseGpFit & { data: DataSection; model: { terms: { sparse: object }[] } };
    rest.model.terms[0].sparse = { method: "file", path: join(models, "si_soap", "gap.xml.sparseX.GAP_2026_11_20_0_23_2_2_4441") };
    const { train } = await loadData(data, { seed: 1 });
    const { model } = await fitSparseGp(rest, train, executor);
    const quip = await readDataset(join(models, "si_soap", "predictions_quip.xyz"));
    expect(quip.report).toMatchObject({ energies: 2, virials: 2, forceComponents: 96 });
    for await (const { structure, prediction } of evaluateDataset(model, quip, executor, { want: { forces: true, virial: true } })) {
      const nAtoms = structure.atomicNumbers.length;
      expectClose([prediction.energy / nAtoms], [structure.targets.energy! / nAtoms], 1e-6);
      expectClose(prediction.forces!, structure.targets.forces!, 1e-5);
      expectClose(prediction.virial!, structure.targets.virial!, 1e-4);
    }
  });

  it("without species has one density for all of them", async () => {
    const text = "gap_fit at_file=nacl.xyz gap={soap cutoff=4.5 n_max=3 l_max=3 atom_sigma=0.4 delta=1 n_sparse=9 covariance_type=dot_product add_species=F} default_sigma={1 1 1 1}";
    const descriptorFor = async (species: number[]): Promise<object> => {
      const { config } = await importGapCommand({ name: "command", text }, { folder, outputFolder: ".", species });
      return (config.model as { terms: { descriptor: object }[] }).terms[0].descriptor;
    };
    const salt = await readDataset(join(models, "..", "nacl8.xyz"));
    const sodium = { ...salt.structure(0), targets: {}, atomicNumbers: new Uint8Array(8).fill(11) };
    const of = async (parameters: object, structures: Parameters<typeof describeStructures>[2], species: number[]): Promise<number[]> => {
      const descriptor = createEnvironmentDescriptor(parameters as { type: string }, "this test");
      const rows: number[] = [];
      for await (const block of describeStructures(executor, descriptor, structures, { species })) rows.push(...block.values);
      return rows;
    };
    const expected = await of(await descriptorFor([11]), [sodium], [11]);
    expect(expected.length).toBe(8 * 24);
    expectClose(await of(await descriptorFor([11, 17]), salt, [11, 17]), expected, 1e-12);
  });
});
