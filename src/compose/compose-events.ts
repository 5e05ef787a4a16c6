import type { ParameterCounts } from "../models/composed/parameters.js";
import type { CandidateEntry, Phase, TrainedEntry } from "./candidate.js";
import type { MoveKind } from "./moves/move.js";

/** What a running search tells of. */
export type ComposeEvent =
  | {
      /** Training of a candidate begins. */
      readonly kind: "begin";
      readonly id: number;
      readonly phase: Phase;
      readonly round: number;
      readonly move: MoveKind;
      readonly at: string;
      readonly notation: string;
      readonly counts: ParameterCounts;
      /** Of the budget, 0 … 1. */
      readonly share: number;
    }
  | {
      /** A candidate is judged, now or in an earlier session. */
      readonly kind: "candidate";
      readonly entry: CandidateEntry;
      readonly isReplayed: boolean;
      readonly share: number;
      /** s, all sessions together */
      readonly elapsed: number;
    }
  | {
      /** A round is over; undefined: nothing was accepted, and growth is over. */
      readonly kind: "round";
      readonly round: number;
      readonly accepted: TrainedEntry | undefined;
      readonly reason: string;
      readonly share: number;
    };

/** Hears of a search. */
export type ComposeListener = (event: ComposeEvent) => void;
