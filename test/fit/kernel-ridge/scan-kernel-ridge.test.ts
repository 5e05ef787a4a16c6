// Scans without a fit: errors of further data sets against plain kernels, at every point.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitKernelRidge, type KernelRidgeFit, scanKernelRidge } from "../../../src/fit/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { gaussian, mbtr, plainKernels, plainSolution, smallData, soap, type TermInput } from "./small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const data = smallData();
const validation = smallData(5, 300);
const others = { near: smallData(4, 400), "far away": smallData(7, 700) };
const terms: TermInput[] = [
  { descriptor: soap, kernel: gaussian, normalize: true },
  { descriptor: { ...mbtr, standardization: "center" }, kernel: { type: "squared-exponential", lengthScale: 1, delta: 1 } },
];
const [lengths, lambdas] = [[0.7, 5], [1e-4, 1e-1]];

const requestOf = (by: "leave-one-out" | "validation" = "validation"): KernelRidgeFit => ({
  model: { type: "kernel-ridge", isolatedAtomEnergies: "none", terms },
  fit: { regularization: { scan: { lengthScale: lengths, lambda: lambdas, by } }, targets: ["energy", "gap"] },
});

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function plainErrors(predicted: readonly number[], reference: readonly number[]): [number, number] {
  const [p, r] = [meanOf(predicted), meanOf(reference)];
  const covariance = (x: readonly number[], mx: number, y: readonly number[], my: number): number => meanOf(x.map((value, i) => (value - mx) * (y[i] - my)));
  const rmse = Math.sqrt(meanOf(predicted.map((value, i) => (value - reference[i]) ** 2)));
  return [rmse, covariance(predicted, p, reference, r) / Math.sqrt(covariance(predicted, p, predicted, p) * covariance(reference, r, reference, r))];
}

describe("a scan without a fit", () => {
  it("predicts every data set at every point as plain kernels do", async () => {
    const scan = await scanKernelRidge(requestOf(), data, executor, { validation, others });
    expect(scan.points.map(({ lengthScales, lambda }) => [...lengthScales, lambda])).toEqual(lengths.flatMap((length) => lambdas.map((lambda) => [length, length, lambda])));
    const mean = meanOf([...data.energies]);
    for (const { lengthScales: [length], lambda, validation: validated, others: found } of scan.points) {
      const scaled = terms.map((term) => ({ ...term, kernel: { ...term.kernel, lengthScale: length } as TermInput["kernel"] }));
      const alpha = plainSolution(await plainKernels(executor, scaled, data, data, data), lambda, Array.from(data.energies, (energy) => energy - mean));
      for (const [name, set] of Object.entries({ validation, ...others })) {
        const across = await plainKernels(executor, scaled, set, data, data);
        const predicted = Array.from(set.energies, (_, i) => mean + across.getRow(i).reduce((sum, k, j) => sum + k * alpha[j], 0));
        const [rmse, correlation] = plainErrors(predicted, [...set.energies]);
        if (name === "validation") expectClose([validated!], [rmse], 1e-7);
        else expectClose([found![name].rmse, found![name].correlation], [rmse, correlation], 1e-7);
      }
    }
    expect([scan.size, scan.features.length]).toEqual([data.nStructures, 2]);
  });

  it("chooses as a fit does, with the same numbers for any number of threads", async () => {
    const [first, second] = await Promise.all([1, 2].map(async (threads) => {
      const own = await createExecutor({ threads });
      try {
        return await scanKernelRidge(requestOf(), data, own, { validation, others });
      } finally {
        await own.close();
      }
    }));
    expect(second.points).toEqual(first.points);
    const { summary } = await fitKernelRidge(requestOf(), data, executor, { validation });
    expect([summary.lambda, ...summary.lengthScales]).toEqual([first.best.lambda, ...first.best.lengthScales]);
    expect(summary.scan).toEqual(first.points.map(({ others: _, ...point }) => point));
  });

  it("has no errors where a kernel matrix is not positive definite, nor a correlation of energies that are equal", async () => {
    const twice = Dataset.from([...data, ...data]);
    const request = { ...requestOf("leave-one-out"), fit: { regularization: { scan: { lambda: [0, 1e-2] } } } };
    const same = others.near.subset([1, 1, 1, 1, 1, 1, 1]);
    const { points } = await scanKernelRidge(request, twice, executor, { others: { ...others, same } });
    expect(points[0].others!.near).toEqual({ rmse: NaN, correlation: NaN });
    expect(points[1].others!.near.rmse).toBeGreaterThan(0);
    expect(points[1].others!.same.correlation).toBeNaN();
    expect(points[1].validation).toBeUndefined();
  });

  it("says what it lacks", async () => {
    const { model } = requestOf();
    await expect(scanKernelRidge({ model, fit: { regularization: 1e-3 } }, data, executor)).rejects.toThrow(/has no scan: give regularization: \{ scan/u);
    const forces = { model: { ...model, terms: [{ descriptor: soap, kernel: gaussian }] }, fit: { sigma: { energy: 1, forces: 1 }, regularization: { scan: {} } } };
    await expect(scanKernelRidge(forces, data, executor)).rejects.toThrow(/leave sigma out/u);
    const bare = Dataset.from([...others.near].map((structure) => ({ ...structure, targets: {} })));
    await expect(scanKernelRidge(requestOf("leave-one-out"), data, executor, { others: { bare } })).rejects.toThrow(/the bare data of regularization\.scan has no energies/u);
    await expect(scanKernelRidge(requestOf(), data, executor)).rejects.toThrow(/there is no validation data/u);
  });
});
