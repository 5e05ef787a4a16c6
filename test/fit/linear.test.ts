import { inverse, Matrix, QrDecomposition } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, InvalidParameterError } from "../../src/errors.js";
import { fitLinear, type LinearFit, type LinearFitResult, planLinearFit, trainerOf } from "../../src/fit/index.js";
import { EnvironmentCache } from "../../src/environments/index.js";
import { encodeModel, evaluateDataset, evaluateStructures, LinearModel } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure, type Targets } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { expectClose, testExecutor } from "../expect.js";
import { linearTerms, randomLinearModel } from "../models/linear-systems.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { DelayingExecutor } from "../parallel/delaying-executor.js";

const isolatedAtomEnergies = { Na: -1.5, Cl: -2.25 };
const terms = JSON.parse(JSON.stringify(linearTerms)) as LinearFit["model"]["terms"];
const sigma = { energy: 0.003, forces: 0.05, virial: 0.02, configTypes: { loose: { energy: 0.1, forces: 0.4 }, tight: { virial: 0.004 } } };
/** The same for data without groups. */
const evenly = { energy: 0.003, forces: 0.05 };
const plainRidge = { type: "ridge", regularization: 0 } as const;

let executor: Executor;
/** Predictions of a linear model; some structures lack energies, forces or virials. */
let dataset: Dataset;
let truth: LinearModel;

/** Structures with what a model predicts for them. */
async function labelled(model: LinearModel, all: readonly Structure[], change: (i: number, targets: Targets) => Targets = (_, targets) => targets): Promise<Dataset> {
  const structures: Structure[] = [];
  for await (const { structure: atoms, prediction } of evaluateStructures(model, all, executor, { want: { forces: true, virial: true } })) {
    const { energy, forces, virial } = prediction;
    const i = structures.length;
    structures.push(makeStructure(atoms, change(i, { energy, forces: forces!, virial: virial! }), ["", "loose", "tight"][i % 3]));
  }
  return Dataset.from(structures);
}

/** Leaves out some of the targets, and disturbs the others. */
const disturbed = (i: number, { energy, forces, virial }: Targets): Targets => ({
  ...(i === 3 ? {} : { energy: energy! + 0.05 * Math.sin(i) }),
  ...(i === 5 ? {} : { forces: forces!.map((force, k) => force + 0.1 * Math.cos(3 * k + i)) }),
  ...(i % 3 === 2 || i === 6 ? {} : { virial: virial!.map((value, k) => value + 0.2 * Math.sin(k + i)) }),
});

beforeAll(async () => {
  executor = await testExecutor();
  truth = randomLinearModel(2);
  dataset = await labelled(truth, Array.from({ length: 40 }, (_, i) => randomStructure(200 + i, 3 + (i % 5), i % 3 !== 2)));
});
afterAll(() => executor.close());

const request = (changes: Partial<LinearFit["model"]> = {}, fit: LinearFit["fit"] = {}): LinearFit => ({
  model: { type: "linear", isolatedAtomEnergies, terms, ...changes },
  fit: { sigma, solver: plainRidge, ...fit },
});
const coefficientsOf = ({ model }: Pick<LinearFitResult, "model">): number[] => [...model.terms.flatMap(({ coefficients }) => [...coefficients]), ...(model.intercepts ?? [])];

const voigt = [[0, 0], [4, 4], [8, 8], [5, 7], [2, 6], [1, 3]];

