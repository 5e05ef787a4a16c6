// Active sets and extrapolation grades of linear models, from the fit to the prediction.
import { inverse, Matrix } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, trainingDomain } from "../../src/analysis/index.js";
import { EnvironmentCache, describeStructures } from "../../src/environments/index.js";
import { InvalidParameterError } from "../../src/errors.js";
import { fitLinear, type LinearFit, withActiveSets } from "../../src/fit/index.js";
import { decodeModel, encodeModel, evaluateStructure, type LinearModel, type Potential } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { linearTerms, onBaseline } from "../models/linear-systems.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { DelayingExecutor } from "../parallel/delaying-executor.js";

const terms = JSON.parse(JSON.stringify(linearTerms)) as LinearFit["model"]["terms"];
const request: LinearFit = {
  model: { type: "linear", isolatedAtomEnergies: { Na: 0, Cl: 0 }, terms },
  fit: { sigma: { energy: 0.01 }, solver: { type: "ridge", regularization: 1e-3 }, activeSet: true },
};

let executor: Executor;
let data: Dataset;
let model: LinearModel;
beforeAll(async () => {
  executor = await testExecutor();
  data = Dataset.from(Array.from({ length: 40 }, (_, i) => makeStructure(randomStructure(700 + i, 2 + (i % 7), i % 2 === 0), { energy: Math.sin(i) })));
  model = (await fitLinear(request, data, executor)).model;
});
afterAll(() => executor.close());

const gradesOf = async (structure: Structure, of: Potential = model): Promise<Float64Array> => (await evaluateStructure(of, structure, executor, { want: { extrapolationGrade: true } })).extrapolationGrades!;

/** φ of the atoms of one species in structures, of both terms side by side. */
async function rowsOf(structures: Iterable<Structure>, species: 11 | 17): Promise<number[][]> {
  const rows: number[][] = [];
  for (const structure of structures) {
    const indices = [...structure.atomicNumbers.keys()].filter((atom) => structure.atomicNumbers[atom] === species);
    const own = indices.map((): number[] => []);
    for (const { descriptor, centers, quadratic } of model.terms) {
      if (centers && !centers.includes(species)) continue;
      let next = 0;
      for await (const { nRows, values } of describeStructures(executor, descriptor, [structure], { species: [11, 17], centers: { indices } })) {
        const n = values.length / nRows;
        for (let r = 0; r < nRows; r++) {
          const x = [...values.subarray(r * n, (r + 1) * n)];
          own[next++].push(...x, ...(quadratic ? x.flatMap((xa, a) => x.slice(a).map((xb, b) => (b === 0 ? 0.5 : 1) * xa * xb)) : []));
        }
      }
    }
    rows.push(...own);
  }
  return rows;
}

const stretched = (structure: Structure, factor: number): Structure => ({ ...structure, cell: structure.cell && structure.cell.map((x) => factor * x), positions: structure.positions.map((x) => factor * x) });

