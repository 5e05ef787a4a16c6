// Scans without a fit: errors of further data sets against plain kernels, at every point.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError } from "../../../src/errors.js";
import { plannedKernelMemory, requireRoom, validatedCount } from "../../../src/fit/kernel-ridge/estimate.js";
import { resolveKernelFit } from "../../../src/fit/kernel-ridge/schema.js";
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

  it("is stopped by a signal wherever it is, and gives its memory back", async () => {
    const before = executor.pool.bytesObtainable;
    for (const stage of ["describe training data", "scan"]) {
      const controller = new AbortController();
      const onProgress = (progress: { stage: string }): void => {
        if (progress.stage === stage) controller.abort();
      };
      await expect(scanKernelRidge(requestOf(), data, executor, { validation, others, signal: controller.signal, onProgress })).rejects.toThrow(CancelledError);
    }
    expect(executor.pool.bytesObtainable).toBe(before);
  });

  it("takes a single structure, and two that are equal with λ above 0", async () => {
    const request = { ...requestOf("leave-one-out"), fit: { regularization: { scan: { lambda: [1e-2] } } } };
    expect((await scanKernelRidge(request, data.subset([0]), executor)).best.leaveOneOut).toEqual([0]);
    expectClose((await scanKernelRidge(request, data.subset([0, 0]), executor)).best.leaveOneOut, [0], 1e-12);
  });

  const fitOf = (scan: object, terms?: readonly object[]): KernelRidgeFit => ({ model: { ...requestOf().model, ...(terms && { terms }) } as never, fit: { regularization: { scan } } });
  it.each<[string, () => Parameters<typeof scanKernelRidge>, RegExp]>([
    ["equal energies with evidence", () => [fitOf({ lambda: [1e-3], by: "evidence" }), data.subset([2]), executor], /has a finite evidence: the energies are all equal, of one structure only, or too large/u],
    ["energies that are too large", () => [fitOf({ lambda: [1e-3] }), withEnergies((i) => 1e300 * i), executor], /has a finite leave-one-out: .* too large/u],
    ["equal structures without λ", () => [fitOf({ lambda: [0] }), Dataset.from([...data, ...data]), executor], /positive definite: give larger lambda/u],
    ["equal rows with medians", () => [fitOf({ lengthScale: { ofMedian: [1] } }), data.subset([1, 1, 1]), executor], /all rows of model\.terms\[0\] are equal: give lengths as numbers/u],
    ["λ below 0", () => [fitOf({ lambda: [1, -1] }), data, executor], /scan\.lambda\[1\] is -1; it must be a number ≥ 0/u],
    ["λ that is no number", () => [fitOf({ lambda: [NaN] }), data, executor], /scan\.lambda\[0\] is NaN/u],
    ["no λ", () => [fitOf({ lambda: [] }), data, executor], /a list of at least 1 value/u],
    ["a length of 0", () => [fitOf({ lengthScale: [0] }), data, executor], /scan\.lengthScale\[0\] is 0; it must be a number from 0\.000001 to 1000000/u],
    ["a misspelled key", () => [fitOf({ lamda: [1] }), data, executor], /unknown key "lamda" in regularization\.scan; did you mean "lambda"/u],
    ["validation data of no structures", () => [fitOf({ by: "validation" }), data, executor, { validation: Dataset.from([]) }], /the validation data of regularization\.scan has no energies/u],
    ["an element that is new", () => [fitOf({}), data, executor, { others: { silicon: silicon() } }], /the silicon data of regularization\.scan has Si, which the training data \(Na, Cl\) has not: leave these structures out/u],
    ["no energies", () => [fitOf({}), Dataset.from([...data].map((structure) => ({ ...structure, targets: {} }))), executor], /no structure of the training data has energy/u],
    ["no data", () => [fitOf({}, [terms[0]]), Dataset.from([]), executor], /the training data has no atoms/u],
  ])("refuses %s", async (_, parameters, message) => {
    await expect(scanKernelRidge(...parameters())).rejects.toThrow(message);
  });

  it("has no correlation where squares are too large for numbers", async () => {
    const { points: [point] } = await scanKernelRidge(fitOf({ lambda: [1] }), data, executor, { others: { far: withEnergies((i) => 1e200 * i) } });
    expect(point.others!.far).toEqual({ rmse: Infinity, correlation: NaN });
  });

  it("counts what it predicts in its memory", () => {
    const options = resolveKernelFit(requestOf());
    const bytes = (count: number): number => plannedKernelMemory(options, data, 2, count).reduce((sum, own) => sum + own.bytes, 0);
    // kernels with the training data for both length scales
    expect(bytes(1000) - bytes(0)).toBeGreaterThanOrEqual(8 * 1000 * data.nStructures * 2);
    expect([validatedCount(options, validation), validatedCount(options, undefined), validatedCount(resolveKernelFit(requestOf("leave-one-out")), validation)]).toEqual([5, 0, 0]);
    const many = 5e8 / data.nStructures;
    expect(() => requireRoom(options, data, 2, many)).toThrow(/GB of WebAssembly memory/u);
  });
});

const withEnergies = (energy: (i: number) => number): Dataset => Dataset.from([...data].map((structure, i) => ({ ...structure, targets: { ...structure.targets, energy: energy(i) } })));
const silicon = (): Dataset => Dataset.from([...data].map((structure) => ({ ...structure, atomicNumbers: structure.atomicNumbers.map(() => 14) })));
