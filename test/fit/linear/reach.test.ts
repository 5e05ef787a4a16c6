// Columns that no structure reaches are left out before rows are reduced: the fit is the one that reduces them all.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Ace, Acsf, createEnvironmentDescriptor, type SpeciesList } from "../../../src/descriptors/index.js";
import { fitLinear, type LinearFit, type LinearFitResult, planLinearFit, triangleBytes } from "../../../src/fit/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { makeStructure } from "../../models/systems.js";
import { molecule, molecules } from "./molecules.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());
afterEach(() => {
  vi.restoreAllMocks();
});

const ace = { type: "ace", cutoff: { radius: 4 }, order: 3, degree: [4, 3, 3] };
const acsf = { type: "acsf", cutoff: { radius: 3.5 }, g2: [[1, 0.5], [3, 1]], g4: [[0.1, 1, 1]] };
const sigma = { energy: 0.01, forces: 0.1 };
const isolatedAtomEnergies = { H: -0.5, C: -1, O: -2 };
const ridge = { type: "ridge", regularization: 1e-3 } as const;

const request = (model: Partial<LinearFit["model"]> = {}, fit: LinearFit["fit"] = {}): LinearFit => ({
  model: { type: "linear", isolatedAtomEnergies, terms: [{ descriptor: ace }, { descriptor: acsf }] as never, ...model },
  fit: { sigma, solver: ridge, ...fit },
});

/** Descriptors tell nothing, so that every column is reduced. */
function blind(): void {
  const nobody = function (this: Ace | Acsf, species: SpeciesList): readonly number[][] {
    return Array.from({ length: this.featureCount(species) }, () => []);
  };
  vi.spyOn(Ace.prototype, "neededSpecies").mockImplementation(nobody);
  vi.spyOn(Acsf.prototype, "neededSpecies").mockImplementation(nobody);
}

function expectSame(own: LinearFitResult, other: LinearFitResult): void {
  const coefficients = ({ model }: LinearFitResult): number[] => [...model.terms.flatMap((term) => [...term.coefficients]), ...(model.intercepts ?? [])];
  expectClose(coefficients(own), coefficients(other), 1e-9, "relative-to-max");
  expect(own.summary.warnings).toEqual(other.summary.warnings);
  expect(own.summary.solver.rank).toBe(other.summary.solver.rank);
  expectClose([own.summary.weightedResidual!], [other.summary.weightedResidual!], 1e-9);
  const covariance = ({ model: { covariance } }: LinearFitResult): number[] => {
    if (!covariance) return [];
    const { root, nDirections } = covariance;
    const rows = Array.from({ length: root.length / nDirections }, (_, i) => root.subarray(i * nDirections, (i + 1) * nDirections));
    return rows.flatMap((row, i) => [0, i].map((other) => row.reduce((sum, x, d) => sum + x * rows[other][d], 0)));
  };
  expectClose(covariance(own), covariance(other), 1e-9, "relative-to-max");
}

