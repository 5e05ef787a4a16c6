import { type Executor } from "../parallel/index.js";
import { type Budget, BudgetMeter } from "./budget.js";
import { evaluationsIn } from "./evaluator.js";
import { type Journal, memoryJournal } from "./journal/index.js";
import type { SearchListener } from "./search-events.js";
import type { SearchResult, StageResult } from "./search-result.js";
import type { Candidate } from "./search-space/search-space.js";
import { runStage, type Stage } from "./stage.js";

export interface SearchContext {
  /** Keeps every evaluation; with the entries of an earlier session the search goes on from there. Default: in memory. */
  readonly journal?: Journal;
  readonly signal?: AbortSignal;
  readonly onEvent?: SearchListener;
}

/** Makes one stage, which starts from the candidate that the stage before found. */
export type StageFactory = (base: Candidate, index: number) => Stage;

/**
 * Runs stages one after the other. The same stages, seed and data give the same bits for any number of threads, and whether or not
 * the search was stopped in between (wall times excepted, and what a limit of the time cuts off).
 */
export async function runStages(
  factories: readonly StageFactory[],
  base: Candidate,
  budget: Budget,
  executor: Executor,
  { journal = memoryJournal(), signal, onEvent = () => undefined }: SearchContext,
): Promise<SearchResult> {
  const meter = new BudgetMeter(budget);
  const results: StageResult[] = [];
  let candidate = base;
  for (const [index, create] of factories.entries()) {
    const isOpen = factories.every((_, later) => later <= index || evaluationsIn(journal, later).length === 0);
    const stage = create(candidate, index);
    try {
      const result = await runStage(stage, { executor, journal, meter, isOpen, stages: factories.length, signal, onEvent });
      candidate = result.candidate;
      results.push(result);
    } finally {
      stage.objective.release();
    }
  }
  return { stages: results, candidate, seconds: meter.elapsed };
}
