import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Soap } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator } from "../calculator.js";
import { fromJacobian } from "../differences.js";
import { speciesOf } from "../systems.js";
import { flat, fromQuip, quip, readSystem } from "./references.js";

const TOLERANCE = 1e-8;

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** QUIP's vectors end with covariance_sigma0, which is a property of the kernel and no feature here. */
const withoutLast = (vector: readonly number[]): readonly number[] => vector.slice(0, -1);

describe("SOAP in QUIP's convention", () => {
  it("has reference values for every option", () => {
    expect(quip.length).toBe(14);
    expect(quip.filter(({ gradient }) => gradient).length).toBe(9);
  });

  it.each(quip)("$frame: $params", async ({ params, frame, centers, x, gradient }) => {
    const system = await readSystem(frame);
    const calculator = new Calculator(executor, new Soap(fromQuip(params)), speciesOf(system));
    const { nFeatures } = calculator;
    const environments = calculator.environments(system);
    const isMean = calculator.descriptor.rows === "structure";
    const computed = calculator.compute(environments, { jacobian: true });
    const { values } = computed;
    const rows = x.map((_, vector) => (isMean ? values : values.subarray(centers[vector]! * nFeatures, (centers[vector]! + 1) * nFeatures)));
    expectClose(rows.flatMap((row) => [...row]), x.flatMap(withoutLast), TOLERANCE, "relative-to-max");
    if (gradient) {
      const center = centers[gradient.vector]!;
      const derived = fromJacobian(calculator, system, environments, computed);
      const size = system.atomicNumbers.length * 3 * nFeatures;
      const atoms = gradient.atoms.map((axes) => axes.map((row) => [...withoutLast(row)]));
      expectClose(derived.positions.slice(center * size, (center + 1) * size), flat(atoms), TOLERANCE, "relative-to-max");
      const strain = derived.strain.slice(center * 9 * nFeatures, (center + 1) * 9 * nFeatures);
      // theirs is [l][k], ours [k][l]
      const expected = [0, 1, 2].flatMap((k) => [0, 1, 2].flatMap((l) => withoutLast(gradient.strain[l]![k]!)));
      expectClose(strain, expected, TOLERANCE, "relative-to-max");
    }
    calculator.release();
  });
});