describe("columns that no structure reaches", () => {
  it("are left out with the same result, whatever the solver and the columns", async () => {
    const data = molecules();
    const quadratic = [{ descriptor: acsf, quadratic: true, centers: ["O", "C"] }] as never;
    const centered = [{ descriptor: { ...acsf, standardization: "center" } }, { descriptor: { type: "concatenation", parts: [acsf, { ...ace, order: 2, degree: 3 }] } }] as never;
    const requests = [
      request(),
      request({ terms: quadratic, isolatedAtomEnergies: "none" }),
      request({ terms: centered }, { prior: { scale: "none" } }),
      request({}, { solver: { type: "bayesian-ridge" }, errorBars: true }),
    ];
    const own: LinearFitResult[] = [];
    for (const each of requests) own.push(await fitLinear(each, data, executor));
    blind();
    for (const [i, each] of requests.entries()) expectSame(own[i], await fitLinear(each, data, executor));
    expect(own[0].summary.warnings!.join("\n")).toMatch(/centers O: \d+ of \d+ features are 0 in every row: ".*O/u);
  });

  it("are those that need what is not there: oxygen around oxygen", async () => {
    const data = molecules();
    const { columns, reachedColumns, seconds } = planLinearFit(request(), data, 1);
    const features = [ace, acsf].flatMap((descriptor) => createEnvironmentDescriptor(descriptor, "tests").features([1, 6, 8]));
    const unreached = features.filter(({ channel }) => channel.includes("O")).length;
    expect(unreached).toBeGreaterThan(20);
    expect([columns, reachedColumns]).toEqual([3 * features.length, 3 * features.length - unreached]);
    const products = planLinearFit(request({ terms: [{ descriptor: acsf, quadratic: true, centers: ["O"] }] as never, isolatedAtomEnergies: "none" }), data, 1);
    // of G2 and G4 for one, two and three species those without oxygen, their products, and the constants
    expect([products.columns, products.reachedColumns]).toEqual([12 + 78 + 3, 7 + 28 + 3]);
    blind();
    const dense = planLinearFit(request(), data, 1);
    expect(dense.reachedColumns).toBe(columns);
    expect(seconds < dense.seconds).toBe(true);
    // images of an atom are its neighbors
    const cell = Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9);
    vi.restoreAllMocks();
    const crystal = Dataset.from([...data].map((structure) => makeStructure({ ...structure, cell, pbc: [true, true, true] }, structure.targets)));
    expect(planLinearFit(request(), crystal, 1).reachedColumns).toBe(columns);
  });

  it("are found by distances, too", async () => {
    const far = Array.from({ length: 6 }, (_, i) => {
      const { positions, ...atoms } = molecule(700 + i, [6, 1, 1, 8], 3);
      return makeStructure({ ...atoms, positions: positions.map((x, k) => (k >= 9 ? x + 30 : x)) }, { energy: i, forces: positions.map((x) => Math.sin(x)) });
    });
    const data = Dataset.from(far);
    const allocate = vi.spyOn(executor.pool, "allocate");
    const result = await fitLinear(request({ terms: [{ descriptor: acsf }] as never }), data, executor);
    const bytes = allocate.mock.calls.filter(([, label]) => label === "triangular factor of the fit").map(([size]) => size);
    // around hydrogen G2 of H and C, two of each, and G4 of H–H, H–C, C–C; around the one carbon those of hydrogen alone
    expect(bytes[0]).toBe(triangleBytes(7 + 3));
    expect(result.summary.warnings!.some((text) => /centers O: 12 of 12 features are 0 in every row/u.test(text))).toBe(true);
    blind();
    expectSame(result, await fitLinear(request({ terms: [{ descriptor: acsf }] as never }), data, executor));
  });

  it("are no matter for structures left out and the path of a greedy solver", async () => {
    const data = molecules();
    const train = data.subset([...Array(28).keys()]);
    const validation = data.subset([28, 29, 30, 31, 32, 33]);
    const fits = [
      () => fitLinear(request({ terms: [{ descriptor: acsf }] as never }, { crossValidation: "leave-structure-out" }), data, executor),
      () => fitLinear(request({ terms: [{ descriptor: acsf }] as never }, { solver: { type: "greedy", maximumFunctions: 12 } }), train, executor, { validation }),
    ] as const;
    const own = [await fits[0](), await fits[1]()];
    blind();
    const dense = [await fits[0](), await fits[1]()];
    for (const [i, result] of own.entries()) expectSame(result, dense[i]);
    const errors = ({ summary: { leftOut } }: LinearFitResult): number[] => [leftOut!.energy.rmse, leftOut!.forces.rmse];
    expectClose(errors(own[0]), errors(dense[0]), 1e-9);
    const path = ({ summary }: LinearFitResult): number[] => summary.solver.path!.flatMap(({ column, error, validationError }) => [column, error, validationError!]);
    expect(path(own[1])).toHaveLength(36);
    expectClose(path(own[1]), path(dense[1]), 1e-9, "relative-to-max");
  });

  it("may be all of them", async () => {
    const lonely = Dataset.from([molecule(1, [8]), molecule(2, [1])]);
    const fit = fitLinear(request({}, { sigma: { energy: 0.01 } }), lonely, executor);
    await expect(fit).rejects.toThrow(/every column of the fit is 0 in all data/u);
  });
});
