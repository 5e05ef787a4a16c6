import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SoapTurbo } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator } from "../calculator.js";
import { fromJacobian } from "../differences.js";
import { flat, readSystem } from "../soap/references.js";
import { speciesOf } from "../systems.js";
import { turboFromQuip, turboReferences } from "./references.js";

/** What the original program's own S^(−1/2) allows: five radial functions or fewer, or seven. */
const toleranceOf = (nMax: number): number => (nMax < 6 ? 2e-11 : 2e-8);

/**
 * Its derivatives are not exactly those of its values: it differentiates the Gaussian and then truncates the integrals. Ours are, see the
 * contract suite.
 */
const DERIVATIVE_TOLERANCE = 1e-6;

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

describe("soap_turbo of the original program", () => {
  it("has reference values for every option", () => {
    expect(turboReferences.length).toBe(31);
    expect(turboReferences.filter(({ gradient }) => gradient).length).toBe(9);
  });

  it.each(turboReferences)("$frame: $params", async ({ params, frame, centers, x, gradient }) => {
    const system = await readSystem(frame);
    const descriptor = new SoapTurbo(turboFromQuip(params));
    const tolerance = toleranceOf(Math.max(...Object.values(descriptor.parameters.nMax)));
    const calculator = new Calculator(executor, descriptor, speciesOf(system));
    const { nFeatures } = calculator;
    expect(nFeatures).toBe(x[0]!.length);
    const environments = calculator.environments(system);
    const computed = calculator.compute(environments, { jacobian: true });
    const { values } = computed;
    x.forEach((vector, i) => expectClose(values.slice(centers[i]! * nFeatures, (centers[i]! + 1) * nFeatures), vector, tolerance));
    if (gradient) {
      const center = centers[gradient.vector]!;
      const derived = fromJacobian(calculator, system, environments, computed);
      const size = system.atomicNumbers.length * 3 * nFeatures;
      const atoms = gradient.atoms.map((axes) => axes.map((row) => [...row]));
      expectClose(derived.positions.slice(center * size, (center + 1) * size), flat(atoms), DERIVATIVE_TOLERANCE, "relative-to-max");
      // theirs is [l][k], ours [k][l]
      const expected = [0, 1, 2].flatMap((k) => [0, 1, 2].flatMap((l) => gradient.strain[l]![k]!));
      expectClose(derived.strain.slice(center * 9 * nFeatures, (center + 1) * 9 * nFeatures), expected, DERIVATIVE_TOLERANCE, "relative-to-max");
    }
    calculator.release();
  });
});
