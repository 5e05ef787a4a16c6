// The search with an evaluator whose results stand in a table: rounds, decisions, budgets, and what a journal brings back.
import { describe, expect, it } from "vitest";
import { USUAL_RULES } from "../../src/compose/acceptance.js";
import type { CandidateEntry } from "../../src/compose/candidate.js";
import { composePotential, type ComposeOptions } from "../../src/compose/compose-potential.js";
import type { ComposeResult } from "../../src/compose/compose-result.js";
import { CancelledError, InternalError, InvalidParameterError, NumericalError } from "../../src/errors.js";
import { type Journal, memoryJournal } from "../../src/tune/journal/journal.js";
import type { Entry } from "../../src/tune/journal/lines.js";
import { FakeEvaluator, type FakeOutcome } from "./fake-evaluator.js";

const options: ComposeOptions = {
  cutoff: { radius: 5, function: "poly4" },
  pool: ["G4", "E[G4L2]"],
  species: "weights",
  limits: { functions: 24, exponents: 8, leaves: 4, size: 100 },
  rules: USUAL_RULES,
  budget: {},
  restarts: 2,
  prune: true,
  seed: 3,
};

/** E[G4L2] → E[G6L2] (within the tolerance of E[G4L3], and smaller) → its sum with N, of which the first exponent of N is pruned. */
const table: Readonly<Record<string, FakeOutcome>> = {
  G4: 3,
  "E[G4L2]": 2.8,
  "E[G6L2]": { u: 2.75, kappa: 9 },
  "E[G4L3]": 2.7485,
  "E[G4L2] x G4": { u: 2.7, energy: 0.02 },
  "E[G6L2] + N[E[G6L2]]": 2.7,
  "E[G8L2]": "no descent",
  "E[G5L2] + N[E[G5L2]]": 2.71,
  "E[G6L1] + N[E[G6L2]]": 2.702,
};

/** A journal that keeps what it is given. */
function recorder(earlier: readonly Entry[] = []): Journal & { readonly all: Entry[] } {
  const journal = memoryJournal(earlier);
  const all = [...earlier];
  return { entries: journal.entries, all, append: (entry) => (all.push(journal.append(entry)), journal.append(entry)) };
}

/** Without what differs from run to run. */
function comparable({ candidates, incumbents, ends, isSpent }: ComposeResult): unknown {
  return { isSpent, candidates: candidates.map(({ seconds: _, elapsed: __, ...others }) => others), incumbents, ends };
}

const path = ({ candidates, incumbents }: ComposeResult): string[] => incumbents.map((id) => candidates[id].notation);

async function run(evaluator: FakeEvaluator, given: Partial<ComposeOptions> = {}, journal: Journal = memoryJournal(), signal?: AbortSignal): Promise<ComposeResult> {
  return composePotential(evaluator, { ...options, ...given }, { journal, signal });
}

