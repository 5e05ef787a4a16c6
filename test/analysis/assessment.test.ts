// What an assessment predicts, and what it leaves out.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential } from "../../src/analysis/index.js";
import { fitSparseGp } from "../../src/fit/index.js";
import type { SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "../models/systems.js";

const withTargets = (targets: (i: number) => object): Dataset =>
  Dataset.from(Array.from({ length: 4 }, (_, i) => makeStructure(randomStructure(60 + i, 4, false), { energy: Math.sin(i), ...targets(i) })));

describe("an assessment", () => {
  let executor: Executor;
  let model: SparseGpModel;
  const energies = withTargets(() => ({}));
  const forces = withTargets((i) => (i === 2 ? { forces: new Float64Array(12).fill(0.1) } : {}));
  beforeAll(async () => {
    executor = await testExecutor();
    const descriptor = { type: "soap", basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } } as never;
    const terms = [{ descriptor, kernel: { type: "dot-product" as const, zeta: 2 }, sparse: { method: "random" as const, count: 8 } }];
    model = (await fitSparseGp({ model: { type: "sparse-gp", isolatedAtomEnergies: { Na: 0, Cl: 0 }, terms }, fit: { sigma: { energy: 0.01 } } }, energies, executor)).model;
  });
  afterAll(() => executor.close());

  it("predicts everything, or only what there are references for, with the same values", async () => {
    for (const [data, hasForces] of [[energies, false], [forces, true]] as const) {
      const everything = await assessPotential(model, data, executor);
      const referenced = await assessPotential(model, data, executor, { onlyReferences: true });
      for (const [i, one] of referenced.comparisons.entries()) {
        const all = everything.comparisons[i];
        expectClose([one.energy!.predicted], [all.energy!.predicted], 1e-12);
        expect(all.forces!.predicted.every(Number.isFinite) && all.virial!.predicted.every(Number.isFinite)).toBe(true);
        if (hasForces) expectClose(one.forces!.predicted, all.forces!.predicted, 1e-12);
        else expect(one.forces!.predicted.every(Number.isNaN)).toBe(true);
        expect([...one.virial!.predicted]).toEqual(new Array(9).fill(NaN));
      }
      expect(referenced.errors.total.forces.count).toBe(hasForces ? 12 : 0);
      expect(referenced.errors.total.energy.rmse).toBeCloseTo(everything.errors.total.energy.rmse, 12);
    }
  });
});
