// Potentials of two species on soap_turbo: parameters of each species, compressions, and a term that does not see one of them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeModel, encodeModel, evaluateStructure, type SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { describePotential } from "../contracts/potential.js";
import { testExecutor } from "../expect.js";
import { randomModel, randomStructure, type TermOptions } from "./systems.js";

const bySpecies = {
  type: "soap-turbo", basis: "poly3gauss", nMax: { Na: 3, Cl: 4 }, lMax: 3, cutoff: { radius: 3.8 }, sigmaRadial: { Na: 0.4, Cl: 0.5 },
  sigmaRadialScaling: 0.05, sigmaAngularScaling: { Na: 0, Cl: 0.1 }, radialEnhancement: 1, compression: "trivial",
};

const terms: TermOptions[] = [
  { descriptor: bySpecies, kernel: { type: "dot-product", zeta: 4, delta: 1 }, sparse: { method: "random", count: 7 }, centers: undefined },
  {
    descriptor: { type: "soap-turbo", nMax: 3, lMax: 2, cutoff: { radius: 3.2, soft: 2.6 }, species: ["Cl"] },
    kernel: { type: "dot-product", zeta: 2.5, delta: 0.7 },
    sparse: { method: "random", count: 5 },
    centers: ["Na"],
  },
  {
    descriptor: { type: "soap-turbo", nMax: 2, lMax: 2, cutoff: { radius: 3 }, species: ["Na", "Cl"], compression: { mode: "features", keep: [0, 4, 9, 14, 20, 28] } },
    kernel: { type: "dot-product", zeta: 2, delta: 1 },
    sparse: { method: "cur", count: 5, deterministic: true },
    centers: ["Cl"],
  },
];

let executor: Executor;
let model: SparseGpModel;
beforeAll(async () => {
  executor = await testExecutor();
  model = await randomModel(executor, 3, terms);
});
afterAll(() => executor.close());

describe("sparse Gaussian process on soap_turbo", () => {
  describePotential({
    executor: () => executor,
    potential: () => model,
    structures: [randomStructure(1), randomStructure(2, 7, false), randomStructure(3, 3)],
  });

  it.each(["as above", "off", "trivial", "0_2", "1_1"])("is the same after writing and reading, compression %s", async (compression) => {
    const compressed = { ...terms[2], descriptor: { ...terms[2].descriptor, compression } };
    const original = compression === "as above" ? model : await randomModel(executor, 4, [compressed]);
    const again = await decodeModel(await encodeModel(original), "test");
    const want = { forces: true, virial: true, localEnergies: true, variance: true };
    expect(await evaluateStructure(again, randomStructure(5), executor, { want })).toEqual(await evaluateStructure(original, randomStructure(5), executor, { want }));
  });
});
