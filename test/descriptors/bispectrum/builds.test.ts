import { afterAll, beforeAll, describe, it } from "vitest";
import { relaxedSimd } from "wasm-feature-detect";
import { Bispectrum } from "../../../src/descriptors/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import type { BuildName } from "../../../src/wasm/builds.js";
import { expectClose } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";
import { Calculator, type Computed } from "../calculator.js";
import { randomEnvironments } from "../soap/environments.js";

const builds: BuildName[] = ["simd", "unshared", "unshared-scalar", ...((await relaxedSimd()) ? (["relaxed-simd"] as const) : [])];

const cases = [
  { twoJMax: 5, rcutfac: 4.5 },
  { twoJMax: 2, rcutfac: 4, radii: { H: 0.4, C: 0.5, O: 0.6 }, chem: true, rmin0: 0.5, innerSwitch: { center: 1, halfWidth: 0.4 } },
];

function computeAll(executor: Executor): Computed[] {
  return cases.map((parameters) => {
    const calculator = new Calculator(executor, new Bispectrum({ type: "bispectrum", ...parameters }), [1, 6, 8]);
    const environments = randomEnvironments([0, 1, 31, 32, 33, 70, 7], 3, calculator.descriptor.cutoff, 3);
    const gradients = randomArray(7 * calculator.nFeatures, 5);
    const computed = calculator.compute(environments, { jacobian: true, gradients });
    calculator.release();
    return computed;
  });
}

describe.each(builds)("the bispectrum on build %s", (build) => {
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
      for (const key of ["values", "jacobian", "backward"] as const) expectClose(actual[i][key], part[key], 1e-12, "relative-to-max");
    });
  });
});
