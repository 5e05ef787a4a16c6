import { describe, expect, it } from "vitest";
import { CancelledError, InternalError, InvalidParameterError, ResourceError } from "../../../src/errors.js";
import type { Budget } from "../../../src/tune/budget.js";
import type { SearchEvent } from "../../../src/tune/search-events.js";
import type { EvaluationRecord, SearchResult } from "../../../src/tune/search-result.js";
import { stagesOf, tuneSchema } from "../../../src/tune/schema.js";
import { createStage, runStages, type SearchContext } from "../../../src/tune/search.js";
import { type Candidate, checkParameters, type CheckedSpace, type SearchSpace } from "../../../src/tune/search-space/index.js";
import type { Stage } from "../../../src/tune/stage.js";
import { Dataset } from "../../../src/structures/index.js";
import { makeStructure } from "../../models/systems.js";
import { bowl, candidate, fakeExecutor, FakeObjective, parameters, RecordingJournal, scripted, singular, stageOf, type Values, valuesOf } from "./fakes.js";

function run(stage: Stage, budget: Budget, context: SearchContext = {}, executor = fakeExecutor()): Promise<SearchResult> {
  return runStages([() => stage], stage.base, budget, executor, context);
}

const recordsOf = (result: SearchResult): readonly EvaluationRecord[] => result.stages[0].records;
const ids = (result: SearchResult): number[] => recordsOf(result).map(({ id }) => id);

