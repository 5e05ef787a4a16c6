// Searches of linear models: rows that only solver, prior and regularization follow are reduced once; costs are counted.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { descriptorCost } from "../../../src/descriptors/registry.js";
import { InvalidParameterError } from "../../../src/errors.js";
import { fitLinear, trainerOf } from "../../../src/fit/index.js";
import { KeptResults } from "../../../src/fit/kept-results.js";
import { expectedNeighbors } from "../../../src/neighbors/estimate.js";
import type { Executor } from "../../../src/parallel/index.js";
import { createObjective, objectiveSchema } from "../../../src/tune/objectives/registry.js";
import type { ObjectiveData } from "../../../src/tune/objectives/objective.js";
import { type Candidate, createSearchSpace } from "../../../src/tune/search-space/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { candidate as gpCandidate, makeData } from "./systems.js";

let executor: Executor;
let data: Required<Pick<ObjectiveData, "train" | "validation">>;

beforeAll(async () => {
  executor = await testExecutor();
  data = { train: await makeData(executor, { seed: 100, count: 14 }), validation: await makeData(executor, { seed: 300, count: 5 }) };
});
afterAll(() => executor.close());

const ace = { type: "ace", cutoff: { radius: 4 }, order: 2, degree: [5, 4] };

function candidate({ descriptor = {}, model = {}, fit = {} }: { descriptor?: object; model?: object; fit?: object } = {}): Candidate {
  return {
    model: { type: "linear", isolatedAtomEnergies: { Na: -1.5, Cl: -2.25 }, ...model, terms: [{ descriptor: { ...ace, ...descriptor } }] },
    fit: { sigma: { energy: 0.005, forces: 0.05 }, solver: { type: "ridge", regularization: 0.01 }, ...fit },
    seed: 1,
  };
}

const objectiveOf = (options: object = {}) => createObjective(objectiveSchema.parse({ type: "validation-loss", ...options }), data, executor, { seed: 3 });

async function lossOf(given: Candidate): Promise<number> {
  const objective = objectiveOf();
  try {
    return (await objective.evaluate(given, { executor })).loss;
  } finally {
    objective.release();
  }
}

const sameRows = [
  candidate(),
  candidate({ fit: { solver: { type: "ridge", regularization: 10 } } }),
  candidate({ fit: { solver: { type: "bayesian-ridge" } } }),
  candidate({ fit: { solver: { type: "greedy", maximumFunctions: 5 } } }),
  candidate({ fit: { prior: { scale: "smoothness" } } }),
];

