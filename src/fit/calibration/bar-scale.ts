import { InvalidParameterError } from "../../errors.js";
import type { ErrorBarCalibration } from "../../models/model-type.js";

/** Errors of one kind, with what a model says of their size. */
export interface UncertainErrors {
  /** Of predictions for data that were not fitted; at least one. */
  readonly errors: ArrayLike<number>;
  /** Squares of their bars, above 0; as many. */
  readonly variances: ArrayLike<number>;
  /** Variances that the errors have beside, which are known; as many. Absent: none. */
  readonly besides?: ArrayLike<number>;
}

/** Errors are as large as √((factor · bar)² + floor²). */
export interface BarScale {
  /** 0 only where there are no errors. */
  readonly factor: number;
  /** In the unit of the errors: what they have that bars do not know. */
  readonly floor: number;
}

/** Errors of a kind that it is made from, at least. */
export const FEWEST_ERRORS = 10;

/** Bars below this share of their root mean square are rounding errors, such as those of forces that vanish by symmetry. */
export const ROUNDED_BAR = 1e-6;

/** Logarithms of floor²/(factor² · mean variance) that are tried: bars of symmetric environments are smaller than others by orders of magnitude. */
const [LOWEST, HIGHEST] = [-32, 8];
/** Golden-section steps about the best of them. */
const REFINEMENTS = 30;
/** Fisher scoring ends with the first step where nothing is known beside, otherwise after a few. */
const MOST_STEPS = 60;

/**
 * The factor and the floor that make normal errors of variance factor² v + floor² + besides most likely. The factor alone, √⟨error²/v⟩, is ruled by the
 * smallest bars: noise of reference values, and a basis that is too small for the data, make errors where the data leave nothing open. There is
 * a floor only where it is worth a parameter: Bayesian information criterion, Schwarz, Ann. Statist. 6, 461 (1978), 10.1214/aos/1176344136.
 * @throws {InvalidParameterError} for no errors, and variances that are not above 0
 */
export function barScale({ errors, variances, besides }: UncertainErrors): BarScale {
  const count = errors.length;
  if (count === 0 || variances.length !== count) throw new InvalidParameterError(`calibration needs errors and as many variances: there are ${count} and ${variances.length}`);
  const refused = Array.from(variances).findIndex((variance) => !(variance > 0 && variance < Infinity));
  if (refused >= 0) throw new InvalidParameterError(`variance ${refused} is ${variances[refused]}; it has to be above 0`);
  const squares = Float64Array.from(errors, (error) => error * error);
  if (squares.every((square) => square === 0)) return { factor: 0, floor: 0 };
  const meanVariance = Array.from(variances).reduce((sum, variance) => sum + variance / count, 0);
  const relative = Float64Array.from(variances, (variance) => variance / meanVariance);
  const mixed = (logRatio: number): Mixture => mostLikely({ squares, besides }, relative, 1 / (1 + Math.exp(-logRatio)));
  const alone = mixed(-Infinity);
  const best = highest(mixed);
  const { share, scale } = 2 * (best.logLikelihood - alone.logLikelihood) > Math.log(count) ? best : alone;
  return { factor: Math.sqrt(((1 - share) * scale) / meanVariance), floor: Math.sqrt(share * scale) };
}

/** As model files hold it; a kind without errors is left as it is. */
export function calibrationOf(scales: { readonly energy: BarScale | undefined; readonly forces: BarScale | undefined }): ErrorBarCalibration {
  const [energy, forces] = [scales.energy, scales.forces].map((scale) => (scale && scale.factor > 0 ? scale : undefined));
  return {
    energy: energy?.factor,
    forces: forces?.factor,
    ...(energy && energy.floor > 0 && { energyFloor: energy.floor }),
    ...(forces && forces.floor > 0 && { forcesFloor: forces.floor }),
  };
}

/** Variances scale · ((1 − share) · v/⟨v⟩ + share). */
interface Mixture {
  readonly share: number;
  readonly scale: number;
  /** Without the constant. */
  readonly logLikelihood: number;
}

interface Squares {
  readonly squares: Float64Array;
  readonly besides: ArrayLike<number> | undefined;
}

/** The scale by Fisher scoring: of variances t w + o, t ← t + Σ w (r² − t w − o)/σ⁴ / Σ w²/σ⁴. */
function mostLikely({ squares, besides }: Squares, relative: Float64Array, share: number): Mixture {
  const weights = relative.map((variance) => (1 - share) * variance + share);
  const beside = (i: number): number => besides?.[i] ?? 0;
  const least = 1e-12 * squares.reduce((sum, square) => sum + square, 0) / weights.reduce((sum, weight) => sum + weight, 0);
  let scale = weights.reduce((sum, weight, i) => sum + squares[i] / weight, 0) / weights.length;
  for (let step = 0; besides && step < MOST_STEPS; step++) {
    let [gradient, information] = [0, 0];
    for (let i = 0; i < weights.length; i++) {
      const variance = scale * weights[i] + beside(i);
      const relativeWeight = weights[i] / variance;
      gradient += (relativeWeight * (squares[i] - variance)) / variance;
      information += relativeWeight * relativeWeight;
    }
    const next = Math.max(least, scale + gradient / information);
    const isSettled = Math.abs(next - scale) <= 1e-12 * scale;
    scale = next;
    if (isSettled) break;
  }
  const logLikelihood = weights.reduce((sum, weight, i) => {
    const variance = scale * weight + beside(i);
    return sum - 0.5 * (Math.log(variance) + squares[i] / variance);
  }, 0);
  return { share, scale, logLikelihood };
}

/** The best of a grid, then a golden-section search between its neighbors. */
function highest(mixed: (logRatio: number) => Mixture): Mixture {
  const grid = Array.from({ length: HIGHEST - LOWEST + 1 }, (_, i) => ({ at: LOWEST + i, ...mixed(LOWEST + i) }));
  const top = grid.reduce((best, point) => (point.logLikelihood > best.logLikelihood ? point : best));
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [top.at - 1, top.at + 1];
  const point = (at: number): { at: number } & Mixture => ({ at, ...mixed(at) });
  let [left, right] = [point(high - golden * (high - low)), point(low + golden * (high - low))];
  for (let step = 0; step < REFINEMENTS; step++) {
    if (left.logLikelihood > right.logLikelihood) {
      [high, right] = [right.at, left];
      left = point(high - golden * (high - low));
    } else {
      [low, left] = [left.at, right];
      right = point(low + golden * (high - low));
    }
  }
  return [top, left, right].reduce((best, own) => (own.logLikelihood > best.logLikelihood ? own : best));
}
