import { afterAll, beforeAll, describe, it } from "vitest";
import { relaxedSimd } from "wasm-feature-detect";
import { Soap } from "../../../src/descriptors/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import type { BuildName } from "../../../src/wasm/builds.js";
import { expectClose } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";
import { Calculator, type Computed } from "../calculator.js";
import { randomEnvironments } from "./environments.js";

const builds: BuildName[] = ["simd", "unshared", "unshared-scalar", ...((await relaxedSimd()) ? (["relaxed-simd"] as const) : [])];

const cases = [
  { nMax: 5, lMax: 4, sigma: 0.5, cutoff: { radius: 4, function: "cosine" } },
  { nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 4 }, compression: "mu1nu1", weighting: { function: "pow", m: 2, r0: 2 } },
  { basis: "equispaced-gaussian", nMax: 4, lMax: 5, sigma: 0.5, cutoff: { radius: 4.5 } },
  { basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4.5 }, compression: "diagonal-radial", normalize: false },
  { basis: "librascal-gto", nMax: 3, lMax: 3, sigma: 0.5, cutoff: { radius: 4 } },
];

function computeAll(executor: Executor): Computed[] {
  return cases.map((parameters) => {
    const calculator = new Calculator(executor, new Soap({ type: "soap", ...parameters }), [1, 6, 8]);
    const environments = randomEnvironments([0, 1, 31, 32, 33, 70, 7], 3, calculator.descriptor.cutoff, 3);
    const gradients = randomArray(7 * calculator.nFeatures, 5);
    const computed = calculator.compute(environments, { jacobian: true, gradients });
    calculator.release();
    return computed;
  });
}

describe.each(builds)("SOAP on build %s", (build) => {
  let [scalar, other]: [Executor?, Executor?] = [];
  beforeAll(async () => {
    scalar = await createExecutor({ threads: 1, build: "scalar" });
    other = await createExecutor({ threads: 1, build });
  });
  afterAll(async () => {
    await scalar?.close();
    await other?.close();
  });

  it("agrees with the scalar build", () => {
    const [expected, actual] = [computeAll(scalar!), computeAll(other!)];
    expected.forEach((part, i) => {
      for (const key of ["values", "jacobian", "backward"] as const) {
        expectClose(actual[i][key], part[key], 1e-12, "relative-to-max");
      }
    });
  });
});
