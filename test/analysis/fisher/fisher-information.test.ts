// Fisher information of linear potentials and sparse Gaussian processes: against dense algebra of the rows themselves.
import { inverse, Matrix, SVD } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FisherInformation, fisherInformation, type FisherOptions } from "../../../src/analysis/index.js";
import { attachPotential, evaluateStructure, LinearModel, type Model, parameterRowCount, ZblModel } from "../../../src/models/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { withScratch } from "../../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../../expect.js";
import { onBaseline, randomLinearModel } from "../../models/linear-systems.js";
import { makeStructure, randomModel, randomStructure } from "../../models/systems.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const SIGMA = { energy: 0.02, forces: 0.1, virial: 0.5, perAtom: false, configTypes: {} };

/** One term without products, and intercepts: few parameters. */
function smallModel(): LinearModel {
  const { terms, ...others } = randomLinearModel(3, { intercepts: [0.25, -0.5] });
  return new LinearModel({ ...others, terms: terms.slice(0, 1) });
}

/** Structures whose targets are off the model's by something. */
async function dataFor(model: Model, count = 5): Promise<Structure[]> {
  const structures = Array.from({ length: count }, (_, i) => randomStructure(40 + i, 6, i % 2 === 0));
  return Promise.all(structures.map(async (structure, i) => {
    const { energy, forces, virial } = await evaluateStructure(model, structure, executor, { want: { forces: true, virial: true } });
    return makeStructure(structure, { energy: energy + 0.1 * Math.sin(i), forces: forces!.map((force, k) => force + 0.05 * Math.cos(3 * k + i)), virial: virial!.map((value, k) => value + 0.02 * ((k * k) % 5)) });
  }));
}

/** J over σ, written down row by row. */
function denseRows(model: Model, structures: readonly Structure[]): Matrix {
  const { wasm, pool } = executor;
  const n = model.parametric!.parameters.length;
  const prepared = model.prepare(wasm, pool, {});
  const evaluator = attachPotential(wasm, prepared.tables);
  const rows = structures.flatMap((structure) => {
    const nAtoms = structure.atomicNumbers.length;
    const request = { forces: true, virial: true };
    const flat = withScratch(pool, (arena) => wasm.f64(evaluator.parameterRows!(structure, request, arena), parameterRowCount(request, nAtoms) * n).slice());
    const weights = [1 / SIGMA.energy, ...new Array<number>(3 * nAtoms).fill(1 / SIGMA.forces), ...new Array<number>(6).fill(1 / SIGMA.virial)];
    return weights.map((weight, r) => [...flat.subarray(r * n, (r + 1) * n)].map((value) => value * weight));
  });
  prepared.release();
  return new Matrix(rows);
}

function analyze(model: Model, structures: readonly Structure[], options: FisherOptions = {}): Promise<FisherInformation> {
  return fisherInformation(model, Dataset.from(structures), { executor }, { sigma: SIGMA, ...options });
}

