import { calibrationCurve, calibrationFactor, type CalibrationPoint } from "../fit/linear/solvers/posterior.js";
import type { StructureComparison } from "./metrics.js";

/** Standard deviations of predictions of one structure. */
export interface PredictedDeviations {
  /** eV, of the whole structure */
  readonly energy: number;
  /** eV/Å, nAtoms × 3 */
  readonly forces: Float64Array;
}

/** Predictions of a structure with their error bars, as `assessPotential` gives them. */
export interface ComparisonWithBars extends StructureComparison {
  /** Absent: the structure is passed over. */
  readonly errorBars?: PredictedDeviations;
}

/** Error bars of one kind of predictions beside the errors. */
export interface JudgedErrorBars {
  /** Predictions with a bar and a reference value. */
  readonly count: number;
  /** Root mean square of the bars: eV/atom, or eV/Å. */
  readonly size: number;
  /** Root mean square of error/bar: bars times it are right on average. NaN without reference values. */
  readonly factor: number;
  /** Shares of errors within some bars, and of a normal distribution; empty without reference values. */
  readonly calibration: readonly CalibrationPoint[];
}

/** Of energies and forces. */
export interface ErrorBarSummary {
  /** Per atom. */
  readonly energy: JudgedErrorBars;
  /** By component. */
  readonly forces: JudgedErrorBars;
}

/**
 * How large error bars are, and how well they tell errors of data that were not fitted. They say what the data leave open of the coefficients: a
 * basis that is too small for the data has errors that they do not know.
 * @param comparisons of `assessPotential` with `errorBars: true`
 */
export function judgeErrorBars(comparisons: readonly ComparisonWithBars[]): ErrorBarSummary {
  const energy = new Bars();
  const forces = new Bars();
  for (const { nAtoms, errorBars, energy: own, forces: all } of comparisons) {
    if (!errorBars || nAtoms === 0) continue;
    energy.add(errorBars.energy / nAtoms, own ? (own.predicted - own.reference) / nAtoms : NaN);
    errorBars.forces.forEach((bar, i) => forces.add(bar, all ? all.predicted[i] - all.reference[i] : NaN));
  }
  return { energy: energy.judge(), forces: forces.judge() };
}

class Bars {
  private readonly sizes: number[] = [];
  private readonly errors: number[] = [];
  private readonly variances: number[] = [];

  /** A bar of 0, such as that of an atom without neighbors, is left out. */
  add(bar: number, error: number): void {
    if (bar === 0) return;
    this.sizes.push(bar * bar);
    if (Number.isNaN(error)) return;
    this.errors.push(error);
    this.variances.push(bar * bar);
  }

  judge(): JudgedErrorBars {
    const { sizes, errors, variances } = this;
    const count = errors.length;
    return {
      count,
      size: Math.sqrt(sizes.reduce((sum, square) => sum + square, 0) / sizes.length),
      factor: count === 0 ? NaN : Math.sqrt(calibrationFactor(errors, variances)),
      calibration: count === 0 ? [] : calibrationCurve(errors, variances, [1, 2, 3]),
    };
  }
}
