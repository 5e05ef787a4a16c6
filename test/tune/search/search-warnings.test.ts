import { describe, expect, it } from "vitest";
import { memoryJournal, type SearchEvent } from "../../../src/tune/index.js";
import { SearchWarnings } from "../../../src/tune/search-warnings.js";
import type { Evaluation, EvaluationContext } from "../../../src/tune/objectives/objective.js";
import type { Candidate } from "../../../src/tune/search-space/index.js";
import { runStages } from "../../../src/tune/search.js";
import { candidate, fakeExecutor, FakeObjective, stageOf, valuesOf } from "./fakes.js";

describe("warnings of a search", () => {
  it("are one where only numbers differ, and several where paths do", () => {
    const warnings = new SearchWarnings();
    expect(warnings.add(0, { id: 4, warnings: ["model.terms[0]: 20 sparse points are taken where 300 were asked for", "jitter is 1e-8 eV²"] })).toHaveLength(2);
    expect(warnings.add(0, { id: 2, warnings: ["model.terms[0]: 7 sparse points are taken where 40 were asked for"] })).toEqual([]);
    expect(warnings.add(0, { id: 3, warnings: ["model.terms[1]: 7 sparse points are taken where 40 were asked for"] })).toHaveLength(1);
    expect(warnings.add(1, { id: 0, warnings: ["jitter is −2.5e+3 eV²"] })).toEqual([]);
    expect(warnings.add(1, { id: 1 })).toEqual([]);
    expect(warnings.list()).toEqual([
      { text: "model.terms[0]: 7 sparse points are taken where 40 were asked for", stage: 0, evaluation: 2, count: 2 },
      { text: "model.terms[1]: 7 sparse points are taken where 40 were asked for", stage: 0, evaluation: 3, count: 1 },
      { text: "jitter is 1e-8 eV²", stage: 0, evaluation: 4, count: 2 },
    ]);
  });

  it("counts an evaluation once, on however many shares of the data", () => {
    const warnings = new SearchWarnings();
    for (let rung = 0; rung < 2; rung++) warnings.add(0, { id: 1, warnings: ["energies are not relative"] });
    expect(warnings.list()).toEqual([{ text: "energies are not relative", stage: 0, evaluation: 1, count: 1 }]);
  });
});

class WarningObjective extends FakeObjective {
  override async evaluate(given: Candidate, context: EvaluationContext): Promise<Evaluation> {
    const evaluation = await super.evaluate(given, context);
    const { nMax, zeta } = valuesOf(given);
    return { ...evaluation, ...(nMax > 3 && { warnings: [`${nMax} is much for nMax, with zeta ${zeta}`] }) };
  }
}

describe("a search whose fits warn", () => {
  it("tells of each warning once, keeps them in the journal and tells the same when it is resumed", async () => {
    const run = async (journal = memoryJournal()) => {
      const events: SearchEvent[] = [];
      const entries: unknown[] = [...journal.entries];
      const append: typeof journal.append = (entry) => {
        entries.push(entry);
        return journal.append(entry);
      };
      const result = await runStages([() => stageOf(new WarningObjective())], candidate(), { evaluations: 12 }, fakeExecutor(), {
        journal: { entries: journal.entries, append },
        onEvent: (event) => events.push(event),
      });
      return { result, entries, told: events.filter(({ kind }) => kind === "warning") };
    };
    const first = await run();
    expect(first.told).toHaveLength(1);
    const warned = first.result.stages[0].records.filter(({ values }) => Number(values["model.terms[0].descriptor.nMax"]) > 3);
    expect(warned.length).toBeGreaterThan(1);
    for (const record of first.result.stages[0].records) expect(record.warnings !== undefined).toBe(warned.includes(record));
    // the start has nMax 4
    const [text] = warned[0].warnings!;
    expect(first.result.warnings).toEqual([{ text, stage: 0, evaluation: -1, count: warned.length }]);
    expect(text).toBe("4 is much for nMax, with zeta 2");
    const again = await run(memoryJournal(JSON.parse(JSON.stringify(first.entries)) as ReturnType<typeof memoryJournal>["entries"]));
    expect(again.result.warnings).toEqual(first.result.warnings);
    expect(again.told).toHaveLength(1);
  });
});
