// Cross-validation and learning curves go on with the fits that are done, and within the one that was interrupted.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crossValidate, type CrossValidateContext, learningCurve, type LearningCurveContext } from "../../../src/analysis/index.js";
import { CancelledError } from "../../../src/errors.js";
import { CheckpointFolder, type FitContext, type FitRequest, huberTrainer, trainerOf } from "../../../src/fit/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { testExecutor } from "../../expect.js";
import { gaussian, mbtr, smallData } from "../../fit/kernel-ridge/small-fits.js";
import { DelayingExecutor } from "../../parallel/delaying-executor.js";

let serial: Executor;
let folder: string;
beforeAll(async () => {
  serial = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-validation-resume-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await serial.close();
});

const data = smallData(60);
const validation = smallData(15, 900);
const linear: FitRequest = {
  model: { type: "linear", isolatedAtomEnergies: "least-squares", terms: [{ descriptor: { type: "ace", cutoff: { radius: 4 }, order: 2, degree: [4, 3] } }] },
  fit: { sigma: { energy: 0.01, forces: 0.1 }, solver: { type: "ridge", regularization: 0.01 } },
};
const ridge: FitRequest = { model: { type: "kernel-ridge", terms: [{ descriptor: mbtr, kernel: gaussian }] }, fit: { regularization: 1e-4, targets: ["energy", "size"] } };
type Context = Pick<FitContext, "signal" | "onProgress" | "checkpoint">;
/** Stages that count fits. */
const SERIES = ["cross-validation", "learning curve"];

/** Without times. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "seconds" ? undefined : part instanceof Float64Array ? [...part].map(String) : part)));

interface Case {
  readonly name: string;
  /** What came of it, and how many fits were made. */
  readonly run: (executor: Executor, context: Context) => Promise<unknown>;
  readonly fits: number;
}

const folds = (trainer: ReturnType<typeof trainerOf>, request: FitRequest, context: CrossValidateContext & Context, executor: Executor): Promise<unknown> =>
  crossValidate(trainer, request, data, executor, { folds: 4 }, context);
const curve = (request: FitRequest, context: LearningCurveContext & Context, executor: Executor): Promise<unknown> =>
  learningCurve(trainerOf(request.model), request, { train: data, validation }, executor, { sizes: [20, 40], repeats: 2 }, context);

const cases: readonly Case[] = [
  { name: "cross-validation of a linear model", run: (executor, context) => folds(trainerOf(linear.model), linear, { ...context, everything: true }, executor), fits: 4 },
  { name: "cross-validation of kernel ridge regression with a property", run: (executor, context) => folds(trainerOf(ridge.model), ridge, context, executor), fits: 4 },
  { name: "cross-validation with Huber's loss", run: (executor, context) => folds(huberTrainer(trainerOf(linear.model), { iterations: 1 }), linear, context, executor), fits: 4 },
  { name: "a learning curve", run: (executor, context) => curve(linear, context, executor), fits: 4 },
];

const onThreads = (threads: number): Executor => (threads === 1 ? serial : new DelayingExecutor(serial, threads, threads));

describe.each(cases)("$name", (own) => {
  let whole: unknown;
  let place: string;
  let events = 0;
  beforeAll(async () => {
    place = mkdtempSync(join(folder, "case-"));
    whole = plain(await own.run(serial, { onProgress: () => void events++ }));
  });

  it.each([1, 3])("goes on after a signal at any moment (%i threads)", async (threads) => {
    const path = join(place, `stopped-${threads}`);
    let most = 0;
    for (let last = 2; last < events; last += Math.ceil(events / 4)) {
      const controller = new AbortController();
      const checkpoint = new CheckpointFolder(path, { every: 1e-9 });
      let event = 0;
      const onProgress = (): void => void (++event === last && controller.abort());
      const stopped = await own.run(onThreads(threads), { checkpoint, onProgress, signal: controller.signal }).catch((error: unknown) => error);
      // several fits at once hear of less
      if (event < last) {
        rmSync(path, { recursive: true, force: true });
        continue;
      }
      // after the last step that asks for the signal
      if (!(stopped instanceof CancelledError)) {
        expect(plain(stopped)).toEqual(whole);
        continue;
      }
      most = Math.max(most, checkpoint.safeShare);
      let again = 0;
      const resumed = await own.run(onThreads(threads === 1 ? 2 : 1), { checkpoint: new CheckpointFolder(path, { resume: true }), onProgress: () => void again++ });
      expect(plain(resumed), `after ${last} of ${events}`).toEqual(whole);
      if (threads === 3) expect(again <= events, `${again} of ${events}`).toBe(true);
      rmSync(path, { recursive: true, force: true });
    }
    expect(most > 0 && most <= 1).toBe(true);
  });

  it("does not make fits again that are done, and leaves nothing of them but their results", async () => {
    const path = join(place, "killed");
    const controller = new AbortController();
    let ended = 0;
    const onProgress: FitContext["onProgress"] = ({ stage }) => void (SERIES.includes(stage) && ++ended === 2 && controller.abort());
    await expect(own.run(serial, { checkpoint: new CheckpointFolder(path, { every: 1e-9 }), onProgress, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
    expect(readdirSync(path).filter((name) => /^result-of-(fold|fit)-/.test(name)).length).toBe(2);
    expect(readdirSync(path).filter((name) => /^(fold-[12]|fit-[12]-to-20)-/.test(name))).toEqual([]);
    const seen: string[] = [];
    const again = await own.run(serial, { checkpoint: new CheckpointFolder(path, { resume: true }), onProgress: ({ stage }) => void seen.push(stage) });
    expect(plain(again)).toEqual(whole);
    expect(seen.some((stage) => /^(fold|fit) [12] of/.test(stage))).toBe(false);
    expect(seen.some((stage) => /^(fold|fit) 4 of/.test(stage))).toBe(true);
  });
});

it("refuses what other folds, or other data that errors are of, have left", async () => {
  const left = async (name: string, run: (context: Context) => Promise<unknown>): Promise<string> => {
    const path = join(folder, name);
    const controller = new AbortController();
    const onProgress: FitContext["onProgress"] = ({ stage }) => void (SERIES.includes(stage) && controller.abort());
    await expect(run({ checkpoint: new CheckpointFolder(path, { every: 1e-9 }), onProgress, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
    return path;
  };
  const ofFolds = await left("folds", (context) => cases[0].run(serial, context));
  const checkpoint = (path: string): CheckpointFolder => new CheckpointFolder(path, { resume: true });
  await expect(crossValidate(trainerOf(linear.model), linear, data, serial, { folds: 3 }, { everything: true, checkpoint: checkpoint(ofFolds) })).rejects.toThrow(/crossValidation\.folds was 4, now 3/);
  await expect(cases[0].run(serial, { checkpoint: checkpoint(ofFolds) }).then((result) => plain(result))).resolves.toBeDefined();
  const ofCurve = await left("curve", (context) => cases[3].run(serial, context));
  const other = { train: data, validation: smallData(15, 901) };
  await expect(learningCurve(trainerOf(linear.model), linear, other, serial, { sizes: [20, 40], repeats: 2 }, { checkpoint: checkpoint(ofCurve) })).rejects.toThrow(
    "the validation data has other numbers",
  );
});
