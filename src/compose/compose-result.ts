import type { ComposedForm } from "../models/composed/tree.js";
import { type CandidateEntry, isTrained, scoreOf, sizeOf, type TrainedEntry } from "./candidate.js";
import { paretoFront } from "./pareto.js";

/** What became of a candidate in the end. */
export type Outcome = "accepted" | "not taken" | "refused" | "failed";

/** A candidate with its fate. */
export type CandidateRecord = CandidateEntry & {
  /** In the end. */
  readonly outcome: Outcome;
  /** Whether no other candidate beats it in size, both validation errors and conditioning at once. */
  readonly isEfficient: boolean;
};

/** What a search has found. */
export interface ComposeResult {
  /** In the order of evaluation. */
  readonly candidates: readonly CandidateRecord[];
  /** Ids of what the search went on from, the last is the result. */
  readonly incumbents: readonly number[];
  /** The result. */
  readonly best: TrainedEntry;
  /** Of the result. */
  readonly form: ComposedForm;
  /** Forms by id. */
  readonly forms: ReadonlyMap<number, ComposedForm>;
  /** Why growth and pruning ended; absent: there was none. */
  readonly ends: Readonly<Partial<Record<"growth" | "prune", string>>>;
  /** Whether a larger budget would go on. */
  readonly isSpent: boolean;
  /** s, all sessions together */
  readonly elapsed: number;
}

/** Puts together what a search has found. */
export function resultOf(
  entries: readonly CandidateEntry[],
  forms: ReadonlyMap<number, ComposedForm>,
  incumbents: readonly number[],
  { ends, isSpent, elapsed }: Pick<ComposeResult, "ends" | "isSpent" | "elapsed">,
): ComposeResult {
  const efficient = new Set(efficientFront(entries).map(({ id }) => id));
  const outcome = ({ id, decision }: CandidateEntry): Outcome =>
    incumbents.includes(id) ? "accepted" : decision === "eligible" || decision === "kept" ? "not taken" : decision;
  const id = incumbents.at(-1)!;
  return {
    candidates: entries.map((entry) => ({ ...entry, outcome: outcome(entry), isEfficient: efficient.has(entry.id) })),
    incumbents,
    best: entries[id] as TrainedEntry,
    form: forms.get(id)!,
    forms,
    ends,
    isSpent,
    elapsed,
  };
}

/** Candidates that no other one beats in size, ε_F, ε_E of validation and κ of scaled columns. */
function efficientFront(entries: readonly CandidateEntry[]): TrainedEntry[] {
  return paretoFront(entries.filter(isTrained), (entry) => {
    const { forceError, energyError, log10Kappa } = scoreOf(entry);
    // what the data do not have is the same for all
    return [sizeOf(entry), ...[forceError, energyError].map((error) => (Number.isNaN(error) ? 0 : error)), log10Kappa];
  });
}