/** Rows by prediction: the model is linear, so that column s is what coefficients of 0 but for a 1 in place s predict. */
async function plainRows(fitted: LinearModel, data: Dataset): Promise<{ rows: number[][]; targets: number[] }> {
  const columns: number[][] = [];
  const [energies, options] = [fitted.species.map(() => 0), { ...fitted, covariance: undefined }];
  for (let s = 0; s < fitted.nColumns; s++) {
    let column = 0;
    const unit = (values: ArrayLike<number>): number[] => Array.from(values, () => (column++ === s ? 1 : 0));
    const unitTerms = fitted.terms.map((term) => ({ ...term, coefficients: Float64Array.from(unit(term.coefficients)) }));
    const model = new LinearModel({ ...options, isolatedAtomEnergies: energies, terms: unitTerms, intercepts: fitted.intercepts && unit(fitted.intercepts) });
    const values: number[] = [];
    for await (const { structure, prediction } of evaluateDataset(model, data, executor, { want: { forces: true, virial: true } })) {
      values.push(...ofTargets(structure, prediction.energy, prediction.forces!, prediction.virial!));
    }
    columns.push(values);
  }
  const targets: number[] = [];
  const weights: number[] = [];
  for (const structure of data) {
    const { energy = 0, forces = structure.positions, virial = new Float64Array(9) } = structure.targets;
    const own = { ...sigma, ...(sigma.configTypes as Record<string, object>)[structure.configType] };
    const [nAtoms, ones] = [structure.atomicNumbers.length, structure.positions.map(() => 1)];
    const free = fitted.isolatedAtomEnergies ? structure.atomicNumbers.reduce((sum, z) => sum + (z === 11 ? -1.5 : -2.25), 0) : 0;
    targets.push(...ofTargets(structure, energy - free, forces, virial));
    const root = Math.sqrt(nAtoms);
    weights.push(...ofTargets(structure, 1 / (own.energy * root), ones.map(() => 1 / own.forces), new Float64Array(9).fill(1 / (own.virial * root))));
  }
  return { rows: weights.map((weight, r) => columns.map((column) => weight * column[r])), targets: targets.map((target, r) => weights[r] * target) };
}

function ofTargets({ targets }: Structure, energy: number, forces: Float64Array, virial: Float64Array): number[] {
  return [
    ...(targets.energy === undefined ? [] : [energy]),
    ...(targets.forces ? forces : []),
    ...(targets.virial ? voigt.map(([a, b]) => (virial[a] + virial[b]) / 2) : []),
  ];
}

