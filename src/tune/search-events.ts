import type { EvaluationRecord } from "./search-result.js";
import type { Parameter } from "./search-space/search-space.js";

/** Why a stage ended. */
export type StageEnd = "evaluations" | "time" | "finished" | "exhausted";

/** How far a stage is. */
export interface StageProgress {
  /** From 0. */
  readonly stage: number;
  /** From 0, of those that were asked. */
  readonly generation: number;
  /** Candidates of the optimizer so far; the start is not counted. */
  readonly evaluations: number;
  /** Those that failed. */
  readonly failures: number;
  /** Wall time of the stage in all sessions, s */
  readonly elapsed: number;
  /** Share of the budget that is used, 0 to 1: of the one that ends first. */
  readonly share: number;
  /** The best completed evaluation; undefined before there is one. */
  readonly best: EvaluationRecord | undefined;
}

/** What a search tells while it runs. */
export type SearchEvent =
  | {
      /** A stage begins. */
      readonly kind: "stage";
      /** From 0. */
      readonly stage: number;
      /** Number of stages of the search. */
      readonly stages: number;
      /** Of the stage. */
      readonly name: string;
      /** Its type. */
      readonly optimizer: string;
      /** Its type. */
      readonly objective: string;
      /** What is searched, in the order of the dimensions. */
      readonly parameters: readonly Parameter[];
      /** What the objective wants said. */
      readonly notes: readonly string[];
      /** Evaluations that the journal holds already. */
      readonly known: number;
    }
  | {
      /** A candidate was evaluated. */
      readonly kind: "evaluation";
      /** What became of it. */
      readonly record: EvaluationRecord;
      /** From the journal. */
      readonly isReplayed: boolean;
      /** With this evaluation. */
      readonly progress: StageProgress;
    }
  | {
      /** A fit warns of something that none warned of before. */
      readonly kind: "warning";
      /** One sentence. */
      readonly text: string;
      /** Of the evaluation, from 0. */
      readonly stage: number;
      /** Within the stage; −1: the values of the user's file. */
      readonly evaluation: number;
      /** With this evaluation. */
      readonly progress: StageProgress;
    }
  | {
      /** All candidates of a generation were evaluated. */
      readonly kind: "generation";
      /** At its end. */
      readonly progress: StageProgress;
      /** How far the points of the generation lie apart, see `spreadOf`. */
      readonly spread: number;
    }
  | {
      /** A stage ended. */
      readonly kind: "stage-end";
      /** What was used up, or that the optimizer had nothing left to ask. */
      readonly reason: StageEnd;
      /** At the end. */
      readonly progress: StageProgress;
    };

/** Hears of a search while it runs; must not throw. */
export type SearchListener = (event: SearchEvent) => void;
