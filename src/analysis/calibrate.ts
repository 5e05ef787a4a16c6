import { InvalidParameterError } from "../errors.js";
import type { FileRecord, Model } from "../models/model-type.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import { assessPotential, type LabeledComparison } from "./assessment.js";
import { type ErrorBarSummary, judgeErrorBars } from "./error-bars.js";

/** Predictions that a factor is made from, at least. */
const FEWEST = 10;

/** How error bars are calibrated. */
export interface CalibrationOptions {
  /** Stops between structures with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Hears of every structure that is predicted. */
  readonly onProgress?: ProgressListener;
  /** Files of the data, for the record in the model. */
  readonly data?: readonly FileRecord[];
}

/** A model whose error bars were multiplied, and what they were like before. */
export interface CalibratedModel {
  /** With factors in its provenance. */
  readonly model: Model;
  /** Of the bars without calibration. */
  readonly before: ErrorBarSummary;
  /** The predictions that were compared. */
  readonly comparisons: readonly LabeledComparison[];
}

/**
 * The model with factors for its error bars in `provenance.calibration`, such that the errors of some data are as large as the bars on average:
 * α² = mean(r²/σ²) by kind, the maximum likelihood of normal errors, Musil et al., JCTC 15, 906 (2019), 10.1021/acs.jctc.8b00959, eq. 21. With data that
 * the model was fitted to, bars come out too small. An earlier calibration is replaced.
 * @throws {InvalidParameterError} for a model without error bars, and fewer than ten reference values
 */
export async function calibrateErrorBars(model: Model, dataset: Dataset, executor: Executor, { data, ...options }: CalibrationOptions = {}): Promise<CalibratedModel> {
  const plain = model.withProvenance({ ...model.provenance, calibration: undefined });
  const { comparisons } = await assessPotential(plain, dataset, executor, { ...options, errorBars: true, onlyReferences: true });
  const before = judgeErrorBars(comparisons);
  const factorOf = ({ count, factor }: ErrorBarSummary["energy"]): number | undefined => (count >= FEWEST && factor > 0 ? factor : undefined);
  const [energy, forces] = [factorOf(before.energy), factorOf(before.forces)];
  if (energy === undefined && forces === undefined) {
    throw new InvalidParameterError(
      `error bars cannot be calibrated with ${before.energy.count} energies and ${before.forces.count} force components that have a bar and a reference value: ${FEWEST} of a kind are needed`,
    );
  }
  const calibration = { energy, forces, structures: dataset.nStructures, ...(data && { data }) };
  return { model: model.withProvenance({ ...model.provenance, calibration }), before, comparisons };
}
