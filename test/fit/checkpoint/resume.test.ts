// A fit that was interrupted, by a signal or by the end of its process, goes on to the bits of one that was not.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError } from "../../../src/errors.js";
import { CheckpointFolder, type ComposedFit, type FitContext, fitComposed, fitLinear, huberTrainer, type LinearFit, fitSparseGp, robustFit, type SparseGpFit, trainCommittee, trainerOf } from "../../../src/fit/index.js";
import { encodeModel, type Model } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { testExecutor } from "../../expect.js";
import { makeStructure, randomStructure } from "../../models/systems.js";
import { DelayingExecutor } from "../../parallel/delaying-executor.js";
import { molecule } from "../linear/molecules.js";

/** s: everything is written whenever that is possible */
const ALWAYS = 1e-9;

interface Fitted {
  readonly model: Model;
  readonly summary: object;
}

/** A fit whose bits are compared. */
interface Case {
  readonly name: string;
  readonly fit: (executor: Executor, context: FitContext) => Promise<Fitted>;
  /** What beside the model must be the same. */
  readonly others: (summary: object) => unknown;
}

const soap = { type: "soap", nMax: 2, lMax: 2, sigma: 0.6, cutoff: { radius: 2.9, function: "cosine", width: 1 }, standardization: "standard" } as const;
const sparseGp = {
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: { Na: -1.5, Cl: -2.25 },
    // both draw from one generator
    terms: [
      { descriptor: soap, kernel: { type: "squared-exponential", lengthScale: 3 }, sparse: { method: "cur", count: { Na: 9, Cl: 6 } } },
      { descriptor: { ...soap, nMax: 3, standardization: undefined }, kernel: { type: "dot-product", zeta: 3 }, sparse: { method: "random", count: 9 } },
    ],
  },
  fit: { sigma: { energy: 0.01, forces: 0.1 } },
} as unknown as SparseGpFit;
const member = { ...sparseGp, model: { ...sparseGp.model, terms: sparseGp.model.terms.slice(1) } };
const linear: LinearFit = {
  model: { type: "linear", isolatedAtomEnergies: "least-squares", terms: [{ descriptor: { type: "ace", cutoff: { radius: 4 }, order: 2, degree: [6, 5] } }] as never },
  fit: { sigma: { energy: 0.01, forces: 0.1 }, solver: { type: "ridge", regularization: 0.01 }, crossValidation: "leave-structure-out" },
};

function crystals(): Dataset {
  return Dataset.from(Array.from({ length: 150 }, (_, i) => {
    const atoms = randomStructure(900 + (i % 20), 4 + (i % 9), i % 3 !== 2);
    const nAtoms = atoms.atomicNumbers.length;
    return makeStructure(atoms, { energy: Math.sin(i) - 2 * nAtoms, forces: Float64Array.from({ length: 3 * nAtoms }, (_, k) => Math.cos(3 * k + i)) });
  }));
}

/** In groups of columns: few have oxygen. */
function molecules(): Dataset {
  return Dataset.from(Array.from({ length: 120 }, (_, i) => molecule(i, [[1, 1, 1, 1, 1, 1], [6, 1, 1, 6, 1, 1], [1, 1, 6, 1, 6, 1], [1, 1, 1, 1, 1], [8, 1, 6, 6, 8]][i % 15 === 14 ? 4 : i % 4], 3.5)));
}

/** As a composed potential would have them. */
function metals(): Dataset {
  return Dataset.from(Array.from({ length: 12 }, (_, i) => {
    const atoms = randomStructure(700 + i, 4);
    return makeStructure({ ...atoms, atomicNumbers: atoms.atomicNumbers.map(() => 11) }, { energy: Math.sin(i), forces: Float64Array.from({ length: 12 }, (_unused, k) => Math.cos(3 * k + i)) });
  }));
}

const data = { crystals: crystals(), molecules: molecules(), metals: metals() };
const composed: ComposedFit = { model: { type: "composed", potential: "G2 x E[G2 L1]", cutoff: { radius: 4 } }, fit: { starts: 2, maximumIterations: 8 } };
const cases: readonly Case[] = [
  { name: "a sparse Gaussian process", fit: (executor, context) => fitSparseGp(sparseGp, data.crystals, executor, context), others: (summary) => (summary as { weightedResidual: number }).weightedResidual },
  { name: "a linear model with groups of columns", fit: (executor, context) => fitLinear(linear, data.molecules, executor, context), others: (summary) => {
    const { leftOut, columnGroups } = summary as { leftOut: unknown; columnGroups?: { groups: unknown[] } };
    expect(columnGroups?.groups.length).toBe(2);
    return leftOut;
  } },
  { name: "a composed potential", fit: (executor, context) => fitComposed(composed, data.metals, executor, context), others: (summary) => (summary as { steps: unknown }).steps },
  {
    name: "a bipartite composed potential",
    fit: (executor, context) => fitComposed({ ...composed, fit: { method: "bipartite", bipartite: { sweeps: 3, linearSweeps: 1, tolerance: 0, initialPoints: 3, proposals: 4 } } }, data.metals, executor, context),
    others: (summary) => (summary as { steps: unknown }).steps,
  },
  {
    name: "a committee",
    fit: async (executor, context) => {
      const fitted = await trainCommittee(trainerOf(member.model), member, data.crystals, executor, { members: 4, by: "disjoint" }, context);
      expect([fitted.model.provenance.calibration?.outOfBag, fitted.model.hasSpreadLimits]).toEqual([true, true]);
      return fitted;
    },
    others: (summary) => (summary as { tables: unknown }).tables,
  },
  {
    name: "a fit with Huber's loss",
    fit: (executor, context) => robustFit(trainerOf(member.model), member, data.crystals, executor, { iterations: 2 }, context),
    others: (summary) => (summary as { robust: unknown }).robust,
  },
  {
    // what a kept result was drawn from is drawn from again
    name: "a committee drawn from the posterior of a fit with Huber's loss",
    fit: (executor, context) => {
      const own = { ...member, fit: { ...member.fit, errorBars: true } };
      return trainCommittee(huberTrainer(trainerOf(own.model), { iterations: 1 }), own, data.crystals, executor, { members: 3, by: "posterior" }, context);
    },
    others: (summary) => (summary as { extent: string }).extent,
  },
];

