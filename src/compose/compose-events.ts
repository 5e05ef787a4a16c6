import type { ParameterCounts } from "../models/composed/parameters.js";
import type { CandidateEntry, Phase, TrainedEntry } from "./candidate.js";
import type { MoveKind } from "./moves/move.js";

/** What a running search tells of. */
export type ComposeEvent =
  | {
      /** Training of a candidate begins. */
      readonly kind: "begin";
      /** From 0. */
      readonly id: number;
      /** Pool, growth or pruning. */
      readonly phase: Phase;
      /** Of the phase, from 1. */
      readonly round: number;
      /** What is changed. */
      readonly move: MoveKind;
      /** Where. */
      readonly at: string;
      /** As text. */
      readonly notation: string;
      /** Of parameters. */
      readonly counts: ParameterCounts;
      /** Of the budget, 0 … 1. */
      readonly share: number;
    }
  | {
      /** A candidate is judged, now or in an earlier session. */
      readonly kind: "candidate";
      /** As in the journal. */
      readonly entry: CandidateEntry;
      /** Whether it was found in the journal. */
      readonly isReplayed: boolean;
      /** Of the budget, 0 … 1. */
      readonly share: number;
      /** s, all sessions together */
      readonly elapsed: number;
    }
  | {
      /** A round is over; undefined: nothing was accepted, and growth is over. */
      readonly kind: "round";
      /** From 0, the pool. */
      readonly round: number;
      /** What the search goes on from. */
      readonly accepted: TrainedEntry | undefined;
      /** In words. */
      readonly reason: string;
      /** Of the budget, 0 … 1. */
      readonly share: number;
    };

/** Hears of a search. */
export type ComposeListener = (event: ComposeEvent) => void;
