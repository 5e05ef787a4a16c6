import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, trainingDomain } from "../../src/analysis/index.js";
import { CancelledError } from "../../src/errors.js";
import { CheckpointFolder, type FitContext, type LinearFit, trainCommittee, trainerOf, withSpreadLimits } from "../../src/fit/index.js";
import { type CommitteeModel, decodeModel, encodeModel, evaluateStructures, type Model } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { linearTerms, randomLinearModel } from "../models/linear-systems.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { DelayingExecutor } from "../parallel/delaying-executor.js";

// products of columns, which tell what lies beyond the data
const term = JSON.parse(JSON.stringify({ ...linearTerms[1], centers: undefined })) as LinearFit["model"]["terms"][number];
const request: LinearFit = {
  model: { type: "linear", isolatedAtomEnergies: { Na: -1.5, Cl: -2.25 }, terms: [term] },
  fit: { sigma: { energy: 0.003, forces: 0.05 }, solver: { type: "bayesian-ridge" } },
  seed: 3,
};

let executor: Executor;
let dataset: Dataset;
let committee: CommitteeModel;
const train = async (context: FitContext = {}, own = executor): Promise<CommitteeModel> =>
  (await trainCommittee(trainerOf(request.model), request, dataset, own, { members: 4, by: "bootstrap" }, context)).model as CommitteeModel;

beforeAll(async () => {
  executor = await testExecutor();
  const structures: Structure[] = [];
  for await (const { structure, prediction } of evaluateStructures(randomLinearModel(2), Array.from({ length: 48 }, (_, i) => square(i)), executor)) {
    const i = structures.length;
    structures.push(makeStructure(structure, { energy: prediction.energy + 0.01 * Math.sin(i), forces: prediction.forces!.map((force, k) => force + 0.05 * Math.cos(3 * k + i)) }));
  }
  dataset = Dataset.from(structures);
  committee = await train();
});
afterAll(() => executor.close());

/** Sodium and chlorine in turns on the corners of a square that is not quite one, bonds of 2.3 to 3.3 Å. */
function square(i: number): Structure {
  const corners = [0, 0, 0, 2.8, 0, 0, 2.8, 2.8, 0, 0, 2.8, 0];
  const positions = Float64Array.from(corners, (x, k) => x + 0.25 * Math.sin(7 * i + 5 * k));
  return makeStructure({ atomicNumbers: Uint8Array.of(11, 17, 11, 17), positions, cell: null, pbc: [false, false, false], label: `square ${i}` });
}

/** With atom 1 so far from atom 0, Å, in x. */
function withShortBond(structure: Structure, distance: number): Structure {
  const positions = structure.positions.map((x, i) => (i >= 3 && i < 6 ? structure.positions[i - 3] + (i === 3 ? distance : 0) : x));
  return makeStructure({ ...structure, positions, label: "short bond" });
}

const domainOf = async (model: Model, data: Dataset) => trainingDomain((await assessPotential(model, data, executor, { committeeSpread: true })).comparisons, { measure: "committeeSpread" });

describe("limits of the spread of a committee", () => {
  it("are high quantiles of the training atoms: with fewer than 200 of a species none is outside, an atom with a short bond is", async () => {
    expect(await domainOf(committee, dataset)).toMatchObject({ outside: 0, atoms: dataset.nAtoms, worst: { value: 1 } });
    const short = Dataset.from([withShortBond(dataset.structure(0), 1.4)]);
    const { comparisons } = await assessPotential(committee, short, executor, { committeeSpread: true });
    const [first, second] = comparisons[0].committeeSpread!;
    expect(first > 2 && second > 2, `${comparisons[0].committeeSpread!.join()}`).toBe(true);
    expect(await domainOf(await decodeModel(await encodeModel(committee), "a.pestle"), short)).toEqual(await domainOf(committee, short));
  });

  it("leave one in two hundred atoms outside, where there are more", async () => {
    const many = Dataset.from(Array.from({ length: 170 }, (_, i) => makeStructure(randomStructure(2000 + i, 6))));
    const own = await withSpreadLimits(committee, many, executor);
    const { comparisons } = await assessPotential(own, many, executor, { committeeSpread: true });
    for (const [s, species] of [11, 17].entries()) {
      const shares = comparisons.flatMap(({ committeeSpread }, i) => [...committeeSpread!].filter((_, atom) => many.atoms(i).atomicNumbers[atom] === species));
      expect(shares.length > 400, `${shares.length}`).toBe(true);
      expect(shares.filter((share) => !(share <= 1)).length).toBe(Math.floor(0.005 * shares.length));
      expect(own.spreadLimits![s] > 0).toBe(true);
    }
  });

  it("stay for species that new data lack, and are 0 without any", async () => {
    const sodium = Dataset.from([makeStructure({ ...randomStructure(1, 4), atomicNumbers: Uint8Array.of(11, 11, 11, 11) })]);
    const [before, after] = [committee.spreadLimits!, (await withSpreadLimits(committee, sodium, executor)).spreadLimits!];
    expect(after[1]).toBe(before[1]);
    expect(after[0]).not.toBe(before[0]);
    const bare = await withSpreadLimits(committee.withSpreadLimits([0, 0]), sodium, executor);
    expectClose(bare.spreadLimits!, [after[0], 0], 0);
  });

  it("and the calibration are the same, whatever the order of the tasks, and after an interruption at any stage", async () => {
    const bytes = await encodeModel(committee);
    expect(committee.provenance.calibration).toMatchObject({ outOfBag: true });
    expect(await encodeModel(await train({}, new DelayingExecutor(executor, 3, 3)))).toEqual(bytes);
    const folder = mkdtempSync(join(tmpdir(), "pestle-committee-"));
    const goneOn: number[] = [];
    // in the second member, so that the first is in the checkpoint; then where all are
    for (const [k, stage] of [/^member 2 of 4: .*fit$/u, /structures left out$/u, /^limits of the spread$/u].entries()) {
      const path = join(folder, String(k));
      const controller = new AbortController();
      const onProgress: FitContext["onProgress"] = (progress) => stage.test(progress.stage) && controller.abort();
      await expect(train({ checkpoint: new CheckpointFolder(path, { every: 1e-9 }), onProgress, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
      const stages = new Set<string>();
      const resumed = await train({ checkpoint: new CheckpointFolder(path, { resume: true }), onProgress: (progress) => void stages.add(progress.stage) }, new DelayingExecutor(executor, 2, 2));
      expect(await encodeModel(resumed), String(stage)).toEqual(bytes);
      goneOn.push([...stages].filter((name) => /^member . of 4: .*fit$/u.test(name)).length);
    }
    // what is in the checkpoint is not fitted again
    expect(goneOn[0] < 4 && goneOn[1] === 0 && goneOn[2] === 0, goneOn.join()).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