let serial: Executor;
let folder: string;
beforeAll(async () => {
  serial = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-checkpoint-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await serial.close();
});

const onThreads = (threads: number): Executor => (threads === 1 ? serial : new DelayingExecutor(serial, threads, threads));

async function bitsOf({ fit, others }: Case, threads: number, context: FitContext = {}): Promise<readonly unknown[]> {
  const { model, summary } = await fit(onThreads(threads), context);
  return [Buffer.from(await encodeModel(model)).toString("base64"), others(summary)];
}

/** Signals progress of rows and of structures left out, numbered. */
function steps(onStep: (step: number) => void): FitContext["onProgress"] {
  let step = 0;
  return ({ stage }) => {
    if (stage.endsWith("fit") || stage === "leave structures out") onStep(++step);
  };
}

/** Steps, of which so many are blocks of rows. */
async function countSteps({ fit }: Case): Promise<{ count: number; rows: number }> {
  let count = 0;
  let rows = 0;
  const counted = steps((step) => (count = step))!;
  await fit(serial, { onProgress: (progress) => {
    counted(progress);
    if (progress.stage.endsWith("fit")) rows++;
  } });
  return { count, rows };
}

describe.each(cases)("$name", (own) => {
  let whole: readonly unknown[];
  let count: number;
  let rows: number;
  let place: string;
  beforeAll(async () => {
    place = mkdtempSync(join(folder, "case-"));
    whole = await bitsOf(own, 1);
    ({ count, rows } = await countSteps(own));
    // every chain takes more than one block, or there are several reductions
    expect(rows > 6).toBe(true);
  });

  it("has the same bits with a checkpoint that nothing interrupts, which ends when it is removed", async () => {
    const path = join(place, "whole");
    const checkpoint = new CheckpointFolder(path, { every: ALWAYS });
    const isKept = (): boolean => checkpoint.exists && checkpoint.safeShare > 0;
    // a short fit may be over before a busy disk has taken anything
    for (let attempt = 0; attempt < 5 && !isKept(); attempt++) expect(await bitsOf(own, 2, { checkpoint })).toEqual(whole);
    expect(isKept()).toBe(true);
    checkpoint.remove();
    expect(existsSync(path)).toBe(false);
  });

  it("goes on after a signal at any block, with any number of threads", async () => {
    let kept = 0;
    for (let last = 1; last < count; last++) {
      const path = join(place, `signal-${last}`);
      const controller = new AbortController();
      const checkpoint = new CheckpointFolder(path, { every: ALWAYS });
      const onProgress = steps((step) => step === last && controller.abort());
      await expect(own.fit(onThreads(1 + (last % 3)), { checkpoint, onProgress, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
      kept += Number(checkpoint.safeShare > 0);
      let resumed = 0;
      const bits = await bitsOf(own, 1 + ((last + 1) % 3), { checkpoint: new CheckpointFolder(path, { resume: true }), onProgress: steps((step) => (resumed = step)) });
      expect(bits, `after step ${last}`).toEqual(whole);
      // what is safe is not done again
      expect(resumed <= count - Math.round(checkpoint.safeShare * rows), `${resumed} steps after ${last} of ${count}`).toBe(true);
      rmSync(path, { recursive: true });
    }
    expect(kept > count / 2).toBe(true);
  });

  it("goes on from what a killed process has left at any moment", async () => {
    const path = join(place, "killed");
    const copies: string[] = [];
    const onProgress = steps((step) => {
      if (step % 2 === 0 || !existsSync(path) || readdirSync(path).length === 0) return;
      copies.push(join(place, `killed-${step}`));
      // a file that is being written may have its name by the time it is copied
      cpSync(path, copies[copies.length - 1], { recursive: true, filter: (source) => !source.endsWith(".tmp") });
    });
    expect(await bitsOf(own, 3, { checkpoint: new CheckpointFolder(path, { every: ALWAYS }), onProgress })).toEqual(whole);
    rmSync(path, { recursive: true });
    expect(copies.length > 3).toBe(true);
    for (const copy of copies) {
      // its process number is that of the lock
      rmSync(join(copy, "fit.json.lock"), { force: true });
      expect(await bitsOf(own, 2, { checkpoint: new CheckpointFolder(copy, { resume: true }) }), copy).toEqual(whole);
    }
  });
});