describe("Fisher information of a linear potential", () => {
  it("has the squared singular values of J as eigenvalues, raw and scaled", async () => {
    const model = smallModel();
    const structures = await dataFor(model);
    const found = await analyze(model, structures);
    const j = denseRows(model, structures);
    expect(found.rows).toBe(j.rows);
    expect(found.precision).toMatchObject({ tier: "double", bits: null });
    const [linear, ...others] = found.spectra;
    expect(others).toEqual([]);
    const expected = new SVD(j).diagonal.map((value) => value ** 2);
    expectClose(linear.raw.eigenvalues.map((value) => Math.log10(Number(value))), expected.map(Math.log10), 1e-3);
    for (const [k, value] of linear.raw.eigenvalues.entries()) expect(Math.abs(Number(value) / expected[k] - 1)).toBeLessThan(10 ** (1 - linear.raw.digits[k]));
    expect(linear.raw.digits[0]).toBeGreaterThan(13);
    expect(linear.raw.log10Kappa).toBeCloseTo(Math.log10(expected[0] / expected[expected.length - 1]), 6);
    const norms = Array.from({ length: j.columns }, (_, k) => Math.hypot(...j.getColumn(k)));
    const scaled = new SVD(Matrix.mul(j, 1).divRowVector(norms)).diagonal.map((value) => value ** 2);
    expectClose(linear.scaled.eigenvalues.map(Number), scaled, 1e-9);
    expect(Number(linear.scaled.eigenvalues.reduce((sum, value) => sum + Number(value), 0))).toBeCloseTo(j.columns, 9);
  });

  it("gives error bars by the inverse: of parameters and of predictions", async () => {
    const model = smallModel();
    const structures = await dataFor(model, 9);
    const [other] = await dataFor(model, 1);
    const found = await analyze(model, structures, { predictions: [other] });
    const j = denseRows(model, structures);
    const inverted = inverse(j.transpose().mmul(j));
    let loss = 0;
    for (const structure of structures) {
      const { energy, forces, virial } = await evaluateStructure(model, structure, executor, { want: { forces: true, virial: true } });
      loss += ((structure.targets.energy! - energy) / SIGMA.energy) ** 2;
      forces!.forEach((force, k) => (loss += ((structure.targets.forces![k] - force) / SIGMA.forces) ** 2));
      for (const [a, b] of [[0, 0], [4, 4], [8, 8], [5, 7], [2, 6], [1, 3]]) {
        loss += ((structure.targets.virial![a] + structure.targets.virial![b] - virial![a] - virial![b]) / 2 / SIGMA.virial) ** 2;
      }
    }
    expect(found.loss).toBeCloseTo(loss, 6);
    expect(found.residualVariance! * (j.rows - j.columns)).toBeCloseTo(loss, 6);
    const sigma = Math.sqrt(found.residualVariance!);
    expect(found.truncated).toBe(0);
    expectClose(found.parameters.map(({ error }) => error!), Array.from({ length: j.columns }, (_, k) => sigma * Math.sqrt(inverted.get(k, k))), 1e-5, "relative-to-max");
    expect(found.parameters.map(({ errorLinear }) => errorLinear)).toEqual(found.parameters.map(({ error }) => error));
    const rows = denseRows(model, [other]);
    const [own] = found.predictions;
    const barOf = (r: number, weight: number): number => sigma * Math.sqrt(rows.getRowVector(r).mmul(inverted).mmul(rows.getRowVector(r).transpose()).get(0, 0)) * weight;
    expectClose([own.energy], [barOf(0, SIGMA.energy)], 1e-6, "relative-to-max");
    expectClose(own.forces, Array.from({ length: own.forces.length }, (_, k) => barOf(1 + k, SIGMA.forces)), 1e-6, "relative-to-max");
  });

  it("has the same bits on several threads", async () => {
    const model = smallModel();
    const structures = await dataFor(model);
    const threads = await createExecutor({ threads: 2 });
    const options = { sigma: SIGMA, predictions: [structures[0]] };
    const parallel = await fisherInformation(model, Dataset.from(structures), { executor: threads }, options);
    await threads.close();
    expect(parallel).toEqual(await analyze(model, structures, { predictions: [structures[0]] }));
  });

  it("tells parameters that nothing depends on, and directions that are determined by rounding alone", async () => {
    const model = randomLinearModel(3, { intercepts: [0.25, -0.5] });
    const sodium = (await dataFor(model)).map((structure) => makeStructure({ ...structure, atomicNumbers: structure.atomicNumbers.map(() => 11) }, structure.targets));
    const found = await analyze(model, sodium);
    const [linear] = found.spectra;
    expect(linear.unused).toContain("terms[0].Cl[3]");
    expect(linear.unused).toContain("intercepts.Cl");
    expect(linear.parameters.some((name) => name.includes("Cl"))).toBe(false);
    expect(found.warnings.join("\n")).toMatch(/nothing in the data depends on terms\[0\]\.Cl\[0\].* and \d+ more: species/u);
    expect(found.parameters.find(({ name }) => name === "intercepts.Cl")).toMatchObject({ error: null, errorLinear: null });
  });

  it("warns of fewer rows than parameters, and has no error bars then", async () => {
    const model = randomLinearModel(3);
    const found = await analyze(model, await dataFor(model, 1));
    expect(found.rows).toBe(25);
    expect(found.residualVariance).toBeNull();
    expect(found.warnings[0]).toMatch(/25 rows for \d+ parameters: \d+ directions at least are not determined/u);
    expect(found.parameters.every(({ error }) => error === null)).toBe(true);
    expect(found.spectra[0].raw.isCertain).toBe(false);
    expect(found.precision.reason).toMatch(/derivatives of linear potentials are double, which limits the result/u);
  });

  it("takes the expected errors of the fit where none are given", async () => {
    const model = smallModel();
    const structures = await dataFor(model);
    const of = async (provenance: object): Promise<FisherInformation> => fisherInformation(model.with({ provenance }), Dataset.from(structures), { executor });
    expect((await of({})).weights).toMatchObject({ source: "default", sigma: { energy: 0.01, forces: 0.05 } });
    expect((await of({ options: { fit: { sigma: { energy: 0.3, perAtom: false } } } })).weights).toMatchObject({ source: "fit", sigma: { energy: 0.3, perAtom: false } });
    expect((await of({ options: { fit: { sigma: { energy: 0.3, perAtom: false } } } })).rows).toBe(5);
  });
});

describe("Fisher information of other potentials", () => {
  it("is that of the coefficients of a sparse Gaussian process", async () => {
    const model = await randomModel(executor, 2);
    const structures = await dataFor(model, 4);
    const found = await analyze(model, structures);
    const expected = new SVD(denseRows(model, structures)).diagonal.map((value) => value ** 2);
    const { eigenvalues, digits } = found.spectra[0].raw;
    expect(digits[0]).toBeGreaterThan(12);
    eigenvalues.forEach((value, k) => {
      if (digits[k] > 2) expect(Math.abs(Number(value) / expected[k] - 1)).toBeLessThan(10 ** (2 - digits[k]));
    });
    expect(found.spectra[0].parameters[0]).toBe("terms[0].coefficients[0]");
  });

  it("is refused with the reason where there are no derivatives, no rows, or rows that are not finite", async () => {
    const model = smallModel();
    const structures = await dataFor(model);
    const zbl = new ZblModel([11, 17], { type: "zbl", inner: 1, outer: 3 });
    await expect(analyze(zbl, structures)).rejects.toThrow(/a zbl potential has no derivatives by its parameters.*composed, linear and sparse-gp have them/u);
    await expect(analyze(onBaseline(model, zbl), structures)).rejects.toThrow(/a sum potential has no derivatives/u);
    await expect(analyze(model, structures.map((structure) => makeStructure(structure)))).rejects.toThrow(/no energies, forces or virials with a weight/u);
    await expect(analyze(model, structures, { precision: "high" })).rejects.toThrow(/composed potentials have and linear ones have not/u);
    const stranger = makeStructure({ ...structures[0], atomicNumbers: structures[0].atomicNumbers.map(() => 92) }, structures[0].targets);
    await expect(analyze(model, [...structures, stranger])).rejects.toThrow(/structure 40: U is not among the species/u);
    const infinite = smallModel();
    infinite.terms[0].coefficients[0] = Infinity;
    await expect(analyze(infinite, structures)).rejects.toThrow(/structure 40: the energy is not finite/u);
  });
});
