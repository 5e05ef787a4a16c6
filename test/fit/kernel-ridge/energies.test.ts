// Fits of kernel ridge regression to energies and properties against plain sums and dense algebra.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitKernelRidge, type KernelRidgeFit } from "../../../src/fit/index.js";
import { decodeModel, encodeModel, evaluateStructure, type Prediction } from "../../../src/models/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { gaussian, mbtr, plainEvidence, plainKernels, plainSolution, smallData, soap, type TermInput } from "./small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const data = smallData();
const others = smallData(3, 400);
const whole: TermInput = { descriptor: mbtr, kernel: { type: "laplacian", lengthScale: 6, delta: 1 } };
const atoms: TermInput = { descriptor: soap, kernel: gaussian };
const cases: [string, TermInput[]][] = [
  ["rows of structures", [whole]],
  ["sums over atoms of the same element", [atoms]],
  ["sums over all pairs of atoms", [{ ...atoms, pairs: "all", kernel: { type: "matern", nu: 0.5, lengthScale: 0.7, delta: 1 } }]],
  ["normalized sums", [{ ...atoms, normalize: true }]],
  ["sums over atoms of one element", [{ ...atoms, centers: ["Na"] }]],
  ["rows of unit length", [{ ...atoms, kernel: { type: "squared-exponential", normalize: true, lengthScale: 0.5, delta: 1 } }]],
  ["an averaged descriptor", [{ descriptor: { ...soap, average: "outer" }, kernel: { type: "dot-product", zeta: 2, delta: 1 } }]],
  ["terms of several kinds", [whole, { ...atoms, normalize: true }, { ...atoms, kernel: { type: "matern", nu: 2.5, lengthScale: 0.7, delta: 0.5 } }]],
];

const fitOf = (terms: TermInput[], fit: KernelRidgeFit["fit"] = { regularization: 1e-3 }, isolatedAtomEnergies: KernelRidgeFit["model"]["isolatedAtomEnergies"] = "none"): KernelRidgeFit => ({
  model: { type: "kernel-ridge", isolatedAtomEnergies, terms }, fit,
});

const predictAll = (model: Parameters<typeof evaluateStructure>[0], dataset: Dataset, want = {}): Promise<Prediction[]> =>
  Promise.all(Array.from({ length: dataset.nStructures }, (_, i) => evaluateStructure(model, dataset.structure(i), executor, { want })));

function centered(values: ArrayLike<number>): { mean: number; y: number[] } {
  const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, y: Array.from(values, (value) => value - mean) };
}

describe.each(cases)("kernel ridge regression with %s", (_, terms) => {
  it("has the coefficients, evidence, errors and error bars of the plain solution", async () => {
    const lambda = 1e-3;
    const { model, summary, leftOutResiduals } = await fitKernelRidge(fitOf(terms, { regularization: lambda, errorBars: true }), data, executor);
    const kernels = await plainKernels(executor, terms, data, data, data);
    const { mean, y } = centered(data.energies);
    const alpha = plainSolution(kernels, lambda, y);
    expectClose(model.targets[0].coefficients, alpha, 1e-8, "relative-to-max");
    expectClose([model.targets[0].mean], [mean], 1e-13);
    expectClose([summary.logEvidence!], [plainEvidence(kernels, lambda, y)], 1e-8, "relative-to-max");
    const inverse = y.map((_, i) => plainSolution(kernels, lambda, y.map((_, k) => (k === i ? 1 : 0)))[i]);
    expectClose(leftOutResiduals, alpha.map((value, i) => value / inverse[i]), 1e-8, "relative-to-max");
    expectClose([summary.leaveOneOut[0].rmse], [Math.sqrt(alpha.reduce((sum, value, i) => sum + (value / inverse[i]) ** 2, 0) / alpha.length)], 1e-8);
    const across = await plainKernels(executor, terms, others, data, data);
    const own = (await plainKernels(executor, terms, others, others, data)).diagonal();
    const found = await predictAll(model, others, { errorBars: true });
    expectClose(found.map(({ energy }) => energy), own.map((_, i) => mean + across.getRow(i).reduce((sum, k, j) => sum + k * alpha[j], 0)), 1e-9);
    const scale = alpha.reduce((sum, value, i) => sum + value ** 2 / inverse[i], 0) / alpha.length;
    const variances = own.map((k, i) => scale * (k - across.getRow(i).reduce((sum, value, j) => sum + value * plainSolution(kernels, lambda, across.getRow(i))[j], 0)));
    expectClose(found.map(({ energyVariance }) => energyVariance!), variances, 1e-7, "relative-to-max");
    expectClose([model.residualNoise!.energy!], [Math.sqrt(lambda * scale)], 1e-9);
  });

  it("is stored with every bit", async () => {
    const { model } = await fitKernelRidge(fitOf(terms, { regularization: 1e-3, errorBars: true, targets: ["energy", "size"] }), data, executor);
    const bytes = await encodeModel(model);
    const read = await decodeModel(bytes, "test.pestle");
    expect(Buffer.from(await encodeModel(read)).equals(Buffer.from(bytes))).toBe(true);
    expect(await predictAll(read, others, { errorBars: true, forces: true, virial: true })).toEqual(await predictAll(model, others, { errorBars: true, forces: true, virial: true }));
  });
});

