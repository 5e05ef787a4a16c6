import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SoapTurbo } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator, type Computed } from "../calculator.js";

let executor: Executor;
let calculator: Calculator;
beforeAll(async () => {
  executor = await testExecutor();
  calculator = new Calculator(executor, new SoapTurbo({ type: "soap-turbo", nMax: 3, lMax: 2, cutoff: { radius: 4 }, centralWeight: 0 }), [14]);
});
afterAll(async () => {
  calculator.release();
  await executor.close();
});

/** A center without weight and one neighbor at distance r. */
function dimer(r: number): Computed {
  const displacements = Float64Array.from([0.6 * r, 0, 0.8 * r]);
  return calculator.compute({ centerSpecies: [0], offsets: [0, 1], neighborSpecies: [0], displacements }, { jacobian: true, gradients: new Float64Array(calculator.nFeatures).fill(1) });
}

describe("vectors of soap_turbo", () => {
  it("shorter than 10⁻⁵ are not brought to unit length", () => {
    expectClose([Math.hypot(...dimer(2).values)], [1], 1e-14);
    const { values, jacobian, backward } = dimer(3.99);
    const length = Math.hypot(...values);
    expect(length > 0 && length < 1e-5).toBe(true);
    const h = 1e-5;
    const [before, after] = [dimer(3.99 - h).values, dimer(3.99 + h).values];
    const along = before.map((_, f) => 0.6 * jacobian[f] + 0.8 * jacobian[2 * calculator.nFeatures + f]);
    expectClose(along, after.map((value, f) => (value - before[f]) / (2 * h)), 1e-5, "relative-to-max");
    expectClose(backward, [0, 1, 2].map((k) => jacobian.slice(k * calculator.nFeatures, (k + 1) * calculator.nFeatures).reduce((a, b) => a + b)), 1e-12, "relative-to-max");
  });

  it("are zero without anything to see", () => {
    const none = { centerSpecies: [0], offsets: [0, 0], neighborSpecies: [], displacements: new Float64Array(0) };
    expect([...calculator.compute(none).values]).toEqual(Array.from({ length: calculator.nFeatures }, () => 0));
  });
});