describe("the search", () => {
  it("takes the best move of each round, and ends when none gains enough", async () => {
    const result = await run(new FakeEvaluator(table));
    expect(path(result).slice(0, 3)).toEqual(["E[G4L2]", "E[G6L2]", "E[G6L2] + N[E[G6L2]]"]);
    const of = (notation: string): Pick<CandidateEntry, "decision" | "reason"> & { outcome: string } => result.candidates.find((candidate) => candidate.notation === notation)!;
    expect(of("E[G4L3]")).toMatchObject({ decision: "eligible", outcome: "not taken", reason: "gain 0.0515" });
    expect(of("E[G4L2] x G4")).toMatchObject({ outcome: "refused", reason: "gain 0.1000, but the energy error is 2.00 times that of its parent" });
    expect(of("E[G8L2]")).toMatchObject({ outcome: "failed", reason: "no descent" });
    expect(of("E[G4L2] + N[E[G4L2]]")).toMatchObject({ outcome: "refused" });
    expect(result.ends.growth).toBe("no move of the last round was accepted");
    const grown = result.candidates.filter(({ phase }) => phase !== "prune").map(({ notation }) => notation);
    expect(new Set(grown).size).toBe(grown.length);
  });

  it("drops the cheapest part first, as long as the loss stays, three failures at most", async () => {
    const result = await run(new FakeEvaluator(table));
    const pruned = result.candidates.filter(({ phase }) => phase === "prune");
    // coefficients grow with their position: those of the first exponent are the cheapest
    expect(pruned[0]).toMatchObject({ at: "exponent 1 of term 1", notation: "E[G6L1] + N[E[G6L2]]", decision: "kept", outcome: "accepted" });
    expect(result.best.notation).toBe("E[G6L1] + N[E[G6L2]]");
    expect(pruned.slice(1).map(({ decision }) => decision)).toEqual(["refused", "refused", "refused"]);
    expect(result.ends.prune).toBe("the 3 cheapest parts are needed");
    expect((await run(new FakeEvaluator(table), { prune: false })).best.notation).toBe("E[G6L2] + N[E[G6L2]]");
  });

  it("starts candidates from their parent and from values around it", async () => {
    const evaluator = new FakeEvaluator(table);
    await run(evaluator);
    const [first, second, third] = evaluator.jobs;
    expect(first.starts ?? second.starts).toBeUndefined();
    expect(third.starts).toHaveLength(3);
    expect(first.seed).not.toBe(second.seed);
    const [warm, ...jittered] = third.starts!;
    for (const values of jittered) expect(values[0]).not.toBe(warm[0]);
    expect(third.fresh.every((p) => warm[p] === 0)).toBe(true);
  });

  it("stays within its budget of candidates, and keeps a fifth for pruning", async () => {
    const evaluator = new FakeEvaluator(table);
    const result = await run(evaluator, { budget: { candidates: 10 } });
    expect(evaluator.jobs.length).toBeLessThanOrEqual(10);
    expect(result.candidates.filter(({ phase }) => phase !== "prune")).toHaveLength(8);
    expect(result.ends.growth).toBe("8 of 10 candidates are used, and the rest is for pruning");
    expect((await run(new FakeEvaluator(table), { budget: { candidates: 1 } })).best.notation).toBe("G4");
    await expect(run(evaluator, { budget: { candidates: 0 } })).rejects.toThrow("budget.candidates is 0; it must be 1 or more");
    await expect(run(evaluator, { budget: { time: 0 } })).rejects.toThrow("budget.time is 0 s; it must be more than 0");
  });

  it("refuses pools that are none, and says when nothing could be trained", async () => {
    const composed = new InvalidParameterError('the pool has "G4 + C8", which is composed already; its terms are single ones such as G4, C8, E[G4L2], N[E[G4L2]]');
    await expect(run(new FakeEvaluator(table), { pool: ["G4 + C8"] })).rejects.toThrow(composed);
    await expect(run(new FakeEvaluator({}, "the loss is not finite"))).rejects.toThrow(new NumericalError("no term of the pool could be trained: the loss is not finite"));
    const broken = new FakeEvaluator(table);
    broken.onJob = () => {
      throw new InternalError("a bug");
    };
    await expect(run(broken)).rejects.toThrow("a bug");
  });

  it("knows which candidates no other one beats", async () => {
    const result = await run(new FakeEvaluator(table));
    const efficient = result.candidates.filter(({ isEfficient }) => isEfficient).map(({ notation }) => notation);
    expect(efficient).toContain("G4");
    expect(efficient).not.toContain("E[G5L2] + N[E[G5L2]]");
  });

  it("drops a candidate that is trained when the time is over, and trains it when there is more", async () => {
    const slow = new FakeEvaluator(table);
    const quick = slow.evaluate.bind(slow);
    // the first of growth takes longer than there is
    slow.evaluate = (job) => {
      if (slow.jobs.length < 2) return quick(job);
      if (job.signal!.aborted) return Promise.reject(new CancelledError("stopped"));
      return new Promise((_, reject) => job.signal!.addEventListener("abort", () => reject(new CancelledError("stopped"))));
    };
    const journal = recorder();
    const result = await run(slow, { budget: { time: 2 } }, journal);
    expect(result.candidates.map(({ notation }) => notation)).toEqual(["G4", "E[G4L2]"]);
    expect(result.ends.growth).toMatch(/^\d of 2 s are used, and the rest is for pruning, while E\[G6L2\] was trained$/);
    expect(comparable(await run(new FakeEvaluator(table), {}, recorder(journal.all)))).toEqual(comparable(await run(new FakeEvaluator(table))));
  });
});