describe("a search", () => {
  it("evaluates the values of the file first, finds better ones, and returns the candidate they stand for", async () => {
    const objective = new FakeObjective();
    const result = await run(stageOf(objective, { optimizerOptions: { type: "particle-swarm", particles: 12 } }), { evaluations: 240 });
    const [start] = recordsOf(result);
    expect(start).toMatchObject({ id: -1, generation: -1, status: "done", fraction: 1 });
    expect(start.values).toEqual({ "model.terms[0].kernel.zeta": 2, "model.terms[0].descriptor.sigma": 0.5, "model.terms[0].descriptor.nMax": 4 });
    expect(start.loss).toBe(bowl(valuesOf(candidate())));
    expect(start.metrics).toEqual({ energyRmse: start.loss / 2 });
    const best = result.stages[0].best!;
    expect(best.loss < 0.01).toBe(true);
    expect(best.loss).toBe(Math.min(...recordsOf(result).map(({ loss }) => loss)));
    expect(bowl(valuesOf(result.candidate))).toBe(best.loss);
    // the rest of the candidate is that of the file
    expect(result.candidate.fit).toEqual(candidate().fit);
    expect(objective.released).toBe(1);
  });

  it("keeps the values of the file where nothing is better", async () => {
    const stage = stageOf(new FakeObjective(({ zeta }) => (zeta === 2 ? 0 : 1)), { optimizer: scripted([[[0.5, 0.5, 1], [0.6, 0.5, 1]]]) });
    const result = await run(stage, { evaluations: 10 });
    expect(result.stages[0].best!.id).toBe(-1);
    expect(result.candidate).toEqual(candidate());
  });

  it("counts evaluations in the order of asking, whatever finishes first, and stops at the budget", async () => {
    const told: (readonly number[])[] = [];
    const generations = Array.from({ length: 5 }, (_, g) => Array.from({ length: 4 }, (_, i) => [(4 * g + i) / 20, 0.5, 1]));
    const objective = new FakeObjective(({ zeta }) => zeta);
    const result = await run(stageOf(objective, { optimizer: scripted(generations, told) }), { evaluations: 10 });
    expect(ids(result)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(recordsOf(result).map(({ generation }) => generation)).toEqual([-1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
    // a generation that was cut short is not told
    expect(told).toEqual([0, 1].map((g) => recordsOf(result).slice(1 + 4 * g, 5 + 4 * g).map(({ loss }) => loss)));
    expect(objective.mostAtOnce).toBe(4);
  });

  it("makes the result of the evaluation that is asked for, such as one of the front", async () => {
    const stage = stageOf(new FakeObjective(({ zeta }) => (zeta > 5 ? singular() : zeta)), { optimizer: scripted([[[0.8, 0.5, 1], [0.4, 0.5, 1], [1, 0.5, 1]]]) });
    const result = await run(stage, { evaluations: 10 }, { choose: 1 });
    const [found] = result.stages;
    expect(found.chosen).toBe(found.records[2]);
    expect(found.best!.id).toBe(-1);
    expect(valuesOf(result.candidate).zeta).toBe(3);
    await expect(run(stage, { evaluations: 10 }, { choose: 2 })).rejects.toThrow("evaluation 2 cannot be chosen: it has failed");
    await expect(run(stage, { evaluations: 10 }, { choose: 3 })).rejects.toThrow("evaluation 3 cannot be chosen: there are 3, counted from 0");
  });

  it("goes on where a candidate cannot be planned: its evaluation says why", async () => {
    const objective = new FakeObjective(({ zeta }) => (zeta > 5 ? singular() : zeta));
    objective.estimateBytes = (given?: Candidate) => (given && valuesOf(given).zeta > 5 ? singular() : 1e5);
    const result = await run(stageOf(objective, { optimizer: scripted([[[0.4, 0.5, 1], [1, 0.5, 1]]]) }), { evaluations: 10 });
    expect(recordsOf(result).map(({ status }) => status)).toEqual(["done", "done", "failed"]);
    expect(recordsOf(result)[2].reason).toContain("the matrix is singular");
  });

  it("ends where all of the first generation are refused for one reason, and goes on where reasons differ", async () => {
    const refused = (reason: (values: Values) => string) => new FakeObjective((values) => {
      if (values.zeta === 2) return 1;
      throw new InvalidParameterError(reason(values));
    });
    const points = [0.4, 0.5, 0.6, 0.7].map((x) => [x, 0.5, 1]);
    const same = run(stageOf(refused(() => "no group Liquid"), { optimizer: scripted([points]) }), { evaluations: 10 });
    await expect(same).rejects.toThrow("all 4 candidates of the first generation failed: no group Liquid");
    const different = await run(stageOf(refused(({ zeta }) => `no ${zeta}`), { optimizer: scripted([points]) }), { evaluations: 10 });
    expect(recordsOf(different).length).toBe(5);
    const three = await run(stageOf(refused(() => "no"), { optimizer: scripted([points.slice(1)]) }), { evaluations: 10 });
    expect(recordsOf(three).length).toBe(4);
  });

  it("ends when the optimizer has finished", async () => {
    const events: SearchEvent[] = [];
    const stage = stageOf(new FakeObjective(), { optimizer: scripted([[[0.1, 0.1, 0]], [[0.2, 0.2, 1]]]) });
    const result = await run(stage, { evaluations: 100 }, { onEvent: (event) => events.push(event) });
    expect(ids(result)).toEqual([-1, 0, 1]);
    expect(events.at(-1)).toMatchObject({ kind: "stage-end", reason: "finished", progress: { evaluations: 2, failures: 0 } });
  });

  it("evaluates the same values once, and the start is one of them", async () => {
    const told: (readonly number[])[] = [];
    const stage = stageOf(new FakeObjective());
    const start = stage.space.encode(candidate())!;
    const twice = [0.3, 0.3, 2];
    const objective = stage.objective as FakeObjective;
    const result = await run({ ...stage, optimizer: scripted([[start, twice, twice], [twice, [0.4, 0.3, 2]]], told) }, { evaluations: 100 });
    expect(objective.asked.length).toBe(3);
    expect(ids(result)).toEqual([-1, 0, 1, 2, 3, 4]);
    const [first, s, a, b, c] = recordsOf(result);
    expect([s.loss, b.loss, c.loss]).toEqual([first.loss, a.loss, a.loss]);
    expect(told.flat().length).toBe(5);
    expect([s.seconds, b.seconds, c.seconds]).toEqual([0, 0, 0]);
  });

  it("ends when generation after generation brings nothing new", async () => {
    const events: SearchEvent[] = [];
    const optimizer = { ...scripted([]), ask: () => [[0.5, 0.5, 1]] };
    const result = await run(stageOf(new FakeObjective(), { optimizer }), { time: 20 }, { onEvent: (event) => events.push(event) });
    expect(events.at(-1)).toMatchObject({ kind: "stage-end", reason: "exhausted" });
    expect(recordsOf(result).length).toBe(12);
  });

  it("tells how it goes", async () => {
    const events: SearchEvent[] = [];
    await run(stageOf(new FakeObjective()), { evaluations: 12 }, { onEvent: (event) => events.push(event) });
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "evaluation").length).toBe(13);
    expect(kinds.filter((kind) => kind === "generation").length).toBe(2);
    expect([kinds[0], kinds.at(-1)]).toEqual(["stage", "stage-end"]);
    const shares = events.flatMap((event) => (event.kind === "stage" ? [] : [event.progress.share]));
    expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0))).toBe(true);
    expect(shares.at(-1)).toBe(1);
    const spread = events.flatMap((event) => (event.kind === "generation" ? [event.spread] : []));
    expect(spread.every((value) => value > 0)).toBe(true);
  });
});

