import { afterAll, beforeAll, describe, it } from "vitest";
import { relaxedSimd } from "wasm-feature-detect";
import type { Descriptor } from "../../src/descriptors/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import type { BuildName } from "../../src/wasm/builds.js";
import { expectClose } from "../expect.js";
import { randomArray } from "../linalg/dense.js";
import { Calculator, type Computed } from "./calculator.js";
import { randomEnvironments } from "./soap/environments.js";

const builds: BuildName[] = ["simd", "unshared", "unshared-scalar", ...((await relaxedSimd()) ? (["relaxed-simd"] as const) : [])];

/** Values, Jacobian and backward of a descriptor on each build, around the sizes of blocks, against those of the scalar build. */
export function expectSameOnBuilds(name: string, cases: readonly object[], make: (parameters: object) => Descriptor): void {
  const computeAll = (executor: Executor): Computed[] =>
    cases.map((parameters) => {
      const calculator = new Calculator(executor, make(parameters), [1, 6, 8]);
      const environments = randomEnvironments([0, 1, 31, 32, 33, 70, 7], 3, calculator.descriptor.cutoff, 3);
      const gradients = randomArray(7 * calculator.nFeatures, 5);
      const computed = calculator.compute(environments, { jacobian: true, gradients });
      calculator.release();
      return computed;
    });

  describe.each(builds)(`${name} on build %s`, (build) => {
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
}
