import { isTrained, type TrainedEntry } from "../../compose/candidate.js";
import type { CandidateRecord, ComposeResult, Outcome } from "../../compose/compose-result.js";
import type { LegendEntry } from "../plots/legend.js";
import { bestColor, ink, otherColor, palette } from "../theme.js";

/** A candidate that was trained, with its fate. */
export type TrainedRecord = CandidateRecord & TrainedEntry;

/** How fates are marked in plots; failed candidates have no place in them. */
export const outcomeMarks: Readonly<Record<Exclude<Outcome, "failed">, LegendEntry & { readonly size: number }>> = {
  accepted: { name: "accepted", color: bestColor, shape: "circle", size: 60 },
  "not taken": { name: "good, another was better", color: palette[0], shape: "circle", size: 34, open: true },
  refused: { name: "refused", color: otherColor, shape: "cross", size: 30 },
};

/** Fates in the order of legends and layers: the most important on top. */
export const drawnOutcomes = ["refused", "not taken", "accepted"] as const;

export const efficientMark: LegendEntry = { name: "no other beats it", color: ink.text, shape: "diamond", open: true };

/** What can be drawn. */
export function trainedRecords({ candidates }: Pick<ComposeResult, "candidates">): TrainedRecord[] {
  return candidates.filter((record): record is TrainedRecord => isTrained(record));
}

/** "17 + 4": linear and other parameters. */
export function sizeText({ counts: { linear, nonLinear } }: Pick<CandidateRecord, "counts">): string {
  return `${linear} + ${nonLinear}`;
}


/** Steps of the search as numbers on an axis: the pool is 0, then rounds of growth, then those of pruning. */
export function stepOf({ phase, round }: Pick<CandidateRecord, "phase" | "round">, lastGrowthRound: number): number {
  return phase === "prune" ? lastGrowthRound + round : round;
}

/** The last round of growth that tried anything. */
export function lastGrowthRound({ candidates }: Pick<ComposeResult, "candidates">): number {
  return candidates.reduce((last, { phase, round }) => (phase === "growth" ? Math.max(last, round) : last), 0);
}
