import type { ParameterLayout } from "../../models/composed/parameters.js";
import { printNotation } from "../../models/composed/notation.js";
import type { ComposedForm } from "../../models/composed/tree.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { KeptParts, StoredPart } from "../checkpoint/checkpoint.js";
import type { ComposedProblem } from "./least-squares.js";
import { type DescentOptions, type DescentState, descend } from "./levenberg-marquardt.js";
import type { ParameterSplit } from "./linear-part.js";
import type { ParameterSpace } from "./parameter-space.js";

/** A form that is trained, alone or as a part of another. */
export interface TrainedForm {
  readonly form: ComposedForm;
  readonly layout: ParameterLayout;
}

/** Problems of any form on the data of a fit. */
export interface TrainingData {
  readonly nSpecies: number;
  /** @param share whether on the share of the structures that starts are tried on */
  problem(trained: TrainedForm, share: boolean): ComposedProblem;
  space(trained: TrainedForm): ParameterSpace;
  /** Parameters that stay at 1, because others could take their part. */
  frozen(trained: TrainedForm): ReadonlySet<number>;
}

/** What the training does. */
export interface TrainingOptions extends DescentOptions {
  /** Of each term, and of each composition. */
  readonly starts: number;
  /** Losses that differ by less than this share are alike: of their potentials the one of least misfit is taken. */
  readonly alike: number;
  readonly seed: number;
}

/** One line of the account of a training. */
export interface TrainingRecord {
  /** In the notation. */
  readonly potential: string;
  /** "starts", "descent", "sweep 1" … */
  readonly step: string;
  /** Σ (residual/σ)² on all data. */
  readonly loss: number;
  /** Steps or candidates that it took. */
  readonly count: number;
}

/** Where a training is made. */
export interface TrainingContext {
  readonly data: TrainingData;
  readonly options: TrainingOptions;
  readonly kept?: KeptParts | undefined;
  /** Hears of every finished part. */
  readonly onRecord?: ((record: TrainingRecord) => void) | undefined;
  /** Counts descents, and searches of the bipartite scheme. */
  readonly progress?: TrainingProgress | undefined;
}

/** Counts descents that are done, and those of them that are safe. */
export class TrainingProgress {
  private done = 0;
  private safe = 0;

  /** @param total at most */
  constructor(
    private readonly unit: "descents" | "searches",
    private readonly total: number,
    private readonly kept: KeptParts | undefined,
    private readonly onProgress: ProgressListener | undefined,
  ) {}

  /** One is done, in this process. */
  finished(): void {
    this.onProgress?.({ stage: "fit", done: ++this.done, total: this.total, unit: this.unit, ...(this.kept && { safe: this.safe }) });
  }

  /** One was done before. */
  found(): void {
    this.done++;
    this.isSafe();
  }

  /** One need not be done again. */
  isSafe(): void {
    this.safe++;
    this.kept?.tellSafe(this.unit, this.safe / (this.total + 1));
  }
}

/** Parameters of a form with their loss on all data. */
export interface Trained {
  readonly values: Float64Array;
  readonly loss: number;
}

/** A descent that goes on where a process before has left it. */
export async function keptDescent(
  { kept, options, progress }: TrainingContext,
  name: string,
  problem: ComposedProblem,
  space: ParameterSpace,
  split: ParameterSplit,
  begin: () => Promise<DescentState>,
  limits: DescentOptions = options,
): Promise<DescentState> {
  const found = await kept?.find({ name });
  const from = found ? decodeState(found) : await begin();
  const onSafe = (): void => progress?.isSafe();
  const keep = (state: DescentState): void => kept?.later({ name }, () => encodeState(state), state.isFinished ? onSafe : undefined);
  if (found && from.isFinished) {
    progress?.found();
    return from;
  }
  if (!found) keep(from);
  const state = await descend(problem, space, split, from, limits, keep);
  progress?.finished();
  return state;
}

function encodeState({ values, loss, damping, ...meta }: DescentState): StoredPart {
  return { meta, arrays: [values, Float64Array.of(loss, damping)] };
}

function decodeState({ meta, arrays: [values, [loss, damping]] }: StoredPart): DescentState {
  return { ...(meta as Pick<DescentState, "rank" | "iterations" | "small" | "isFinished">), values, loss, damping };
}

/** Name of a form in records and in what is kept: the same for the same form. */
export function nameOf({ form }: TrainedForm): string {
  return printNotation(form);
}
