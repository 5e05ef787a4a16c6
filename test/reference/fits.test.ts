// Values of other programs for kernels and fits: linear models, MaxVol, kernel ridge regression.
import { describe, expect, it } from "vitest";
import { compareKernelRidge, type KernelRidgeFile } from "./kernel-ridge.js";
import { compareLinearFit } from "./linear-fit.js";
import { compareMaximumVolume } from "./maximum-volume.js";
import { referenceSuite } from "./suite.js";

const suite = referenceSuite("fits");
const { folder, comparisons } = suite;

describe.skipIf(!folder)("reference values of fits", () => {
  const files = (folder?.files ?? []).filter((file) => file.endsWith(".json"));
  folder?.know(...files);

  it("are all known", () => {
    expect(folder!.unknown).toEqual([]);
  });

  for (const file of files) {
    it(file, () => {
      if (/^krr_/u.test(file)) return compareKernelRidge({ reference: folder!.json(file) as KernelRidgeFile, file, executor: suite.executor, comparisons });
      if (/^linear_/u.test(file)) return compareLinearFit(folder!, file, suite.executor, comparisons);
      if (/^maxvol_/u.test(file)) return compareMaximumVolume(folder!, file, suite.executor, comparisons);
      throw new Error(`the suite does not know ${file}`);
    });
  }

  it("were compared", () => {
    expect(comparisons.total).toBeGreaterThan(0);
  });
});