describe("what fails", () => {
  const halves = ({ zeta }: { zeta: number }): number => (zeta > 3.5 ? singular() : zeta);

  it("gets the penalty and its reason, and is told to the optimizer", async () => {
    const told: (readonly number[])[] = [];
    const journal = new RecordingJournal();
    const stage = stageOf(new FakeObjective(halves), { optimizer: scripted([[[0.1, 0.5, 0], [0.9, 0.5, 0], [0.2, 0.5, 0]]], told), penalty: 77 });
    const result = await run(stage, { evaluations: 9 }, { journal });
    expect(recordsOf(result)[2]).toMatchObject({ status: "failed", loss: 77, reason: "NUMERICAL: the matrix is singular", metrics: {} });
    expect(told).toEqual([[1.5, 77, 2]]);
    expect(journal.written.find(({ id }) => id === 1)).toMatchObject({ status: "failed", reason: "NUMERICAL: the matrix is singular" });
    expect(result.stages[0].best!.id).toBe(0);
  });

  it("may be everything", async () => {
    const result = await run(stageOf(new FakeObjective(singular)), { evaluations: 12 });
    expect(result.stages[0].best).toBeUndefined();
    expect(result.candidate).toEqual(candidate());
    expect(recordsOf(result).every(({ status }) => status === "failed")).toBe(true);
  });

  it.each([NaN, Infinity, -Infinity])("is a loss of %s", async (loss) => {
    const result = await run(stageOf(new FakeObjective(({ zeta }) => (zeta === 2 ? 5 : loss))), { evaluations: 2 });
    // the first particle stands at the start
    expect(recordsOf(result)[2]).toMatchObject({ status: "failed", loss: 1000, reason: `NUMERICAL: the loss is ${loss}` });
  });

  it("is what takes too long", async () => {
    const slow = ({ zeta }: { zeta: number }, { signal }: { signal?: AbortSignal }): Promise<number> =>
      new Promise((resolve, reject) => {
        if (zeta < 4) resolve(zeta);
        signal!.addEventListener("abort", () => reject(new CancelledError()));
      });
    const stage = stageOf(new FakeObjective(slow), { optimizer: scripted([[[0.1, 0.5, 0], [0.9, 0.5, 0]]]), timeout: 0.05 });
    const result = await run(stage, { evaluations: 9 });
    expect(recordsOf(result).map(({ status }) => status)).toEqual(["done", "done", "failed"]);
    expect(recordsOf(result)[2].reason).toBe("TIMEOUT: the evaluation took longer than 0.05 s");
  });

  it("at the start for a parameter that is not allowed, ends the search with its message", async () => {
    const invalid = (): never => {
      throw new InvalidParameterError("there is no validation data");
    };
    const journal = new RecordingJournal();
    await expect(run(stageOf(new FakeObjective(invalid)), { evaluations: 9 }, { journal })).rejects.toThrow("there is no validation data");
    expect(journal.written).toEqual([]);
    // later it is the fault of the candidate
    const later = ({ zeta }: { zeta: number }): number => (zeta === 2 ? 1 : invalid());
    const result = await run(stageOf(new FakeObjective(later)), { evaluations: 3 });
    expect(recordsOf(result)[2].reason).toBe("INVALID_PARAMETER: there is no validation data");
  });

  it.each([["a defect", new InternalError("a worker stopped")], ["an error of the program", new TypeError("x is undefined")]])("by %s ends the search, once nothing runs", async (_, error) => {
    let objective: FakeObjective;
    const judge = async ({ zeta }: { zeta: number }): Promise<number> => {
      if (zeta === 2) return 1;
      await new Promise((resolve) => setTimeout(resolve, zeta > 4 ? 5 : 30));
      throw error;
    };
    // eslint-disable-next-line prefer-const
    objective = new FakeObjective(judge);
    await expect(run(stageOf(objective), { evaluations: 9 })).rejects.toBe(error);
    expect(objective.running).toBe(0);
    expect(objective.released).toBe(1);
  });

  it("for memory beside others is tried again alone", async () => {
    let running = 0;
    let attempts = 0;
    const hungry = async ({ zeta }: { zeta: number }): Promise<number> => {
      attempts++;
      running++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      const crowd = running--;
      if (zeta > 5) throw new ResourceError("never fits");
      if (zeta > 3 && crowd > 1) throw new ResourceError("does not fit beside others");
      return zeta;
    };
    const points = [0.1, 0.5, 0.6, 0.9, 0.2].map((x) => [x, 0.5, 1]);
    const result = await run(stageOf(new FakeObjective(hungry), { optimizer: scripted([points]) }), { evaluations: 9 });
    expect(recordsOf(result).map(({ status }) => status)).toEqual(["done", "done", "done", "done", "failed", "done"]);
    expect(recordsOf(result)[4].reason).toBe("RESOURCE: never fits");
    expect(attempts > 6).toBe(true);
  });
});

