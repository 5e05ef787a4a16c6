import type { EvaluationRecord } from "./search-result.js";
import type { Parameter } from "./search-space/search-space.js";

/** Why a stage ended. */
export type StageEnd = "evaluations" | "time" | "finished" | "exhausted";

/** How far a stage is. */
export interface StageProgress {
  readonly stage: number;
  readonly generation: number;
  /** Candidates of the optimizer so far; the start is not counted. */
  readonly evaluations: number;
  /** Those that failed. */
  readonly failures: number;
  /** Wall time of the stage in all sessions, s */
  readonly elapsed: number;
  /** Share of the budget that is used, 0 to 1: of the one that ends first. */
  readonly share: number;
  readonly best: EvaluationRecord | undefined;
}

/** What a search tells while it runs. */
export type SearchEvent =
  | {
      readonly kind: "stage";
      readonly stage: number;
      readonly stages: number;
      readonly name: string;
      readonly optimizer: string;
      readonly objective: string;
      readonly parameters: readonly Parameter[];
      /** What the objective wants said. */
      readonly notes: readonly string[];
      /** Evaluations that the journal holds already. */
      readonly known: number;
    }
  | {
      readonly kind: "evaluation";
      readonly record: EvaluationRecord;
      /** From the journal. */
      readonly isReplayed: boolean;
      readonly progress: StageProgress;
    }
  | {
      readonly kind: "generation";
      readonly progress: StageProgress;
      /** How far the points of the generation lie apart, see `spreadOf`. */
      readonly spread: number;
    }
  | { readonly kind: "stage-end"; readonly reason: StageEnd; readonly progress: StageProgress };

/** Hears of a search while it runs; must not throw. */
export type SearchListener = (event: SearchEvent) => void;
