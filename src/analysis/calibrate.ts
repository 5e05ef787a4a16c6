import { InvalidParameterError } from "../errors.js";
import { type BarScale, barScale, calibrationOf, FEWEST_ERRORS } from "../fit/calibration/bar-scale.js";
import { calibrated } from "../models/calibration.js";
import type { ErrorBarCalibration, FileRecord, Model } from "../models/model-type.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import { assessPotential, type LabeledComparison } from "./assessment.js";
import { type ErrorBarSummary, type ErrorsWithBars, errorsWithBars, judgeErrorBars } from "./error-bars.js";

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
  /** With factors and floors in its provenance. */
  readonly model: Model;
  /** Of the bars without calibration. */
  readonly before: ErrorBarSummary;
  /** Of the calibrated bars, on the same data: a little too good, as a factor and a floor of each kind were made for them. */
  readonly after: ErrorBarSummary;
  /** The predictions that were compared. */
  readonly comparisons: readonly LabeledComparison[];
}

/**
 * The model with factors and floors for its error bars in `provenance.calibration`, such that normal errors of some data are most likely by kind:
 * {@link barScale}. Without floors these are α² = mean(r²/σ²) of Musil et al., JCTC 15, 906 (2019), 10.1021/acs.jctc.8b00959, eq. 21. With data that
 * the model was fitted to, bars come out too small. An earlier calibration is replaced.
 * @throws {InvalidParameterError} for a model without error bars, and fewer than ten reference values
 */
export async function calibrateErrorBars(model: Model, dataset: Dataset, executor: Executor, { data, ...options }: CalibrationOptions = {}): Promise<CalibratedModel> {
  const plain = model.withProvenance({ ...model.provenance, calibration: undefined });
  const { comparisons } = await assessPotential(plain, dataset, executor, { ...options, errorBars: true, onlyReferences: true });
  const before = judgeErrorBars(comparisons);
  const compared = errorsWithBars(comparisons);
  const scales = { energy: scaleOf(compared.energy), forces: scaleOf(compared.forces) };
  if (!scales.energy && !scales.forces) {
    throw new InvalidParameterError(
      `error bars cannot be calibrated with ${before.energy.count} energies and ${before.forces.count} force components that have a bar and a reference value: ${FEWEST_ERRORS} of a kind are needed`,
    );
  }
  const calibration = { ...calibrationOf(scales), structures: dataset.nStructures, ...(data && { data }) };
  const after = judgeErrorBars(comparisons.map((comparison) => withCalibration(comparison, calibration)));
  return { model: model.withProvenance({ ...model.provenance, calibration }), before, after, comparisons };
}

function withCalibration({ errorBars, ...comparison }: LabeledComparison, calibration: ErrorBarCalibration): LabeledComparison {
  if (!errorBars) return comparison;
  const { energyVariance, forceVariances } = calibrated({ energy: 0, energyVariance: errorBars.energy ** 2, forceVariances: errorBars.forces.map((bar) => bar * bar) }, calibration, comparison.nAtoms);
  return { ...comparison, errorBars: { energy: Math.sqrt(energyVariance!), forces: forceVariances!.map(Math.sqrt) } };
}

function scaleOf({ errors, bars }: ErrorsWithBars): BarScale | undefined {
  return errors.length < FEWEST_ERRORS ? undefined : barScale({ errors, variances: bars.map((bar) => bar * bar) });
}
