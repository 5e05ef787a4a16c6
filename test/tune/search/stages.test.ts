import { describe, expect, it } from "vitest";
import type { Budget } from "../../../src/tune/budget.js";
import { createOptimizer } from "../../../src/optimizers/index.js";
import { createSearchSpace } from "../../../src/tune/search-space/index.js";
import type { SearchResult } from "../../../src/tune/search-result.js";
import { runStages } from "../../../src/tune/search.js";
import { candidate, fakeExecutor, FakeObjective, RecordingJournal, stageOf, valuesOf } from "./fakes.js";

describe("stages", () => {
  const sigma = { "model.terms[0].descriptor.sigma": { from: 0.2, to: 1, scale: "log" } };
  const zeta = { "model.terms[0].kernel.zeta": { from: 1, to: 6 } };

  async function twoStages(budget: Budget, journal: RecordingJournal, stageBudget: Budget = { evaluations: 18 }): Promise<SearchResult & { starts: unknown[] }> {
    const starts: unknown[] = [];
    const factory = (parameters: object, index: number) => (base: ReturnType<typeof candidate>) => {
      starts.push(valuesOf(base));
      const space = createSearchSpace(parameters as never, base);
      return stageOf(new FakeObjective(), { index, base, space, name: `stage ${index}`, seed: 5 + index, budget: stageBudget, optimizer: createOptimizer({ type: "particle-swarm", particles: 6 }) });
    };
    const result = await runStages([factory(sigma, 0), factory(zeta, 1)], candidate(), budget, fakeExecutor(), { journal });
    return { ...result, starts };
  }

  it("begin from the best of the one before", async () => {
    const result = await twoStages({}, new RecordingJournal());
    const [first, second] = result.stages;
    const best = first.best!.values["model.terms[0].descriptor.sigma"];
    expect(result.starts[1]).toMatchObject({ sigma: best, zeta: 2 });
    expect(second.records[0].loss).toBe(first.best!.loss);
    expect(valuesOf(result.candidate)).toMatchObject({ sigma: best, zeta: second.best!.values["model.terms[0].kernel.zeta"] });
    expect(second.best!.loss < first.best!.loss && first.best!.loss < first.records[0].loss).toBe(true);
  });

  it("share a budget, and end each by its own", async () => {
    const result = await twoStages({ evaluations: 24 }, new RecordingJournal());
    expect(result.stages.map(({ records }) => records.length)).toEqual([19, 7]);
  });

  it("are closed once the next one has begun", async () => {
    const journal = new RecordingJournal();
    const before = await twoStages({}, journal);
    const again = new RecordingJournal(journal.written);
    const after = await twoStages({}, again, { evaluations: 24 });
    expect(after.stages[0]).toEqual(before.stages[0]);
    expect(after.stages[1].records.length).toBe(25);
    expect(again.written.every(({ stage }) => stage === 1)).toBe(true);
  });
});
