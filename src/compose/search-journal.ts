import { InvalidParameterError } from "../errors.js";
import type { Journal } from "../tune/journal/journal.js";
import type { Entry } from "../tune/journal/lines.js";
import type { CandidateEntry, EndEntry, RoundEntry } from "./candidate.js";

/**
 * What a search finds of earlier sessions: candidates in order, and where growth ended although more could have been tried. A search that grows on after it
 * was pruned numbers its candidates as if there had been no pruning: what is written later replaces what has the same numbers.
 */
export class SearchJournal {
  private earlier: readonly (CandidateEntry | EndEntry)[];
  private position = 0;

  constructor(private readonly journal: Journal) {
    const all = (journal.entries as unknown as readonly (CandidateEntry | EndEntry | RoundEntry)[]).filter((entry) => entry.kind !== "round");
    const entries = all.reduce<(CandidateEntry | EndEntry)[]>((kept, entry) => [...(entry.kind === "candidate" ? upTo(kept, entry.id) : kept), entry], []);
    // an end by a budget that pruning did not follow is open again: the budget may be larger now
    this.earlier = entries.filter((entry, i) => entry.kind === "candidate" || (entry.phase === "growth" && nextCandidate(entries, i)?.phase === "prune"));
  }

  /** Candidates of earlier sessions. */
  get nKnown(): number {
    return this.earlier.filter(({ kind }) => kind === "candidate").length;
  }

  /** Seconds of earlier sessions. */
  get elapsed(): number {
    return this.journal.entries.reduce((most, { elapsed }) => (typeof elapsed === "number" ? Math.max(most, elapsed) : most), 0);
  }

  /** Whether what comes next was done in an earlier session. */
  get isReplaying(): boolean {
    return this.position < this.earlier.length;
  }

  /**
   * Where growth ended in an earlier session, if that is what comes next.
   * @param mayGrow whether the budget of this session allows more: an end by that of an earlier one does not count then, nor the pruning that followed
   */
  takeEnd(mayGrow: boolean): EndEntry | undefined {
    const next = this.earlier.at(this.position);
    if (!this.isReplaying || next?.kind !== "end") return undefined;
    if (mayGrow && next.isByBudget) {
      this.earlier = this.earlier.slice(0, this.position);
      return undefined;
    }
    this.position++;
    return next;
  }

  /**
   * The candidate as an earlier session found it.
   * @throws {InvalidParameterError} where that session went another way
   */
  takeCandidate({ id, notation }: Pick<CandidateEntry, "id" | "notation">): CandidateEntry | undefined {
    if (!this.isReplaying) return undefined;
    const next = this.earlier[this.position];
    if (next.kind !== "candidate" || next.id !== id || next.notation !== notation) {
      const found = next.kind === "candidate" ? `${next.notation} as candidate ${next.id}` : "the end of growth";
      throw new InvalidParameterError(`the journal has ${found} where this version tries ${notation} as candidate ${id}; start anew with another journal`);
    }
    this.position++;
    return next;
  }

  /** @returns the entry as a reader of the journal will see it */
  append<Kind extends CandidateEntry | EndEntry | RoundEntry>(entry: Kind): Kind {
    return this.journal.append(entry as unknown as Entry) as unknown as Kind;
  }
}

function nextCandidate(entries: readonly (CandidateEntry | EndEntry)[], from: number): CandidateEntry | undefined {
  return entries.slice(from + 1).find((entry): entry is CandidateEntry => entry.kind === "candidate");
}

/** Without candidates from a number on, and what followed the one before it. */
function upTo(entries: readonly (CandidateEntry | EndEntry)[], id: number): readonly (CandidateEntry | EndEntry)[] {
  if (!entries.some((entry) => entry.kind === "candidate" && entry.id >= id)) return entries;
  return entries.slice(0, entries.findLastIndex((entry) => entry.kind === "candidate" && entry.id < id) + 1);
}