describe("a search of linear models", () => {
  it("has the same bits from rows that were reduced before as from its own", async () => {
    const alone: number[] = [];
    for (const given of sameRows) alone.push(await lossOf(given));
    expect(new Set(alone).size).toBe(sameRows.length);
    const objective = objectiveOf();
    const together: number[] = [];
    for (const given of [...sameRows, ...sameRows]) together.push((await objective.evaluate(given, { executor })).loss);
    objective.release();
    expect(together).toEqual([...alone, ...alone]);
  });

  it("reduces rows again for everything that they depend on, and for nothing else", async () => {
    const kept = new KeptResults(1e8);
    let reductions = 0;
    const recall: ReturnType<typeof kept.of> = (key, make, bytes) => kept.of("all")(key, () => (reductions++, make()), bytes);
    const reducedFor = async (given: Candidate): Promise<number> => {
      const before = reductions;
      await trainerOf(given.model).train(given, data.train, executor, { recall });
      return reductions - before;
    };
    for (const [i, given] of sameRows.entries()) expect(await reducedFor(given), String(i)).toBe(i === 0 ? 1 : 0);
    expect(kept.bytes).toBeGreaterThan(0);
    const others = [
      candidate({ descriptor: { cutoff: { radius: 4.2 } } }),
      candidate({ descriptor: { degree: [5, 3] } }),
      candidate({ model: { isolatedAtomEnergies: { Na: -1.4, Cl: -2.25 } } }),
      candidate({ model: { intercept: true } }),
      candidate({ fit: { sigma: { energy: 0.006, forces: 0.05 } } }),
      candidate({ fit: { sigma: { energy: 0.005, forces: 0.05, configTypes: { rare: { forces: 0.1 } } } } }),
    ];
    for (const [i, given] of others.entries()) expect(await reducedFor(given), String(i)).toBe(1);
    // the data without what a baseline predicts, and the rows of these
    const based = (outer: number, regularization: number): Candidate => candidate({ model: { baseline: { type: "zbl", inner: 1, outer } }, fit: { solver: { type: "ridge", regularization } } });
    expect([await reducedFor(based(2, 0.1)), await reducedFor(based(2, 0.2)), await reducedFor(based(2.5, 0.1)), await reducedFor(based(2, 0.3))]).toEqual([2, 0, 2, 0]);
  });

  it("counts operations: those of the descriptor for the neighbors that are expected, and two for every coefficient of a center", async () => {
    const given = candidate();
    const { train } = data;
    let nPairs = 0;
    for (let i = 0; i < train.nStructures; i++) {
      const { atomicNumbers, cell, pbc } = train.structure(i);
      nPairs += atomicNumbers.length * expectedNeighbors({ nAtoms: atomicNumbers.length, cell, pbc, cutoff: 4 });
    }
    const { descriptor } = trainerOf(given.model).descriptors(given)[0];
    const counted = descriptorCost("ace")!.arithmetic!(descriptor, { nSpecies: 2, nCenters: train.nAtoms, nPairs });
    const { summary } = await fitLinear(given, train, executor);
    const nFeatures = summary.sizes.find(({ name }) => name === "nFeatures")!.count;
    expectClose([trainerOf(given.model).operations(given, train)!], [counted.backward / train.nAtoms + 2 * nFeatures], 1e-12);
    expect(trainerOf(gpCandidate().model).operations(gpCandidate(), train)).toBeUndefined();
  });

  it("makes the loss of errors and operations", async () => {
    const objective = objectiveOf({ cost: { of: "operations", power: 0.5, price: 1e-3 } });
    const { loss, metrics } = await objective.evaluate(candidate(), { executor });
    expect(metrics.cost).toBeUndefined();
    expectClose([metrics.lossOfErrors], [await lossOf(candidate())], 1e-14);
    expectClose([loss], [metrics.lossOfErrors * Math.sqrt(metrics.operations / 1000) + metrics.operations * 1e-6], 1e-14);
    await expect(objective.evaluate(gpCandidate(), { executor })).rejects.toThrow(InvalidParameterError);
    await expect(objective.evaluate(gpCandidate(), { executor })).rejects.toThrow(/cost\.of is operations.*use time/);
    objective.release();
  });

  it("starts from values that follow others, which go on following them", () => {
    const base = candidate({ descriptor: { degree: [5, 4] } });
    const space = createSearchSpace({
      "model.terms.0.descriptor.degree.0": { from: 3, to: 8, integer: true },
      "model.terms.0.descriptor.pair.cutoff.radius": { from: 3, to: 6 },
      "model.terms.0.descriptor.pair.transform.p": { from: 1, to: 3, integer: true },
    }, base);
    expect(space.parameters.map(({ label }) => label)).toEqual(["degree[0]", "cutoff.radius", "transform.p"]);
    const start = space.encode(base)!;
    expectClose([start[1]], [1 / 3], 1e-12);
    const { pair, degree } = (space.apply([5, 0.5, 1]).model.terms as { descriptor: { degree: number[]; pair: Record<string, unknown> } }[])[0].descriptor;
    expect(degree).toEqual([8, 4]);
    expect(pair).toMatchObject({ cutoff: { radius: 4.5 }, transform: { p: 2 } });
    expect(pair.degree).toBeUndefined();
  });
});
