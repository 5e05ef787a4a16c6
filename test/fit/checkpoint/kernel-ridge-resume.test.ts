// Kernel ridge regression goes on with tiles of kernel matrices and length scales that are done, to the same bits.
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, InvalidParameterError } from "../../../src/errors.js";
import { CheckpointFolder, type FitContext, fitKernelRidge, type KernelRidgeFit } from "../../../src/fit/index.js";
import { encodeModel } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import type { Dataset } from "../../../src/structures/index.js";
import { testExecutor } from "../../expect.js";
import { DelayingExecutor } from "../../parallel/delaying-executor.js";
import { gaussian, mbtr, smallData, soap } from "../kernel-ridge/small-fits.js";

/** s: everything is written whenever that is possible */
const ALWAYS = 1e-9;

let serial: Executor;
let folder: string;
beforeAll(async () => {
  serial = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-kernel-ridge-resume-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await serial.close();
});

const small = smallData(20);
const large = smallData(330);
const validation = smallData(6, 300);
const model = (terms: object): KernelRidgeFit["model"] => ({ type: "kernel-ridge", terms: [terms] as never });

const scanBy = (by: "leave-one-out" | "validation"): KernelRidgeFit => ({
  model: model({ descriptor: mbtr, kernel: gaussian }),
  // the kernel matrix of the last λ is not positive definite: NaN survives, too
  fit: { regularization: { scan: { lengthScale: { ofMedian: [0.25, 0.5, 1, 2, 4, 8] }, lambda: [1e-6, 1e-3, 0], by } } },
});

interface Case {
  readonly name: string;
  readonly request: KernelRidgeFit;
  readonly data: Dataset;
}

const cases: readonly Case[] = [
  { name: "energies of normalized sums over atoms", request: { model: model({ descriptor: soap, kernel: gaussian, normalize: true }), fit: { regularization: 1e-4 } }, data: large },
  { name: "energies and forces", request: { model: model({ descriptor: soap, kernel: gaussian }), fit: { sigma: { energy: 0.01, forces: 0.1 } } }, data: smallData(30) },
  { name: "a scan by leave-one-out", request: scanBy("leave-one-out"), data: small },
  { name: "a scan by validation data", request: scanBy("validation"), data: small },
  {
    name: "a scan of sums over atoms",
    request: { model: model({ descriptor: soap, kernel: gaussian }), fit: { regularization: { scan: { lengthScale: [0.5, 1], lambda: [1e-6, 1e-3], by: "validation" } } } },
    data: large,
  },
];

const onThreads = (threads: number): Executor => (threads === 1 ? serial : new DelayingExecutor(serial, threads, threads));

async function bitsOf({ request, data }: Case, threads = 1, context: FitContext = {}): Promise<readonly unknown[]> {
  const { model: fitted, summary } = await fitKernelRidge(request, data, onThreads(threads), { validation, ...context });
  return [Buffer.from(await encodeModel(fitted)).toString("base64"), summary.tables];
}

/** Tiles and length scales that are done, with how many are safe. */
function steps(onStep: (step: number, stage: string, safe: number | undefined) => void): FitContext["onProgress"] {
  let step = 0;
  return ({ stage, safe }) => {
    if (stage === "scan" || stage === "kernel matrix") onStep(++step, stage, safe);
  };
}

describe.each(cases)("$name", (own) => {
  let whole: readonly unknown[];
  let place: string;
  const stages: string[] = [];
  beforeAll(async () => {
    whole = await bitsOf(own, 1, { onProgress: steps((_, stage) => stages.push(stage)) });
    place = mkdtempSync(join(folder, "case-"));
  });

  it("goes on after a signal at any step, with any number of threads, and does nothing again that is safe", async () => {
    const path = join(place, "stopped");
    for (let last = 1; last < stages.length; last += Math.max(1, Math.floor(stages.length / 7))) {
      const controller = new AbortController();
      const checkpoint = new CheckpointFolder(path, { every: ALWAYS });
      const onProgress = steps((step) => step === last && controller.abort());
      await expect(bitsOf(own, 1 + (last % 3), { checkpoint, onProgress, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
      const resumed: number[] = [];
      const again = await bitsOf(own, 1 + ((last + 1) % 3), { checkpoint: new CheckpointFolder(path, { resume: true }), onProgress: steps((_, __, safe) => resumed.push(safe!)) });
      expect(again, `after step ${last}`).toEqual(whole);
      // after the last matrix the fit begins to solve
      expect(resumed.length <= stages.length - last + 1, `${resumed.length} steps after ${last} of ${stages.length}`).toBe(true);
      expect(resumed.every((safe) => safe >= 0)).toBe(true);
      rmSync(path, { recursive: true });
    }
  });

  it("goes on from what a killed process has left at any moment", async () => {
    const path = join(place, "killed");
    const copies: string[] = [];
    const onProgress = steps((step) => {
      if (step % Math.ceil(stages.length / 8) !== 0 || !existsSync(path)) return;
      copies.push(join(place, `killed-${step}`));
      cpSync(path, copies[copies.length - 1], { recursive: true, filter: (source) => !source.endsWith(".tmp") });
    });
    expect(await bitsOf(own, 3, { checkpoint: new CheckpointFolder(path, { every: ALWAYS }), onProgress })).toEqual(whole);
    rmSync(path, { recursive: true });
    expect(copies.length > 1).toBe(true);
    for (const copy of copies) {
      // its process number is that of the lock
      rmSync(join(copy, "fit.json.lock"), { force: true });
      expect(await bitsOf(own, 2, { checkpoint: new CheckpointFolder(copy, { resume: true }) }), copy).toEqual(whole);
    }
  });
});

it("refuses what was kept of another fit", async () => {
  const path = join(folder, "other");
  const controller = new AbortController();
  const onProgress: FitContext["onProgress"] = ({ stage }) => void (stage === "scan" && controller.abort());
  const checkpoint = new CheckpointFolder(path, { every: ALWAYS });
  await expect(bitsOf(cases[2], 1, { checkpoint, onProgress, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
  expect(checkpoint.safeShare).toBeGreaterThan(0);
  await expect(bitsOf(cases[3], 1, { checkpoint: new CheckpointFolder(path, { resume: true }) })).rejects.toThrow(InvalidParameterError);
});