describe("memory", () => {
  it("limits how many evaluations run at once", async () => {
    const objective = new FakeObjective(bowl, 3e8);
    await run(stageOf(objective), { evaluations: 12 }, {}, fakeExecutor(4, 1e9));
    expect(objective.mostAtOnce).toBe(3);
    const large = new FakeObjective(bowl, 3e9);
    await run(stageOf(large), { evaluations: 12 }, {}, fakeExecutor(4, 1e9));
    expect(large.mostAtOnce).toBe(1);
  });

  it("allows one more than there are threads, and one for one", async () => {
    for (const [threads, expected] of [[1, 1], [2, 3], [4, 5], [16, 6]]) {
      const objective = new FakeObjective();
      await run(stageOf(objective, { parallel: "auto" }), { evaluations: 12 }, {}, fakeExecutor(threads));
      expect(objective.mostAtOnce).toBe(expected);
    }
  });
});

describe("time", () => {
  const slowly = async (values: Parameters<typeof bowl>[0]): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return bowl(values);
  };

  it("ends a search within a generation, and what runs then is finished", async () => {
    const events: SearchEvent[] = [];
    const journal = new RecordingJournal();
    const result = await run(stageOf(new FakeObjective(slowly), { parallel: 1 }), { time: 0.3 }, { journal, onEvent: (event) => events.push(event) });
    expect(events.at(-1)).toMatchObject({ kind: "stage-end", reason: "time", progress: { share: 1 } });
    expect(journal.written.length).toBe(recordsOf(result).length);
    expect(recordsOf(result).length > 3 && recordsOf(result).length < 17).toBe(true);
    expect(result.seconds >= 0.3 && result.seconds < 2).toBe(true);
  });

  it("adds up over sessions, and more of it goes on", async () => {
    const first = new RecordingJournal();
    const before = await run(stageOf(new FakeObjective(slowly), { parallel: 1 }), { time: 0.3 }, { journal: first });
    const again = new FakeObjective(slowly);
    const same = await run(stageOf(again, { parallel: 1 }), { time: 0.3 }, { journal: new RecordingJournal(first.written) });
    expect(again.asked.length <= 1).toBe(true);
    expect(recordsOf(same).slice(0, recordsOf(before).length)).toEqual(recordsOf(before));
    const more = new FakeObjective(slowly);
    const longer = await run(stageOf(more, { parallel: 1 }), { time: 0.6 }, { journal: new RecordingJournal(first.written) });
    expect(more.asked.length > 2).toBe(true);
    expect(recordsOf(longer).length).toBe(recordsOf(before).length + more.asked.length);
  });
});

