import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../../src/errors.js";
import type { Entry } from "../../../src/tune/journal/lines.js";
import { optimizerTypes } from "../../../src/optimizers/index.js";
import type { SearchResult } from "../../../src/tune/search-result.js";
import { runStages } from "../../../src/tune/search.js";
import type { Stage } from "../../../src/tune/stage.js";
import { bowl, fakeExecutor, FakeObjective, Killed, RecordingJournal, singular, stageOf } from "./fakes.js";

/** What is the same in an uninterrupted and a resumed search. */
function timeless(result: SearchResult): unknown {
  return result.stages.map(({ records, best, ...others }) => ({
    ...others,
    records: records.map(({ seconds: _, ...record }) => record),
    best: best && { ...best, seconds: 0 },
  }));
}

const judge = ({ zeta, sigma, nMax, basis }: Parameters<typeof bowl>[0], { fraction = 1 }: { fraction?: number }): number =>
  zeta > 5.5 ? singular() : bowl({ zeta, sigma, nMax, basis }) + (1 - fraction) * Math.sin(50 * zeta);

interface Session {
  readonly result: SearchResult | undefined;
  readonly written: readonly Entry[];
  readonly asked: number;
}

/** One session on the entries of earlier ones, killed after some more. */
async function session(make: (objective: FakeObjective) => Stage, evaluations: number, entries: readonly Entry[], failAfter = Infinity): Promise<Session> {
  const journal = new RecordingJournal(entries, failAfter);
  const objective = new FakeObjective(judge);
  const stage = make(objective);
  try {
    const result = await runStages([() => stage], stage.base, { evaluations }, fakeExecutor(), { journal });
    return { result, written: journal.written, asked: objective.asked.length };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { result: undefined, written: journal.written, asked: objective.asked.length };
  }
}

/** Kills a search again and again; returns its end and how much was evaluated in all. */
async function interrupted(make: (objective: FakeObjective) => Stage, evaluations: number, kills: readonly number[]): Promise<Session> {
  let entries: readonly Entry[] = [];
  let asked = 0;
  for (const failAfter of [...kills, Infinity]) {
    const part = await session(make, evaluations, entries, failAfter);
    entries = [...entries, ...part.written];
    asked += part.asked;
    if (part.result) return { result: part.result, written: entries, asked };
  }
  throw new Error("the search did not end");
}

const EVALUATIONS = 40;
const optionsOf: Readonly<Record<string, Record<string, unknown>>> = { "particle-swarm": { particles: 7 } };

describe.each(optimizerTypes)("a resumed search by %s", (type) => {
  const make = (objective: FakeObjective): Stage => stageOf(objective, { optimizerOptions: { type, ...optionsOf[type] } });

  it("has the same bits as an uninterrupted one, and evaluates nothing twice but what was in flight", async () => {
    const whole = await session(make, EVALUATIONS, []);
    expect(whole.result!.stages[0].records.length > 8).toBe(true);
    const count = whole.written.length;
    const kills = [0, 1, 3, Math.floor(count / 3), 2, Math.floor(count / 4)];
    const resumed = await interrupted(make, EVALUATIONS, kills);
    expect(timeless(resumed.result!)).toEqual(timeless(whole.result!));
    // 4 run at once: at most that many are lost by each kill
    expect(resumed.asked <= whole.asked + 4 * kills.length).toBe(true);
    // what is complete is not evaluated at all
    const replayed = await session(make, EVALUATIONS, whole.written);
    expect({ asked: replayed.asked, written: replayed.written }).toEqual({ asked: 0, written: [] });
    expect(timeless(replayed.result!)).toEqual(timeless(whole.result!));
  });

  it("goes on to a larger budget as if that had been given at once", async () => {
    const whole = await session(make, EVALUATIONS, []);
    const part = await session(make, 17, []);
    const longer = await session(make, EVALUATIONS, part.written);
    expect(timeless(longer.result!)).toEqual(timeless(whole.result!));
  });
});

describe("a resumed search", () => {
  const halving = { fractions: [0.3, 1], keep: 0.4 };

  it("with halving has the same bits, wherever it was killed", async () => {
    const make = (objective: FakeObjective): Stage => stageOf(objective, { halving });
    const whole = await session(make, 20, []);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(12), { maxLength: 4 }), async (kills) => {
        const resumed = await interrupted(make, 20, kills);
        expect(timeless(resumed.result!)).toEqual(timeless(whole.result!));
      }),
      { numRuns: 15 },
    );
    const part = await session(make, 9, []);
    const longer = await session(make, 20, part.written);
    expect(timeless(longer.result!)).toEqual(timeless(whole.result!));
  });

  it("does not depend on how many evaluations run at once", async () => {
    const results = await Promise.all([1, 2, 9].map((parallel) => session((objective) => stageOf(objective, { parallel, halving }), 30, [])));
    for (const { result } of results) expect(timeless(result!)).toEqual(timeless(results[0].result!));
  });

  it("refuses a journal whose path it does not follow", async () => {
    const { written } = await session((objective) => stageOf(objective), 12, []);
    const moved = written.map((entry) => (entry.id === 3 ? { ...entry, point: [0.1, 0.2, 1] } : entry));
    await expect(session((objective) => stageOf(objective), 12, moved)).rejects.toThrow(InvalidParameterError);
    await expect(session((objective) => stageOf(objective), 12, moved)).rejects.toThrow(/evaluation 3 of stage 1/);
  });
});
