import type { Executor } from "../parallel/executor.js";
import { symbolOf } from "../structures/periodic-table.js";
import { type Budget, BudgetMeter } from "./budget.js";
import { evaluationsIn } from "./evaluator.js";
import { type Journal, memoryJournal } from "./journal/journal.js";
import type { ObjectiveData } from "./objectives/objective.js";
import { createObjective } from "./objectives/registry.js";
import { createOptimizer } from "../optimizers/registry.js";
import { type StageOptions, stagesOf, type TuneOptions } from "./schema.js";
import { LocalRunner } from "./local-runner.js";
import type { EvaluationRunner } from "./runner.js";
import type { SearchListener } from "./search-events.js";
import type { SearchResult, StageResult } from "./search-result.js";
import { type CheckedSpace, createSearchSpace } from "./search-space/create.js";
import type { Candidate } from "./search-space/search-space.js";
import { SearchWarnings } from "./search-warnings.js";
import { runStage, type Stage } from "./stage.js";

/** What a search is told beside its options. */
export interface SearchContext {
  /** Keeps every evaluation; with the entries of an earlier session the search goes on from there. Default: in memory. */
  readonly journal?: Journal;
  /** Ends the search with a CancelledError; the journal keeps what is done. */
  readonly signal?: AbortSignal;
  /** Hears of stages, generations and evaluations. */
  readonly onEvent?: SearchListener;
  /** The stages as `createStage` made them for the same search, where that was done already; they are released here. */
  readonly stages?: readonly Stage[];
  /** Number of the evaluation of the last stage that the result is made of, such as one of the front; default: the best. */
  readonly choose?: number | undefined;
  /** Where the evaluations of a stage are made; default: in this process, on the executor. */
  readonly openRunner?: (stage: Stage, executor: Executor) => EvaluationRunner;
}

/**
 * Searches the parameters of a fit: stage after stage, each from the best candidate of the one before. The same options, seed and
 * data give the same bits for any number of threads, and whether or not the search was stopped in between and resumed from its
 * journal (wall times excepted, and where a budget of time cuts off).
 * @throws {InvalidParameterError} for a search space, objective or optimizer that does not fit the candidate or the data, before
 * anything is evaluated, and when the values of `base` itself cannot be evaluated; {CancelledError}
 */
export async function searchParameters(
  tune: TuneOptions,
  base: Candidate,
  data: ObjectiveData,
  executor: Executor,
  context: SearchContext = {},
): Promise<SearchResult> {
  // all of them now: what is wrong with the last stage is better known now than after a night
  const stages = context.stages ?? stagesOf(tune).map((options, index) => createStage(options, index, base, data, executor));
  const factories = stages.map((stage): StageFactory => (candidate) => startingFrom(stage, candidate));
  // with a single stage its budget is that of the search
  return runStages(factories, base, tune.budget ?? {}, executor, context);
}

/**
 * Puts a stage together, which starts from a candidate.
 * @param checked what `checkParameters` made of the same parameters and candidate; it is used where the data have its species
 */
export function createStage(
  options: StageOptions,
  index: number,
  base: Candidate,
  data: ObjectiveData,
  executor: Executor,
  checked?: CheckedSpace,
): Stage {
  const { name, parameters, objective, optimizer, evaluation, budget } = options;
  const species = data.train.species().map(symbolOf);
  return {
    index,
    name,
    base,
    space: checked?.species.join() === species.join() ? checked.space : createSearchSpace(parameters, base, { species }),
    spaceAround: (candidate) => createSearchSpace(parameters, candidate, { species }),
    objective: createObjective(objective, data, executor, { seed: base.seed }),
    optimizer: createOptimizer(optimizer),
    // stages that look alike shall not draw the same points
    seed: (base.seed + index) % 2 ** 32,
    budget: budget ?? {},
    ...evaluation,
  };
}

/** The stage with another start: its objective, which knows the data and the seed, stays. */
function startingFrom(stage: Stage, base: Candidate): Stage {
  return base === stage.base ? stage : { ...stage, base, space: stage.spaceAround(base) };
}

/** Makes a stage that starts from the candidate that the stage before found. */
export type StageFactory = (base: Candidate) => Stage;

/** As {@link searchParameters}, for stages that are put together by the caller. */
export async function runStages(
  factories: readonly StageFactory[],
  base: Candidate,
  budget: Budget,
  executor: Executor,
  { journal = memoryJournal(), choose, signal, onEvent = () => undefined, openRunner = localRunner }: SearchContext = {},
): Promise<SearchResult> {
  const meter = new BudgetMeter(budget);
  const results: StageResult[] = [];
  const warnings = new SearchWarnings();
  const listen: SearchListener = (event) => {
    onEvent(event);
    if (event.kind !== "evaluation") return;
    const { record, progress } = event;
    for (const text of warnings.add(progress.stage, record)) onEvent({ kind: "warning", text, stage: progress.stage, evaluation: record.id, progress });
  };
  let candidate = base;
  for (const [index, create] of factories.entries()) {
    // what a later stage began from must not change any more
    const isOpen = factories.every((_, later) => later <= index || evaluationsIn(journal, later).length === 0);
    const stage = create(candidate);
    try {
      const runner = openRunner(stage, executor);
      const isLast = index === factories.length - 1;
      const result = await runStage(stage, { runner, journal, meter, isOpen, stages: factories.length, ...(isLast && { choose }), signal, onEvent: listen });
      candidate = result.candidate;
      results.push(result);
    } finally {
      stage.objective.release();
    }
  }
  return { stages: results, candidate, warnings: warnings.list(), seconds: meter.elapsed };
}

function localRunner({ objective, parallel }: Stage, executor: Executor): EvaluationRunner {
  return new LocalRunner(objective, executor, parallel);
}
