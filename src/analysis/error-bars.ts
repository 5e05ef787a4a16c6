import { ROUNDED_BAR } from "../fit/calibration/bar-scale.js";
import { calibrationCurve, calibrationFactor, type CalibrationPoint } from "../fit/linear/solvers/posterior.js";
import { attainableCorrelation, type BarBin, barBins, coverage, type CoveragePoint, rankCorrelation } from "./coverage.js";
import type { ResidualNoise } from "../models/potential.js";
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
  /** Shares of errors in intervals that should hold 5 % to 99 % of them; empty without reference values. */
  readonly coverage: readonly CoveragePoint[];
  /** Errors where bars are small, and where they are large; empty without reference values. */
  readonly bins: readonly BarBin[];
  /** Spearman's correlation of bars and sizes of errors: whether the bars tell which predictions are worse. NaN without reference values. */
  readonly rankCorrelation: number;
  /** The same of errors that are drawn with these bars: right bars do not reach more. NaN without reference values. */
  readonly attainableCorrelation: number;
  /** The same of √(bar² + noise²); absent where the noise of the fit is not known. */
  readonly withNoise?: BarJudgement;
}

/** What is said of bars, whatever is in them. */
export type BarJudgement = Omit<JudgedErrorBars, "count" | "withNoise">;

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
 * @param noise of the potential, which errors have beside the bars: `residualNoise`
 */
export function judgeErrorBars(comparisons: readonly ComparisonWithBars[], noise?: ResidualNoise): ErrorBarSummary {
  const { energy, forces } = barsOf(comparisons, noise);
  return { energy: energy.judge(), forces: forces.judge() };
}

/** Errors with their bars, where there are reference values and the bars are not rounding errors: of energies per atom, and of force components. */
export function errorsWithBars(comparisons: readonly ComparisonWithBars[]): ComparedErrorBars {
  const { energy, forces } = barsOf(comparisons);
  return { energy: energy.compared(), forces: forces.compared() };
}

function barsOf(comparisons: readonly ComparisonWithBars[], noise?: ResidualNoise): { energy: Bars; forces: Bars } {
  const energy = new Bars(noise?.energy !== undefined);
  const forces = new Bars(noise?.forces !== undefined);
  for (const { nAtoms, errorBars, energy: own, forces: all } of comparisons) {
    if (!errorBars || nAtoms === 0) continue;
    const energyNoise = ((noise?.energy ?? 0) * (noise?.perAtom ? Math.sqrt(nAtoms) : 1)) / nAtoms;
    energy.add(errorBars.energy / nAtoms, own ? (own.predicted - own.reference) / nAtoms : NaN, energyNoise);
    errorBars.forces.forEach((bar, i) => forces.add(bar, all ? all.predicted[i] - all.reference[i] : NaN, noise?.forces ?? 0));
  }
  return { energy, forces };
}

/** Errors of one kind with the bars of the same predictions. */
export interface ErrorsWithBars {
  /** eV/atom, or eV/Å */
  readonly errors: readonly number[];
  /** The same unit, above 0; as many. */
  readonly bars: readonly number[];
}

/** Of energies and forces. */
export interface ComparedErrorBars {
  /** Per atom. */
  readonly energy: ErrorsWithBars;
  /** By component. */
  readonly forces: ErrorsWithBars;
}

interface Bar {
  readonly bar: number;
  /** NaN without a reference value. */
  readonly error: number;
  /** Standard deviation of what the bar does not hold. */
  readonly noise: number;
}

class Bars {
  private readonly all: Bar[] = [];

  constructor(private readonly hasNoise: boolean) {}

  add(bar: number, error: number, noise: number): void {
    this.all.push({ bar, error, noise });
  }

  judge(): JudgedErrorBars {
    const bars = this.significant();
    const compared = bars.filter(isCompared);
    const judged = (withNoise: boolean): BarJudgement => judgeBars(bars.map((own) => sizeOf(own, withNoise)), compared.map((own) => sizeOf(own, withNoise)), compared.map(({ error }) => error));
    return { count: compared.length, ...judged(false), ...(this.hasNoise && { withNoise: judged(true) }) };
  }

  compared(): ErrorsWithBars {
    const compared = this.significant().filter(isCompared);
    return { errors: compared.map(({ error }) => error), bars: compared.map(({ bar }) => bar) };
  }

  private significant(): Bar[] {
    const smallest = ROUNDED_BAR * rootMeanSquare(this.all.map(({ bar }) => bar).filter(Number.isFinite));
    // what is no number stays, and is refused by what follows
    return this.all.filter(({ bar }) => !(bar <= smallest));
  }
}

function isCompared({ error }: Bar): boolean {
  return !Number.isNaN(error);
}

function sizeOf({ bar, noise }: Bar, withNoise: boolean): number {
  return withNoise ? Math.hypot(bar, noise) : bar;
}

/**
 * @param all bars; compared those with a reference value
 * @param errors as many as are compared
 */
function judgeBars(all: readonly number[], compared: readonly number[], errors: readonly number[]): BarJudgement {
  const size = rootMeanSquare(all);
  if (errors.length === 0) return { size, factor: NaN, calibration: [], coverage: [], bins: [], rankCorrelation: NaN, attainableCorrelation: NaN };
  const variances = compared.map((bar) => bar * bar);
  return {
    size,
    factor: Math.sqrt(calibrationFactor(errors, variances)),
    calibration: calibrationCurve(errors, variances, [1, 2, 3]),
    coverage: coverage(errors.map((error, i) => error / compared[i])),
    bins: barBins(compared, errors),
    rankCorrelation: rankCorrelation(compared, errors.map(Math.abs)),
    attainableCorrelation: attainableCorrelation(compared),
  };
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
