// What the suite compares of the linear systems that gap_fit dumps, on one that is made in plain loops: it agrees, and no file may differ in a single number.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Dataset } from "../../src/structures/index.js";
import { testExecutor } from "../expect.js";
import { Comparisons } from "./comparisons.js";
import { ReferenceFolder } from "./folder.js";
import { type GapFile, type GapRun, gaussianProcessOf, modelOf, readGap, runOf, trainingFile } from "./gap-model.js";
import { compareDesign, compareKernelMatrix, compareLinearSystem, linearSystemFiles } from "./linear-system.js";
import { type Dump, dump, frames, writeDump, writePlainGap } from "./plain-gap.js";

let executor: Executor;
let root: string;
let folder: ReferenceFolder;
let gap: GapFile;
let run: GapRun;
let training: Dataset;
let model: SparseGpModel;
beforeAll(async () => {
  executor = await testExecutor();
  root = mkdtempSync(join(tmpdir(), "pestle-gap-dump-"));
  writePlainGap(root, "salt");
  folder = new ReferenceFolder(root);
  gap = await readGap(folder, "salt/gap.xml");
  run = runOf(gap) as GapRun;
  training = await folder.dataset(trainingFile(folder, gap, run.data)!, run.keys);
  model = gaussianProcessOf(modelOf(folder, gap, training.species()));
});
afterAll(async () => {
  rmSync(root, { recursive: true });
  await executor.close();
});

async function compare(): Promise<number> {
  const comparisons = new Comparisons();
  compareKernelMatrix(folder, gap, model, run.jitter, comparisons);
  await compareDesign(folder, gap, { model, training, run, executor }, comparisons);
  compareLinearSystem(folder, gap, executor, comparisons);
  return comparisons.total;
}

/** The same with other numbers at a place, or in another order. */
const changed = (name: keyof Dump, change: (values: number[]) => number[]): Dump => ({ ...dump, [name]: change([...dump[name]]) });

describe("a dumped linear system", () => {
  it("is that of the model and the data", async () => {
    const [nSparse, nTargets] = [15, 3 + 3 * 11 + 6 * 2];
    expect([linearSystemFiles(folder, gap.name).length, model.nColumns, dump["dump_globalY.0"].length]).toEqual([4, nSparse, nTargets]);
    expect(await compare()).toBe(nSparse ** 2 + nTargets * nSparse + 2 * nTargets + nSparse);
  });

  const names = Object.keys(dump) as (keyof Dump)[];
  it.each(names.flatMap((name) => [0, 0.37, 0.81, 1].map((share) => [name, Math.floor(share * (dump[name].length - 1))] as const)))("is refused with another number in %s, at %i", async (name, place) => {
    writeDump(join(root, "salt"), changed(name, (values) => values.with(place, values[place] + 1e-4)));
    await expect(compare()).rejects.toThrow();
    writeDump(join(root, "salt"), dump);
  });

  it("is refused with virials before the forces of a frame, or energies between them", async () => {
    const [first, nForces, nVirial] = [frames.length, frames[0].positions.length, 6];
    const orders = [
      (values: number[]): number[] => [...values.slice(0, first), ...values.slice(first + nForces, first + nForces + nVirial), ...values.slice(first, first + nForces), ...values.slice(first + nForces + nVirial)],
      (values: number[]): number[] => [values[0], ...values.slice(first, first + nForces + nVirial), ...values.slice(1, first), ...values.slice(first + nForces + nVirial)],
    ];
    for (const order of orders) {
      writeDump(join(root, "salt"), changed("dump_globalY.0", order));
      await expect(compare()).rejects.toThrow();
    }
    writeDump(join(root, "salt"), dump);
    expect(await compare()).toBeGreaterThan(0);
  });
});
