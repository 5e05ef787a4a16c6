import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ColumnsOf, createDescriptor, createEnvironmentDescriptor } from "../../../src/descriptors/index.js";
import type { Descriptor } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";
import { testExecutor } from "../../expect.js";
import { Calculator } from "../calculator.js";
import { contractSystems, speciesOf } from "../systems.js";

type Parameters = { readonly type: string } & Record<string, unknown>;

const systems = contractSystems();
const species = speciesOf(...systems);
const symbols = ["H", "C", "O", "Si"];
const cosine = { radius: 3.5, function: "cosine", width: 0.6 };
const soap = { type: "soap", nMax: 2, lMax: 2, sigma: 0.5, cutoff: cosine, normalize: true };
const expansion = { type: "spherical-expansion", nMax: 2, lMax: 1, sigma: 0.5, cutoff: cosine };
const pairs = { type: "distance-2b", species: ["C", "Si"], cutoff: { radius: 3.4 }, exponents: [1, -2, 3] };
const triplets = { type: "angle-3b", center: "*", species: ["*", "*"], cutoff: { radius: 3.2 } };
const acsf = { type: "acsf", cutoff: { radius: 3.5 }, g2: [{ eta: 0.5, shift: 0 }, { eta: 2, shift: 1.5 }] };

const make = (parameters: Parameters): Descriptor => createEnvironmentDescriptor(parameters, "these tests");
const everyOther = (parameters: Parameters): number[] => Array.from({ length: make(parameters).featureCount(species) }, (_, f) => f).filter((f) => f % 2 === 0).reverse();
const withColumns = (parameters: Parameters, columns: readonly unknown[], more: object = {}): Parameters => ({ ...parameters, reduction: { type: "columns", columns, species: symbols, ...more } });

/** Sets of the expansion that are taken whole, and what does not turn. */
const wholeSets = make(expansion).features(species).flatMap(({ harmonic }, f) => (f % 3 === 0 || harmonic!.degree > 0 ? [f] : []));

const contracts: Record<string, { parameters: Parameters; from?: number; to?: number }> = {
  soap: { parameters: withColumns(soap, everyOther(soap)), to: 3 },
  "soap, outer average, standardized": { parameters: withColumns({ ...soap, average: "outer" }, everyOther(soap)), to: 3 },
  "soap, inner average": { parameters: withColumns({ ...soap, average: "inner" }, everyOther(soap)), to: 3 },
  "acsf, by labels": { parameters: withColumns(acsf, make(acsf).features(species).filter((_, f) => f % 3 > 0).map(({ label }) => label), { species: symbols }), to: 3 },
  "spherical expansion": { parameters: withColumns(expansion, wholeSets), from: 2, to: 4 },
  pairs: { parameters: withColumns(pairs, [2, 0]), from: 1, to: 3 },
  triplets: { parameters: withColumns(triplets, [2, 1]), from: 2, to: 4 },
  "parts of a concatenation": { parameters: { type: "concatenation", parts: [withColumns(soap, [0, 7, 4]), acsf] }, to: 2 },
};
for (const [name, { parameters, from = 0, to }] of Object.entries(contracts)) {
  descriptorContract(`columns: ${name}`, () => make(parameters), { systems: systems.slice(from, to), differenceTolerance: 1e-7 });
}