describe("fit of a linear model", () => {
  it("finds the coefficients of the model that made the data, products of columns too", async () => {
    const fitted = await fitLinear(request(), dataset, executor);
    const expected = truth.terms.flatMap(({ coefficients }) => [...coefficients]);
    expect(expected.length).toBeGreaterThan(40);
    expectClose(coefficientsOf(fitted), expected, 1e-8, "relative-to-max");
    expect(fitted.summary.weightedResidual! < 1e-8).toBe(true);
    expect(fitted.summary.sizes).toContainEqual({ name: "nCoefficients", count: expected.length });
    expect(fitted.summary.warnings).toEqual([]);
  });

  it.each([false, true])("solves the weighted least-squares problem where targets are missing (intercept: %s)", async (intercept) => {
    const data = await labelled(truth, Array.from({ length: 14 }, (_, i) => randomStructure(300 + i, 4 + (i % 3), i % 2 === 0)), disturbed);
    const model = { terms: [terms[0]], intercept, ...(intercept && { isolatedAtomEnergies: "none" as const }) };
    const fitted = await fitLinear(request(model), data, executor);
    const { rows, targets } = await plainRows(fitted.model, data);
    const expected = new QrDecomposition(new Matrix(rows)).solve(Matrix.columnVector(targets)).to1DArray();
    expectClose(coefficientsOf(fitted), expected, 1e-8, "relative-to-max");
    const residuals = rows.map((row, r) => row.reduce((sum, x, k) => sum + x * expected[k], -targets[r]));
    expectClose([fitted.summary.weightedResidual!], [Math.sqrt(residuals.reduce((sum, x) => sum + x * x, 0) / rows.length)], 1e-9);
    const { energies, forces, virials } = fitted.summary.squaredWeights;
    expectClose([energies + forces + virials], [sumOfWeights(data)], 1e-9, "relative-to-max");
    expect(fitted.model.isolatedAtomEnergies).toEqual(intercept ? undefined : [-1.5, -2.25]);
    expect("isolatedAtomEnergies" in fitted.summary).toBe(!intercept);
  });

  it("fits energies alone, and what one frame has", async () => {
    const first = randomLinearModel(2, { terms: truth.terms.slice(0, 1) });
    const energies = await fitLinear(request({ terms: [terms[0]] }, { sigma: { energy: 0.01 } }), await labelled(first, [...dataset]), executor);
    expectClose(coefficientsOf(energies), truth.terms[0].coefficients, 1e-7, "relative-to-max");
    const one = dataset.subset([0]);
    const { model, summary } = await fitLinear(request({ terms: [terms[0]] }, { sigma: evenly, solver: { type: "ridge", regularization: 1e-8 } }), one, executor);
    expect(summary.targets.energies).toBe(1);
    for (const value of coefficientsOf({ model })) expect(Number.isFinite(value)).toBe(true);
  });

  it("has the same bits for any number of threads, and with environments that are described already", async () => {
    const many = await labelled(truth, Array.from({ length: 60 }, (_, i) => randomStructure(500 + i, 7, i % 3 !== 2)), disturbed);
    const fit = async (other: Executor, cached = false): Promise<Uint8Array> => {
      const cache = new EnvironmentCache(other);
      const { model } = await fitLinear(request(), many, other, cached ? { environments: cache.of(many) } : {});
      cache.release();
      return encodeModel(model);
    };
    const before = executor.pool.bytesInUse;
    const once = await fit(executor);
    expect(executor.pool.bytesInUse).toBe(before);
    expect(await fit(new DelayingExecutor(executor, 5, 5))).toEqual(once);
    expect(await fit(executor, true)).toEqual(once);
    if (!isShared(await detectBuild())) return;
    const others = await createExecutor({ threads: 2 });
    try {
      expect(await fit(others)).toEqual(once);
    } finally {
      await others.close();
    }
  });

  it("stops when told to", async () => {
    const controller = new AbortController();
    const run = fitLinear(request(), dataset, executor, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(run).rejects.toThrow(CancelledError);
  });
});

/** Σ w² of all rows, by their definition. */
function sumOfWeights(data: Dataset): number {
  return [...data].reduce((sum, { targets, atomicNumbers: { length: n }, configType }) => {
    const own = { ...sigma, ...(sigma.configTypes as Record<string, object>)[configType] };
    const energy = targets.energy === undefined ? 0 : 1 / (n * own.energy ** 2);
    return sum + energy + (targets.forces ? (3 * n) / own.forces ** 2 : 0) + (targets.virial ? 6 / (n * own.virial ** 2) : 0);
  }, 0);
}

describe("covariance of the coefficients", () => {
  it("is that of the posterior, with variances that maximise the evidence", async () => {
    const data = await labelled(truth, Array.from({ length: 14 }, (_, i) => randomStructure(300 + i, 4 + (i % 3), i % 2 === 0)), disturbed);
    for (const scale of ["root-mean-square", "none"] as const) {
      const { model, summary } = await fitLinear(request({ terms: [terms[0]], intercept: true }, { solver: { type: "bayesian-ridge" }, prior: { scale } }), data, executor);
      const { rows } = await plainRows(model, data);
      const { noiseVariance, coefficientVariance } = summary.solver;
      const n = model.nColumns;
      const norms = Array.from({ length: n }, (_, k) => Math.hypot(...rows.map((row) => row[k])));
      const shares = norms.map((norm) => (scale === "none" ? 1 : norm / Math.sqrt(rows.length)));
      const ratio = Math.exp(shares.slice(0, n - 2).reduce((sum, share, k) => sum + Math.log(share / norms[k]), 0) / (n - 2));
      const scales = shares.map((share, k) => (k < n - 2 ? share : 1e-3 * ratio * norms[k]));
      const design = new Matrix(rows);
      const precision = design.transpose().mmul(design).div(noiseVariance!);
      scales.forEach((value, k) => precision.set(k, k, precision.get(k, k) + value ** 2 / (coefficientVariance as number)));
      const { root, nDirections, prior } = model.covariance!;
      const half = Matrix.from1DArray(n, nDirections, root);
      // in units of the coefficients' own deviations
      const deviations = inverse(precision).diagonal().map(Math.sqrt);
      const relative = (matrix: Matrix): number[] => matrix.to2DArray().flatMap((row, i) => row.map((value, j) => value / (deviations[i] * deviations[j])));
      expectClose(relative(half.mmul(half.transpose())), relative(inverse(precision)), 1e-6);
      expectClose(prior.map((value, k) => (value * scales[k] ** 2) / (coefficientVariance as number)), prior.map(() => 1), 1e-12);
      expect(model.hasVariance).toBe(true);
    }
  });

  it("is left out where it is not wanted, and where the solver has none", async () => {
    const { model } = await fitLinear(request({ terms: [terms[0]] }, { solver: { type: "bayesian-ridge" }, errorBars: false }), dataset, executor);
    expect(model.hasVariance).toBe(false);
  });

  it("is that of the prior where the data does not reach", async () => {
    const { model, data } = await unreached({ solver: { type: "bayesian-ridge" } });
    const { root, nDirections, prior } = model.covariance!;
    const chlorine = Array.from({ length: 4 }, (_, k) => 4 + k);
    for (const k of chlorine) {
      expect(prior[k] > 0).toBe(true);
      expectClose([root.subarray(k * nDirections, (k + 1) * nDirections).reduce((sum, x) => sum + x * x, 0)], [prior[k]], 1e-12, "relative-to-max");
    }
    expect(data.nStructures).toBe(6);
  });
});

const acsf = { type: "acsf", cutoff: { radius: 4 }, g2: [[0.5, 0], [1, 2]] } as never;

/** Chlorine far from everything else, so that nothing is in its environments: two features of sodium are not 0, none of chlorine. */
function farChlorine(): Dataset {
  return Dataset.from(Array.from({ length: 6 }, (_, i) => {
    const { positions, ...atoms } = randomStructure(600 + i, 4, false);
    const far = { ...atoms, atomicNumbers: Uint8Array.of(11, 11, 11, 17), positions: positions.map((x, k) => (k >= 9 ? x + 30 : x)) };
    return makeStructure(far, { energy: -4 + 0.1 * i, forces: positions.map((x) => 0.1 * Math.sin(x)) });
  }));
}

async function unreached(fit: LinearFit["fit"] = {}): Promise<LinearFitResult & { data: Dataset }> {
  const data = farChlorine();
  return { ...(await fitLinear(request({ terms: [{ descriptor: acsf }] }, { sigma: evenly, ...fit }), data, executor)), data };
}

describe("columns that the data does not determine", () => {
  it("are 0 and named where no center reaches them", async () => {
    const { model, summary, data } = await unreached();
    expect(summary.warnings).toHaveLength(2);
    expect(summary.warnings![0]).toMatch(/model\.terms\[0\], centers Na: 2 of 4 features are 0 in every row: ".*Cl/u);
    expect(summary.warnings![1]).toMatch(/model\.terms\[0\], centers Cl: 4 of 4 features are 0 in every row/u);
    const { coefficients } = model.terms[0];
    expect([...coefficients].filter((value) => value !== 0)).toHaveLength(2);
    expect([...coefficients.subarray(4)]).toEqual([0, 0, 0, 0]);
    await expect(fitLinear(request({ terms: [{ descriptor: acsf, centers: ["Cl"] }] }, { sigma: evenly }), data, executor)).rejects.toThrow(/every column of the fit is 0/u);
  });

  it("do not stop a fit that regularizes", async () => {
    const { model } = await fitLinear(request({ terms: [terms[0], terms[0]] }, { solver: { type: "ridge", regularization: 1e-6 } }), dataset, executor);
    const [a, b] = model.terms.map(({ coefficients }) => coefficients);
    expect(Math.max(...a.map(Math.abs)) > 1e-4).toBe(true);
    expectClose(a, b, 1e-6, "relative-to-max");
  });
});

describe("what a linear fit refuses", () => {
  const refused = async (changes: Partial<LinearFit["model"]>, fit: LinearFit["fit"], pattern: RegExp): Promise<void> => {
    const failed = fitLinear(request(changes, fit), dataset, executor);
    await expect(failed).rejects.toThrow(InvalidParameterError);
    await expect(failed).rejects.toThrow(pattern);
  };

  it("rows that are not those of centers, that turn, and no features", async () => {
    await refused({ terms: [{ descriptor: { type: "distance-2b", species: ["Na", "Cl"], cutoff: { radius: 4 } } as never }] }, {}, /distance-2b has a row for each tuple/u);
    await refused({ terms: [{ descriptor: { type: "spherical-expansion", basis: "gto", nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 4 } } as never }] }, {}, /turn with the structure/u);
    await refused({ terms: [{ descriptor: terms[0].descriptor, centers: ["Fe"] }] }, {}, /centers names Fe/u);
  });

  it("a prior of smoothness where the descriptor does not tell", async () => {
    await refused({}, { prior: { scale: "smoothness" } }, /fit\.prior\.scale is smoothness, but bispectrum does not tell/u);
  });

  it("far too many coefficients, before anything is computed", async () => {
    const huge = { descriptor: { type: "soap", basis: "gto", nMax: 12, lMax: 12, sigma: 0.5, cutoff: { radius: 4 } } as never, quadratic: true };
    await refused({ terms: [huge] }, {}, /the model has \d{7,} coefficients, and the triangular factor/u);
    await expect(trainerOf({ type: "linear" }).plan(request({ terms: [huge] }) as never, dataset, 1)).rejects.toThrow(/choose a smaller basis/u);
  });

  it("a σ of targets that the data does not have", async () => {
    const bare = Dataset.from([...dataset].map((structure) => makeStructure(structure, { energy: 1 })));
    await expect(fitLinear(request({}, { sigma: evenly }), bare, executor)).rejects.toThrow(/sigma\.forces is given/u);
  });
});

describe("plan of a linear fit", () => {
  const soap = { type: "soap", basis: "gto", nMax: 6, lMax: 5, sigma: 0.5, cutoff: { radius: 3.2 } };
  const ridge = { type: "ridge", regularization: 1e-4 } as const;
  const shapes: readonly (readonly [string, Partial<LinearFit["model"]>, LinearFit["fit"]])[] = [
    ["products of columns", {}, {}],
    ["many columns, energies only", { terms: [{ descriptor: soap, centers: ["Na"] }] }, { sigma: { energy: 0.01 }, solver: ridge }],
    ["many columns", { terms: [{ descriptor: soap, centers: ["Na"] }, terms[0]] }, { solver: ridge }],
    ["λ from a band form", { terms: [{ descriptor: { ...soap, nMax: 7 } as never }] }, { sigma: { energy: 0.01 }, solver: { type: "bayesian-ridge" } }],
  ];

  it.each(shapes)("%s: the memory is at least what the fit takes, and at most twice as much", async (_, model, fit) => {
    const other = await createExecutor({ threads: 1 });
    try {
      const data = dataset.subset(new Int32Array(60).map((__, i) => i % dataset.nStructures));
      const plan = planLinearFit(request(model, fit), data, 1);
      const before = other.pool.bytesInUse;
      const { model: fitted } = await fitLinear(request(model, fit), data, other);
      const peak = other.pool.peakBytes - before;
      expect(plan.columns).toBe(fitted.nColumns);
      expect(plan.wasmBytes / peak).toBeGreaterThanOrEqual(1);
      expect(plan.wasmBytes / peak).toBeLessThanOrEqual(2);
      expect(plan.memory.reduce((sum, { bytes }) => sum + bytes, 0)).toBeCloseTo(plan.bytes, 0);
      expect(trainerOf({ type: "linear" }).estimateBytes(request(model, fit) as never, data, 1)).toBeLessThan(plan.wasmBytes);
    } finally {
      await other.close();
    }
  });

  it("does not grow with the data", () => {
    const bytes = (count: number): number => planLinearFit(request(), dataset.subset(new Int32Array(count).map((_, i) => i % 40)), 2).wasmBytes;
    expect(bytes(4000)).toBe(bytes(400));
  });
});