describe("active sets of a fit", () => {
  it("enclose the data, are chosen from it, and lie above what lies inside", async () => {
    const { comparisons } = await assessPotential(model, data, executor, { extrapolationGrade: true });
    const grades = comparisons.flatMap(({ extrapolationGrade }) => [...extrapolationGrade!]);
    // blocks are larger than the data, so that nothing is let go
    expect(grades.every((grade) => grade <= 1.001 + 1e-6), `${Math.max(...grades)}`).toBe(true);
    expect(grades).toHaveLength(data.nAtoms);
    expect(trainingDomain(comparisons, { measure: "extrapolationGrade" })).toMatchObject({ measure: "extrapolationGrade", threshold: 2, outside: 0, atoms: data.nAtoms });
    const all = await rowsOf(data, 11);
    const { members, values, nFunctions, nRows } = model.activeSets![0]!;
    expect([nRows, nFunctions]).toEqual([all.length, 8 + 35]);
    expectClose(values, [...members].flatMap((row) => all[row]), 1e-12);
  });

  it("grade as |b A⁻¹| does: near 1 for a small change, far outside for a strong one", async () => {
    const { functions, values, nFunctions } = model.activeSets![1]!;
    const k = functions.length;
    const a = Matrix.from1DArray(k, nFunctions, values).subMatrixColumn([...functions]);
    const [near, far] = [1.0001, 0.8].map((factor) => stretched([...data][6], factor));
    for (const structure of [near, far]) {
      const rows = await rowsOf([structure], 17);
      const expected = rows.map((row) => Math.max(...new Matrix([[...functions].map((j) => row[j])]).mmul(inverse(a)).to1DArray().map(Math.abs)));
      const grades = await gradesOf(structure);
      expect(rows.length > 0).toBe(true);
      expectClose([...grades].filter((_, atom) => structure.atomicNumbers[atom] === 17), expected, 1e-6, "relative-to-max");
    }
    expect(Math.max(...(await gradesOf(near))) < 1.1).toBe(true);
    expect(Math.max(...(await gradesOf(far))) > 5).toBe(true);
    const domain = trainingDomain((await assessPotential(model, Dataset.from([near, far]), executor, { extrapolationGrade: true })).comparisons, { measure: "extrapolationGrade" });
    expect([domain.worst!.structure, domain.outside > 0]).toEqual([1, true]);
  });

  it("survive the model file to the last bit, and pass on no prediction that differs", async () => {
    const structure = stretched(randomStructure(3), 0.95);
    const decoded = (await decodeModel(await encodeModel(model), "a.pestle")) as LinearModel;
    expect(decoded.activeSets!.map((set) => [...set!.members])).toEqual(model.activeSets!.map((set) => [...set!.members]));
    const want = { forces: true, virial: true };
    const { extrapolationGrades, ...others } = await evaluateStructure(decoded, structure, executor, { want: { ...want, extrapolationGrade: true } });
    expect(extrapolationGrades).toEqual(await gradesOf(structure));
    expect(others).toEqual(await evaluateStructure(model, structure, executor, { want }));
  });

  it("have the same bits whatever the order of the tasks, and with environments that are described already", async () => {
    const cache = new EnvironmentCache(executor);
    const held = (): number => executor.pool.bytesInUse - executor.scratchBytes;
    const before = held();
    const plain = model.with({ activeSets: undefined });
    const cached = await withActiveSets(plain, data, { executor, environments: cache.of(data) });
    cache.release();
    expect(held()).toBe(before);
    const delayed = await withActiveSets(plain, data, { executor: new DelayingExecutor(executor, 5, 5) });
    for (const other of [cached, delayed]) expect(other.activeSets).toEqual(model.activeSets);
  });

  it("take in new data", async () => {
    const outside = stretched([...data][6], 0.8);
    const updated = await withActiveSets(model, Dataset.from([outside]), { executor });
    expect(Math.max(...(await gradesOf(outside, updated))) <= 1.001 + 1e-6).toBe(true);
    for (const s of [0, 1]) {
      expect(updated.activeSets![s]!.nRows > model.activeSets![s]!.nRows).toBe(true);
      expect(updated.activeSets![s]!.logVolume > model.activeSets![s]!.logVolume).toBe(true);
    }
    // without atoms of a species its set stays
    const sodium = makeStructure({ ...randomStructure(1, 2, false), atomicNumbers: Uint8Array.of(11, 11) });
    expect((await withActiveSets(model, Dataset.from([sodium]), { executor })).activeSets![1]).toBe(model.activeSets![1]);
  });

  it("say so where a species shows what its data never did: a neighbor", async () => {
    const lonely = { ...randomStructure(1, 2, false), atomicNumbers: Uint8Array.of(11, 17), positions: Float64Array.of(0, 0, 0, 50, 0, 0) };
    const [, sodiumTerm] = model.terms;
    const plain = await withActiveSets(model.with({ terms: [sodiumTerm], activeSets: undefined }), Dataset.from([makeStructure(lonely)]), { executor });
    expect(plain.activeSets).toEqual([undefined, undefined]);
    expect([...(await gradesOf(makeStructure(lonely), plain))]).toEqual([0, 0]);
    const crowd = randomStructure(1, 4);
    expect([...(await gradesOf(crowd, plain))]).toEqual(Array.from(crowd.atomicNumbers, (z) => (z === 11 ? Infinity : 0)));
    const decoded = (await decodeModel(await encodeModel(plain), "a.pestle")) as LinearModel;
    expect(decoded.activeSets).toEqual([undefined, undefined]);
  });

  it("of a sum: the largest grade counts", async () => {
    const other = model.with({ activeSets: (await withActiveSets(model.with({ activeSets: undefined }), data.subset([0, 1, 2, 3]), { executor })).activeSets });
    const structure = stretched(randomStructure(5), 1.05);
    const [own, below, sum] = [await gradesOf(structure), await gradesOf(structure, other), await gradesOf(structure, onBaseline(model, other))];
    expect(own).not.toEqual(below);
    expectClose(sum.map((x) => Math.min(x, 1e9)), own.map((grade, i) => Math.min(1e9, Math.max(grade, below[i]))), 0);
    // a baseline that does not grade has no say
    expect(await gradesOf(structure, onBaseline(model, other.with({ activeSets: undefined })))).toEqual(own);
  });

  it("are not there without having been chosen", async () => {
    const { model: plain } = await fitLinear({ ...request, fit: { ...request.fit, activeSet: undefined } }, data, executor);
    expect(plain.hasExtrapolationGrade).toBe(false);
    await expect(gradesOf([...data][0], plain)).rejects.toThrow(InvalidParameterError);
  });
});