describe("a scan", () => {
  const lambdas = [1e-4, 1e-2];
  const terms: TermInput[] = [{ ...atoms, normalize: true }, whole];
  const lengths = [0.7, 5];
  const scaled = (length: number): TermInput[] => terms.map((term) => ({ ...term, kernel: { ...term.kernel, lengthScale: length } as TermInput["kernel"] }));

  it("has the errors of fits without structures or groups, and the evidence", async () => {
    const fit = { regularization: { scan: { lengthScale: lengths, lambda: lambdas, by: "leave-group-out" as const } }, targets: ["energy", "gap"] };
    const { summary } = await fitKernelRidge(fitOf(terms, fit), data, executor);
    expect(summary.scan!.map(({ lengthScales, lambda }) => [...lengthScales, lambda])).toEqual(lengths.flatMap((length) => lambdas.map((lambda) => [length, length, lambda])));
    for (const point of summary.scan!) {
      const kernels = await plainKernels(executor, scaled(point.lengthScales[0]), data, data, data);
      const columns = [centered(data.energies).y, centered(data.columns.get("gap")!.values).y];
      for (const [t, y] of columns.entries()) {
        const left = (groups: number[][]): number => {
          const errors = groups.flatMap((group) => {
            const rest = y.map((_, i) => i).filter((i) => !group.includes(i));
            const alpha = plainSolution(kernels.selection(rest, rest), point.lambda, rest.map((i) => y[i]));
            return group.map((i) => y[i] - rest.reduce((sum, j, k) => sum + kernels.get(i, j) * alpha[k], 0));
          });
          return Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
        };
        expectClose([point.leaveOneOut[t]], [left(y.map((_, i) => [i]))], 1e-7);
        expectClose([point.leaveGroupOut![t]], [left([0, 1, 2].map((g) => y.map((_, i) => i).filter((i) => i % 3 === g)))], 1e-7);
      }
      expectClose([point.logEvidence], [plainEvidence(kernels, point.lambda, columns[0])], 1e-7);
      const form = plainSolution(kernels, point.lambda, columns[0]).reduce((sum, value, i) => sum + value * columns[0][i], 0);
      const scale = form / columns[0].length;
      const best = plainEvidence(kernels.clone().mul(scale), point.lambda * scale, columns[0]);
      expectClose([point.scaledLogEvidence], [best], 1e-7);
    }
  });

  it.each(["leave-one-out", "leave-group-out", "evidence", "validation"] as const)("by %s takes the best point, and fits with it", async (by) => {
    const request = fitOf(terms, { regularization: { scan: { lengthScale: { ofMedian: [0.5, 1, 3] }, lambda: [1e-8, 1e-4, 1e-1], by } } });
    const { model, summary } = await fitKernelRidge(request, data, executor, { validation: others });
    const points = summary.scan!;
    const measure = { "leave-one-out": (p: (typeof points)[0]) => p.leaveOneOut[0], "leave-group-out": (p: (typeof points)[0]) => p.leaveGroupOut![0], evidence: (p: (typeof points)[0]) => -p.scaledLogEvidence, validation: (p: (typeof points)[0]) => p.validation! }[by];
    const best = points.reduce((a, b) => (measure(b) < measure(a) ? b : a));
    expect([summary.lambda, ...summary.lengthScales]).toEqual([best.lambda, ...best.lengthScales]);
    expect(model.terms.map(({ kernel }) => (kernel as { lengthScale: number }).lengthScale)).toEqual(best.lengthScales);
    expectClose([summary.leaveOneOut[0].rmse], [best.leaveOneOut[0]], 1e-6);
    expect(points.map(({ ofMedian }) => ofMedian)).toEqual([0.5, 0.5, 0.5, 1, 1, 1, 3, 3, 3]);
    if (by === "validation") {
      const errors = (await predictAll(model, others)).map(({ energy }, i) => energy - others.energies[i]);
      expectClose([best.validation!], [Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)], 1e-7);
    }
    expect(summary.tables.map(({ title }) => title)).toEqual(["Kernels", "Structures left out, one at a time", `Scan by ${by}`]);
  });

  it("goes on where a kernel matrix is not positive definite, and says so where none is", async () => {
    const twice = Dataset.from([...data, ...data]);
    const scan = (lambda: number[]): KernelRidgeFit => fitOf([whole], { regularization: { scan: { lambda } } });
    const { summary } = await fitKernelRidge(scan([0, 1e-2]), twice, executor);
    expect(summary.lambda).toBe(1e-2);
    await expect(fitKernelRidge(fitOf([whole], { regularization: { scan: { by: "validation" } } }), data, executor)).rejects.toThrow(/there is no validation data: give data\.validation/u);
    const one = data.subset([0, 3, 6]);
    await expect(fitKernelRidge(fitOf([whole], { regularization: { scan: { by: "leave-group-out" } } }), one, executor)).rejects.toThrow(/only one group/u);
    await expect(fitKernelRidge(fitOf([whole], { regularization: { scan: { by: "leave-group-out", groups: "sise" } } }), data, executor)).rejects.toThrow(/no column of the data/u);
    await expect(fitKernelRidge(fitOf([{ ...atoms, kernel: { type: "dot-product" } }], { regularization: { scan: { lengthScale: [1] } } }), data, executor)).rejects.toThrow(/no kernel of the model has one/u);
  });
});

