import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BipartiteOptions, trainBipartite } from "../../../src/fit/composed/bipartite-training.js";
import { ParameterSpace } from "../../../src/fit/composed/parameter-space.js";
import type { TrainingContext, TrainingRecord } from "../../../src/fit/composed/training.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { expectClose } from "../../expect.js";
import { formOf, randomStructures } from "./plain-data.js";
import { plainLargestSums, PlainProblem, type PlainTargets, targetsOf } from "./plain-problem.js";

const spaceOptions = {
  bounds: { alpha: [1e-3, 2], beta: [1.05, 4], narrowest: 10, exponents: 20 },
  start: { alpha: [0.01, 0.3], beta: [1.3, 2.2], exponents: 6 },
} as const;
const options: BipartiteOptions = {
  left: { linear: true, nonLinear: true }, right: { linear: true, nonLinear: true },
  sweeps: 2, linearSweeps: 3, tolerance: 1e-4, initialPoints: 3, proposals: 5,
  reduction: { panning: 1, oscillation: 0.7, zoom: 0.9, narrowest: 0.01 },
};
let executor: Executor;
beforeAll(async () => {
  executor = await createExecutor({ threads: 1 });
});
afterAll(() => executor.close());

function contextFor(data: PlainTargets, records: TrainingRecord[] = []): TrainingContext {
  return {
    data: {
      nSpecies: 1,
      problem: ({ form }) => new PlainProblem(form, data, { executor }),
      space: ({ form, layout }) => new ParameterSpace(form, layout, plainLargestSums(data.structures, form), spaceOptions),
      frozen: () => new Set<number>(),
    },
    options: { starts: 1, alike: 0.02, seed: 1, tolerance: 1e-6, maximumIterations: 50 },
    onRecord: (record) => records.push(record),
  };
}

function otherData(text: string, structures = randomStructures(3, 4, 3)): PlainTargets {
  const form = formOf(text);
  const { parameters } = layoutParameters(form, 1);
  const values = Float64Array.from(parameters, ({ kind }, i) => (kind === "alpha" ? 0.12 : kind === "beta" ? 1.7 : kind === "exponent" ? (i % 2 ? -0.7 : 0.4) : Math.cos(3 * i)));
  return targetsOf(form, values, structures);
}

describe("bipartite training", () => {
  it.each(["E[G2 L1]", "G2 x E[G2 L1]", "E[G2 L1] + N[E[G2 L1]]", "(G2 + C2) x G2"])("lowers the loss of %s with every search", async (text) => {
    const records: TrainingRecord[] = [];
    const data = otherData("E[G3 L2]");
    const { loss, values } = await trainBipartite(contextFor(data, records), options, formOf(text));
    for (let i = 1; i < records.length; i++) expect(records[i].loss).toBeLessThanOrEqual(records[i - 1].loss);
    expect(loss).toBeLessThanOrEqual(records.at(-1).loss);
    expectClose([await new PlainProblem(formOf(text), data, { executor }).loss(values)], [loss], 1e-6 * loss);
  });
});
