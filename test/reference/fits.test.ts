// Values of other programs for kernels and fits: linear models, MaxVol, kernel ridge regression.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor } from "../../src/parallel/index.js";
import { testExecutor } from "../expect.js";
import { Comparisons } from "./comparisons.js";
import { referenceFolder } from "./folder.js";
import { compareKernelRidge, type KernelRidgeFile } from "./kernel-ridge.js";
import { compareLinearFit } from "./linear-fit.js";
import { compareMaximumVolume } from "./maximum-volume.js";

const folder = referenceFolder("fits");
const comparisons = new Comparisons();
let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(async () => {
  await executor.close();
  comparisons.print("reference/fits");
});

describe.skipIf(!folder)("reference values of fits", () => {
  const files = (folder?.files ?? []).filter((file) => file.endsWith(".json"));
  folder?.know(...files);

  it("are all known", () => {
    expect(folder!.unknown).toEqual([]);
  });

  for (const file of files) {
    it(file, () => {
      if (/^krr_/u.test(file)) return compareKernelRidge({ reference: folder!.json(file) as KernelRidgeFile, file, executor, comparisons });
      if (/^linear_/u.test(file)) return compareLinearFit(folder!, file, executor, comparisons);
      if (/^maxvol_/u.test(file)) return compareMaximumVolume(folder!, file, executor, comparisons);
      throw new Error(`the suite does not know ${file}`);
    });
  }

  it("were compared", () => {
    expect(comparisons.total).toBeGreaterThan(0);
  });
});