describe("a resumed search", () => {
  it("goes on to the same bits from any point, and trains only what is missing", async () => {
    const journal = recorder();
    const whole = await run(new FakeEvaluator(table), {}, journal);
    for (let kept = 0; kept <= journal.all.length; kept++) {
      const evaluator = new FakeEvaluator(table);
      const earlier = journal.all.slice(0, kept);
      const resumed = await run(evaluator, {}, recorder(earlier));
      expect(comparable(resumed), `${kept} entries`).toEqual(comparable(whole));
      expect(evaluator.jobs.length).toBe(whole.candidates.length - earlier.filter(({ kind }) => kind === "candidate").length);
    }
  });

  it("goes on to the same bits when a signal stopped it, twice", async () => {
    const whole = await run(new FakeEvaluator(table));
    let earlier: Entry[] = [];
    for (const allowed of [4, 3]) {
      const controller = new AbortController();
      const journal = recorder(earlier);
      const evaluator = new FakeEvaluator(table);
      evaluator.onJob = () => {
        if (evaluator.jobs.length === allowed) controller.abort();
      };
      await expect(run(evaluator, {}, journal, controller.signal)).rejects.toThrow(CancelledError);
      earlier = journal.all;
    }
    expect(comparable(await run(new FakeEvaluator(table), {}, recorder(earlier)))).toEqual(comparable(whole));
  });

  it("with a larger budget goes on growing where pruning has not begun", async () => {
    const whole = await run(new FakeEvaluator(table), { prune: false });
    const journal = recorder();
    const short = await run(new FakeEvaluator(table), { prune: false, budget: { candidates: 6 } }, journal);
    expect(short.candidates).toHaveLength(6);
    const longer = await run(new FakeEvaluator(table), { prune: false }, recorder(journal.all));
    expect(comparable(longer)).toEqual(comparable(whole));
  });

  it("grows on with a larger budget, as if there had been no pruning before, and that again", async () => {
    const whole = await run(new FakeEvaluator(table));
    const journal = recorder();
    const short = await run(new FakeEvaluator(table), { budget: { candidates: 10 } }, journal);
    expect(short.ends.growth).toBe("8 of 10 candidates are used, and the rest is for pruning");
    expect([short.isSpent, whole.isSpent]).toEqual([true, false]);
    expect(short.candidates.some(({ phase }) => phase === "prune")).toBe(true);
    // with the same budget nothing is done again
    const same = new FakeEvaluator(table);
    expect(comparable(await run(same, { budget: { candidates: 10 } }, recorder(journal.all)))).toEqual(comparable(short));
    expect(same.jobs).toHaveLength(0);
    const second = recorder(journal.all);
    await run(new FakeEvaluator(table), { budget: { candidates: 13 } }, second);
    const third = recorder(second.all);
    const longer = await run(new FakeEvaluator(table), {}, third);
    expect(comparable(longer)).toEqual(comparable(whole));
    // what replaced the pruning is what counts
    const last = new FakeEvaluator(table);
    expect(comparable(await run(last, {}, recorder(third.all)))).toEqual(comparable(whole));
    expect(last.jobs).toHaveLength(0);
  });

  it("does not grow again where growth had ended by itself", async () => {
    const journal = recorder();
    const whole = await run(new FakeEvaluator(table), {}, journal);
    const again = new FakeEvaluator(table);
    expect(comparable(await run(again, { budget: { candidates: 1000 } }, recorder(journal.all)))).toEqual(comparable(whole));
    expect(again.jobs).toHaveLength(0);
  });

  it("says when the journal went another way", async () => {
    const journal = recorder();
    await run(new FakeEvaluator(table), {}, journal);
    const message = "the journal has G4 as candidate 0 where this version tries C4 as candidate 0; start anew with another journal";
    await expect(run(new FakeEvaluator(table), { pool: ["C4"] }, recorder(journal.all))).rejects.toThrow(new InvalidParameterError(message));
  });
});
