import type { ParameterCounts } from "../models/composed/parameters.js";
import type { ComposedForm } from "../models/composed/tree.js";
import type { Score } from "./acceptance.js";
import type { MoveKind } from "./moves/move.js";
import type { LinearMinimum } from "./prune/drop-cost.js";
import type { LargestFeature } from "./moves/draw.js";

/** Errors of a data set in the four metrics of composed potentials; null where the data have no such values. */
export interface FourErrors {
  /** ε_E, eV/atom */
  readonly energy: number | null;
  /** ε_F, eV/Å, of components */
  readonly force: number | null;
  /** ε_A, eV/Å, of lengths of forces */
  readonly amplitude: number | null;
  /** ε_θ, rad, of directions of forces */
  readonly angle: number | null;
}

/** A quantity on both parts of the data. */
export interface OnBoth<Quantity> {
  /** What parameters are trained on. */
  readonly train: Quantity;
  /** What candidates are judged on. */
  readonly validation: Quantity;
}

/** Fisher information of the linear parameters, gauge modes left out. */
export interface CandidateSpectrum {
  /** Descending, in the unit of the loss by squared parameters. */
  readonly eigenvalues: readonly number[];
  /** log₁₀ of the largest over the smallest; null where the smallest is 0. */
  readonly log10Kappa: number | null;
  /** The same with columns of length 1. */
  readonly log10KappaScaled: number | null;
  /** Eigenvalues of at least 10⁻¹⁵ of the largest. */
  readonly nSignificant: number;
  /** Directions that change nothing, one for each product. */
  readonly nGaugeModes: number;
}

/** A trained candidate. */
export interface CandidateEvaluation {
  /** In the order of the layout. */
  readonly parameters: readonly number[];
  /** Σ (residual/σ)²; of the validation structures over as many rows as it has. */
  readonly loss: OnBoth<number>;
  /** In the four metrics. */
  readonly errors: OnBoth<FourErrors>;
  /** Of the training structures. */
  readonly spectrum: CandidateSpectrum;
  /** Of energy and forces, µs per atom on one core; measured, so that it differs from run to run. */
  readonly cost: number;
}

/** A form to be trained. */
export interface TrainingJob {
  readonly form: ComposedForm;
  /** Values to start from, new coefficients still 0; absent: starts are searched. */
  readonly starts?: readonly Float64Array[];
  /** Positions of parameters that the parent does not have: what is linear of them is solved for first. */
  readonly fresh: readonly number[];
  /** Of everything that is random in it. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Trains and judges candidates: what the search needs to know of data and models. */
export interface CandidateEvaluator {
  readonly nSpecies: number;
  /** Largest |X| of the training structures. */
  readonly largestFeature: LargestFeature;
  /** @throws {NumericalError} for a form that cannot be trained */
  evaluate(job: TrainingJob): Promise<CandidateEvaluation>;
  /**
   * The least-squares problem at given parameters, of all linear ones.
   * @returns with `places`, positions of the columns among the parameters
   */
  linearMinimum(form: ComposedForm, parameters: readonly number[], signal?: AbortSignal): Promise<LinearMinimum & { readonly places: readonly number[] }>;
}

/** Which part of the search a candidate belongs to. */
export type Phase = "pool" | "growth" | "prune";
/** What became of a candidate when it was judged: eligible ones of a round are compared when it ends. */
export type Decision = "eligible" | "refused" | "kept" | "failed";

/** One line of the journal: a candidate. */
export interface CandidateEntry extends Partial<CandidateEvaluation> {
  /** Tells it from other lines. */
  readonly kind: "candidate";
  /** From 0, in the order of evaluation. */
  readonly id: number;
  /** When it was tried. */
  readonly phase: Phase;
  /** Of growth or pruning, from 1; 0: the pool. */
  readonly round: number;
  /** What was changed. */
  readonly move: MoveKind;
  /** Where the form was changed. */
  readonly at: string;
  /** null: a term of the pool */
  readonly parent: number | null;
  /** As text. */
  readonly notation: string;
  /** Of parameters. */
  readonly counts: ParameterCounts;
  /** ½ ln L of the validation structures; absent: it failed. */
  readonly u?: number;
  /** Made when it was judged. */
  readonly decision: Decision;
  /** In words. */
  readonly reason: string;
  /** Of training and judging. */
  readonly seconds: number;
  /** Of the search so far, all sessions together. */
  readonly elapsed: number;
}

/** A line of the journal that says how a phase has ended. */
export interface EndEntry {
  readonly kind: "end";
  readonly phase: "growth" | "prune";
  readonly reason: string;
  /** Whether more could have been tried. */
  readonly isByBudget: boolean;
  readonly elapsed: number;
}

/** A line of the journal that says which candidate a round took. */
export interface RoundEntry {
  readonly kind: "round";
  readonly round: number;
  /** null: none */
  readonly accepted: number | null;
  readonly elapsed: number;
}

/** A candidate that was trained. */
export type TrainedEntry = CandidateEntry &
  CandidateEvaluation & {
    /** ½ ln L of the validation structures. */
    readonly u: number;
  };

/** @returns whether it has parameters */
export function isTrained(entry: CandidateEntry): entry is TrainedEntry {
  return entry.decision !== "failed";
}

/** All parameters. */
export function sizeOf({ counts }: Pick<CandidateEntry, "counts">): number {
  return counts.linear + counts.nonLinear;
}

/** What the rules compare. */
export function scoreOf(entry: TrainedEntry): Score {
  const { energy, force } = entry.errors.validation;
  return { id: entry.id, u: entry.u, energyError: energy ?? NaN, forceError: force ?? NaN, size: sizeOf(entry), log10Kappa: entry.spectrum.log10KappaScaled ?? Infinity };
}
