// What a fit of a sparse Gaussian process leaves open of its coefficients: error bars, draws, and where they are kept.
import { inverse, Matrix } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import { fitSchema, fitSparseGp, sparseGpSchema, trainCommittee, trainerOf } from "../../src/fit/index.js";
import { decodeModel, drawSparseGps, encodeModel, evaluateStructure, evaluateStructures, SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomModel, randomStructure, termOptions } from "../models/systems.js";
import { isolatedAtomEnergies, plainPrecision } from "./plain-solution.js";

const sigma = { energy: 0.02, forces: 0.1 };
const jitter = 1e-4;
const request = {
  model: sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies, terms: termOptions.map((term) => JSON.parse(JSON.stringify(term)) as unknown) }),
  fit: fitSchema.parse({ sigma, jitter, errorBars: true }),
};
const want = { forces: true, errorBars: true };

let executor: Executor;
let dataset: Dataset;
let fitted: SparseGpModel;

beforeAll(async () => {
  executor = await testExecutor();
  const structures: Structure[] = [];
  for await (const { structure, prediction } of evaluateStructures(await randomModel(executor, 5), Array.from({ length: 8 }, (_, i) => randomStructure(200 + i, 3 + (i % 4))), executor)) {
    structures.push(makeStructure(structure, { energy: prediction.energy, forces: prediction.forces! }));
  }
  dataset = Dataset.from(structures);
  ({ model: fitted } = await fitSparseGp(request, dataset, executor));
});
afterAll(() => executor.close());

/** Energy and forces of a structure for a unit of every coefficient: the rows of the fit, by predictions alone. */
async function rowsOf(model: SparseGpModel, structure: Structure): Promise<number[][]> {
  const columns: number[][] = [];
  for (let t = 0; t < model.terms.length; t++) {
    for (let s = 0; s < model.terms[t].coefficients.length; s++) {
      const terms = model.terms.map((term, other) => ({ ...term, coefficients: term.coefficients.map((_, k) => (other === t && k === s ? 1 : 0)) }));
      const { energy, forces } = await evaluateStructure(new SparseGpModel({ species: model.species, isolatedAtomEnergies: [0, 0], terms }), structure, executor);
      columns.push([energy, ...forces!]);
    }
  }
  return columns[0].map((_, row) => columns.map((column) => column[row]));
}

describe("the posterior of a sparse Gaussian process", () => {
  it("is that of the weighted, regularised rows", async () => {
    const { factor } = fitted.posterior!;
    const n = fitted.nColumns;
    const upper = Matrix.zeros(n, n);
    for (let i = 0, next = 0; i < n; i++) for (let j = i; j < n; j++) upper.set(i, j, factor[next++]);
    expectClose(upper.transpose().mmul(upper).to1DArray(), (await plainPrecision(executor, fitted, request.fit, dataset)).to1DArray(), 1e-9, "relative-to-max");
  });

  it.each([
    ["periodic", randomStructure(4, 6)],
    ["a molecule", randomStructure(5, 5, false)],
  ])("gives variances of energy and forces: %s", async (_, structure) => {
    const covariance = inverse(await plainPrecision(executor, fitted, request.fit, dataset));
    const expected = (await rowsOf(fitted, structure)).map((row) => Matrix.rowVector(row).mmul(covariance).mmul(Matrix.columnVector(row)).get(0, 0));
    const { energyVariance, forceVariances, ...others } = await evaluateStructure(fitted, structure, executor, { want });
    expectClose([energyVariance!], [expected[0]], 1e-6, "relative-to-max");
    expectClose(forceVariances!, expected.slice(1), 1e-6, "relative-to-max");
    expect(Math.min(...forceVariances!) > 0).toBe(true);
    expect(others).toEqual(await evaluateStructure(fitted, structure, executor, { want: { forces: true } }));
    const alone = await evaluateStructure(fitted, structure, executor, { want: { errorBars: true } });
    expectClose([alone.energyVariance!], [energyVariance!], 1e-11, "relative-to-max");
    expect(alone.forceVariances).toBeUndefined();
  });

  it("draws members that spread as the bars say", async () => {
    const structure = randomStructure(5, 5, false);
    const { energyVariance, forceVariances, energy, forces } = await evaluateStructure(fitted, structure, executor, { want });
    const members = drawSparseGps(fitted, { count: 150, seed: 3 });
    const sums = { energy: 0, force: 0 };
    for (const member of members) {
      const own = await evaluateStructure(member, structure, executor);
      sums.energy += (own.energy - energy) ** 2 / 150;
      sums.force += (own.forces![4] - forces![4]) ** 2 / 150;
    }
    // four standard errors
    for (const ratio of [sums.energy / energyVariance!, sums.force / forceVariances![4]]) expect(Math.abs(ratio - 1) < 4 * Math.sqrt(2 / 150), `${ratio}`).toBe(true);
    expect([...drawSparseGps(fitted, { count: 2, seed: 3 })[1].terms[0].coefficients]).toEqual([...members[1].terms[0].coefficients]);
    expect(() => drawSparseGps(members[0], { count: 2 })).toThrow(InvalidParameterError);
    expect(() => drawSparseGps(fitted, { count: 0 })).toThrow(/whole number/u);
  });

  it("stays with the model, and is left out where nobody asks for it", async () => {
    const structure = randomStructure(6);
    const loaded = await decodeModel(await encodeModel(fitted), "a.pestle");
    expect(await evaluateStructure(loaded, structure, executor, { want })).toEqual(await evaluateStructure(fitted, structure, executor, { want }));
    const without = await fitSparseGp({ ...request, fit: { sigma, jitter } }, dataset, executor);
    expect([without.model.posterior, without.model.hasErrorBars]).toEqual([undefined, false]);
    expect(without.model.terms.map(({ coefficients }) => coefficients)).toEqual(fitted.terms.map(({ coefficients }) => coefficients));
    const plans = await Promise.all([request.fit, { sigma, jitter }].map((fit) => trainerOf(request.model).plan({ model: request.model, fit }, dataset, 1)));
    expect(plans[0].bytes - plans[1].bytes).toBe(8 * fitted.posterior!.factor.length);
  });

  it("makes a committee", async () => {
    const { model } = await trainCommittee(trainerOf(request.model), { ...request, seed: 4 }, dataset, executor, { members: 3, by: "posterior" });
    expect(model.hasErrorBars).toBe(true);
    const { energyVariance } = await evaluateStructure(model, randomStructure(6), executor, { want });
    expect(energyVariance! > 0).toBe(true);
  });
});
