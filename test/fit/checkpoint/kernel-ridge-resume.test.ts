// A scan of kernel ridge regression goes on with the length scales that are done, to the same bits.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CancelledError, InvalidParameterError } from "../../../src/errors.js";
import { CheckpointFolder, type FitContext, fitKernelRidge, type KernelRidgeFit } from "../../../src/fit/index.js";
import { encodeModel } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { testExecutor } from "../../expect.js";
import { gaussian, mbtr, smallData } from "../kernel-ridge/small-fits.js";

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-kernel-ridge-resume-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

const data = smallData(20);
const validation = smallData(6, 300);

const request = (by: "leave-one-out" | "validation"): KernelRidgeFit => ({
  model: { type: "kernel-ridge", terms: [{ descriptor: mbtr, kernel: gaussian }] },
  // the kernel matrix of the last λ is not positive definite: NaN survives, too
  fit: { regularization: { scan: { lengthScale: { ofMedian: [0.25, 0.5, 1, 2, 4, 8] }, lambda: [1e-6, 1e-3, 0], by } } },
});

async function bitsOf(by: "leave-one-out" | "validation", context: FitContext = {}): Promise<readonly unknown[]> {
  const { model, summary } = await fitKernelRidge(request(by), data, executor, { validation, ...context });
  return [Buffer.from(await encodeModel(model)).toString("base64"), summary.tables];
}

/** Leaves what there is after the first four length scales. */
async function interrupt(by: "leave-one-out" | "validation", path: string): Promise<void> {
  const controller = new AbortController();
  const onProgress: FitContext["onProgress"] = ({ stage, done }) => void (stage === "scan" && done === 5 && controller.abort());
  const checkpoint = new CheckpointFolder(path, { every: 1e-9 });
  await expect(fitKernelRidge(request(by), data, executor, { validation, checkpoint, onProgress, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
}

it.each(["leave-one-out", "validation"] as const)("goes on after the length scales that are done (%s)", async (by) => {
  const whole = await bitsOf(by);
  const path = join(folder, by);
  await interrupt(by, path);
  const resumed: number[] = [];
  const again = await bitsOf(by, { checkpoint: new CheckpointFolder(path, { resume: true }), onProgress: ({ stage, done }) => void (stage === "scan" && resumed.push(done)) });
  expect(again).toEqual(whole);
  // the first four are not done again
  expect(resumed).toEqual([5, 6]);
});

it("refuses what was kept of another fit", async () => {
  const path = join(folder, "other");
  await interrupt("leave-one-out", path);
  const other = fitKernelRidge(request("validation"), data, executor, { validation, checkpoint: new CheckpointFolder(path, { resume: true }) });
  await expect(other).rejects.toThrow(InvalidParameterError);
});