describe("successive halving", () => {
  const halving = { fractions: [0.25, 0.5, 1], keep: 0.5 };
  const points = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i / 10, 0.5, 0]);
  /** ζ = 1 + 5 x; on parts of the data all losses are larger, and the order is that of the whole. */
  const judge = ({ zeta }: { zeta: number }, { fraction = 1 }: { fraction?: number }): number => zeta + (1 - fraction);

  it("takes the best of each share on to the next, and tells the others as no better than those that finished", async () => {
    const told: (readonly number[])[] = [];
    const journal = new RecordingJournal();
    const objective = new FakeObjective(judge);
    const result = await run(stageOf(objective, { optimizer: scripted([points], told), halving }), { evaluations: 99 }, { journal });
    const records = recordsOf(result).slice(1);
    expect(records.map(({ fraction }) => fraction)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]);
    expect(records.map(({ status }) => status)).toEqual(["done", "done", ...Array<string>(6).fill("stopped")]);
    expect(told[0].map((loss) => Number(loss.toFixed(9)))).toEqual([1, 1.5, 2.5, 3, 3.75, 4.25, 4.75, 5.25]);
    // every share is an entry of its own
    expect(journal.written.map(({ id, fraction }) => `${id as number}:${fraction as number}`).sort()).toEqual(
      ["-1:1", "0:0.25", "0:0.5", "0:1", "1:0.25", "1:0.5", "1:1", "2:0.25", "2:0.5", "3:0.25", "3:0.5", "4:0.25", "5:0.25", "6:0.25", "7:0.25"].sort(),
    );
    expect(objective.asked.filter(({ fraction }) => fraction === 0.25).length).toBe(8);
  });

  it("never prefers a part to the whole", async () => {
    const told: (readonly number[])[] = [];
    // a part of the data is easy, the whole is hard
    const easy = ({ zeta }: { zeta: number }, { fraction = 1 }: { fraction?: number }): number => (fraction < 1 ? zeta / 1000 : 10 * zeta);
    const result = await run(stageOf(new FakeObjective(easy), { optimizer: scripted([points], told), halving }), { evaluations: 99 });
    expect(result.stages[0].best).toMatchObject({ id: 0, fraction: 1, loss: 10 });
    expect(Math.min(...told[0])).toBe(10);
    expect(told[0].slice(2).every((loss) => loss >= 15)).toBe(true);
  });

  it("lets failures go and keeps at least one", async () => {
    const told: (readonly number[])[] = [];
    const failing = ({ zeta }: { zeta: number }, context: { fraction?: number }): number => (zeta < 4 && zeta !== 2 ? singular() : judge({ zeta }, context));
    const result = await run(stageOf(new FakeObjective(failing), { optimizer: scripted([points], told), halving: { fractions: [0.5, 1], keep: 0.1 } }), { evaluations: 99 });
    expect(recordsOf(result).slice(1).map(({ status }) => status)).toEqual(["failed", "failed", "stopped", "failed", "failed", "failed", "stopped", "stopped"].map((status, i) => (i === 2 ? "done" : status)));
    expect(told[0].filter((loss) => loss === 1000).length).toBe(5);
  });
});

describe("stopping", () => {
  it("throws when the signal fires, and keeps what was finished", async () => {
    const controller = new AbortController();
    const journal = new RecordingJournal();
    const objective = new FakeObjective(bowl);
    const onEvent = (event: SearchEvent): void => {
      if (event.kind === "evaluation" && event.record.id === 7) controller.abort();
    };
    await expect(run(stageOf(objective), { evaluations: 100 }, { journal, signal: controller.signal, onEvent })).rejects.toThrow(CancelledError);
    expect(objective.running).toBe(0);
    expect(objective.released).toBe(1);
    expect(journal.written.length >= 8 && journal.written.length < 20).toBe(true);
  });

  it("happens before anything where the signal has fired", async () => {
    const objective = new FakeObjective();
    await expect(run(stageOf(objective), { evaluations: 9 }, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    expect(objective.asked).toEqual([]);
  });
});

describe("a space that was compiled before the data were read", () => {
  const search = { parameters, objective: { type: "kernel-distribution" }, optimizer: { type: "sobol", points: 2 }, budget: { evaluations: 2 } };
  const [options] = stagesOf(tuneSchema.parse(search));

  it("is that of the stage where the data have its species", () => {
    const atoms = { atomicNumbers: Uint8Array.of(14, 14), positions: Float64Array.of(0, 0, 0, 2.3, 0, 0), cell: null, pbc: [false, false, false], label: "pair" } as const;
    const train = Dataset.from([makeStructure(atoms, { energy: -3 }, "")]);
    const checked = checkParameters(options.parameters, candidate())!;
    const spaceWith = (space?: CheckedSpace): SearchSpace => createStage(options, 0, candidate(), { train }, fakeExecutor(), space).space;
    expect(checked.species).toEqual(["Si"]);
    expect(spaceWith(checked)).toBe(checked.space);
    expect(spaceWith({ ...checked, species: ["O", "Si"] })).not.toBe(checked.space);
    expect(spaceWith().parameters).toEqual(checked.space.parameters);
  });
});
