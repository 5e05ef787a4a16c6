import { inverse, Matrix } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor } from "../../src/descriptors/index.js";
import { describeStructures } from "../../src/environments/index.js";
import { decodeModel, encodeModel, evaluateStructure, SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { plainKernel } from "../analysis/kernel-distribution/plain.js";
import { describePotential } from "../contracts/potential.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomModel, randomStructure, squaredExponentialTerms } from "./systems.js";

let executor: Executor;
let model: SparseGpModel;
beforeAll(async () => {
  executor = await testExecutor();
  model = await randomModel(executor, 3, squaredExponentialTerms);
});
afterAll(() => executor.close());

async function describeAll(seed: number, { type, ...parameters }: Readonly<Record<string, unknown>> & { type: string }): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { nRows, values } of describeStructures(executor, createDescriptor({ type, ...parameters }), [randomStructure(seed)], { species: [11, 17] })) {
    for (let row = 0; row < nRows; row++) rows.push(Array.from(values.subarray((row * values.length) / nRows, ((row + 1) * values.length) / nRows)));
  }
  return rows;
}

describe("sparse Gaussian process with squared-exponential kernels", () => {
  describePotential({
    executor: () => executor,
    potential: () => model,
    structures: [randomStructure(1), randomStructure(2, 7, false), randomStructure(3, 3)],
  });

  it("predicts energies and variances as written down", async () => {
    const [term] = model.terms;
    const single = new SparseGpModel({ ...model, terms: [term] });
    const { localEnergies, variance } = await evaluateStructure(single, randomStructure(5), executor, { want: { localEnergies: true, variance: true } });
    const rows = await describeAll(5, squaredExponentialTerms[0].descriptor);
    const width = rows[0].length;
    const points = Array.from({ length: term.coefficients.length }, (_, s) => Array.from(term.sparsePoints.subarray(s * width, (s + 1) * width)));
    const k = plainKernel(term.kernel);
    const cross = new Matrix(rows.map((x) => points.map((y) => k(x, y))));
    const spread = cross.to1DArray();
    expect(Math.min(...spread) < 0.9 && Math.max(...spread) > 0.05).toBe(true);
    const delta2 = 1.2 ** 2;
    const own = cross.mmul(Matrix.columnVector(Array.from(term.coefficients))).to1DArray();
    const free = Array.from(randomStructure(5).atomicNumbers, (z) => (z === 11 ? -1.5 : -2.25));
    expectClose(localEnergies!, own.map((energy, i) => free[i] + delta2 * energy), 1e-11);
    const kernelMatrix = new Matrix(points.map((x, i) => points.map((y, j) => k(x, y) + (i === j ? 1e-3 : 0))));
    const explained = cross.mmul(inverse(kernelMatrix)).mmul(cross.transpose());
    expectClose(variance!, rows.map((_, i) => delta2 * (1 - explained.get(i, i))), 1e-9);
  });

  it("comes back from a model file", async () => {
    const bytes = await encodeModel(model);
    const restored = await decodeModel(bytes, "model");
    expect((restored as SparseGpModel).terms.map(({ kernel }) => kernel)).toEqual(squaredExponentialTerms.map(({ kernel }) => kernel));
    const want = { forces: true };
    expect(await evaluateStructure(restored, randomStructure(4), executor, { want })).toEqual(await evaluateStructure(model, randomStructure(4), executor, { want }));
  });
});
