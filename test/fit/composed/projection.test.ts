// Training on small structures with rows of the readable twin.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { balanced, countDescents, trainByProjection } from "../../../src/fit/composed/projection-training.js";
import { linearize, solveLinear } from "../../../src/fit/composed/least-squares.js";
import { jointlyLinear, splitParameters } from "../../../src/fit/composed/linear-part.js";
import { ParameterSpace } from "../../../src/fit/composed/parameter-space.js";
import { type TrainedForm, type TrainingContext, TrainingProgress, type TrainingRecord } from "../../../src/fit/composed/training.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import type { ComposedForm } from "../../../src/models/composed/tree.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { expectClose } from "../../expect.js";
import { formOf, randomStructures } from "./plain-data.js";
import { plainLargestSums, PlainProblem, type PlainTargets, targetsOf } from "./plain-problem.js";

const spaceOptions = {
  bounds: { alpha: [1e-3, 2], beta: [1.05, 4], narrowest: 10, exponents: 20 },
  start: { alpha: [0.01, 0.3], beta: [1.3, 2.2], exponents: 6 },
} as const;

let executor: Executor;
beforeAll(async () => {
  executor = await createExecutor({ threads: 1 });
});
afterAll(() => executor.close());

function contextFor(data: PlainTargets, starts = 3, records: TrainingRecord[] = []): TrainingContext {
  return {
    data: {
      nSpecies: 1,
      problem: ({ form }) => new PlainProblem(form, data, { executor }),
      space: ({ form, layout }) => new ParameterSpace(form, layout, plainLargestSums(data.structures, form), spaceOptions),
      frozen: () => new Set<number>(),
    },
    options: { starts, alike: 0.5, seed: 1, tolerance: 1e-6, maximumIterations: 50 },
    onRecord: (record) => records.push(record),
  };
}

/** Energies and forces of another potential. */
function otherData(text: string, structures = randomStructures(3, 4, 3)): PlainTargets {
  const form = formOf(text);
  const { parameters } = layoutParameters(form, 1);
  const values = Float64Array.from(parameters, ({ kind }, i) => (kind === "alpha" ? 0.12 : kind === "beta" ? 1.7 : kind === "exponent" ? (i % 2 ? -0.7 : 0.4) : Math.cos(3 * i)));
  return targetsOf(form, values, structures);
}

function wholeOf(text: string): TrainedForm & { form: ComposedForm } {
  const form = formOf(text);
  return { form, layout: layoutParameters(form, 1) };
}

describe("the projected Jacobian", () => {
  it.each(["G3", "E[G2 L2]", "N[E[G2 L2]]", "E[G2 L2] + N[E[G2 L1]]", "G2 x E[G2 L1]", "(G2 + C2) x G2"])("is the derivative of what is left after the elimination: %s", async (text) => {
    const whole = wholeOf(text);
    const data = otherData("E[G3 L2]");
    const problem = new PlainProblem(whole.form, data, { executor });
    const split = splitParameters(whole.layout, jointlyLinear(whole.layout, whole.form.root, 1), new Set());
    const start = Float64Array.from(whole.layout.parameters, ({ kind }, i) => (kind === "alpha" ? 0.1 : kind === "beta" ? 1.6 : kind === "exponent" ? 0.3 + 0.1 * i : Math.sin(i)));
    const solved = await solveLinear(problem, start, split.eliminated);
    const { values, loss } = solved;
    const { factor, target, nOuter } = await linearize(problem, solved, split.eliminated, split.outer);
    // the gradient of the projected loss is exact with Kaufman's Jacobian
    for (const [k, parameter] of split.outer.entries()) {
      const step = 1e-5 * Math.max(1, Math.abs(values[parameter]));
      const ends: number[] = [];
      for (const sign of [1, -1]) ends.push((await solveLinear(problem, values.with(parameter, values[parameter] + sign * step), split.eliminated)).loss);
      const slope = (ends[0] - ends[1]) / (2 * step);
      let expected = 0;
      for (let i = 0; i <= k; i++) expected -= 2 * factor[i * nOuter + k] * target[i];
      expectClose([expected], [slope], 1e-5 * Math.max(Math.abs(slope), loss));
    }
  });
});

describe("training by variable projection", () => {
  it.each(["G3", "E[G2 L2]", "C4"])("finds %s again from its own data", async (text) => {
    const data = otherData(text);
    const { loss } = await trainByProjection(contextFor(data, 6), formOf(text));
    expect(loss).toBeLessThan(1e-8 * data.targets.reduce((sum, y) => sum + y * y, 0));
  });

  it.each(["G2 x E[G2 L1]", "E[G2 L1] + N[E[G2 L1]]", "G2 + N[E[G2 L1]] x C2"])("%s is never worse than its operands", async (text) => {
    const records: TrainingRecord[] = [];
    const context = contextFor(otherData("E[G4 L2]"), 2, records);
    let descents = 0;
    const progress = new TrainingProgress("descents", 1, undefined, ({ done }) => (descents = done));
    const { loss, values } = await trainByProjection({ ...context, progress }, formOf(text));
    const whole = wholeOf(text);
    // a term without anything to search has one start only
    expect(descents).toBeLessThanOrEqual(countDescents(whole.form, 1, 2));
    expect(descents).toBeGreaterThan(0.75 * countDescents(whole.form, 1, 2));
    const others = records.slice(0, -1);
    expect(Math.min(...others.map((record) => record.loss)) * (1 + 1e-9)).toBeGreaterThanOrEqual(loss);
    expectClose([await context.data.problem(whole, false).loss(values)], [loss], 1e-4 * loss);
  });
});

describe("optima that are alike", () => {
  const ends = [100, 101, 101.9, 103, 110].map((loss, i) => ({ loss, values: Float64Array.of(i) }));
  const misfits = [5, 4, 6, 3, 1];
  const taken = async (ceiling: number, alike: number): Promise<number> => (await balanced(ends, ceiling, alike, ([i]) => Promise.resolve(misfits[i]))).loss;

  it("are told by the share, and the one of least misfit is taken", async () => {
    expect(await taken(Infinity, 0)).toBe(100);
    expect(await taken(Infinity, 0.02)).toBe(101);
    expect(await taken(Infinity, 0.05)).toBe(103);
    expect(await taken(Infinity, 1)).toBe(110);
  });

  it("do not exceed what their operands have", async () => {
    expect(await taken(100.5, 1)).toBe(100);
    expect(await taken(102, 1)).toBe(101);
    // the best is there in any case
    expect(await taken(99, 1)).toBe(100);
  });
});
