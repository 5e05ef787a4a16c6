import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { describeStructures } from "../../src/environments/index.js";
import { decodeModel, encodeModel, evaluateStructure, evaluateStructures, LinearModel, type LinearTerm } from "../../src/models/index.js";
import { blockSpecies } from "../../src/models/linear/term.js";
import { partTypes } from "../../src/models/registry.js";
import { linearType } from "../../src/models/linear/model.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import type { Structure } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { describePotential } from "../contracts/potential.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomLinearModel, uncertainModel } from "./linear-systems.js";
import { randomStructure, repeated } from "./systems.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const structures = [randomStructure(1), randomStructure(2, 7, false), randomStructure(3, 3)];

/** φ of every center of a term, written down as it is defined: columns of the descriptor, and products in the order of quadratic SNAP. */
async function columnsOf(term: LinearTerm, model: LinearModel, structure: Structure): Promise<{ atoms: number[]; columns: number[][] }> {
  const n = term.descriptor.featureCount(model.species);
  const atoms = [...structure.atomicNumbers.keys()].filter((atom) => term.centers?.includes(structure.atomicNumbers[atom]) ?? true);
  const columns: number[][] = [];
  for await (const { nRows, values } of describeStructures(executor, term.descriptor, [structure], { species: model.species, centers: { indices: atoms } })) {
    for (let row = 0; row < nRows; row++) {
      const x = [...values.subarray(row * n, (row + 1) * n)];
      columns.push([...x, ...(term.quadratic ? x.flatMap((xa, a) => x.slice(a).map((xb, i) => (i === 0 ? 0.5 : 1) * xa * xb)) : [])]);
    }
  }
  return { atoms, columns };
}

/** φ of every atom among all columns of a model, and its coefficients in the same order. */
async function plainModel(model: LinearModel, structure: Structure): Promise<{ phi: number[][]; coefficients: number[] }> {
  const phi = [...structure.atomicNumbers].map(() => new Array<number>(model.nColumns).fill(0));
  let first = 0;
  for (const term of model.terms) {
    const { atoms, columns } = await columnsOf(term, model, structure);
    const blocks = blockSpecies(term, model.species);
    const width = term.coefficients.length / blocks.length;
    atoms.forEach((atom, i) => columns[i].forEach((value, k) => (phi[atom][first + blocks.indexOf(structure.atomicNumbers[atom]) * width + k] = value)));
    first += term.coefficients.length;
  }
  if (model.intercepts) structure.atomicNumbers.forEach((z, atom) => (phi[atom][first + model.species.indexOf(z)] = 1));
  return { phi, coefficients: [...model.terms.flatMap(({ coefficients }) => [...coefficients]), ...(model.intercepts ?? [])] };
}

describe("linear potential", () => {
  describePotential({ executor: () => executor, potential: () => randomLinearModel(), structures });

  it.each([1, 2])("is the energy of atoms plus coefficients times columns (structure %i)", async (seed) => {
    const model = randomLinearModel(4, { intercepts: [0.25, -0.5] });
    const structure = randomStructure(seed, 7, seed === 1);
    const { localEnergies } = await evaluateStructure(model, structure, executor, { want: { localEnergies: true } });
    const { phi, coefficients } = await plainModel(model, structure);
    const expected = phi.map((row, atom) => model.isolatedAtomEnergies![model.species.indexOf(structure.atomicNumbers[atom])] + row.reduce((sum, x, k) => sum + x * coefficients[k], 0));
    expect(Math.max(...phi.flat()) > 0.1).toBe(true);
    expectClose(localEnergies!, expected, 1e-11);
    // products matter
    const without = new LinearModel({ ...model, terms: model.terms.map((term) => (term.quadratic ? { ...term, coefficients: term.coefficients.map((c, k) => (k < 10 ? c : 0)) } : term)) });
    expect(Math.abs((await evaluateStructure(without, structure, executor)).energy - localEnergies!.reduce((a, b) => a + b)) > 1e-3).toBe(true);
  });

  it("has no energies of isolated atoms where there are none", () => {
    expect(randomLinearModel(1, { isolatedAtomEnergies: undefined }).isolatedAtomEnergies).toBeUndefined();
    expect(randomLinearModel().isolatedAtomEnergies).toEqual([-1.5, -2.25]);
  });

  it("has the same bits for any number of threads, and in ranges", async () => {
    const model = uncertainModel();
    const want = { forces: true, virial: true, localEnergies: true, variance: true };
    const collect = async (other: Executor): Promise<unknown[]> => {
      const results: unknown[] = [];
      for await (const { prediction } of evaluateStructures(model, Array.from({ length: 30 }, (_, i) => randomStructure(i + 1, 3 + (i % 4))), other, { want })) results.push(prediction);
      return results;
    };
    const once = await collect(executor);
    expect(once).toHaveLength(30);
    const small = randomStructure(3, 4);
    const [one, large] = [await evaluateStructure(model, small, executor, { want }), await evaluateStructure(model, repeated(small, 7), executor, { want })];
    for (const name of ["forces", "localEnergies", "variance", "priorVariance"] as const) {
      const n = one[name]!.length;
      expectClose(large[name]!, large[name]!.map((_, i) => one[name]![i % n]), 1e-9);
    }
    if (!isShared(await detectBuild())) return;
    const others = await createExecutor({ threads: 2 });
    try {
      expect(await collect(others)).toEqual(once);
    } finally {
      await others.close();
    }
  });
});

