import { calibrationCurve, calibrationFactor, type CalibrationPoint } from "../fit/linear/solvers/posterior.js";
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
  /** The same of √(bar² + noise²); absent where the noise of the fit is not known. */
  readonly withNoise?: Pick<JudgedErrorBars, "size" | "factor" | "calibration">;
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
 * @param noise of the potential, which errors have beside the bars: `residualNoise`
 */
export function judgeErrorBars(comparisons: readonly ComparisonWithBars[], noise?: ResidualNoise): ErrorBarSummary {
  const energy = new Bars(noise?.energy !== undefined);
  const forces = new Bars(noise?.forces !== undefined);
  for (const { nAtoms, errorBars, energy: own, forces: all } of comparisons) {
    if (!errorBars || nAtoms === 0) continue;
    const energyNoise = ((noise?.energy ?? 0) * (noise?.perAtom ? Math.sqrt(nAtoms) : 1)) / nAtoms;
    energy.add(errorBars.energy / nAtoms, own ? (own.predicted - own.reference) / nAtoms : NaN, energyNoise);
    errorBars.forces.forEach((bar, i) => forces.add(bar, all ? all.predicted[i] - all.reference[i] : NaN, noise?.forces ?? 0));
  }
  return { energy: energy.judge(), forces: forces.judge() };
}

class Bars {
  /** Squares of bars, and of bars with noise. */
  private readonly squares: [number[], number[]] = [[], []];
  private readonly errors: number[] = [];
  /** Of the bars whose error is known. */
  private readonly variances: [number[], number[]] = [[], []];

  constructor(private readonly hasNoise: boolean) {}

  /** A bar of 0, such as that of an atom without neighbors, is left out. */
  add(bar: number, error: number, noise: number): void {
    if (bar === 0) return;
    const own = [bar * bar, bar * bar + noise * noise];
    own.forEach((square, k) => this.squares[k].push(square));
    if (Number.isNaN(error)) return;
    this.errors.push(error);
    own.forEach((square, k) => this.variances[k].push(square));
  }

  judge(): JudgedErrorBars {
    return { count: this.errors.length, ...this.judged(0), ...(this.hasNoise && { withNoise: this.judged(1) }) };
  }

  private judged(k: 0 | 1): Pick<JudgedErrorBars, "size" | "factor" | "calibration"> {
    const [squares, variances, { errors }] = [this.squares[k], this.variances[k], this];
    return {
      size: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length),
      factor: errors.length === 0 ? NaN : Math.sqrt(calibrationFactor(errors, variances)),
      calibration: errors.length === 0 ? [] : calibrationCurve(errors, variances, [1, 2, 3]),
    };
  }
}