describe("a list of columns", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await testExecutor();
  });
  afterAll(() => executor.close());

  it.each(Object.entries({ soap, acsf, pairs, triplets, averaged: { ...soap, average: "outer" } }))("of %s has the columns of the whole, in the order of the list", (_, parameters) => {
    const whole = make(parameters);
    const list = parameters.type === "distance-2b" ? [2, 0] : everyOther(parameters);
    const some = make(withColumns(parameters, list));
    // a weight stays last
    const columns = whole.weighsRows ? [...list.filter((f) => f !== whole.featureCount(species) - 1), whole.featureCount(species) - 1] : list;
    expect(some.features(species)).toEqual(columns.map((f) => whole.features(species)[f]));
    const [a, b] = [whole, some].map((descriptor) => new Calculator(executor, descriptor, species));
    const environments = a.environments(systems[2]);
    const [before, after] = [a, b].map((calculator) => calculator.compute(environments, { jacobian: true }));
    expect(after.values.length > 0).toBe(true);
    const picked = (rows: Float64Array): number[] => Array.from({ length: rows.length / a.nFeatures }, (_, row) => columns.map((f) => rows[row * a.nFeatures + f])).flat();
    expect([...after.values]).toEqual(picked(before.values));
    expect([...after.jacobian]).toEqual(picked(before.jacobian));
    a.release();
    b.release();
  });

  it("needs the species that its columns need, and is as smooth as they are", () => {
    const ace = { type: "ace", cutoff: { radius: 3.5 }, degree: 5, order: 2 };
    const whole = make(ace);
    const columns = [4, 1, 11];
    const some = make(withColumns(ace, columns));
    for (const center of species) expect(some.neededSpecies!(species, center)).toEqual(columns.map((f) => whole.neededSpecies!(species, center)[f]));
    expect([...some.smoothness!(species)]).toEqual(columns.map((f) => whole.smoothness!(species)[f]));
  });

  it("is kept in the parameters, which make it again", () => {
    const some = make(withColumns(soap, [3, 1]));
    expect(some).toBeInstanceOf(ColumnsOf);
    expect(make({ ...some.parameters, type: some.name }).parameters).toEqual(some.parameters);
    expect(some.parameters).toMatchObject({ reduction: { type: "columns", columns: [3, 1], species: symbols } });
  });

  it("gives the memory back that a map has no room for", () => {
    const used = executor.pool.bytesInUse;
    const some = make(withColumns(soap, [3, 1]));
    some.prepare(executor.wasm, executor.pool, species).release();
    expect(executor.pool.bytesInUse).toBe(used);
  });

  it.each([
    [{ ...soap, reduction: { type: "columns", columns: [1, 2] } }, "soap: reduction.columns are positions, which depend on the species: add reduction.species"],
    [withColumns(soap, [1, 2, 1]), "soap: reduction.columns names 1 twice"],
    [withColumns(soap, []), /reduction/u],
    [withColumns(soap, [1.5]), /reduction/u],
    [{ ...soap, reduction: { type: "colums", columns: [1] } }, /reduction/u],
    [{ ...soap, reductions: { type: "columns", columns: [1] } }, 'did you mean "reduction"'],
  ] as const)("refuses parameters %#", (parameters, message) => {
    expect(() => make(parameters as Parameters)).toThrow(message);
  });

  it("refuses columns that are not there, and other species", () => {
    const count = make(soap).featureCount(species);
    expect(() => make(withColumns(soap, [count])).featureCount(species)).toThrow(`soap: reduction.columns has ${count}, but with H, C, O, Si there are ${count} columns, 0 to ${count - 1}`);
    expect(make(withColumns(soap, [0])).features([14])).toEqual(make(soap).features(species).slice(0, 1));
    expect(() => make(withColumns(soap, [0])).featureCount([1, 79])).toThrow("soap: reduction is for H, C, O, Si, but the data contain Au: make it for these data");
    expect(() => make(withColumns({ ...soap, species: ["C", "Si"] }, [0]))).toThrow("soap: reduction is for H, C, O, Si, but the descriptor for C, Si: make it for these");
    const [{ label }] = make(soap).features(species);
    const wrong = make({ ...soap, reduction: { type: "columns", columns: [`${label}0`] } });
    expect(() => wrong.features(species)).toThrow(`is no column with H, C, O, Si; did you mean "${label}"?`);
  });

  it("refuses the weight of rows alone, and takes it beside others", () => {
    expect(() => make(withColumns(pairs, [3])).featureCount(species)).toThrow("distance-2b: reduction.columns names the weight of rows alone, which is no column to fit on: name others");
    expect(make(withColumns(pairs, [3, 1])).features(species)).toEqual(make(withColumns(pairs, [1])).features(species));
  });

  it("does not tear apart what turns together", () => {
    const torn = make(withColumns(expansion, wholeSets.slice(0, -1)));
    expect(() => torn.featureCount(species)).toThrow(/^spherical-expansion: reduction.columns leaves out ".*", which turns together with others that it names: name all of them$/u);
  });

  it("learns where the descriptor inside learns", async () => {
    const open = createDescriptor({ ...acsf, reduction: { type: "columns", columns: [0], species: ["Si"] }, standardization: "standard" });
    expect(open.learn).toBeDefined();
  });
});