describe("variance of a linear potential", () => {
  it("is |φᵀ B|², of all terms of an atom together", async () => {
    const model = uncertainModel(3);
    const { nDirections, root, prior } = model.covariance!;
    const structure = randomStructure(6, 7);
    const { variance, priorVariance } = await evaluateStructure(model, structure, executor, { want: { variance: true } });
    const { phi } = await plainModel(model, structure);
    const projections = phi.map((row) => Array.from({ length: nDirections }, (_, k) => row.reduce((sum, x, c) => sum + x * root[c * nDirections + k], 0)));
    expectClose(variance!, projections.map((row) => row.reduce((sum, x) => sum + x * x, 0)), 1e-12);
    expectClose(priorVariance!, phi.map((row) => row.reduce((sum, x, c) => sum + prior[c] * x * x, 0)), 1e-12);
    expect(Math.min(...variance!) > 1e-4).toBe(true);
  });

  it("is not there without a covariance", async () => {
    const model = randomLinearModel();
    expect(model.hasVariance).toBe(false);
    await expect(evaluateStructure(model, structures[0], executor, { want: { variance: true } })).rejects.toThrow(InvalidParameterError);
  });
});

describe("model file of a linear potential", () => {
  it.each([
    ["plain", randomLinearModel()],
    ["with everything", uncertainModel()],
    ["nothing of atoms", randomLinearModel(1, { isolatedAtomEnergies: undefined })],
  ])("%s: gives the model back, to the last bit", async (_, model) => {
    const decoded = (await decodeModel(await encodeModel(model.withProvenance({ options: { a: 1 } })), "a.pestle")) as LinearModel;
    expect(decoded).toBeInstanceOf(LinearModel);
    expect(decoded.provenance).toEqual({ options: { a: 1 } });
    expect(decoded.isolatedAtomEnergies).toEqual(model.isolatedAtomEnergies);
    const want = { forces: true, virial: true, localEnergies: true, variance: model.hasVariance };
    expect(await evaluateStructure(decoded, structures[0], executor, { want })).toEqual(await evaluateStructure(model, structures[0], executor, { want }));
  });

  it("refuses what is not one", () => {
    const { parameters, arrays } = linearType.encode(uncertainModel(), partTypes);
    const decode = (changes: object, others = arrays): (() => unknown) => () => linearType.decode({ parameters: { ...(parameters as object), ...changes }, arrays: others }, {}, "x.pestle", partTypes);
    expect(decode({})).not.toThrow();
    expect(decode({ terms: undefined })).toThrow(FormatError);
    expect(decode({ species: [0] })).toThrow(/species/u);
    expect(decode({}, arrays.slice(1))).toThrow(/terms\[0\]\.coefficients.*missing/u);
    expect(decode({ species: [11] })).toThrow(/coefficients instead of/u);
    expect(decode({}, arrays.slice(0, 2))).toThrow(/covariance\.root.*missing/u);
  });
});