describe("targets", () => {
  it("of several kinds share a factorisation, and are those of fits of their own", async () => {
    const { model, summary } = await fitKernelRidge(fitOf([whole], { targets: ["energy", "size", "gap"] }), data, executor);
    const kernels = await plainKernels(executor, [whole], data, data, data);
    const across = await plainKernels(executor, [whole], others, data, data);
    const found = await predictAll(model, others);
    for (const name of ["size", "gap"]) {
      const { mean, y } = centered(data.columns.get(name)!.values);
      const alpha = plainSolution(kernels, 1e-6, y);
      expectClose(found.map(({ properties }) => properties![name]), found.map((_, i) => mean + across.getRow(i).reduce((sum, k, j) => sum + k * alpha[j], 0)), 1e-8);
    }
    expect(summary.leaveOneOut.map(({ target, unit }) => [target, unit])).toEqual([["energy", "eV"], ["size", "1"], ["gap", "1"]]);
    const { model: alone } = await fitKernelRidge(fitOf([whole], {}), data, executor);
    expectClose((await predictAll(alone, others)).map(({ energy }) => energy), found.map(({ energy }) => energy), 1e-11);
  });

  it("that grow with the structure are relative to what each species adds", async () => {
    const shifted = (structure: Structure): Structure => {
      const large = structure.targets.energy! + 100 * structure.atomicNumbers.filter((z) => z === 11).length;
      return { ...structure, columns: new Map([["total", { name: "total", unit: "eV", per: "structure", width: 1, values: Float64Array.of(large) }]]) };
    };
    const targets = ["energy", { name: "total", baseline: "composition" as const }];
    const { model } = await fitKernelRidge(fitOf([whole], { targets }, "least-squares"), Dataset.from([...data].map(shifted)), executor);
    for (const kept of [model, await decodeModel(await encodeModel(model), "kept")]) {
      const found = await predictAll(kept, others);
      const sodium = [...others].map(({ atomicNumbers }) => atomicNumbers.filter((z) => z === 11).length);
      expect(new Set(sodium).size).toBeGreaterThan(1);
      expectClose(found.map(({ properties }, i) => properties!.total - 100 * sodium[i]), found.map(({ energy }) => energy), 1e-7);
    }
    const byMean = await fitKernelRidge(fitOf([whole], { targets: ["energy", { name: "size", baseline: "mean" }] }), data, executor);
    const plain = await fitKernelRidge(fitOf([whole], { targets: ["energy", "size"] }), data, executor);
    expect(byMean.model.targets[1]).toEqual(plain.model.targets[1]);
  });

  it("that structures lack leave these out, which is said", async () => {
    const structures = [...data];
    const holes = Dataset.from(structures.map((structure, i) => (i % 4 === 1 ? { ...structure, targets: {} } : structure)));
    const { model, summary } = await fitKernelRidge(fitOf([whole]), holes, executor);
    const { model: same } = await fitKernelRidge(fitOf([whole]), data.subset([0, 2, 3, 4, 6, 7, 8, 10, 11]), executor);
    expect([summary.structures, summary.leftOut]).toEqual([9, 3]);
    expect(summary.warnings![0]).toBe("3 of 12 structures lack a target and were left out of the fit");
    expectClose(model.targets[0].coefficients, same.targets[0].coefficients, 1e-12, "relative-to-max");
    const none = Dataset.from(structures.map((structure) => ({ ...structure, targets: {} })));
    await expect(fitKernelRidge(fitOf([whole]), none, executor)).rejects.toThrow(/no structure of the training data has energy/u);
  });

  it("must be numbers of structures that the data have, energy first", async () => {
    const fails = (targets: NonNullable<KernelRidgeFit["fit"]>["targets"]): Promise<unknown> => fitKernelRidge(fitOf([whole], { targets }), data, executor);
    await expect(fails(["size"])).rejects.toThrow(/must begin with energy.*data\.keys/u);
    await expect(fails([{ name: "energy", baseline: "composition" }])).rejects.toThrow(/isolatedAtomEnergies/u);
    await expect(fails(["energy", "energy"])).rejects.toThrow(/names one twice/u);
    await expect(fails(["energy", "sixe"])).rejects.toThrow(/ask for it with data\.columns: \{ sixe: .*did you mean "?size/u);
    await expect(fails(["energy", "forces"])).rejects.toThrow(/3 numbers per atom/u);
  });

  it("of isolated atoms: atoms far apart have their energies where kernels are sums", async () => {
    const { model, summary } = await fitKernelRidge(fitOf([atoms], { regularization: 1e-4 }, { Na: -1.5, Cl: -2.5 }), data, executor);
    expect([model.targets[0].mean, summary.isolatedAtomSource, model.isSumOverAtoms]).toEqual([0, "given", true]);
    const { model: fitted } = await fitKernelRidge(fitOf([atoms], {}, "least-squares"), data, executor);
    expect(fitted.isolatedAtomEnergies!.every((energy) => energy < -0.5)).toBe(true);
    const { model: mean } = await fitKernelRidge(fitOf([whole], {}, { Na: -1.5, Cl: -2.5 }), data, executor);
    expect(Math.abs(mean.targets[0].mean) > 0.1 && !mean.isSumOverAtoms).toBe(true);
  });
});

describe("numbers that need care", () => {
  it("structures that are equal are named where λ is 0, or the data is reproduced", async () => {
    const twice = Dataset.from([...data, { ...data.structure(4), label: "the copy" }]);
    await expect(fitKernelRidge(fitOf([whole], { regularization: 0 }), twice, executor)).rejects.toThrow(/structure 104 and the copy have equal descriptors.*raise fit\.regularization/u);
    const { model } = await fitKernelRidge(fitOf([whole], { regularization: 0 }), data, executor);
    expectClose((await predictAll(model, data)).map(({ energy }) => energy), data.energies, 1e-8);
  });

  it("one structure is enough", async () => {
    const one = data.subset([2]);
    const { model } = await fitKernelRidge(fitOf([atoms]), one, executor);
    expectClose([(await predictAll(model, one))[0].energy], [one.energies[0]], 1e-12);
  });

  it("σ stand in place of λ", async () => {
    const { model, summary } = await fitKernelRidge(fitOf([whole], { sigma: { energy: 0.02, perAtom: false }, errorBars: true }), data, executor);
    const { model: same } = await fitKernelRidge(fitOf([whole], { regularization: 4e-4 }), data, executor);
    expectClose(model.targets[0].coefficients, same.targets[0].coefficients, 1e-10, "relative-to-max");
    expect([summary.lambda, model.errorBars!.scale, model.residualNoise]).toEqual([undefined, 1, { energy: 0.02, perAtom: false }]);
  });

  it("options that exclude each other, and descriptors with other rows, are refused", async () => {
    const fails = (terms: TermInput[], fit: KernelRidgeFit["fit"]): Promise<unknown> => fitKernelRidge(fitOf(terms, fit), data, executor);
    await expect(fails([whole], { regularization: 1, sigma: { energy: 1 } })).rejects.toThrow(/same thing twice/u);
    await expect(fails([whole], { sigma: { energy: 1, virial: 1 } })).rejects.toThrow(/virial/u);
    await expect(fails([whole], { sigma: { energy: 1, forces: 1 } })).rejects.toThrow(/kink where rows are equal/u);
    await expect(fails([{ ...whole, normalize: true }], {})).rejects.toThrow(/are for rows of atoms; mbtr has one for each structure/u);
    await expect(fails([{ descriptor: { type: "distance-2b", species: ["Na", "Cl"], cutoff: { radius: 4 } }, kernel: gaussian }], {})).rejects.toThrow(/row for each tuple/u);
  });
});

it("the same bits for any number of threads", async () => {
  const request = fitOf([{ ...atoms, normalize: true }, whole], { regularization: { scan: { lengthScale: { ofMedian: [0.5, 2] } } }, errorBars: true });
  const bytes: Uint8Array[] = [];
  for (const threads of [1, 2, 3]) {
    const several = await createExecutor({ threads });
    const { model } = await fitKernelRidge(request, data, several);
    bytes.push(await encodeModel(model));
    await several.close();
  }
  expect(Buffer.from(bytes[1]).equals(Buffer.from(bytes[0])) && Buffer.from(bytes[2]).equals(Buffer.from(bytes[0]))).toBe(true);
});

